//! The softmax of rows of scores, of which some are left out, and its gradient.

use std::ops::Range;

use crate::Scalar;
use crate::kernels::lanes::{Block, Lanes};
use crate::kernels::simd::Kernel;

/// Replaces the scores of each row by weights: P_j = exp(S_j − max S) / Σ_k exp(S_k − max S) over the keys that are seen, 0 for the
/// others, and 0 for all where none is.
pub(super) struct Softmax<'a, F> {
    /// Of the shape `[rows, heads, keys]`.
    pub(super) scores: &'a mut [Block<F>],
    pub(super) rows: Rows<'a, F>,
}

/// Replaces ∂P by ∂S = f P ⊙ (∂P − Σ_k ∂P_k P_k).
pub(super) struct Backward<'a, F> {
    pub(super) weights: &'a [Block<F>],
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
    pub(super) blocks: usize,
}

impl<F> Rows<'_, F> {
    /// Returns the number of keys that row `i` sees.
    #[inline(always)]
    fn seen(&self, i: usize) -> usize {
        if self.causal { self.keys.min(i + 1) } else { self.keys }
    }
}

impl<F: Scalar> Kernel for Softmax<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Softmax { scores, rows } = self;
        let (blocks, row) = (rows.blocks, rows.keys * rows.blocks);
        for (i, scores) in rows.range.clone().zip(scores.chunks_exact_mut(rows.heads * row)) {
            for scores in scores.chunks_exact_mut(row) {
                let (seen, rest) = scores.split_at_mut(rows.seen(i) * blocks);
                for b in 0..blocks {
                    match rows.mask {
                        None => whole(&mut seen[b..], blocks),
                        Some(mask) => masked(&mut seen[b..], &mask[b..], blocks),
                    }
                }
                rest.as_flattened_mut().fill(F::ZERO);
            }
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
        let Backward { weights, slopes, scale, rows } = self;
        let (blocks, row, scale) = (rows.blocks, rows.keys * rows.blocks, Lanes::splat(scale));
        let of_row = rows.heads * row;
        let all = weights.chunks_exact(of_row).zip(slopes.chunks_exact_mut(of_row));
        for (i, (weights, slopes)) in rows.range.clone().zip(all) {
            for (weights, slopes) in weights.chunks_exact(row).zip(slopes.chunks_exact_mut(row)) {
                let (seen, rest) = slopes.split_at_mut(rows.seen(i) * blocks);
                for b in 0..blocks {
                    let mut inner = Lanes::zero();
                    for (weight, slope) in weights[b..].iter().zip(&seen[b..]).step_by(blocks) {
                        inner = Lanes(*weight).mul_add(Lanes(*slope), inner);
                    }
                    for (weight, slope) in weights[b..].iter().zip(&mut seen[b..]).step_by(blocks) {
                        (scale * Lanes(*weight) * (Lanes(*slope) - inner)).store(slope);
                    }
                }
                rest.as_flattened_mut().fill(F::ZERO);
            }
        }
    }
}
