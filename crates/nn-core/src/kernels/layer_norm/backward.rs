//! The gradients of layer normalisation: of the input, and of the weight and the bias.

use super::{TOGETHER, columns, some, some_mut};
use crate::Scalar;
use crate::kernels::lanes::{Block, LANES, Lanes, split};
use crate::kernels::simd::Kernel;

/// Returns the mean of the group at `index`, a group and a block of samples.
#[inline(always)]
fn at<F: Scalar, const CENTRED: bool>(mean: &[Block<F>], index: usize) -> Lanes<F> {
    if CENTRED { Lanes(mean[index]) } else { Lanes::zero() }
}

pub(super) struct BackwardInput<'a, F, const CENTRED: bool, const ADD: bool> {
    pub(super) x: &'a [Block<F>],
    pub(super) dy: &'a [Block<F>],
    pub(super) dx: &'a mut [Block<F>],
    pub(super) weight: &'a [F],
    pub(super) mean: &'a [Block<F>],
    pub(super) inverse: &'a [Block<F>],
    /// Blocks from one feature to the next.
    pub(super) blocks: usize,
}

impl<F: Scalar, const CENTRED: bool, const ADD: bool> Kernel for BackwardInput<'_, F, CENTRED, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let blocks = self.blocks;
        for group in 0..self.x.len() / (blocks * self.weight.len()).max(1) {
            let mut first = 0;
            while first + TOGETHER <= blocks {
                self.group::<TOGETHER>(group, first);
                first += TOGETHER;
            }
            (first..blocks).for_each(|b| self.group::<1>(group, b));
        }
    }
}

impl<F: Scalar, const CENTRED: bool, const ADD: bool> BackwardInput<'_, F, CENTRED, ADD> {
    /// Computes a group of `B` blocks of samples.
    #[inline(always)]
    fn group<const B: usize>(&mut self, group: usize, first: usize) {
        let BackwardInput { weight, blocks, .. } = *self;
        let (own, count) =
            (columns(group, weight.len(), blocks), Lanes::splat(F::from_f64(weight.len() as f64)));
        let (x, dy) = (&self.x[own.clone()], &self.dy[own.clone()]);
        let (mut mean, mut inverse) = ([Lanes::zero(); B], [Lanes::zero(); B]);
        for b in 0..B {
            mean[b] = at::<_, CENTRED>(self.mean, group * blocks + first + b);
            inverse[b] = Lanes(self.inverse[group * blocks + first + b]);
        }
        let (mut plain, mut along) = ([Lanes::zero(); B], [Lanes::zero(); B]);
        for ((x, dy), &weight) in x.chunks_exact(blocks).zip(dy.chunks_exact(blocks)).zip(weight) {
            let (x, dy): (&[_; B], &[_; B]) = (some(x, first), some(dy, first));
            for b in 0..B {
                let slope = Lanes(dy[b]) * Lanes::splat(weight);
                if CENTRED {
                    plain[b] += slope;
                }
                along[b] += slope * ((Lanes(x[b]) - mean[b]) * inverse[b]);
                std::hint::black_box(());
            }
        }
        for b in 0..B {
            (plain[b], along[b]) = (plain[b] / count, along[b] / count);
        }
        let dx = self.dx[own].chunks_exact_mut(blocks);
        for (((x, dy), dx), &weight) in
            x.chunks_exact(blocks).zip(dy.chunks_exact(blocks)).zip(dx).zip(weight)
        {
            let (x, dy, dx): (&[_; B], &[_; B], &mut [_; B]) =
                (some(x, first), some(dy, first), some_mut(dx, first));
            for b in 0..B {
                let normal = (Lanes(x[b]) - mean[b]) * inverse[b];
                let slope = Lanes(dy[b]) * Lanes::splat(weight);
                (inverse[b] * (slope - plain[b] - normal * along[b])).put::<ADD>(&mut dx[b]);
            }
        }
    }
}

pub(super) struct BackwardParameters<'a, F, const CENTRED: bool> {
    pub(super) x: &'a [Block<F>],
    pub(super) dy: &'a [Block<F>],
    pub(super) dw: &'a mut [F],
    pub(super) db: &'a mut [F],
    pub(super) mean: &'a [Block<F>],
    pub(super) inverse: &'a [Block<F>],
    pub(super) samples: usize,
    /// Blocks from one feature to the next.
    pub(super) blocks: usize,
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
