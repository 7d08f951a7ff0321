//! Combinations of feature columns: the forward pass of a narrow layer and the gradient of its input, for one network or for
//! a [`Stack`](crate::Stack).

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, has_many_registers};
use crate::Scalar;

/// What a block is multiplied by: one number for all its lanes, which are samples, or one for each, where they are networks.
pub(crate) trait Coefficient<F>: Copy {
    fn lanes(self) -> Lanes<F>;
}

impl<F: Scalar> Coefficient<F> for F {
    #[inline(always)]
    fn lanes(self) -> Lanes<F> {
        Lanes::splat(self)
    }
}

impl<F: Scalar> Coefficient<F> for Block<F> {
    #[inline(always)]
    fn lanes(self) -> Lanes<F> {
        Lanes(self)
    }
}

/// Every feature of `y` is `start` plus a combination of the features of `x`, added up from the first to the last.
pub(super) struct Combine<'a, F, C> {
    /// The coefficient of x feature j in y feature i is at `i * strides[0] + j * strides[1]`.
    pub(super) coefficients: &'a [C],
    pub(super) strides: [usize; 2],
    /// What each feature of `y` starts from, 0 if absent.
    pub(super) start: Option<&'a [C]>,
    /// Blocks from one feature to the next.
    pub(super) blocks: usize,
    pub(super) x: &'a [Block<F>],
    pub(super) y: &'a mut [Block<F>],
}

impl<F: Scalar, C: Coefficient<F>> Kernel for Combine<'_, F, C> {
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

impl<F: Scalar, C: Coefficient<F>> Combine<'_, F, C> {
    /// What feature `i` of `y` starts from.
    #[inline(always)]
    fn start(&self, i: usize) -> Lanes<F> {
        self.start.map_or(Lanes::zero(), |start| start[i].lanes())
    }

    /// `R` features of `y`.
    #[inline(always)]
    fn rows<const R: usize>(&mut self, i: usize) {
        let mut b = 0;
        while has_many_registers::<F>() && b + 8 <= self.blocks {
            self.tile::<R, 8>(i, b);
            b += 8;
        }
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
            let [mut y0, mut y1, mut y2, mut y3] = [i, i + 1, i + 2, i + 3].map(|i| self.start(i));
            for (j, x) in self.x.iter().enumerate() {
                let (x, j) = (Lanes(*x), j * self.strides[1]);
                y0 += w0[j].lanes() * x;
                y1 += w1[j].lanes() * x;
                y2 += w2[j].lanes() * x;
                y3 += w3[j].lanes() * x;
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
        let mut w: [&[C]; R] = [&[]; R];
        let mut sums = [[Lanes::zero(); B]; R];
        for r in 0..R {
            w[r] = &self.coefficients[(i + r) * self.strides[0]..];
            sums[r] = [self.start(i + r); B];
        }
        for (j, x) in self.x[b..].windows(B).step_by(self.blocks).enumerate() {
            for r in 0..R {
                let w = w[r][j * self.strides[1]].lanes();
                for k in 0..B {
                    sums[r][k] += w * Lanes(x[k]);
                    // Without the barrier LLVM pairs the sums of several k, and gathers lane by lane.
                    std::hint::black_box(());
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
