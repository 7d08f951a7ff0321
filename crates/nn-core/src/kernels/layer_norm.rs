//! Layer normalisation over groups of feature columns, a block of samples at a time.
//!
//! x̂ = (x − mean) · inverse with inverse = 1/σ; mean and σ are those of one group of one sample.

use super::batch_norm::inverse_deviation;
use super::lanes::{Block, Lanes, split};
use super::simd::{Kernel, dispatch};
use crate::{Accumulate, Scalar, Tensor};

/// The weight and the bias of each feature of a group.
#[derive(Clone, Copy)]
pub(crate) struct Affine<'a, F> {
    pub(crate) weight: &'a [F],
    pub(crate) bias: &'a [F],
}

/// Computes y = x̂ · weight + bias over each group of `affine.weight.len()` features. Writes mean and inverse of each
/// group and sample to `statistics`, if given, one feature per group. The mean is c + Σ (x − c) / d, where c is the
/// first x, so that a large mean costs no digits.
pub(crate) fn forward<F: Scalar>(
    x: &Tensor<F>,
    y: &mut Tensor<F>,
    affine: Affine<'_, F>,
    eps: F,
    statistics: Option<[&mut Tensor<F>; 2]>,
) {
    let blocks = x.blocks_per_feature();
    let statistics = statistics.map(|both| both.map(Tensor::blocks_mut));
    dispatch(Forward { x: x.blocks(), y: y.blocks_mut(), affine, eps, blocks, statistics });
}

/// Computes dx = inverse · (g − mean of g − x̂ · mean of g x̂), or adds that to dx, with g = dy · weight and means over
/// the group.
pub(crate) fn backward_input<F: Scalar>(
    [x, dy]: [&Tensor<F>; 2],
    dx: &mut Tensor<F>,
    accumulate: Accumulate,
    weight: &[F],
    [mean, inverse]: [&Tensor<F>; 2],
) {
    let (blocks, dx) = (x.blocks_per_feature(), dx.blocks_mut());
    let [x, dy, mean, inverse] = [x, dy, mean, inverse].map(Tensor::blocks);
    match accumulate {
        Accumulate::Replace => {
            dispatch(BackwardInput::<_, false> { x, dy, dx, weight, mean, inverse, blocks });
        }
        Accumulate::Add => dispatch(BackwardInput::<_, true> { x, dy, dx, weight, mean, inverse, blocks }),
    }
}

/// Adds Σ dy x̂ over samples and groups to `dw`, and Σ dy to `db`.
pub(crate) fn backward_parameters<F: Scalar>(
    [x, dy]: [&Tensor<F>; 2],
    [dw, db]: [&mut [F]; 2],
    [mean, inverse]: [&Tensor<F>; 2],
) {
    let (samples, blocks) = (x.samples(), x.blocks_per_feature());
    let [x, dy, mean, inverse] = [x, dy, mean, inverse].map(Tensor::blocks);
    dispatch(BackwardParameters { x, dy, dw, db, mean, inverse, samples, blocks });
}

struct Forward<'a, F> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
    affine: Affine<'a, F>,
    eps: F,
    /// Blocks from one feature to the next.
    blocks: usize,
    statistics: Option<[&'a mut [Block<F>]; 2]>,
}

impl<F: Scalar> Kernel for Forward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Forward { x, y, affine: Affine { weight, bias }, eps, blocks, mut statistics } = self;
        let group = blocks * weight.len();
        let count = Lanes::splat(F::from_f64(weight.len() as f64));
        for (g, (x, y)) in x.chunks_exact(group).zip(y.chunks_exact_mut(group)).enumerate() {
            for b in 0..blocks {
                let (first, mut total) = (Lanes(x[b]), Lanes::zero());
                for x in x[b..].iter().step_by(blocks) {
                    total += Lanes(*x) - first;
                }
                let mean = first + total / count;
                let mut squares = Lanes::zero();
                for x in x[b..].iter().step_by(blocks) {
                    let distance = Lanes(*x) - mean;
                    squares += distance * distance;
                }
                let inverse = (squares / count).map(|variance| inverse_deviation(variance, eps));
                if let Some([means, inverses]) = &mut statistics {
                    mean.store(&mut means[g * blocks + b]);
                    inverse.store(&mut inverses[g * blocks + b]);
                }
                let columns = x[b..].iter().zip(&mut y[b..]).step_by(blocks);
                for ((x, y), (&weight, &bias)) in columns.zip(weight.iter().zip(bias)) {
                    let normal = (Lanes(*x) - mean) * inverse;
                    (normal * Lanes::splat(weight) + Lanes::splat(bias)).store(y);
                }
            }
        }
    }
}

struct BackwardInput<'a, F, const ADD: bool> {
    x: &'a [Block<F>],
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    weight: &'a [F],
    mean: &'a [Block<F>],
    inverse: &'a [Block<F>],
    /// Blocks from one feature to the next.
    blocks: usize,
}

impl<F: Scalar, const ADD: bool> Kernel for BackwardInput<'_, F, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let BackwardInput { x, dy, dx, weight, mean, inverse, blocks } = self;
        let group = blocks * weight.len();
        let count = Lanes::splat(F::from_f64(weight.len() as f64));
        let groups = x.chunks_exact(group).zip(dy.chunks_exact(group)).zip(dx.chunks_exact_mut(group));
        for (g, ((x, dy), dx)) in groups.enumerate() {
            for b in 0..blocks {
                let (mean, inverse) = (Lanes(mean[g * blocks + b]), Lanes(inverse[g * blocks + b]));
                let (mut plain, mut along) = (Lanes::zero(), Lanes::zero());
                for ((x, dy), &weight) in x[b..].iter().zip(&dy[b..]).step_by(blocks).zip(weight) {
                    let slope = Lanes(*dy) * Lanes::splat(weight);
                    plain += slope;
                    along += slope * ((Lanes(*x) - mean) * inverse);
                }
                let (plain, along) = (plain / count, along / count);
                let columns = x[b..].iter().zip(&dy[b..]).zip(&mut dx[b..]).step_by(blocks);
                for (((x, dy), dx), &weight) in columns.zip(weight) {
                    let normal = (Lanes(*x) - mean) * inverse;
                    let slope = Lanes(*dy) * Lanes::splat(weight);
                    (inverse * (slope - plain - normal * along)).put::<ADD>(dx);
                }
            }
        }
    }
}

struct BackwardParameters<'a, F> {
    x: &'a [Block<F>],
    dy: &'a [Block<F>],
    dw: &'a mut [F],
    db: &'a mut [F],
    mean: &'a [Block<F>],
    inverse: &'a [Block<F>],
    samples: usize,
    /// Blocks from one feature to the next.
    blocks: usize,
}

impl<F: Scalar> Kernel for BackwardParameters<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let BackwardParameters { x, dy, dw, db, mean, inverse, samples, blocks } = self;
        let size = dw.len();
        let statistics = mean.chunks_exact(blocks).zip(inverse.chunks_exact(blocks));
        for (g, (mean, inverse)) in statistics.enumerate() {
            let ((mean, mean_last), (inverse, inverse_last)) =
                (split(mean, samples), split(inverse, samples));
            for j in 0..size {
                let column = (g * size + j) * blocks;
                let (x, x_last) = split(&x[column..][..blocks], samples);
                let (dy, dy_last) = split(&dy[column..][..blocks], samples);
                let (mut weight, mut bias) = (Lanes::zero(), Lanes::zero());
                for ((x, dy), (mean, inverse)) in x.iter().zip(dy).zip(mean.iter().zip(inverse)) {
                    weight += Lanes(*dy) * ((Lanes(*x) - Lanes(*mean)) * Lanes(*inverse));
                    bias += Lanes(*dy);
                }
                if let (Some(x), Some(dy), Some(mean), Some(inverse)) =
                    (x_last, dy_last, mean_last, inverse_last)
                {
                    weight += dy * ((x - mean) * inverse);
                    bias += dy;
                }
                dw[j] += weight.sum();
                db[j] += bias.sum();
            }
        }
    }
}
