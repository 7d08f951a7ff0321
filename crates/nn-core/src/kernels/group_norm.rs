//! Normalisation of groups of channels of each sample.
//!
//! x̂ = (x − mean) · inverse with inverse = 1/σ; mean and σ are those of one group of one sample. What a group has to remember
//! lies side by side, a column of samples for each: mean, inverse, and two means of backward.

use super::batch_norm::inverse_deviation;
use super::lanes::{Block, LANES, Lanes};
use super::simd::{Kernel, dispatch};
use super::total::{NetworkTotal, Total};
use crate::{Accumulate, Scalar, Tensor};

/// The number of columns that a group remembers.
pub(crate) const MEMORY: usize = 4;

/// The number of terms of a running sum. What several come to is added up in `f64`, so that large groups lose no digits.
const ROWS: usize = 32;

/// The sizes of the groups of a batch.
#[derive(Clone, Copy)]
pub(crate) struct Groups {
    samples: usize,
    /// The number of blocks from one feature to the next.
    blocks: usize,
    /// The number of blocks of a channel.
    channel: usize,
    /// The number of channels in a group.
    channels: usize,
}

impl Groups {
    pub(crate) fn of<F: Scalar>(x: &Tensor<F>, groups: usize, channels: usize) -> Self {
        Groups {
            samples: x.samples(),
            blocks: x.blocks_per_feature(),
            channel: x.blocks().len() / channels,
            channels: channels / groups,
        }
    }

    /// Returns the number of blocks of a group.
    #[inline(always)]
    fn group(self) -> usize {
        self.channel * self.channels
    }

    /// Returns the number of values that are normalised together.
    #[inline(always)]
    fn count<F: Scalar>(self) -> Lanes<F> {
        Lanes::splat(F::from_f64((self.group() / self.blocks) as f64))
    }
}

/// Computes y = x̂ · weight + bias, with a weight and a bias for each channel. Writes mean and inverse to `memory`. The mean is
/// c + Σ (x − c) / d, where c is the first x, so that a large mean costs no digits.
pub(crate) fn forward<F: Scalar>(
    x: &Tensor<F>,
    y: &mut Tensor<F>,
    groups: Groups,
    [weight, bias]: [&[F]; 2],
    eps: F,
    memory: &mut Tensor<F>,
) {
    let (x, y, memory) = (x.blocks(), y.blocks_mut(), memory.blocks_mut());
    dispatch(Forward { x, y, groups, weight, bias, eps, memory });
}

/// Computes the sums that all gradients need. Adds Σ dy x̂ and Σ dy of each channel to `gradients`, those of weight and bias. Writes
/// the means of g and of g x̂ over each group of a sample, with g = dy · weight, to `memory`.
pub(crate) fn sums<F: Scalar>(
    [x, dy]: [&Tensor<F>; 2],
    groups: Groups,
    weight: &[F],
    gradients: Option<[&mut [F]; 2]>,
    memory: &mut Tensor<F>,
) {
    let (x, dy, memory) = (x.blocks(), dy.blocks(), memory.blocks_mut());
    dispatch(Sums { x, dy, groups, weight, gradients, memory });
}

/// Computes dx = inverse · (g − mean of g − x̂ · mean of g x̂), or adds that to dx. These means are those that [`sums`] wrote to
/// `memory`.
pub(crate) fn backward<F: Scalar>(
    [x, dy]: [&Tensor<F>; 2],
    dx: &mut Tensor<F>,
    accumulate: Accumulate,
    groups: Groups,
    weight: &[F],
    memory: &Tensor<F>,
) {
    let (x, dy, dx, memory) = (x.blocks(), dy.blocks(), dx.blocks_mut(), memory.blocks());
    match accumulate {
        Accumulate::Replace => dispatch(Backward::<_, false> { x, dy, dx, groups, weight, memory }),
        Accumulate::Add => dispatch(Backward::<_, true> { x, dy, dx, groups, weight, memory }),
    }
}

/// Takes apart what a group remembers: mean, inverse, and the means of g and of g x̂.
#[inline(always)]
fn columns<F>(memory: &[Block<F>], blocks: usize) -> [&[Block<F>]; MEMORY] {
    let (statistics, sums) = memory.split_at(2 * blocks);
    let ((mean, inverse), (plain, along)) = (statistics.split_at(blocks), sums.split_at(blocks));
    [mean, inverse, plain, along]
}

/// Does what [`columns`] does, to write.
#[inline(always)]
fn columns_mut<F>(memory: &mut [Block<F>], blocks: usize) -> [&mut [Block<F>]; MEMORY] {
    let (statistics, sums) = memory.split_at_mut(2 * blocks);
    let ((mean, inverse), (plain, along)) = (statistics.split_at_mut(blocks), sums.split_at_mut(blocks));
    [mean, inverse, plain, along]
}

/// Returns the sums of what `f` returns for every feature, each `blocks` after the one before.
#[inline(always)]
fn sum<F: Scalar, const N: usize>(
    column: &[Block<F>],
    blocks: usize,
    f: impl Fn(usize, Lanes<F>) -> [Lanes<F>; N],
) -> [Lanes<F>; N] {
    let mut totals = [Lanes::<f64>::zero(); N];
    for (s, stretch) in column.chunks(ROWS * blocks).enumerate() {
        let mut running = [Lanes::zero(); N];
        for (index, x) in stretch.iter().step_by(blocks).enumerate() {
            let terms = f((s * ROWS + index) * blocks, Lanes(*x));
            for i in 0..N {
                running[i] += terms[i];
            }
        }
        for i in 0..N {
            totals[i] += Lanes(running[i].0.map(F::to_f64));
        }
    }
    totals.map(|total| Lanes(total.0.map(F::from_f64)))
}

struct Forward<'a, F> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
    groups: Groups,
    weight: &'a [F],
    bias: &'a [F],
    eps: F,
    memory: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for Forward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Forward { x, y, groups, weight, bias, eps, memory } = self;
        let (blocks, count) = (groups.blocks, groups.count());
        let affine = weight.chunks_exact(groups.channels).zip(bias.chunks_exact(groups.channels));
        let memory = memory.chunks_exact_mut(MEMORY * blocks).zip(affine);
        let values = x.chunks_exact(groups.group()).zip(y.chunks_exact_mut(groups.group()));
        for ((x, y), (memory, (weight, bias))) in values.zip(memory) {
            let [mean, inverse, ..] = columns_mut(memory, blocks);
            for b in 0..blocks {
                let first = Lanes(x[b]);
                let [distances] = sum(&x[b..], blocks, |_, x| [x - first]);
                let centre = first + distances / count;
                let [squares] = sum(&x[b..], blocks, |_, x| [(x - centre) * (x - centre)]);
                centre.store(&mut mean[b]);
                (squares / count).map(|variance| inverse_deviation(variance, eps)).store(&mut inverse[b]);
            }
            let channels = x.chunks_exact(groups.channel).zip(y.chunks_exact_mut(groups.channel));
            for ((x, y), (weight, bias)) in channels.zip(weight.iter().zip(bias)) {
                let [weight, bias] = [*weight, *bias].map(Lanes::splat);
                for (x, y) in x.chunks_exact(blocks).zip(y.chunks_exact_mut(blocks)) {
                    for ((x, y), (mean, inverse)) in x.iter().zip(y).zip(mean.iter().zip(&*inverse)) {
                        let normal = (Lanes(*x) - Lanes(*mean)) * Lanes(*inverse);
                        (normal * weight + bias).store(y);
                    }
                }
            }
        }
    }
}

struct Sums<'a, F> {
    x: &'a [Block<F>],
    dy: &'a [Block<F>],
    groups: Groups,
    weight: &'a [F],
    gradients: Option<[&'a mut [F]; 2]>,
    memory: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for Sums<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Sums { x, dy, groups, weight, mut gradients, memory } = self;
        let (blocks, count) = (groups.blocks, groups.count());
        let last = groups.samples - (blocks - 1) * LANES;
        for (g, memory) in memory.chunks_exact_mut(MEMORY * blocks).enumerate() {
            let [mean, inverse, plain, along] = columns_mut(memory, blocks);
            plain.fill([F::ZERO; LANES]);
            along.fill([F::ZERO; LANES]);
            for c in g * groups.channels..(g + 1) * groups.channels {
                let [x, dy] = [x, dy].map(|all| &all[c * groups.channel..][..groups.channel]);
                let factor = Lanes::splat(weight[c]);
                let mut totals = [NetworkTotal::zero(), NetworkTotal::zero()];
                for b in 0..blocks {
                    let (mean, inverse, x) = (Lanes(mean[b]), Lanes(inverse[b]), &x[b..]);
                    let sums = sum(&dy[b..], blocks, |at, dy| [dy * ((Lanes(x[at]) - mean) * inverse), dy]);
                    let samples = if b + 1 == blocks { last } else { LANES };
                    for i in 0..2 {
                        totals[i].begin(1);
                        totals[i].add(b, sums[i].keep(samples));
                    }
                    (Lanes(along[b]) + factor * sums[0]).store(&mut along[b]);
                    (Lanes(plain[b]) + factor * sums[1]).store(&mut plain[b]);
                }
                if let Some(gradients) = &mut gradients {
                    for (gradient, total) in gradients.iter_mut().zip(totals) {
                        let mut sum = [F::ZERO];
                        total.finish(F::ONE, &mut sum);
                        gradient[c] += sum[0];
                    }
                }
            }
            for mean in plain.iter_mut().chain(along) {
                (Lanes(*mean) / count).store(mean);
            }
        }
    }
}

struct Backward<'a, F, const ADD: bool> {
    x: &'a [Block<F>],
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    groups: Groups,
    weight: &'a [F],
    memory: &'a [Block<F>],
}

impl<F: Scalar, const ADD: bool> Kernel for Backward<'_, F, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Backward { x, dy, dx, groups, weight, memory } = self;
        let blocks = groups.blocks;
        let channels = x.chunks_exact(groups.channel).zip(dy.chunks_exact(groups.channel));
        let channels = channels.zip(dx.chunks_exact_mut(groups.channel)).zip(weight).enumerate();
        for (c, (((x, dy), dx), &weight)) in channels {
            let memory = &memory[c / groups.channels * MEMORY * blocks..][..MEMORY * blocks];
            let [mean, inverse, plain, along] = columns(memory, blocks);
            let weight = Lanes::splat(weight);
            let rows = x.chunks_exact(blocks).zip(dy.chunks_exact(blocks)).zip(dx.chunks_exact_mut(blocks));
            for ((x, dy), dx) in rows {
                for b in 0..blocks {
                    let inverse = Lanes(inverse[b]);
                    let normal = (Lanes(x[b]) - Lanes(mean[b])) * inverse;
                    let slope = Lanes(dy[b]) * weight;
                    (inverse * (slope - Lanes(plain[b]) - normal * Lanes(along[b]))).put::<ADD>(&mut dx[b]);
                }
            }
        }
    }
}
