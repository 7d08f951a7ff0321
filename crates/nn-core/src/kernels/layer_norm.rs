//! Layer normalisation over groups of feature columns, a block of samples at a time; and without `CENTRED` the normalisation by the
//! root of the mean square, which takes the mean to be 0.
//!
//! x̂ = (x − mean) · inverse with inverse = 1/σ; mean and σ are those of one group of one sample. Threads share groups.

use super::batch_norm::inverse_deviation;
use super::lanes::{Block, LANES, Lanes, split};
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

/// Returns the mean of the group at `index`, a group and a block of samples.
#[inline(always)]
fn at<F: Scalar, const CENTRED: bool>(mean: &[Block<F>], index: usize) -> Lanes<F> {
    if CENTRED { Lanes(mean[index]) } else { Lanes::zero() }
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
    fn run(self) {
        let Forward { x, y, affine: Affine { weight, bias }, eps, blocks, mut statistics } = self;
        let group = blocks * weight.len();
        let count = Lanes::splat(F::from_f64(weight.len() as f64));
        for (g, (x, y)) in x.chunks_exact(group).zip(y.chunks_exact_mut(group)).enumerate() {
            for b in 0..blocks {
                let mut mean = Lanes::zero();
                if CENTRED {
                    let (first, mut total) = (Lanes(x[b]), Lanes::zero());
                    for x in x[b..].iter().step_by(blocks) {
                        total += Lanes(*x) - first;
                    }
                    mean = first + total / count;
                }
                let mut squares = Lanes::zero();
                for x in x[b..].iter().step_by(blocks) {
                    let distance = Lanes(*x) - mean;
                    squares += distance * distance;
                }
                let inverse = (squares / count).map(|variance| inverse_deviation(variance, eps));
                if let Some([means, inverses]) = &mut statistics {
                    if CENTRED {
                        mean.store(&mut means[g * blocks + b]);
                    }
                    inverse.store(&mut inverses[g * blocks + b]);
                }
                let columns = x[b..].iter().zip(&mut y[b..]).step_by(blocks);
                if CENTRED {
                    for ((x, y), (&weight, &bias)) in columns.zip(weight.iter().zip(bias)) {
                        let normal = (Lanes(*x) - mean) * inverse;
                        (normal * Lanes::splat(weight) + Lanes::splat(bias)).store(y);
                    }
                } else {
                    for ((x, y), &weight) in columns.zip(weight) {
                        (Lanes(*x) * inverse * Lanes::splat(weight)).store(y);
                    }
                }
            }
        }
    }
}

struct BackwardInput<'a, F, const CENTRED: bool, const ADD: bool> {
    x: &'a [Block<F>],
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    weight: &'a [F],
    mean: &'a [Block<F>],
    inverse: &'a [Block<F>],
    /// Blocks from one feature to the next.
    blocks: usize,
}

impl<F: Scalar, const CENTRED: bool, const ADD: bool> Kernel for BackwardInput<'_, F, CENTRED, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let BackwardInput { x, dy, dx, weight, mean, inverse, blocks } = self;
        let group = blocks * weight.len();
        let count = Lanes::splat(F::from_f64(weight.len() as f64));
        let groups = x.chunks_exact(group).zip(dy.chunks_exact(group)).zip(dx.chunks_exact_mut(group));
        for (g, ((x, dy), dx)) in groups.enumerate() {
            for b in 0..blocks {
                let mean = at::<_, CENTRED>(mean, g * blocks + b);
                let inverse = Lanes(inverse[g * blocks + b]);
                let (mut plain, mut along) = (Lanes::zero(), Lanes::zero());
                for ((x, dy), &weight) in x[b..].iter().zip(&dy[b..]).step_by(blocks).zip(weight) {
                    let slope = Lanes(*dy) * Lanes::splat(weight);
                    if CENTRED {
                        plain += slope;
                    }
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

struct BackwardParameters<'a, F, const CENTRED: bool> {
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

impl<F: Scalar, const CENTRED: bool> Kernel for BackwardParameters<'_, F, CENTRED> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let BackwardParameters { x, dy, dw, db, mean, inverse, samples, blocks } = self;
        let size = dw.len();
        for (g, inverse) in inverse.chunks_exact(blocks).enumerate() {
            let mean = if CENTRED { &mean[g * blocks..][..blocks] } else { mean };
            let (inverse, inverse_last) = split(inverse, samples);
            for j in 0..size {
                let column = (g * size + j) * blocks;
                let (x, x_last) = split(&x[column..][..blocks], samples);
                let (dy, dy_last) = split(&dy[column..][..blocks], samples);
                let (mut weight, mut bias) = (Lanes::zero(), Lanes::zero());
                for (b, ((x, dy), inverse)) in x.iter().zip(dy).zip(inverse).enumerate() {
                    weight += Lanes(*dy) * ((Lanes(*x) - at::<_, CENTRED>(mean, b)) * Lanes(*inverse));
                    if CENTRED {
                        bias += Lanes(*dy);
                    }
                }
                if let (Some(x), Some(dy), Some(inverse)) = (x_last, dy_last, inverse_last) {
                    let mean = at::<_, CENTRED>(mean, blocks - 1).keep(samples % LANES);
                    weight += dy * ((x - mean) * inverse);
                    if CENTRED {
                        bias += dy;
                    }
                }
                dw[j] += weight.sum();
                if CENTRED {
                    db[j] += bias.sum();
                }
            }
        }
    }
}
