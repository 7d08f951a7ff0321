//! Combinations of feature columns: the forward pass of a narrow layer and the gradient of its input.

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, has_many_registers};
use crate::Scalar;

/// Every feature of `y` is `start` plus a combination of the features of `x`, added up from the first to the last.
pub(super) struct Combine<'a, F> {
    /// The coefficient of x feature j in y feature i is at `i * strides[0] + j * strides[1]`.
    pub(super) coefficients: &'a [F],
    pub(super) strides: [usize; 2],
    /// What each feature of `y` starts from, 0 if absent.
    pub(super) start: Option<&'a [F]>,
    /// Blocks from one feature to the next.
    pub(super) blocks: usize,
    pub(super) x: &'a [Block<F>],
    pub(super) y: &'a mut [Block<F>],
}

impl<F: Scalar> Kernel for Combine<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let outputs = self.y.len() / self.blocks;
        if self.blocks == 1 {
            return self.single_block();
        }
        for i in (0..outputs - outputs % 2).step_by(2) {
            self.rows::<2>(i);
        }
        if outputs % 2 == 1 {
            self.rows::<1>(outputs - 1);
        }
    }
}

impl<F: Scalar> Combine<'_, F> {
    /// `R` features of `y`.
    #[inline(always)]
    fn rows<const R: usize>(&mut self, i: usize) {
        let mut b = 0;
        while has_many_registers::<F>() && b + 4 <= self.blocks {
            self.tile::<R, 4>(i, b);
            b += 4;
        }
        while b + 2 <= self.blocks {
            self.tile::<R, 2>(i, b);
            b += 2;
        }
        if b < self.blocks {
            self.tile::<R, 1>(i, b);
        }
    }

    /// Of up to sixteen samples: four features at once, so that no sum waits for another.
    #[inline(always)]
    fn single_block(mut self) {
        let outputs = self.y.len();
        for i in (0..outputs - outputs % 4).step_by(4) {
            let [w0, w1, w2, w3] =
                [i, i + 1, i + 2, i + 3].map(|i| &self.coefficients[i * self.strides[0]..]);
            let [s0, s1, s2, s3] =
                [i, i + 1, i + 2, i + 3].map(|i| self.start.map_or(F::ZERO, |start| start[i]));
            let (mut y0, mut y1) = (Lanes::splat(s0), Lanes::splat(s1));
            let (mut y2, mut y3) = (Lanes::splat(s2), Lanes::splat(s3));
            for (j, x) in self.x.iter().enumerate() {
                let (x, j) = (Lanes(*x), j * self.strides[1]);
                y0 += Lanes::splat(w0[j]) * x;
                y1 += Lanes::splat(w1[j]) * x;
                y2 += Lanes::splat(w2[j]) * x;
                y3 += Lanes::splat(w3[j]) * x;
            }
            y0.store(&mut self.y[i]);
            y1.store(&mut self.y[i + 1]);
            y2.store(&mut self.y[i + 2]);
            y3.store(&mut self.y[i + 3]);
        }
        for i in outputs - outputs % 4..outputs {
            self.tile::<1, 1>(i, 0);
        }
    }

    /// `B` blocks of `R` features of `y`: each block of `x` that is read serves them all, and so does each coefficient.
    #[inline(always)]
    fn tile<const R: usize, const B: usize>(&mut self, i: usize, b: usize) {
        let mut w: [&[F]; R] = [&[]; R];
        let mut sums = [[Lanes::zero(); B]; R];
        for r in 0..R {
            w[r] = &self.coefficients[(i + r) * self.strides[0]..];
            sums[r] = [Lanes::splat(self.start.map_or(F::ZERO, |start| start[i + r])); B];
        }
        for (j, x) in self.x[b..].windows(B).step_by(self.blocks).enumerate() {
            for r in 0..R {
                let w = Lanes::splat(w[r][j * self.strides[1]]);
                for k in 0..B {
                    sums[r][k] += w * Lanes(x[k]);
                }
            }
        }
        for r in 0..R {
            let y = &mut self.y[(i + r) * self.blocks + b..][..B];
            for k in 0..B {
                sums[r][k].store(&mut y[k]);
            }
        }
    }
}
