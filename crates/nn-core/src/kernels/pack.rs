//! Rows of the right-hand matrix of a product, side by side in memory that fits the L1 cache.

use super::lanes::{Block, LANES, Lanes};
use super::simd::{SIDE, transposed};
use crate::Scalar;

/// The number of rows packed at a time: two blocks of `f32` each fill most of an L1 cache of 48 KiB.
pub(super) const DEPTH: usize = 288;

/// The right-hand matrix, in the memory of a tensor with `blocks` blocks per feature.
#[derive(Clone, Copy)]
pub(super) enum Right<'a, F> {
    /// Row k is feature k.
    Features { blocks: usize, x: &'a [Block<F>] },
    /// Row k is sample k.
    Samples { blocks: usize, x: &'a [Block<F>] },
}

impl<F: Scalar> Right<'_, F> {
    /// Copies `P` blocks of each row from row `from` on into `packed`, whose length is a multiple of sixteen. What
    /// `packed` holds past the last row or column has no meaning.
    #[inline(always)]
    pub(super) fn pack<const P: usize>(&self, from: usize, column: usize, packed: &mut [[Block<F>; P]]) {
        match *self {
            Right::Features { blocks, x } => {
                for (row, packed) in x[from * blocks..].chunks_exact(blocks).zip(packed) {
                    for p in 0..P {
                        Lanes(row[column + p]).store(&mut packed[p]);
                    }
                }
            }
            Right::Samples { blocks, x } => {
                let last = x.len() / blocks - 1;
                for p in 0..P {
                    let first = (column + p) * LANES;
                    for (s, square) in packed.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                        for j in 0..LANES / SIDE {
                            // Past the end, the last feature stands in for the missing ones.
                            let row = |r: usize| {
                                let row = (first + j * SIDE + r).min(last);
                                x[row * blocks + from / LANES + s].as_chunks::<SIDE>().0
                            };
                            let rows = [row(0), row(1), row(2), row(3)];
                            for i in 0..LANES / SIDE {
                                let columns = transposed([rows[0][i], rows[1][i], rows[2][i], rows[3][i]]);
                                for k in 0..SIDE {
                                    square[i * SIDE + k][p].as_chunks_mut::<SIDE>().0[j] = columns[k];
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
