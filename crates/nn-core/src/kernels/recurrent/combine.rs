//! Rows that are sums of weighted rows: the gates of a step, and what their gradients are worth one step before.

use crate::Scalar;
use crate::kernels::lanes::{Aligned, Block, LANES, Lanes};
use crate::kernels::product::accumulate;
use crate::kernels::simd::{Kernel, has_many_registers};

/// Each row i of the result: its start, plus Σ_k w_ik b_k for each source.
pub(super) struct Combine<'a, F> {
    pub(super) start: Start<'a, F>,
    pub(super) sources: [Source<'a, F>; 2],
    /// The number of rows.
    pub(super) rows: usize,
    /// The blocks of a row: one or two.
    pub(super) width: usize,
    pub(super) y: &'a mut [Block<F>],
    /// The number of blocks from one row of `y` to the next.
    pub(super) stride: usize,
}

#[derive(Clone, Copy)]
pub(super) struct Source<'a, F> {
    /// w_ik is at `i * strides[0] + k * strides[1]`.
    pub(super) weights: &'a [F],
    pub(super) strides: [usize; 2],
    /// The rows b_k.
    pub(super) b: &'a [Block<F>],
}

impl<F> Source<'_, F> {
    pub(super) const NONE: Self = Source { weights: &[], strides: [0; 2], b: &[] };
}

/// The value that each sum starts from.
#[derive(Clone, Copy)]
pub(super) enum Start<'a, F> {
    Zero,
    /// The sum of these values of the row; a list may be empty.
    Biases([&'a [F]; 2]),
    /// What is there.
    Old,
}

impl<F: Scalar> Kernel for Combine<'_, F> {
    type Output = ();

    // As many sums as there are registers for.
    #[inline(always)]
    fn run(mut self) {
        match (self.width, has_many_registers::<F>()) {
            (1, true) => self.all::<8, 1>(),
            (1, false) => self.all::<4, 1>(),
            (_, true) => self.all::<8, 2>(),
            (_, false) => self.all::<2, 2>(),
        }
    }
}

impl<F: Scalar> Combine<'_, F> {
    #[inline(always)]
    fn all<const R: usize, const P: usize>(&mut self) {
        for first in (0..self.rows).step_by(R) {
            self.tile::<R, P>(first);
        }
    }

    /// Computes `R` rows. If there are fewer left, the last row is computed again in place of the missing ones.
    #[inline(always)]
    fn tile<const R: usize, const P: usize>(&mut self, first: usize) {
        let last = self.rows - 1;
        let mut tile = Aligned([[[F::ZERO; LANES]; P]; R]);
        match self.start {
            Start::Zero => {}
            Start::Biases(biases) => {
                for bias in biases.into_iter().filter(|bias| !bias.is_empty()) {
                    for r in 0..R {
                        let value = Lanes::splat(bias[(first + r).min(last)]);
                        for p in 0..P {
                            (Lanes(tile.0[r][p]) + value).store(&mut tile.0[r][p]);
                        }
                    }
                }
            }
            Start::Old => {
                for r in 0..R {
                    tile.0[r].copy_from_slice(&self.y[(first + r).min(last) * self.stride..][..P]);
                }
            }
        }
        for Source { weights, strides, b } in self.sources.into_iter().filter(|source| !source.b.is_empty()) {
            let mut w: [&[F]; R] = [&[]; R];
            for r in 0..R {
                w[r] = &weights[(first + r).min(last) * strides[0]..];
            }
            accumulate(&mut tile.0, w, strides[1], b.as_chunks::<P>().0);
        }
        for (r, tile) in tile.0.iter().enumerate().take(self.rows - first) {
            self.y[(first + r) * self.stride..][..P].copy_from_slice(tile);
        }
    }
}

/// Returns so many rows of a matrix with rows of this length, or nothing of an empty one.
pub(super) fn rows_of<F>(matrix: &[F], first: usize, rows: usize, length: usize) -> &[F] {
    if matrix.is_empty() { matrix } else { &matrix[first * length..][..rows * length] }
}
