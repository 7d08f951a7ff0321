//! Scaled dot-product attention of several heads, forward and backward.
//!
//! The lanes of a block are samples, so all that attention does to a sample happens in one lane: [products] of small matrices, whose
//! elements are blocks, and the [softmax] of their rows. A single sample has [kernels of its own](alone). With f = 1/√d, for each head:
//!
//! - forward: S = f Q Kᵀ, P = softmax(S), O = P V
//! - backward: ∂V = Pᵀ ∂O, ∂P = ∂O Vᵀ, ∂S_ij = f P_ij (∂P_ij − Σ_k ∂P_ik P_ik), ∂Q = ∂S K, ∂K = ∂Sᵀ Q.
//!
//! Threads share the rows of the results.

mod alone;
mod products;
mod softmax;

use std::ops::Range;

use super::lanes::{Block, LANES};
use super::simd::dispatch;
use super::team;
use crate::{Columns, ColumnsMut, Scalar};
use products::{At, Causal, Factor, Layout, Product};
use softmax::{Backward, Rows, Softmax};

/// The sizes of attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attention {
    pub(crate) heads: usize,
    /// The number of features of one head, d.
    pub(crate) size: usize,
    pub(crate) queries: usize,
    pub(crate) keys: usize,
    /// Whether a query sees no key after its own place.
    pub(crate) causal: bool,
    pub(crate) lanes: InLanes,
}

/// What the lanes of a block are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InLanes {
    /// So many samples. The tokens of each follow each other in its features.
    Samples(usize),
    /// The tokens of one sequence, all of which ask all.
    Tokens,
}

/// Where the features of all heads lie in a token: the first of them, and the number of all features of the token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) first: usize,
    pub(crate) features: usize,
}

/// The queries, keys or values of all tokens.
#[derive(Clone, Copy)]
pub(crate) struct Tokens<'a, F> {
    pub(crate) columns: Columns<'a, F>,
    pub(crate) place: Place,
}

/// The minimum number of rows that a thread takes at a time: those of a tile.
const ROWS: usize = 4;

impl Attention {
    /// Computes P, of the shape `[queries, heads, keys]`, or where tokens are in the lanes, with a feature for each head and key. For each
    /// key, the mask has 1 in samples that have it and 0 in those in which it is padding.
    pub(crate) fn weights<F: Scalar>(
        &self,
        [q, k]: [Tokens<'_, F>; 2],
        mask: Option<Columns<'_, F>>,
        weights: ColumnsMut<'_, F>,
    ) {
        if self.lanes == InLanes::Tokens {
            return alone::weights(self, [q, k], mask, weights);
        }
        let [q, k] = [q, k].map(|tokens| self.tokens(tokens));
        let part = self.part(self.queries);
        let parts = weights.runs(part * self.heads * self.keys).enumerate();
        team::share(self.cost(), parts, |(index, weights)| {
            let (rows, scores) = (range(index, part, self.queries), weights.into_blocks());
            let (q, k, scale) = (q.from(rows.start), k.transposed(), self.scale());
            for at in self.each() {
                let product = self.scores([q, k], &mut *scores, rows.clone(), at);
                dispatch(Product { scale, ..product });
                dispatch(Softmax { scores: &mut *scores, rows: self.seen(rows.clone(), mask, at) });
            }
        });
    }

    /// Computes O from the weights, or from what dropout left of them.
    pub(crate) fn context<F: Scalar>(
        &self,
        weights: Columns<'_, F>,
        v: Tokens<'_, F>,
        (context, place): (ColumnsMut<'_, F>, Place),
    ) {
        if self.lanes == InLanes::Tokens {
            return alone::context(self, weights, v, (context, place));
        }
        let (weights, v) = (self.matrix(weights.blocks()), self.tokens(v));
        let part = self.part(self.queries);
        let parts = context.runs(part * place.features).enumerate();
        team::share(self.cost(), parts, |(index, context)| {
            let (rows, context) = (range(index, part, self.queries), context.into_blocks());
            let both = [weights.from(rows.start), v];
            for at in self.each() {
                dispatch(self.sums(both, (&mut *context, place), rows.clone(), Causal::Later, at));
            }
        });
    }

    /// Computes ∂S, of the shape of the weights, and ∂Q. What dropout multiplied the weights by are the factors.
    pub(crate) fn backward_queries<'a, F: Scalar>(
        &self,
        [k, v, d_context]: [Tokens<'_, F>; 3],
        weights: Columns<'a, F>,
        factors: Option<Columns<'a, F>>,
        slopes: ColumnsMut<'_, F>,
        (dq, place): (ColumnsMut<'_, F>, Place),
    ) {
        if self.lanes == InLanes::Tokens {
            return alone::backward_queries(self, [k, v, d_context], weights, factors, slopes, (dq, place));
        }
        let [k, v, d_context] = [k, v, d_context].map(|tokens| self.tokens(tokens));
        let (part, row) = (self.part(self.queries), self.heads * self.keys);
        let parts = slopes.runs(part * row).zip(dq.runs(part * place.features)).enumerate();
        team::share(2 * self.cost(), parts, |(index, (slopes, dq))| {
            let (rows, slopes, dq) =
                (range(index, part, self.queries), slopes.into_blocks(), dq.into_blocks());
            let here = |all: Columns<'a, F>| all.columns(rows.start * row..rows.end * row).blocks();
            let (weights, factors) = (here(weights), factors.map(here));
            let (d_context, v, scale) = (d_context.from(rows.start), v.transposed(), self.scale());
            for at in self.each() {
                dispatch(self.scores([d_context, v], &mut *slopes, rows.clone(), at));
                let seen = self.seen(rows.clone(), None, at);
                dispatch(Backward { weights, factors, slopes: &mut *slopes, scale, rows: seen });
                let both = [self.matrix(slopes), k];
                dispatch(self.sums(both, (&mut *dq, place), rows.clone(), Causal::Later, at));
            }
        });
    }

    /// Computes ∂K and ∂V, which lie at these places of the same tokens, given ∂S and the weights that [`context`](Self::context) was given.
    pub(crate) fn backward_keys<F: Scalar>(
        &self,
        [q, d_context]: [Tokens<'_, F>; 2],
        [slopes, weights]: [Columns<'_, F>; 2],
        dkv: ColumnsMut<'_, F>,
        [k_place, v_place]: [Place; 2],
    ) {
        if self.lanes == InLanes::Tokens {
            return alone::backward_keys(self, [q, d_context], [slopes, weights], dkv, [k_place, v_place]);
        }
        let [q, d_context] = [q, d_context].map(|tokens| self.tokens(tokens));
        let [slopes, weights] = [slopes, weights].map(|all| self.matrix(all.blocks()).transposed());
        let part = self.part(self.keys);
        let parts = dkv.runs(part * k_place.features).enumerate();
        team::share(2 * self.cost(), parts, |(index, dkv)| {
            let (rows, dkv) = (range(index, part, self.keys), dkv.into_blocks());
            for at in self.each() {
                for (a, b, place) in [(slopes, q, k_place), (weights, d_context, v_place)] {
                    let both = [a.from(rows.start), b];
                    dispatch(self.sums(both, (&mut *dkv, place), rows.clone(), Causal::Earlier, at));
                }
            }
        });
    }

    /// Returns a product with a row for each query and a column for each key.
    fn scores<'a, F: Scalar>(
        &self,
        [a, b]: [Factor<'a, F>; 2],
        c: &'a mut [Block<F>],
        rows: Range<usize>,
        at: At,
    ) -> Product<'a, F> {
        let causal = if self.causal { Causal::Columns } else { Causal::No };
        let (layout, columns, terms, scale) = (self.matrix_layout(), self.keys, self.size, F::ONE);
        Product { a, b, c, layout, rows, columns, terms, causal, scale, at }
    }

    /// Returns a product that makes tokens: each row is a sum over keys, or where those before the row are left out, over queries.
    fn sums<'a, F: Scalar>(
        &self,
        [a, b]: [Factor<'a, F>; 2],
        (c, place): (&'a mut [Block<F>], Place),
        rows: Range<usize>,
        causal: Causal,
        at: At,
    ) -> Product<'a, F> {
        let terms = if causal == Causal::Earlier { self.queries } else { self.keys };
        let causal = if self.causal { causal } else { Causal::No };
        let (layout, columns, scale) = (self.token_layout(place), self.size, F::ONE);
        Product { a, b, c, layout, rows, columns, terms, causal, scale, at }
    }

    /// Returns every head and block.
    fn each(&self) -> impl Iterator<Item = At> + use<> {
        let (heads, blocks) = (self.heads, self.blocks());
        (0..heads).flat_map(move |head| (0..blocks).map(move |block| At { head, block, blocks }))
    }

    /// Returns the matrix of a head: a row for each token, a column for each feature.
    fn tokens<'a, F: Scalar>(&self, tokens: Tokens<'a, F>) -> Factor<'a, F> {
        Factor { blocks: tokens.columns.blocks(), layout: self.token_layout(tokens.place) }
    }

    fn token_layout(&self, place: Place) -> Layout {
        Layout { first: place.first, head: self.size, row: place.features, column: 1 }
    }

    /// Returns the matrix of a head: a row for each query, a column for each key.
    fn matrix<'a, F>(&self, blocks: &'a [Block<F>]) -> Factor<'a, F> {
        Factor { blocks, layout: self.matrix_layout() }
    }

    fn matrix_layout(&self) -> Layout {
        Layout { first: 0, head: self.keys, row: self.heads * self.keys, column: 1 }
    }

    fn seen<'a, F: Scalar>(&self, range: Range<usize>, mask: Option<Columns<'a, F>>, at: At) -> Rows<'a, F> {
        let Attention { heads, keys, causal, .. } = *self;
        Rows { range, heads, keys, causal, mask: mask.map(Columns::blocks), at }
    }

    /// Returns f.
    fn scale<F: Scalar>(&self) -> F {
        F::from_f64(1.0 / (self.size as f64).sqrt())
    }

    /// Returns the number of blocks of a feature.
    fn blocks(&self) -> usize {
        match self.lanes {
            InLanes::Samples(samples) => samples.div_ceil(LANES),
            InLanes::Tokens => self.queries.div_ceil(LANES),
        }
    }

    /// Returns the cost of the product of a pass, for the threads, with that of a softmax.
    fn cost(&self) -> usize {
        let queries = if self.lanes == InLanes::Tokens { 1 } else { self.queries };
        let elements = self.heads * queries * self.keys * self.blocks() * LANES;
        elements.saturating_mul(self.size + team::NUMBER)
    }

    /// Returns the number of rows, of so many, that a thread takes at a time. Where later rows have more to do, threads take few.
    fn part(&self, rows: usize) -> usize {
        match team::threads(self.cost()) {
            1 => rows,
            _ if self.causal => ROWS,
            threads => rows.div_ceil(threads).next_multiple_of(ROWS),
        }
    }
}

/// Returns the rows of a part of so many rows, of so many in all.
fn range(index: usize, part: usize, rows: usize) -> Range<usize> {
    index * part..rows.min((index + 1) * part)
}
