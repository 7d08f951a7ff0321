//! Layer normalisation over groups of feature columns, a few blocks of samples at a time; and without `CENTRED` the normalisation by the
//! root of the mean square, which takes the mean to be 0.
//!
//! x̂ = (x − mean) · inverse with inverse = 1/σ; mean and σ are those of one group of one sample. Threads share groups.

mod backward;

use std::ops::Range;

use backward::{BackwardInput, BackwardParameters};

use super::batch_norm::inverse_deviation;
use super::lanes::{Block, LANES, Lanes};
use super::simd::{Kernel, dispatch};
use super::team;
use crate::{Accumulate, Scalar, Tensor};

/// The weight and the bias of each feature of a group. Only what is centred has a bias.
#[derive(Clone, Copy)]
pub(crate) struct Affine<'a, F> {
    pub(crate) weight: &'a [F],
    pub(crate) bias: &'a [F],
}

/// What the groups of each sample remember, one feature for each group: mean (with `CENTRED`) and inverse.
#[derive(Clone, Copy)]
pub(crate) struct Statistics<T> {
    pub(crate) mean: Option<T>,
    pub(crate) inverse: T,
}

impl<'a, F: Scalar> Statistics<&'a Tensor<F>> {
    /// Returns the blocks of both, which are none for a mean that is 0.
    fn blocks(self) -> [&'a [Block<F>]; 2] {
        [self.mean.map_or(&[], Tensor::blocks), self.inverse.blocks()]
    }
}

/// Computes y = x̂ · weight + bias over each group of `affine.weight.len()` features. Writes mean and inverse of each
/// group and sample to `statistics`, if given. The mean is c + Σ (x − c) / d, where c is the
/// first x, so that a large mean costs no digits.
pub(crate) fn forward<F: Scalar, const CENTRED: bool>(
    x: &Tensor<F>,
    y: &mut Tensor<F>,
    affine: Affine<'_, F>,
    eps: F,
    statistics: Option<Statistics<&mut Tensor<F>>>,
) {
    let (blocks, x) = (x.blocks_per_feature(), x.blocks());
    let (part, cost) = part(x.len(), affine.weight.len() * blocks);
    // A part has so many statistics of each kind, one for each group.
    let groups = (part / affine.weight.len()).max(1);
    let forward = |(index, y): (usize, &mut [Block<F>]), statistics| {
        let x = &x[index * part..][..y.len()];
        dispatch(Forward::<_, CENTRED> { x, y, affine, eps, blocks, statistics });
    };
    let parts = y.blocks_mut().chunks_mut(part).enumerate();
    match statistics.map(|Statistics { mean, inverse }| (mean, inverse.blocks_mut().chunks_mut(groups))) {
        None => team::share(cost, parts, |part| forward(part, None)),
        Some((None, inverse)) => {
            team::share(cost, parts.zip(inverse), |(part, inverse)| forward(part, Some([&mut [], inverse])));
        }
        Some((Some(mean), inverse)) => {
            let both = mean.blocks_mut().chunks_mut(groups).zip(inverse);
            team::share(cost, parts.zip(both), |(part, (mean, inverse))| {
                forward(part, Some([mean, inverse]));
            });
        }
    }
}

/// Returns the number of blocks of each part that a thread is given, of so many in groups of so many, and the cost of all.
fn part(blocks: usize, group: usize) -> (usize, usize) {
    let cost = blocks * LANES * team::NUMBER;
    let groups = blocks / group.max(1);
    ((groups.div_ceil(team::threads(cost)) * group).max(1), cost)
}

/// Computes dx = inverse · (g − mean of g − x̂ · mean of g x̂), or adds that to dx, with g = dy · weight and means over
/// the group. Without `CENTRED`, the mean of g is not subtracted.
pub(crate) fn backward_input<F: Scalar, const CENTRED: bool>(
    [x, dy]: [&Tensor<F>; 2],
    dx: &mut Tensor<F>,
    accumulate: Accumulate,
    weight: &[F],
    statistics: Statistics<&Tensor<F>>,
) {
    let blocks = x.blocks_per_feature();
    let ([x, dy], [mean, inverse]) = ([x, dy].map(Tensor::blocks), statistics.blocks());
    let (part, cost) = part(x.len(), weight.len() * blocks);
    let groups = part / weight.len().max(1);
    team::share(cost, dx.blocks_mut().chunks_mut(part).enumerate(), |(index, dx)| {
        let [x, dy] = [x, dy].map(|all| &all[index * part..][..dx.len()]);
        let [mean, inverse] = [mean, inverse].map(|all| all.get(index * groups..).unwrap_or_default());
        match accumulate {
            Accumulate::Replace => {
                dispatch(BackwardInput::<_, CENTRED, false> { x, dy, dx, weight, mean, inverse, blocks });
            }
            Accumulate::Add => {
                dispatch(BackwardInput::<_, CENTRED, true> { x, dy, dx, weight, mean, inverse, blocks });
            }
        }
    });
}

/// Adds Σ dy x̂ over samples and groups to `dw`, and with `CENTRED` Σ dy to `db`.
pub(crate) fn backward_parameters<F: Scalar, const CENTRED: bool>(
    [x, dy]: [&Tensor<F>; 2],
    [dw, db]: [&mut [F]; 2],
    statistics: Statistics<&Tensor<F>>,
) {
    let (samples, blocks) = (x.samples(), x.blocks_per_feature());
    let ([x, dy], [mean, inverse]) = ([x, dy].map(Tensor::blocks), statistics.blocks());
    dispatch(BackwardParameters::<_, CENTRED> { x, dy, dw, db, mean, inverse, samples, blocks });
}

struct Forward<'a, F, const CENTRED: bool> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
    affine: Affine<'a, F>,
    eps: F,
    /// Blocks from one feature to the next.
    blocks: usize,
    statistics: Option<[&'a mut [Block<F>]; 2]>,
}

impl<F: Scalar, const CENTRED: bool> Kernel for Forward<'_, F, CENTRED> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let blocks = self.blocks;
        for group in 0..self.x.len() / (blocks * self.affine.weight.len()).max(1) {
            let mut first = 0;
            while first + TOGETHER <= blocks {
                self.group::<TOGETHER>(group, first);
                first += TOGETHER;
            }
            (first..blocks).for_each(|b| self.group::<1>(group, b));
        }
    }
}

impl<F: Scalar, const CENTRED: bool> Forward<'_, F, CENTRED> {
    /// Normalises a group of `B` blocks of samples.
    #[inline(always)]
    fn group<const B: usize>(&mut self, group: usize, first: usize) {
        let Forward { affine: Affine { weight, bias }, eps, blocks, .. } = *self;
        let (own, count) =
            (columns(group, weight.len(), blocks), Lanes::splat(F::from_f64(weight.len() as f64)));
        let x = &self.x[own.clone()];
        let mut mean = [Lanes::zero(); B];
        if CENTRED {
            let (start, mut total): (&[_; B], _) = (some(x, first), [Lanes::zero(); B]);
            for x in x.chunks_exact(blocks) {
                let x: &[_; B] = some(x, first);
                for b in 0..B {
                    total[b] += Lanes(x[b]) - Lanes(start[b]);
                    // Without the barrier LLVM takes the sums of several blocks together, lane by lane.
                    std::hint::black_box(());
                }
            }
            for b in 0..B {
                mean[b] = Lanes(start[b]) + total[b] / count;
            }
        }
        let mut squares = [Lanes::zero(); B];
        for x in x.chunks_exact(blocks) {
            let x: &[_; B] = some(x, first);
            for b in 0..B {
                let distance = Lanes(x[b]) - mean[b];
                squares[b] += distance * distance;
                std::hint::black_box(());
            }
        }
        let mut inverse = [Lanes::zero(); B];
        for b in 0..B {
            inverse[b] = (squares[b] / count).map(|variance| inverse_deviation(variance, eps));
            if let Some([means, inverses]) = &mut self.statistics {
                if CENTRED {
                    mean[b].store(&mut means[group * blocks + first + b]);
                }
                inverse[b].store(&mut inverses[group * blocks + first + b]);
            }
        }
        let y = self.y[own].chunks_exact_mut(blocks);
        for (j, (x, y)) in x.chunks_exact(blocks).zip(y).enumerate() {
            let (x, y): (&[_; B], &mut [_; B]) = (some(x, first), some_mut(y, first));
            for b in 0..B {
                let normal = (Lanes(x[b]) - mean[b]) * inverse[b] * Lanes::splat(weight[j]);
                let normal = if CENTRED { normal + Lanes::splat(bias[j]) } else { normal };
                normal.store(&mut y[b]);
            }
        }
    }
}

/// The number of blocks of samples that are normalised together, so that no sum over features waits for itself alone.
const TOGETHER: usize = 4;

/// Returns where the features of a group lie.
#[inline(always)]
fn columns(group: usize, features: usize, blocks: usize) -> Range<usize> {
    group * features * blocks..(group + 1) * features * blocks
}

/// Returns `B` blocks of a feature.
#[inline(always)]
fn some<F, const B: usize>(feature: &[Block<F>], first: usize) -> &[Block<F>; B] {
    feature[first..].first_chunk().expect("so many blocks")
}

/// Returns what [`some`] does, to write.
#[inline(always)]
fn some_mut<F, const B: usize>(feature: &mut [Block<F>], first: usize) -> &mut [Block<F>; B] {
    feature[first..].first_chunk_mut().expect("so many blocks")
}
