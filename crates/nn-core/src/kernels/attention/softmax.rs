//! The softmax of rows of scores, of which some are left out, and its gradient.

use std::ops::Range;

use super::products::At;
use crate::Scalar;
use crate::kernels::lanes::{Block, LANES, Lanes};
use crate::kernels::simd::Kernel;

/// Replaces the scores of each row by weights: P_j = exp(S_j − max S) / Σ_k exp(S_k − max S) over the keys that are seen, 0 for the
/// others, and 0 for all where none is.
pub(super) struct Softmax<'a, F> {
    /// Of the shape `[rows, heads, keys]`.
    pub(super) scores: &'a mut [Block<F>],
    pub(super) rows: Rows<'a, F>,
}

/// Replaces ∂P by ∂S = f P ⊙ (∂P − Σ_k ∂P_k P_k). With factors, what is given is the gradient of P times these.
pub(super) struct Backward<'a, F> {
    pub(super) weights: &'a [Block<F>],
    pub(super) factors: Option<&'a [Block<F>]>,
    pub(super) slopes: &'a mut [Block<F>],
    pub(super) scale: F,
    pub(super) rows: Rows<'a, F>,
}

/// The rows that are meant, and what they see.
#[derive(Clone)]
pub(super) struct Rows<'a, F> {
    pub(super) range: Range<usize>,
    pub(super) heads: usize,
    pub(super) keys: usize,
    pub(super) causal: bool,
    pub(super) mask: Option<&'a [Block<F>]>,
    pub(super) at: At,
}

impl<F> Rows<'_, F> {
    /// Returns, for each row, the first of its blocks among those of the range, and the number of keys that it sees.
    #[inline(always)]
    fn each(&self) -> impl Iterator<Item = (usize, usize)> + use<F> {
        let (keys, causal, heads, at) = (self.keys, self.causal, self.heads, self.at);
        self.range.clone().enumerate().map(move |(row, i)| {
            let first = (row * heads + at.head) * keys * at.blocks + at.block;
            (first, if causal { keys.min(i + 1) } else { keys })
        })
    }
}

impl<F: Scalar> Kernel for Softmax<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Softmax { scores, rows } = self;
        let At { block, blocks, .. } = rows.at;
        for (first, seen) in rows.each() {
            let row = &mut scores[first..][..(rows.keys - 1) * blocks + 1];
            match rows.mask {
                None => whole(&mut row[..(seen - 1) * blocks + 1], blocks),
                Some(mask) => masked(&mut row[..(seen - 1) * blocks + 1], &mask[block..], blocks),
            }
            row.iter_mut().step_by(blocks).skip(seen).for_each(|rest| *rest = [F::ZERO; LANES]);
        }
    }
}

#[inline(always)]
fn whole<F: Scalar>(scores: &mut [Block<F>], blocks: usize) {
    let mut max = Lanes::splat(F::NEG_INFINITY);
    for score in scores.iter().step_by(blocks) {
        max = max.zip(Lanes(*score), F::larger);
    }
    let mut total = Lanes::zero();
    for score in scores.iter_mut().step_by(blocks) {
        let e = (Lanes(*score) - max).map(F::exp_nonpositive);
        total += e;
        e.store(score);
    }
    let inverse = Lanes::splat(F::ONE) / total;
    for score in scores.iter_mut().step_by(blocks) {
        (Lanes(*score) * inverse).store(score);
    }
}

/// As [`whole`], without the keys that the mask of a sample leaves out.
#[inline(always)]
fn masked<F: Scalar>(scores: &mut [Block<F>], mask: &[Block<F>], blocks: usize) {
    let mut max = Lanes::splat(F::NEG_INFINITY);
    for (score, mask) in scores.iter_mut().zip(mask).step_by(blocks) {
        let score = Lanes(*score).zip(
            Lanes(*mask),
            |score, mask| {
                if mask > F::ZERO { score } else { F::NEG_INFINITY }
            },
        );
        max = max.zip(score, F::larger);
    }
    let mut total = Lanes::zero();
    for (score, mask) in scores.iter_mut().zip(mask).step_by(blocks) {
        let e = (Lanes(*score) - max).map(F::exp_nonpositive);
        let e = e.zip(Lanes(*mask), |e, mask| if mask > F::ZERO { e } else { F::ZERO });
        total += e;
        e.store(score);
    }
    let inverse = total.map(|total| if total == F::ZERO { F::ZERO } else { F::ONE / total });
    for score in scores.iter_mut().step_by(blocks) {
        (Lanes(*score) * inverse).store(score);
    }
}

impl<F: Scalar> Kernel for Backward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Backward { weights, factors, slopes, scale, rows } = self;
        let (blocks, scale) = (rows.at.blocks, Lanes::splat(scale));
        for (first, seen) in rows.each() {
            let length = (rows.keys - 1) * blocks + 1;
            let (weights, slopes) = (&weights[first..][..length], &mut slopes[first..][..length]);
            if let Some(factors) = factors {
                let factors = &factors[first..][..length];
                for at in (0..seen).map(|key| key * blocks) {
                    (Lanes(slopes[at]) * Lanes(factors[at])).store(&mut slopes[at]);
                }
            }
            let mut inner = Lanes::zero();
            for at in (0..seen).map(|key| key * blocks) {
                inner = Lanes(weights[at]).mul_add(Lanes(slopes[at]), inner);
            }
            for at in (0..seen).map(|key| key * blocks) {
                (scale * Lanes(weights[at]) * (Lanes(slopes[at]) - inner)).store(&mut slopes[at]);
            }
            slopes.iter_mut().step_by(blocks).skip(seen).for_each(|rest| *rest = [F::ZERO; LANES]);
        }
    }
}
