//! The products of attention, with queries or keys in the lanes.

use super::from;
use crate::Scalar;
use crate::kernels::lanes::{Aligned, Block, LANES, Lanes};
use crate::kernels::simd::{Kernel, Quad, SIDE, transposed};

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
pub(super) struct Scores<'a, F> {
    pub(super) tokens: [&'a [Block<F>]; 2],
    pub(super) scale: F,
    pub(super) causal: bool,
    pub(super) blocks: usize,
    pub(super) scores: &'a mut [Block<F>],
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
pub(super) struct OverKeys<'a, F> {
    pub(super) pairs: &'a [Block<F>],
    pub(super) values: &'a [Block<F>],
    pub(super) causal: bool,
    pub(super) blocks: usize,
    pub(super) sums: &'a mut [Block<F>],
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
pub(super) struct OverQueries<'a, F> {
    pub(super) pairs: &'a [Block<F>],
    pub(super) values: &'a [Block<F>],
    pub(super) causal: bool,
    pub(super) blocks: usize,
    pub(super) sums: &'a mut [Block<F>],
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
                            // A key after the query is not asked by it.
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
