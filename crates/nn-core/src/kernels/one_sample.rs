//! W x and Wᵀ y of one sample, whose values are in the first lanes of their blocks.
//!
//! Elsewhere lanes are samples, and one sample would leave fifteen of sixteen lanes empty. Here lanes are rows of W, or its columns.
//! Each sum adds its terms in the same order as there, so a sample has the same bits alone as in a batch.

use super::lanes::Block;
use super::simd::{Kernel, Quad, SIDE, transposed};
use crate::Scalar;

/// y_i = start(i) + Σ_j w_ij x_j over the columns of one matrix, then over those of another.
///
/// A square of four by four weights is transposed, so that a value of x meets four rows at once.
pub(super) struct Forward<'a, F, S> {
    pub(super) start: S,
    pub(super) terms: [Terms<'a, F>; 2],
    pub(super) y: &'a mut [Block<F>],
}

/// A matrix, row by row, and the values that its columns are multiplied by. There may be none.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a, F> {
    pub(super) weights: &'a [F],
    pub(super) x: &'a [Block<F>],
}

impl<F> Terms<'_, F> {
    pub(super) const NONE: Self = Terms { weights: &[], x: &[] };
}

impl<F: Scalar, S: Fn(usize) -> F> Kernel for Forward<'_, F, S> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let mut first = 0;
        // Four squares at a time: the sums of one would wait for each other.
        while first + 3 * SIDE <= self.y.len() {
            self.tile::<4>(first);
            first += 4 * SIDE;
        }
        while first < self.y.len() {
            self.tile::<1>(first);
            first += SIDE;
        }
    }
}

impl<F: Scalar, S: Fn(usize) -> F> Forward<'_, F, S> {
    /// Computes `T` times four rows. If there are fewer left, the last row is computed again in place of the missing ones.
    #[inline(always)]
    fn tile<const T: usize>(&mut self, first: usize) {
        let last = self.y.len() - 1;
        let row = |t: usize, i: usize| (first + t * SIDE + i).min(last);
        let mut sums: [Quad<F>; T] = [[F::ZERO; SIDE]; T];
        for t in 0..T {
            for i in 0..SIDE {
                sums[t][i] = (self.start)(row(t, i));
            }
        }
        for Terms { weights, x } in self.terms {
            let mut rows: [[&[F]; SIDE]; T] = [[&[]; SIDE]; T];
            for t in 0..T {
                for i in 0..SIDE {
                    rows[t][i] = &weights[row(t, i) * x.len()..][..x.len()];
                }
            }
            let (quads, rest) = x.as_chunks::<SIDE>();
            for (q, x) in quads.iter().enumerate() {
                for t in 0..T {
                    let at = |i: usize| rows[t][i].as_chunks::<SIDE>().0[q];
                    let square = transposed([at(0), at(1), at(2), at(3)]);
                    for k in 0..SIDE {
                        for i in 0..SIDE {
                            sums[t][i] = square[k][i].mul_add(x[k][0], sums[t][i]);
                        }
                    }
                }
            }
            for (k, x) in rest.iter().enumerate() {
                for t in 0..T {
                    for i in 0..SIDE {
                        sums[t][i] = rows[t][i][quads.len() * SIDE + k].mul_add(x[0], sums[t][i]);
                    }
                }
            }
        }
        for (y, sum) in self.y[first..].iter_mut().zip(sums.as_flattened()) {
            y[0] = *sum;
        }
    }
}

/// x_j = Σ_i w_ij y_i, or with `add` the old x_j and this sum.
pub(super) struct Backward<'a, F> {
    /// Row by row.
    pub(super) weights: &'a [F],
    pub(super) y: &'a [Block<F>],
    pub(super) add: bool,
    pub(super) x: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for Backward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let rest = self.tiles::<64>(0);
        let rest = self.tiles::<16>(rest);
        let rest = self.tiles::<4>(rest);
        self.tiles::<1>(rest);
    }
}

impl<F: Scalar> Backward<'_, F> {
    /// Computes `N` columns at a time, as long as there are so many from `first` on. Returns the first that is left.
    #[inline(always)]
    fn tiles<const N: usize>(&mut self, mut first: usize) -> usize {
        while first + N <= self.x.len() {
            let mut sums = [F::ZERO; N];
            if self.add {
                for j in 0..N {
                    sums[j] = self.x[first + j][0];
                }
            }
            for (row, y) in self.weights.chunks_exact(self.x.len()).zip(self.y) {
                let row = &row[first..].as_chunks::<N>().0[0];
                for j in 0..N {
                    sums[j] = row[j].mul_add(y[0], sums[j]);
                }
            }
            for j in 0..N {
                self.x[first + j][0] = sums[j];
            }
            first += N;
        }
        first
    }
}
