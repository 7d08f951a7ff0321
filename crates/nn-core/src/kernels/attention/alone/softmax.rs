//! The softmax over the keys and its gradient, with the queries in the lanes.

use super::from;
use crate::Scalar;
use crate::kernels::lanes::{Block, LANES, Lanes};
use crate::kernels::simd::Kernel;

/// The softmax over the keys, with the queries in the lanes; see that of [a batch](crate::kernels::attention::softmax::Softmax).
pub(super) struct Softmax<'a, F> {
    pub(super) scores: &'a mut [Block<F>],
    /// For each key, 0 where it is padding.
    pub(super) mask: Option<&'a [F]>,
    pub(super) causal: bool,
    pub(super) blocks: usize,
}

impl<F: Scalar> Kernel for Softmax<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Softmax { scores, mask, causal, blocks } = self;
        let keys = scores.len() / blocks;
        let is_there = |j: usize| mask.is_none_or(|mask| mask[j] > F::ZERO);
        for block in 0..blocks {
            let start = block * LANES;
            let seen = if causal { keys.min(start + LANES) } else { keys };
            let sees = |j: usize| from(if causal { j.saturating_sub(start) } else { 0 });
            let mut max = Lanes::splat(F::NEG_INFINITY);
            for j in (0..seen).filter(|&j| is_there(j)) {
                max = sees(j)(max.zip(Lanes(scores[j * blocks + block]), F::larger), max);
            }
            let mut total = Lanes::zero();
            for j in 0..seen {
                let score = &mut scores[j * blocks + block];
                let e = (Lanes(*score) - max).map(F::exp_nonpositive);
                let e = if is_there(j) { sees(j)(e, Lanes::zero()) } else { Lanes::zero() };
                total += e;
                e.store(score);
            }
            let inverse = total.map(|total| if total == F::ZERO { F::ZERO } else { F::ONE / total });
            for j in 0..seen {
                let score = &mut scores[j * blocks + block];
                sees(j)(Lanes(*score) * inverse, Lanes::zero()).store(score);
            }
            scores[block..].iter_mut().step_by(blocks).skip(seen).for_each(|rest| *rest = [F::ZERO; LANES]);
        }
    }
}

/// The gradient of the softmax over the keys, with the queries in the lanes; see that of [a batch](crate::kernels::attention::softmax::Backward).
pub(super) struct Backward<'a, F> {
    pub(super) weights: &'a [Block<F>],
    pub(super) factors: Option<&'a [Block<F>]>,
    pub(super) scale: F,
    pub(super) causal: bool,
    pub(super) blocks: usize,
    pub(super) slopes: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for Backward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Backward { weights, factors, scale, causal, blocks, slopes } = self;
        let (keys, scale) = (slopes.len() / blocks, Lanes::splat(scale));
        for block in 0..blocks {
            let start = block * LANES;
            let seen = if causal { keys.min(start + LANES) } else { keys };
            let sees = |j: usize| from(if causal { j.saturating_sub(start) } else { 0 });
            let mut inner = Lanes::zero();
            for at in (0..seen).map(|j| j * blocks + block) {
                let mut slope = Lanes(slopes[at]);
                if let Some(factors) = factors {
                    slope = slope * Lanes(factors[at]);
                    slope.store(&mut slopes[at]);
                }
                inner = sees(at / blocks)(Lanes(weights[at]).mul_add(slope, inner), inner);
            }
            for at in (0..seen).map(|j| j * blocks + block) {
                let slope = scale * Lanes(weights[at]) * (Lanes(slopes[at]) - inner);
                sees(at / blocks)(slope, Lanes::zero()).store(&mut slopes[at]);
            }
            slopes[block..].iter_mut().step_by(blocks).skip(seen).for_each(|rest| *rest = [F::ZERO; LANES]);
        }
    }
}
