//! Samples between the two orders of memory: side by side for each feature, as in a tensor, and one after another, as rows.
//!
//! Both directions move squares of four by four values, whose loads and stores do not wait for each other.

use super::lanes::{Block, LANES};
use super::simd::{Kernel, Quad, SIDE, prefetch, transposed};
use crate::Scalar;

/// The number of quads in a row of so many features. What a row holds past its last feature has no meaning.
pub(crate) fn quads(features: usize) -> usize {
    features.div_ceil(SIDE)
}

/// Copies samples of a tensor to rows.
pub(crate) struct ToRows<'a, F> {
    /// All features, from the first block that is copied on.
    pub(crate) x: &'a [Block<F>],
    /// The number of blocks from one feature to the next.
    pub(crate) blocks: usize,
    pub(crate) features: usize,
    pub(crate) rows: &'a mut [Quad<F>],
}

impl<F: Scalar> Kernel for ToRows<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let ToRows { x, blocks, features, rows } = self;
        let width = quads(features);
        // A feature is a page of memory away from the next: four of its cache lines are read at a time.
        for (group, rows) in rows.chunks_mut(GROUP * LANES * width).enumerate() {
            for q in 0..width {
                for (b, rows) in rows.chunks_mut(LANES * width).enumerate() {
                    let b = group * GROUP + b;
                    // Past the end, the last feature stands in for the missing ones.
                    let feature =
                        |k: usize| x[(q * SIDE + k).min(features - 1) * blocks + b].as_chunks::<SIDE>().0;
                    let from = [feature(0), feature(1), feature(2), feature(3)];
                    for (i, rows) in rows.chunks_mut(SIDE * width).enumerate() {
                        let square = transposed([from[0][i], from[1][i], from[2][i], from[3][i]]);
                        for (row, quad) in rows.chunks_mut(width).zip(square) {
                            row[q] = quad;
                        }
                    }
                }
            }
        }
    }
}

/// The number of blocks of a feature that are copied before the next feature.
const GROUP: usize = 4;

/// Copies rows to a batch: some features of all its samples.
pub(crate) struct FromRows<'a, F> {
    pub(crate) rows: &'a [Quad<F>],
    /// The number of quads from one row to the next.
    pub(crate) width: usize,
    /// The first quad of a row that is copied.
    pub(crate) first: usize,
    pub(crate) samples: &'a [usize],
    /// The samples of the next batch. While a block of sixteen rows is copied, the rows of the next block are fetched.
    pub(crate) next: &'a [usize],
    pub(crate) batch: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for FromRows<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let FromRows { rows, width, first, samples, next, batch } = self;
        let blocks = samples.len().div_ceil(LANES);
        let features = batch.len() / blocks;
        let row = |sample: usize| &rows[sample * width + first..][..quads(features)];
        for b in 0..blocks {
            let at = |lane: usize| samples[(b * LANES + lane).min(samples.len() - 1)];
            let from: [&[Quad<F>]; LANES] = std::array::from_fn(|lane| row(at(lane)));
            let later = |lane: usize| samples.get((b + 1) * LANES + lane).or(next.get(lane));
            let later: [&[Quad<F>]; LANES] = std::array::from_fn(|lane| match later(lane) {
                Some(&sample) if sample < rows.len() / width => row(sample),
                _ => from[lane],
            });
            for (q, batch) in batch.chunks_mut(SIDE * blocks).enumerate() {
                if (q * size_of::<Quad<F>>()).is_multiple_of(LINE) {
                    for lane in 0..LANES {
                        prefetch(&later[lane][q]);
                    }
                }
                let mut squares = [[[F::ZERO; SIDE]; SIDE]; LANES / SIDE];
                for i in 0..LANES / SIDE {
                    let lane = i * SIDE;
                    squares[i] =
                        transposed([from[lane][q], from[lane + 1][q], from[lane + 2][q], from[lane + 3][q]]);
                }
                for (k, feature) in batch.chunks_mut(blocks).enumerate() {
                    let block = feature[b].as_chunks_mut::<SIDE>().0;
                    for i in 0..LANES / SIDE {
                        block[i] = squares[i][k];
                    }
                }
            }
        }
    }
}

/// The size of a cache line in bytes.
const LINE: usize = 64;
