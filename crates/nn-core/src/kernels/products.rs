//! The gradient of a matrix of weights: products of the gradients of sums with what they were made of, over many steps.

use super::lanes::{Aligned, Block, LANES, Lanes};
use super::pack::{DEPTH, Right};
use super::product::accumulate;
use super::simd::{Kernel, has_many_registers};
use crate::Scalar;

/// Adds Σ a_i b_j to dw_ij, over all samples of all steps.
///
/// A product of each step by itself would read and write all of `dw` every time, for few samples. So the values of several
/// steps are [packed](Right::pack) together, and a tile of `dw` stays in registers while it goes through them.
pub(super) struct Products<'a, F, I> {
    pub(super) steps: I,
    pub(super) dw: &'a mut [F],
    /// The number of elements in a row of `dw`.
    pub(super) width: usize,
}

/// At most [`STEP`] blocks of samples of a step.
#[derive(Clone, Copy)]
pub(super) struct Step<'a, F> {
    /// A row for each row of `dw`.
    pub(super) a: &'a [Block<F>],
    /// A row for each column of `dw`.
    pub(super) b: &'a [Block<F>],
    /// The number of blocks in each of these rows, and the first of them that counts.
    pub(super) blocks: usize,
    pub(super) first: usize,
    pub(super) samples: usize,
}

/// The maximum number of blocks of a step.
pub(super) const STEP: usize = 2;

/// The number of steps that are packed together.
const TOGETHER: usize = DEPTH / (STEP * LANES);

impl<'a, F: Scalar, I: Iterator<Item = Step<'a, F>>> Kernel for Products<'_, F, I> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let mut packed = Aligned([[F::ZERO; LANES]; 2 * DEPTH]);
        loop {
            let mut steps = [Step { a: &[], b: &[], blocks: 0, first: 0, samples: 0 }; TOGETHER];
            let mut count = 0;
            for (to, step) in steps.iter_mut().zip(&mut self.steps) {
                *to = step;
                count += 1;
            }
            if count == 0 {
                return;
            }
            let (steps, blocks) = (&steps[..count], self.width.div_ceil(LANES));
            let mut column = 0;
            while column < blocks {
                if has_many_registers::<F>() && column + 2 <= blocks {
                    self.panel::<8, 2>(steps, column, packed.0.as_chunks_mut().0);
                    column += 2;
                } else {
                    self.panel::<4, 1>(steps, column, packed.0.as_chunks_mut().0);
                    column += 1;
                }
            }
        }
    }
}

impl<'a, F: Scalar, I: Iterator<Item = Step<'a, F>>> Products<'_, F, I> {
    /// Adds what these steps are worth to `P` blocks of each row.
    #[inline(always)]
    fn panel<const R: usize, const P: usize>(
        &mut self,
        steps: &[Step<'a, F>],
        column: usize,
        packed: &mut [[Block<F>; P]],
    ) {
        for (step, packed) in steps.iter().zip(packed.chunks_exact_mut(STEP * LANES)) {
            let packed = &mut packed[..step.samples.next_multiple_of(LANES)];
            Right::Samples { blocks: step.blocks, x: step.b }.pack(step.first * LANES, column, packed);
        }
        let rows = self.dw.len() / self.width;
        for first in (0..rows).step_by(R) {
            self.tile::<R, P>(steps, first, rows, column, packed);
        }
    }

    /// Computes `R` rows. If there are fewer left, the last row is computed again in place of the missing ones.
    #[inline(always)]
    fn tile<const R: usize, const P: usize>(
        &mut self,
        steps: &[Step<'a, F>],
        first: usize,
        rows: usize,
        column: usize,
        packed: &[[Block<F>; P]],
    ) {
        let mut tile = Aligned([[[F::ZERO; LANES]; P]; R]);
        for (step, packed) in steps.iter().zip(packed.chunks_exact(STEP * LANES)) {
            let mut a = [&[][..]; R];
            for r in 0..R {
                a[r] = step.a[(first + r).min(rows - 1) * step.blocks + step.first..].as_flattened();
            }
            accumulate(&mut tile.0, a, 1, &packed[..step.samples]);
        }
        let start = column * LANES;
        let count = (self.width - start).min(P * LANES);
        for (row, tile) in self.dw.chunks_exact_mut(self.width).skip(first).zip(&tile.0) {
            let row = &mut row[start..][..count];
            if count == P * LANES {
                let blocks = row.as_chunks_mut().0;
                for p in 0..P {
                    (Lanes(blocks[p]) + Lanes(tile[p])).store(&mut blocks[p]);
                }
            } else {
                for (dw, sum) in row.iter_mut().zip(tile.as_flattened()) {
                    *dw += *sum;
                }
            }
        }
    }
}
