//! Rows of the right-hand matrix of a product, side by side in memory that a first-level cache holds.

use super::lanes::{Aligned, Block, LANES, Lanes};
use crate::Scalar;

/// Rows that are packed at a time: two blocks of each fill most of a first-level cache.
pub(super) const DEPTH: usize = 256;

/// The right-hand matrix, from the memory of a tensor with that many blocks a feature.
#[derive(Clone, Copy)]
pub(super) enum Right<'a, F> {
    /// Row k is feature k.
    Features { blocks: usize, x: &'a [Block<F>] },
    /// Row k is sample k.
    Samples { blocks: usize, x: &'a [Block<F>] },
}

impl<F: Scalar> Right<'_, F> {
    /// Copies `P` blocks of the rows that begin at `from`.
    #[inline(always)]
    pub(super) fn pack<const P: usize>(&self, from: usize, column: usize, packed: &mut [[Block<F>; P]]) {
        match *self {
            Right::Features { blocks, x } => {
                for (k, packed) in packed.iter_mut().enumerate() {
                    for p in 0..P {
                        Lanes(x[(from + k) * blocks + column + p]).store(&mut packed[p]);
                    }
                }
            }
            Right::Samples { blocks, x } => {
                for p in 0..P {
                    let first = (column + p) * LANES;
                    let features = (x.len() / blocks - first).min(LANES);
                    for (s, packed) in packed.chunks_mut(LANES).enumerate() {
                        let mut rows = Aligned([[F::ZERO; LANES]; LANES]);
                        for j in 0..features {
                            rows.0[j] = x[(first + j) * blocks + from / LANES + s];
                        }
                        transpose(&mut rows);
                        for (packed, row) in packed.iter_mut().zip(&rows.0) {
                            Lanes(*row).store(&mut packed[p]);
                        }
                    }
                }
            }
        }
    }
}

/// Rows become columns: four times, the numbers of row i and of row i + 8 take turns in rows 2i and 2i + 1.
#[inline(always)]
fn transpose<F: Scalar>(rows: &mut Aligned<[Block<F>; LANES]>) {
    let mut other = Aligned([[F::ZERO; LANES]; LANES]);
    take_turns(&rows.0, &mut other.0);
    take_turns(&other.0, &mut rows.0);
    take_turns(&rows.0, &mut other.0);
    take_turns(&other.0, &mut rows.0);
}

#[inline(always)]
fn take_turns<F: Scalar>(from: &[Block<F>; LANES], to: &mut [Block<F>; LANES]) {
    for i in 0..LANES / 2 {
        let (a, b) = (from[i], from[i + LANES / 2]);
        let (mut first, mut second) = (a, b);
        for lane in 0..LANES / 2 {
            first[2 * lane] = a[lane];
            first[2 * lane + 1] = b[lane];
            second[2 * lane] = a[lane + LANES / 2];
            second[2 * lane + 1] = b[lane + LANES / 2];
        }
        Lanes(first).store(&mut to[2 * i]);
        Lanes(second).store(&mut to[2 * i + 1]);
    }
}
