//! Dot products of feature columns in a [`Stack`](crate::Stack): the gradients of sixteen narrow layers.

use super::lanes::{Aligned, Block, LANES, Lanes};
use super::simd::{Kernel, has_many_registers};
use super::total::tree;
use crate::Scalar;

/// Adds the dot product of every feature of `dy` with every feature of `x` to `dw`, and the sum of every feature of
/// `dy` to `db`, all lane by lane. An empty `db` is left out.
///
/// Sample s goes to partial sum s mod 16, and the sixteen partial sums are added up at the end. This is the order of
/// [`Dots`](super::dots::Dots), whose lanes are the partial sums.
pub(super) struct StackDots<'a, F> {
    pub(super) x: &'a [Block<F>],
    pub(super) dy: &'a [Block<F>],
    pub(super) dw: &'a mut [Block<F>],
    pub(super) db: &'a mut [Block<F>],
    pub(super) samples: usize,
}

impl<F: Scalar> Kernel for StackDots<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        if self.samples == 1 {
            return self.outer_product();
        }
        let (outputs, inputs) = (self.dy.len() / self.samples, self.x.len() / self.samples);
        for i in (0..outputs - outputs % 2).step_by(2) {
            for j in (0..inputs - inputs % 2).step_by(2) {
                self.tile::<2, 2>(i, j);
            }
            if inputs % 2 == 1 {
                self.tile::<2, 1>(i, inputs - 1);
            }
        }
        if outputs % 2 == 1 {
            for j in (0..inputs - inputs % 2).step_by(2) {
                self.tile::<1, 2>(outputs - 1, j);
            }
            if inputs % 2 == 1 {
                self.tile::<1, 1>(outputs - 1, inputs - 1);
            }
        }
    }
}

/// Sixteen partial sums.
type Partial<F> = Aligned<[Block<F>; LANES]>;

impl<F: Scalar> StackDots<'_, F> {
    /// For one sample, where there is nothing to add up. Rounded as one network alone rounds it.
    #[inline(always)]
    fn outer_product(self) {
        for (db, dy) in self.db.iter_mut().zip(self.dy) {
            (Lanes(*db) + Lanes(*dy)).store(db);
        }
        for (dw, dy) in self.dw.chunks_exact_mut(self.x.len()).zip(self.dy) {
            for (dw, x) in dw.iter_mut().zip(self.x) {
                Lanes(*dy).mul_add(Lanes(*x), Lanes(*dw)).store(dw);
            }
        }
    }

    /// Multiplies `R` features of `dy` with `C` of `x`: each block that is read serves several products.
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&mut self, i: usize, j: usize) {
        let n = self.samples;
        let mut dy: [&[Block<F>]; R] = [&[]; R];
        let mut x: [&[Block<F>]; C] = [&[]; C];
        for r in 0..R {
            dy[r] = &self.dy[(i + r) * n..][..n];
        }
        for c in 0..C {
            x[c] = &self.x[(j + c) * n..][..n];
        }
        let zero = Aligned([[F::ZERO; LANES]; LANES]);
        let (mut dots, mut sums): ([[Partial<F>; C]; R], [Partial<F>; R]) = ([[zero; C]; R], [zero; R]);
        if has_many_registers::<F>() {
            partial_sums::<F, R, C, 4>(dy, x, &mut dots, &mut sums);
        } else {
            partial_sums::<F, R, C, 1>(dy, x, &mut dots, &mut sums);
        }
        let inputs = self.x.len() / n;
        for r in 0..R {
            for c in 0..C {
                let dw = &mut self.dw[(i + r) * inputs + j + c];
                (Lanes(*dw) + tree(&mut dots[r][c].0)).store(dw);
            }
            if j == 0 && !self.db.is_empty() {
                let db = &mut self.db[i + r];
                (Lanes(*db) + tree(&mut sums[r].0)).store(db);
            }
        }
    }
}

/// Computes `K` partial sums of each product at a time, those of adjacent samples.
#[inline(always)]
fn partial_sums<F: Scalar, const R: usize, const C: usize, const K: usize>(
    dy: [&[Block<F>]; R],
    x: [&[Block<F>]; C],
    dots: &mut [[Partial<F>; C]; R],
    sums: &mut [Partial<F>; R],
) {
    let n = dy[0].len();
    let full = n - n % LANES;
    let groups = full / K;
    let mut a: [&[[Block<F>; K]]; R] = [&[]; R];
    let mut b: [&[[Block<F>; K]]; C] = [&[]; C];
    for r in 0..R {
        a[r] = &dy[r].as_chunks::<K>().0[..groups];
    }
    for c in 0..C {
        b[c] = &x[c].as_chunks::<K>().0[..groups];
    }
    for first in 0..LANES / K {
        let (mut dot, mut sum) = ([[[Lanes::zero(); K]; C]; R], [[Lanes::zero(); K]; R]);
        let mut g = first;
        while g < groups {
            for k in 0..K {
                for r in 0..R {
                    let a = Lanes(a[r][g][k]);
                    sum[r][k] += a;
                    for c in 0..C {
                        dot[r][c][k] = a.mul_add(Lanes(b[c][g][k]), dot[r][c][k]);
                    }
                }
                // Without the barrier LLVM pairs the sums of several k, and gathers lane by lane.
                std::hint::black_box(());
            }
            g += LANES / K;
        }
        for r in 0..R {
            for k in 0..K {
                sum[r][k].store(&mut sums[r].0[first * K + k]);
                for c in 0..C {
                    dot[r][c][k].store(&mut dots[r][c].0[first * K + k]);
                }
            }
        }
    }
    for s in full..n {
        for r in 0..R {
            let (a, sum) = (Lanes(dy[r][s]), &mut sums[r].0[s % LANES]);
            (Lanes(*sum) + a).store(sum);
            for c in 0..C {
                let dot = &mut dots[r][c].0[s % LANES];
                a.mul_add(Lanes(x[c][s]), Lanes(*dot)).store(dot);
            }
        }
    }
}
