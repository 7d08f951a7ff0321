//! y = W x + b and its gradients, on tensors that hold the samples of one feature side by side.
//!
//! A narrow layer is a handful of long vector operations: every output feature is a combination of the input features,
//! every weight's gradient a dot product of two features. A wide layer is a [matrix product](super::product). Each result has
//! its own accumulator and a fixed order of additions on either way, so tiling changes no bit.

use super::lanes::{Block, LANES, Lanes, Sums, split};
use super::pack::Right;
use super::product::{Product, Start};
use super::simd::{Kernel, dispatch, has_many_registers};
use crate::{Scalar, Tensor};

/// From how many weights on the matrix product is faster (docs/benchmarks.md): where its result is the same bits, and for
/// the gradient of the weights, where it is not. A single sample is an outer product.
const WIDE: usize = 2048;
const WIDE_GRADIENT: usize = 256;

/// Depends on shapes alone, so that one network always takes the same way.
fn is_wide(weights: usize, inputs: usize, outputs: usize, samples: usize) -> bool {
    inputs * outputs >= weights && inputs.min(outputs) >= 8 && samples > 1
}

/// y_i = b_i + Σ_j W_ij x_j, with W in row-major order.
pub(crate) fn forward<F: Scalar>(weight: &[F], bias: &[F], x: &Tensor<F>, y: &mut Tensor<F>) {
    let inputs = x.features();
    if !is_wide(WIDE, inputs, bias.len(), x.samples()) {
        dispatch(Combine {
            coefficients: weight,
            strides: [inputs, 1],
            start: Some(bias),
            blocks: x.blocks_per_feature(),
            x: x.blocks(),
            y: y.blocks_mut(),
        });
        return;
    }
    let width = y.stride();
    Product {
        a: weight,
        a_strides: [inputs, 1],
        b: Right::Features { blocks: x.blocks_per_feature(), x: x.blocks() },
        depth: inputs,
        c: y.blocks_mut().as_flattened_mut(),
        width,
        start: Start::Row(bias),
    }
    .run();
}

/// ∂L/∂x_j = Σ_i W_ij ∂L/∂y_i
pub(crate) fn backward_input<F: Scalar>(weight: &[F], dy: &Tensor<F>, dx: &mut Tensor<F>) {
    let inputs = dx.features();
    if !is_wide(WIDE, inputs, dy.features(), dy.samples()) {
        dispatch(Combine {
            coefficients: weight,
            strides: [1, inputs],
            start: None,
            blocks: dy.blocks_per_feature(),
            x: dy.blocks(),
            y: dx.blocks_mut(),
        });
        return;
    }
    let width = dx.stride();
    Product {
        a: weight,
        a_strides: [1, inputs],
        b: Right::Features { blocks: dy.blocks_per_feature(), x: dy.blocks() },
        depth: dy.features(),
        c: dx.blocks_mut().as_flattened_mut(),
        width,
        start: Start::Zero,
    }
    .run();
}

/// Adds ∂L/∂W_ij = Σ_s ∂L/∂y_i x_j to `dw` and ∂L/∂b_i = Σ_s ∂L/∂y_i to `db`.
pub(crate) fn backward_parameters<F: Scalar>(x: &Tensor<F>, dy: &Tensor<F>, dw: &mut [F], db: &mut [F]) {
    let (samples, blocks) = (x.samples(), x.blocks_per_feature());
    let wide = is_wide(WIDE_GRADIENT, x.features(), db.len(), samples);
    if wide {
        Product {
            a: dy.blocks().as_flattened(),
            a_strides: [dy.stride(), 1],
            b: Right::Samples { blocks, x: x.blocks() },
            depth: samples,
            c: dw,
            width: x.features(),
            start: Start::Old,
        }
        .run();
    }
    let x = if wide { &[] } else { x.blocks() };
    dispatch(Dots { x, dy: dy.blocks(), dw, db, samples, blocks });
}

/// Every feature of `y` is `start` plus a combination of the features of `x`, added up from the first to the last.
struct Combine<'a, F> {
    /// The coefficient of x feature j in y feature i is at `i * strides[0] + j * strides[1]`.
    coefficients: &'a [F],
    strides: [usize; 2],
    /// What each feature of `y` starts from, 0 if absent.
    start: Option<&'a [F]>,
    /// Blocks from one feature to the next.
    blocks: usize,
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for Combine<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let outputs = self.y.len() / self.blocks;
        if self.blocks == 1 {
            return self.single_block();
        }
        for i in (0..outputs - outputs % 2).step_by(2) {
            self.rows::<2>(i);
        }
        if outputs % 2 == 1 {
            self.rows::<1>(outputs - 1);
        }
    }
}

impl<F: Scalar> Combine<'_, F> {
    /// `R` features of `y`.
    #[inline(always)]
    fn rows<const R: usize>(&mut self, i: usize) {
        let mut b = 0;
        while has_many_registers::<F>() && b + 4 <= self.blocks {
            self.tile::<R, 4>(i, b);
            b += 4;
        }
        while b + 2 <= self.blocks {
            self.tile::<R, 2>(i, b);
            b += 2;
        }
        if b < self.blocks {
            self.tile::<R, 1>(i, b);
        }
    }

    /// Of up to sixteen samples: four features at once, so that no sum waits for another.
    #[inline(always)]
    fn single_block(mut self) {
        let outputs = self.y.len();
        for i in (0..outputs - outputs % 4).step_by(4) {
            let [w0, w1, w2, w3] =
                [i, i + 1, i + 2, i + 3].map(|i| &self.coefficients[i * self.strides[0]..]);
            let [s0, s1, s2, s3] =
                [i, i + 1, i + 2, i + 3].map(|i| self.start.map_or(F::ZERO, |start| start[i]));
            let (mut y0, mut y1) = (Lanes::splat(s0), Lanes::splat(s1));
            let (mut y2, mut y3) = (Lanes::splat(s2), Lanes::splat(s3));
            for (j, x) in self.x.iter().enumerate() {
                let (x, j) = (Lanes(*x), j * self.strides[1]);
                y0 += Lanes::splat(w0[j]) * x;
                y1 += Lanes::splat(w1[j]) * x;
                y2 += Lanes::splat(w2[j]) * x;
                y3 += Lanes::splat(w3[j]) * x;
            }
            y0.store(&mut self.y[i]);
            y1.store(&mut self.y[i + 1]);
            y2.store(&mut self.y[i + 2]);
            y3.store(&mut self.y[i + 3]);
        }
        for i in outputs - outputs % 4..outputs {
            self.tile::<1, 1>(i, 0);
        }
    }

    /// `B` blocks of `R` features of `y`: each block of `x` that is read serves them all, and so does each coefficient.
    #[inline(always)]
    fn tile<const R: usize, const B: usize>(&mut self, i: usize, b: usize) {
        let mut w: [&[F]; R] = [&[]; R];
        let mut sums = [[Lanes::zero(); B]; R];
        for r in 0..R {
            w[r] = &self.coefficients[(i + r) * self.strides[0]..];
            sums[r] = [Lanes::splat(self.start.map_or(F::ZERO, |start| start[i + r])); B];
        }
        for (j, x) in self.x[b..].windows(B).step_by(self.blocks).enumerate() {
            for r in 0..R {
                let w = Lanes::splat(w[r][j * self.strides[1]]);
                for k in 0..B {
                    sums[r][k] += w * Lanes(x[k]);
                }
            }
        }
        for r in 0..R {
            let y = &mut self.y[(i + r) * self.blocks + b..][..B];
            for k in 0..B {
                sums[r][k].store(&mut y[k]);
            }
        }
    }
}

/// Adds the dot product of every feature of `dy` with every feature of `x` to `dw`, and the sum of every feature of `dy` to
/// `db`.
struct Dots<'a, F> {
    x: &'a [Block<F>],
    dy: &'a [Block<F>],
    dw: &'a mut [F],
    db: &'a mut [F],
    samples: usize,
    /// Blocks from one feature to the next.
    blocks: usize,
}

impl<F: Scalar> Kernel for Dots<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        if self.samples == 1 {
            return self.outer_product();
        }
        let (outputs, inputs) = (self.dy.len() / self.blocks, self.x.len() / self.blocks);
        let (even_outputs, even_inputs) = (outputs - outputs % 2, inputs - inputs % 2);
        let mut pending = Pending { sums: Sums::new(), places: [0; LANES] };
        for i in (0..even_outputs).step_by(2) {
            for j in (0..even_inputs).step_by(2) {
                self.two_by_two(i, j, &mut pending);
            }
        }
        for i in even_outputs..outputs {
            for j in 0..even_inputs {
                self.one(i, j, &mut pending);
            }
        }
        for i in 0..outputs {
            for j in even_inputs..inputs {
                self.one(i, j, &mut pending);
            }
        }
        if self.x.is_empty() {
            for i in 0..outputs {
                self.bias(i, &mut pending);
            }
        }
        self.finish(&mut pending);
    }
}

/// Sums of sixteen lanes each, and where they belong: in `dw`, or after its end in `db`.
struct Pending<F> {
    sums: Sums<F>,
    places: [usize; LANES],
}

impl<F: Scalar> Dots<'_, F> {
    /// One sample leaves nothing to add up.
    #[inline(always)]
    fn outer_product(self) {
        for (db, dy) in self.db.iter_mut().zip(self.dy) {
            *db += dy[0];
        }
        if self.x.is_empty() {
            return;
        }
        for (dw, dy) in self.dw.chunks_exact_mut(self.x.len()).zip(self.dy) {
            for (dw, x) in dw.iter_mut().zip(self.x) {
                *dw += dy[0] * x[0];
            }
        }
    }

    /// Four dot products at once: each block that is read serves two, and no sum waits for another.
    #[inline(always)]
    fn two_by_two(&mut self, i: usize, j: usize, pending: &mut Pending<F>) {
        let ((a0, a0_last), (a1, a1_last)) = (self.dy(i), self.dy(i + 1));
        let ((x0, x0_last), (x1, x1_last)) = (self.x(j), self.x(j + 1));
        let (mut s00, mut s01, mut s10, mut s11) =
            (Lanes::zero(), Lanes::zero(), Lanes::zero(), Lanes::zero());
        let (mut b0, mut b1) = (Lanes::zero(), Lanes::zero());
        for ((a0, a1), (x0, x1)) in a0.iter().zip(a1).zip(x0.iter().zip(x1)) {
            s00 += Lanes(*a0) * Lanes(*x0);
            s01 += Lanes(*a0) * Lanes(*x1);
            s10 += Lanes(*a1) * Lanes(*x0);
            s11 += Lanes(*a1) * Lanes(*x1);
            b0 += Lanes(*a0);
            b1 += Lanes(*a1);
        }
        if let (Some(a0), Some(a1), Some(x0), Some(x1)) = (a0_last, a1_last, x0_last, x1_last) {
            s00 += a0 * x0;
            s01 += a0 * x1;
            s10 += a1 * x0;
            s11 += a1 * x1;
            b0 += a0;
            b1 += a1;
        }
        let inputs = self.x.len() / self.blocks;
        self.add(s00, i * inputs + j, pending);
        self.add(s01, i * inputs + j + 1, pending);
        self.add(s10, (i + 1) * inputs + j, pending);
        self.add(s11, (i + 1) * inputs + j + 1, pending);
        if j == 0 {
            self.add(b0, self.dw.len() + i, pending);
            self.add(b1, self.dw.len() + i + 1, pending);
        }
    }

    #[inline(always)]
    fn one(&mut self, i: usize, j: usize, pending: &mut Pending<F>) {
        let ((a, a_last), (x, x_last)) = (self.dy(i), self.x(j));
        let (mut sum, mut bias) = (Lanes::zero(), Lanes::zero());
        for (a, x) in a.iter().zip(x) {
            sum += Lanes(*a) * Lanes(*x);
            bias += Lanes(*a);
        }
        if let (Some(a), Some(x)) = (a_last, x_last) {
            sum += a * x;
            bias += a;
        }
        self.add(sum, i * (self.x.len() / self.blocks) + j, pending);
        if j == 0 {
            self.add(bias, self.dw.len() + i, pending);
        }
    }

    #[inline(always)]
    fn bias(&mut self, i: usize, pending: &mut Pending<F>) {
        let (full, last) = self.dy(i);
        let mut sum = Lanes::zero();
        for block in full {
            sum += Lanes(*block);
        }
        if let Some(last) = last {
            sum += last;
        }
        self.add(sum, self.dw.len() + i, pending);
    }

    #[inline(always)]
    fn add(&mut self, sum: Lanes<F>, place: usize, pending: &mut Pending<F>) {
        pending.places[pending.sums.len()] = place;
        pending.sums.push(sum);
        if pending.sums.is_full() {
            self.finish(pending);
        }
    }

    #[inline(always)]
    fn finish(&mut self, pending: &mut Pending<F>) {
        let count = pending.sums.len();
        for (&place, sum) in pending.places[..count].iter().zip(pending.sums.take()) {
            match self.dw.get_mut(place) {
                Some(dw) => *dw += sum,
                None => self.db[place - self.dw.len()] += sum,
            }
        }
    }

    #[inline(always)]
    fn dy(&self, i: usize) -> (&[Block<F>], Option<Lanes<F>>) {
        split(&self.dy[i * self.blocks..][..self.blocks], self.samples)
    }

    #[inline(always)]
    fn x(&self, j: usize) -> (&[Block<F>], Option<Lanes<F>>) {
        split(&self.x[j * self.blocks..][..self.blocks], self.samples)
    }
}
