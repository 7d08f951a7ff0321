//! Attention within one sequence: lanes are tokens.
//!
//! Elsewhere lanes are samples, and one sample would leave fifteen of sixteen lanes empty. Here the samples of a tensor are the tokens of
//! the only sequence. A column of P or ∂S is a key, and its lanes are the queries. Each sum adds its terms in the same order as
//! elsewhere, so a sample has the same bits alone as in a batch.
//!
//! Threads share the heads.

use super::{Attention, Place, Tokens};
use crate::kernels::gather::{Quad, SIDE, transposed};
use crate::kernels::lanes::{Aligned, Block, LANES, Lanes};
use crate::kernels::simd::{Kernel, dispatch};
use crate::kernels::team;
use crate::{Columns, ColumnsMut, Scalar};

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

/// The number of sums that are added up side by side.
const TILE: usize = 4;

/// The sums of a tile.
type Sums<F> = [Lanes<F>; TILE];

/// Adds a term to each sum: a times one value for all lanes.
#[inline(always)]
fn add<F: Scalar>(mut sums: Sums<F>, a: &Block<F>, b: impl Fn(usize) -> F) -> Sums<F> {
    for p in 0..TILE {
        sums[p] = Lanes(*a).mul_add(Lanes::splat(b(p)), sums[p]);
        // Without the barrier LLVM takes several sums together, and gathers lane by lane.
        std::hint::black_box(());
    }
    sums
}

/// The numbers of the columns of a tile that begins at `first`, of so many in all. Beyond the last, that one is computed again.
#[inline(always)]
fn tile(first: usize, columns: usize) -> [usize; TILE] {
    let mut tile = [first; TILE];
    for p in 0..TILE {
        tile[p] = (first + p).min(columns - 1);
    }
    tile
}

/// S_j = f Σ_k b_kj a_k for each key j: the lanes of a are queries, and those of b are keys. With `causal`, what it writes for queries before
/// the key has no meaning.
struct Scores<'a, F> {
    tokens: [&'a [Block<F>]; 2],
    scale: F,
    causal: bool,
    blocks: usize,
    scores: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for Scores<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Scores { tokens: [a, b], scale, causal, blocks, scores } = self;
        let (keys, scale) = (scores.len() / blocks, Lanes::splat(scale));
        for block in 0..blocks {
            let seen = if causal { keys.min((block + 1) * LANES) } else { keys };
            // The keys of a tile are in one block, because its size divides that of a block.
            for first in (0..seen).step_by(TILE) {
                let mut sums = [Lanes::zero(); TILE];
                for (a, b) in a.chunks_exact(blocks).zip(b.chunks_exact(blocks)) {
                    let (a, b) =
                        (Lanes(a[block]), b[first / LANES].as_chunks::<TILE>().0[first % LANES / TILE]);
                    for p in 0..TILE {
                        sums[p] = a.mul_add(Lanes::splat(b[p]), sums[p]);
                    }
                }
                for (scores, sum) in scores[first * blocks..].chunks_exact_mut(blocks).zip(sums) {
                    (sum * scale).store(&mut scores[block]);
                }
            }
        }
    }
}

/// y_k = Σ_j b_kj p_j over the keys j, which are the lanes of b; the lanes of p and y are queries.
struct OverKeys<'a, F> {
    pairs: &'a [Block<F>],
    values: &'a [Block<F>],
    causal: bool,
    blocks: usize,
    sums: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for OverKeys<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let OverKeys { pairs, values, causal, blocks, sums } = self;
        let (keys, size) = (pairs.len() / blocks, sums.len() / blocks);
        for block in 0..blocks {
            let start = block * LANES;
            // Up to the first query of the block all queries see a key, after the last none.
            let all = if causal { keys.min(start + 1) } else { keys };
            let some = if causal { keys.min(start + LANES) } else { keys };
            for first in (0..size).step_by(TILE) {
                let values =
                    tile(first, size).map(|k| &values[k * blocks..][..blocks].as_flattened()[..keys]);
                let mut tile = [Lanes::zero(); TILE];
                for j in 0..all {
                    tile = add(tile, &pairs[j * blocks + block], |p| values[p][j]);
                }
                for j in all..some {
                    let added = add(tile, &pairs[j * blocks + block], |p| values[p][j]);
                    tile = choose(from(j - start), added, tile);
                }
                for (sums, sum) in sums[first * blocks..].chunks_exact_mut(blocks).zip(tile) {
                    sum.store(&mut sums[block]);
                }
            }
        }
    }
}

/// y_k = Σ_i b_ki p_i over the queries i, which are the lanes of b and p; the lanes of y are keys.
///
/// A square of sixteen keys and queries of p is turned at a time, so that keys become the lanes.
struct OverQueries<'a, F> {
    pairs: &'a [Block<F>],
    values: &'a [Block<F>],
    causal: bool,
    blocks: usize,
    sums: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for OverQueries<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let OverQueries { pairs, values, causal, blocks, sums } = self;
        let (tokens, size) = (pairs.len() / blocks, sums.len() / blocks);
        let mut turned = Aligned([[F::ZERO; LANES]; LANES]);
        for block in 0..blocks {
            let keys = &pairs[block * LANES * blocks..];
            let before = if causal { block } else { 0 };
            for with in before..blocks {
                turn(keys, with, blocks, &mut turned.0);
                let queries = LANES.min(tokens - with * LANES);
                for first in (0..size).step_by(TILE) {
                    let columns = tile(first, size).map(|k| k * blocks);
                    let values = columns.map(|column| &values[column + with]);
                    let mut tile = [Lanes::zero(); TILE];
                    if with > before {
                        tile = columns.map(|column| Lanes(sums[column + block]));
                    }
                    if causal && with == block {
                        for (i, pair) in turned.0[..queries].iter().enumerate() {
                            // Keys after the query.
                            tile = choose(from(i + 1), tile, add(tile, pair, |p| values[p][i]));
                        }
                    } else {
                        for (i, pair) in turned.0[..queries].iter().enumerate() {
                            tile = add(tile, pair, |p| values[p][i]);
                        }
                    }
                    for (sums, sum) in sums[first * blocks..].chunks_exact_mut(blocks).zip(tile) {
                        sum.store(&mut sums[block]);
                    }
                }
            }
        }
    }
}

/// Turns a square: the sixteen columns from the first one on, in one of their blocks, become the lanes. There may be fewer columns; what
/// stands for the others has no meaning.
#[inline(always)]
fn turn<F: Scalar>(columns: &[Block<F>], block: usize, blocks: usize, to: &mut [Block<F>; LANES]) {
    let last = LANES.min(columns.len() / blocks) - 1;
    for part in 0..LANES / SIDE {
        let column = |k: usize| &columns[(part * SIDE + k).min(last) * blocks + block];
        let columns = [column(0), column(1), column(2), column(3)];
        for i in 0..LANES / SIDE {
            let quad = |k: usize| -> Quad<F> { columns[k].as_chunks::<SIDE>().0[i] };
            let square = transposed([quad(0), quad(1), quad(2), quad(3)]);
            for k in 0..SIDE {
                to[i * SIDE + k].as_chunks_mut::<SIDE>().0[part] = square[k];
            }
        }
    }
}

/// Chooses between the lanes of two tiles.
#[inline(always)]
fn choose<F: Scalar>(
    choice: impl Fn(Lanes<F>, Lanes<F>) -> Lanes<F>,
    mut tile: Sums<F>,
    others: Sums<F>,
) -> Sums<F> {
    for p in 0..TILE {
        tile[p] = choice(tile[p], others[p]);
    }
    tile
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

/// The softmax over the keys, with the queries in the lanes; see [`super::softmax::Softmax`].
struct Softmax<'a, F> {
    scores: &'a mut [Block<F>],
    /// For each key, 0 where it is padding.
    mask: Option<&'a [F]>,
    causal: bool,
    blocks: usize,
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

/// The gradient of the softmax over the keys, with the queries in the lanes; see [`super::softmax::Backward`].
struct Backward<'a, F> {
    weights: &'a [Block<F>],
    factors: Option<&'a [Block<F>]>,
    scale: F,
    causal: bool,
    blocks: usize,
    slopes: &'a mut [Block<F>],
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
