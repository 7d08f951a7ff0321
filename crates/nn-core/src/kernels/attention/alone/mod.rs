//! Attention within one sequence: lanes are tokens.
//!
//! Elsewhere lanes are samples, and one sample would leave fifteen of sixteen lanes empty. Here the samples of a tensor are the tokens of
//! the only sequence. A column of P or ∂S is a key, and its lanes are the queries. Each sum adds its terms in the same order as
//! elsewhere, so a sample has the same bits alone as in a batch.
//!
//! Threads share the heads.

mod products;
mod softmax;

use super::{Attention, Place, Tokens};
use crate::kernels::lanes::{Block, LANES, Lanes};
use crate::kernels::simd::dispatch;
use crate::kernels::team;
use crate::{Columns, ColumnsMut, Scalar};
use products::{OverKeys, OverQueries, Scores};
use softmax::{Backward, Softmax};

/// The features of a head, of tokens that are in the lanes.
fn head<'a, F: Scalar>(tokens: Tokens<'a, F>, head: usize, size: usize) -> &'a [Block<F>] {
    let first = tokens.place.first + head * size;
    tokens.columns.columns(first..first + size).blocks()
}

/// See [`Attention::weights`].
pub(super) fn weights<F: Scalar>(
    of: &Attention,
    [q, k]: [Tokens<'_, F>; 2],
    mask: Option<Columns<'_, F>>,
    weights: ColumnsMut<'_, F>,
) {
    let (blocks, causal, mask) = (of.blocks(), of.causal, mask.map(|mask| mask.blocks().as_flattened()));
    team::share(of.cost(), weights.runs(of.keys).enumerate(), |(h, weights)| {
        let (weights, [q, k]) = (weights.into_blocks(), [q, k].map(|tokens| head(tokens, h, of.size)));
        dispatch(Scores { tokens: [q, k], scale: of.scale(), causal, blocks, scores: &mut *weights });
        dispatch(Softmax { scores: weights, mask, causal, blocks });
    });
}

/// See [`Attention::context`].
pub(super) fn context<F: Scalar>(
    of: &Attention,
    weights: Columns<'_, F>,
    v: Tokens<'_, F>,
    (mut context, place): (ColumnsMut<'_, F>, Place),
) {
    let parts = of.heads_of(&mut context, place);
    team::share(of.cost(), weights.runs(of.keys).zip(parts).enumerate(), |(h, (weights, context))| {
        let (values, blocks) = (head(v, h, of.size), of.blocks());
        let pairs = weights.blocks();
        dispatch(OverKeys { pairs, values, causal: of.causal, blocks, sums: context.into_blocks() });
    });
}

/// See [`Attention::backward_queries`].
pub(super) fn backward_queries<F: Scalar>(
    of: &Attention,
    [k, v, d_context]: [Tokens<'_, F>; 3],
    weights: Columns<'_, F>,
    factors: Option<Columns<'_, F>>,
    slopes: ColumnsMut<'_, F>,
    (mut dq, place): (ColumnsMut<'_, F>, Place),
) {
    let (blocks, causal) = (of.blocks(), of.causal);
    let parts = slopes.runs(of.keys).zip(of.heads_of(&mut dq, place)).enumerate();
    team::share(2 * of.cost(), parts, |(h, (slopes, dq))| {
        let own = h * of.keys..(h + 1) * of.keys;
        let weights = weights.columns(own.clone()).blocks();
        let factors = factors.map(|factors| factors.columns(own).blocks());
        let (slopes, tokens) = (slopes.into_blocks(), [d_context, v].map(|all| head(all, h, of.size)));
        dispatch(Scores { tokens, scale: F::ONE, causal, blocks, scores: &mut *slopes });
        dispatch(Backward { weights, factors, scale: of.scale(), causal, blocks, slopes: &mut *slopes });
        let values = head(k, h, of.size);
        dispatch(OverKeys { pairs: slopes, values, causal, blocks, sums: dq.into_blocks() });
    });
}

/// See [`Attention::backward_keys`].
pub(super) fn backward_keys<F: Scalar>(
    of: &Attention,
    [q, d_context]: [Tokens<'_, F>; 2],
    [slopes, weights]: [Columns<'_, F>; 2],
    mut dkv: ColumnsMut<'_, F>,
    [k_place, v_place]: [Place; 2],
) {
    for (pairs, tokens, place) in [(slopes, q, k_place), (weights, d_context, v_place)] {
        let parts = pairs.runs(of.keys).zip(of.heads_of(&mut dkv, place)).enumerate();
        team::share(of.cost(), parts, |(h, (pairs, sums))| {
            let (values, pairs, sums) = (head(tokens, h, of.size), pairs.blocks(), sums.into_blocks());
            dispatch(OverQueries { pairs, values, causal: of.causal, blocks: of.blocks(), sums });
        });
    }
}

impl Attention {
    /// Returns the features of each head.
    fn heads_of<'a, F: Scalar>(
        &self,
        columns: &'a mut ColumnsMut<'_, F>,
        place: Place,
    ) -> impl DoubleEndedIterator<Item = ColumnsMut<'a, F>> + ExactSizeIterator + use<'a, F> {
        columns.columns_mut(place.first..place.first + self.heads * self.size).runs(self.size)
    }
}

/// Returns what takes the lanes from this one on of its first argument, and those before of its second.
#[inline(always)]
fn from<F: Scalar>(first: usize) -> impl Fn(Lanes<F>, Lanes<F>) -> Lanes<F> {
    // As for `Lanes::keeper`, floats are compared as vectors.
    let first = std::hint::black_box(F::from_f64(first as f64));
    move |values, others| {
        let mut out = values.0;
        for lane in 0..LANES {
            out[lane] = if F::from_f64(lane as f64) < first { others.0[lane] } else { values.0[lane] };
        }
        Lanes(out)
    }
}
