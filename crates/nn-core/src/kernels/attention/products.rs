//! Products of small matrices that differ from sample to sample: each of their elements is a block, with one sample in each lane.

use std::ops::Range;

use crate::Scalar;
use crate::kernels::lanes::{Block, Lanes};
use crate::kernels::simd::{Kernel, has_many_registers};

/// C_ij = f Σ_k A_ik B_kj for the samples of a block, in one head.
///
/// Every element has one accumulator, to which its terms are added in order, so that the size of a tile changes no bit.
pub(super) struct Product<'a, F> {
    pub(super) a: Factor<'a, F>,
    pub(super) b: Factor<'a, F>,
    pub(super) c: &'a mut [Block<F>],
    pub(super) layout: Layout,
    /// The numbers of the rows in the whole of C, of which A and C have these alone.
    pub(super) rows: Range<usize>,
    pub(super) columns: usize,
    pub(super) terms: usize,
    pub(super) causal: Causal,
    pub(super) scale: F,
    pub(super) at: At,
}

/// A head and a block of samples: what a product is computed for at a time, so that what it reads and writes stays in the cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) head: usize,
    pub(super) block: usize,
    /// The number of blocks of a feature.
    pub(super) blocks: usize,
}

/// One of the two matrices that are multiplied.
#[derive(Clone, Copy)]
pub(super) struct Factor<'a, F> {
    pub(super) blocks: &'a [Block<F>],
    pub(super) layout: Layout,
}

/// Where the elements of a matrix lie, in features: where the first is, and how far it is to the next head, row and column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) first: usize,
    pub(super) head: usize,
    pub(super) row: usize,
    pub(super) column: usize,
}

/// What a product leaves out if a token sees no later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Causal {
    /// Nothing.
    No,
    /// Columns after that of the number of the row. What C holds there has no meaning.
    Columns,
    /// Terms after that of the number of the row.
    Later,
    /// Terms before that of the number of the row.
    Earlier,
}

impl<F> Factor<'_, F> {
    /// Returns the transposed matrix.
    pub(super) fn transposed(self) -> Self {
        let Layout { row, column, .. } = self.layout;
        Factor { layout: Layout { row: column, column: row, ..self.layout }, ..self }
    }

    /// Returns the matrix from a row on.
    pub(super) fn from(self, row: usize) -> Self {
        let first = self.layout.first + row * self.layout.row;
        Factor { layout: Layout { first, ..self.layout }, ..self }
    }
}

impl Layout {
    /// Returns the number of the block of an element.
    #[inline(always)]
    fn block(&self, at: At, row: usize, column: usize) -> usize {
        (self.first + at.head * self.head + row * self.row + column * self.column) * at.blocks + at.block
    }
}

impl<F: Scalar> Kernel for Product<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        // A tile has as many accumulators as there are registers for.
        if has_many_registers::<F>() {
            self.tiles::<4, 4>();
        } else {
            self.tiles::<2, 2>();
        }
    }
}

impl<F: Scalar> Product<'_, F> {
    #[inline(always)]
    fn tiles<const R: usize, const P: usize>(&mut self) {
        for i in (0..self.rows.len()).step_by(R) {
            let seen = if self.causal == Causal::Columns { self.rows.start + i + R } else { self.columns };
            for j in (0..self.columns.min(seen)).step_by(P) {
                self.tile::<R, P>(i, j);
            }
        }
    }

    /// Computes a tile of C. Beyond the last row or column, that one is computed again and not stored.
    #[inline(always)]
    fn tile<const R: usize, const P: usize>(&mut self, i: usize, j: usize) {
        let at = self.at;
        let (rows, columns) = (self.rows.len(), self.columns);
        let steps = [self.a.layout.column, self.b.layout.row].map(|step| step * at.blocks);
        // Slices of one length each: what is read is checked once for all rows, and once for all columns.
        let lengths = steps.map(|step| (self.terms - 1) * step + 1);
        let (mut a, mut right) = ([&[][..]; R], [&[][..]; P]);
        let mut terms = [Terms { start: 0, end: self.terms }; R];
        for r in 0..R {
            let row = (i + r).min(rows - 1);
            a[r] = &self.a.blocks[self.a.layout.block(at, row, 0)..][..lengths[0]];
            match self.causal {
                Causal::No | Causal::Columns => {}
                Causal::Later => terms[r].end = self.terms.min(self.rows.start + row + 1),
                Causal::Earlier => terms[r].start = self.terms.min(self.rows.start + row),
            }
        }
        for p in 0..P {
            let column = (j + p).min(columns - 1);
            right[p] = &self.b.blocks[self.b.layout.block(at, 0, column)..][..lengths[1]];
        }
        let sums = match self.causal {
            Causal::No | Causal::Columns => add_terms([[Lanes::zero(); P]; R], a, right, steps, terms[0]),
            Causal::Later | Causal::Earlier => add_some_terms(a, right, steps, terms),
        };
        let scale = Lanes::splat(self.scale);
        let full = i + R <= rows && j + P <= columns;
        for r in 0..R {
            for p in 0..P {
                if full || (i + r < rows && j + p < columns) {
                    (sums[r][p] * scale).store(&mut self.c[self.layout.block(at, i + r, j + p)]);
                }
            }
        }
    }
}

/// A range of terms.
#[derive(Clone, Copy)]
struct Terms {
    start: usize,
    end: usize,
}

/// Adds up terms that differ from row to row: those that all rows have together, those before and after row by row.
#[inline(always)]
fn add_some_terms<F: Scalar, const R: usize, const P: usize>(
    a: [&[Block<F>]; R],
    b: [&[Block<F>]; P],
    steps: [usize; 2],
    terms: [Terms; R],
) -> [[Lanes<F>; P]; R] {
    let start = terms[R - 1].start;
    let end = terms[0].end.max(start);
    let mut sums = [[Lanes::zero(); P]; R];
    for r in 0..R {
        let before = Terms { start: terms[r].start, end: terms[r].end.min(start) };
        [sums[r]] = add_terms([sums[r]], [a[r]], b, steps, before);
    }
    sums = add_terms(sums, a, b, steps, Terms { start, end });
    for r in 0..R {
        let after = Terms { start: end, end: terms[r].end };
        [sums[r]] = add_terms([sums[r]], [a[r]], b, steps, after);
    }
    sums
}

/// Adds terms to a tile. The accumulators go by value, so that they stay in registers.
#[inline(always)]
fn add_terms<F: Scalar, const R: usize, const P: usize>(
    mut sums: [[Lanes<F>; P]; R],
    a: [&[Block<F>]; R],
    b: [&[Block<F>]; P],
    [a_step, b_step]: [usize; 2],
    terms: Terms,
) -> [[Lanes<F>; P]; R] {
    for k in terms.start..terms.end {
        let mut right = [Lanes::zero(); P];
        for p in 0..P {
            right[p] = Lanes(b[p][k * b_step]);
        }
        for r in 0..R {
            let left = Lanes(a[r][k * a_step]);
            for p in 0..P {
                sums[r][p] = left.mul_add(right[p], sums[r][p]);
            }
        }
    }
    sums
}
