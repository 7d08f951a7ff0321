//! Combinations of feature columns: the forward pass of a narrow layer and the gradient of its input, for one network or for
//! a [`Stack`](crate::Stack).

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, has_many_registers};
use crate::Scalar;

/// The factor of a block: one value for all lanes where lanes are samples, or one for each lane where lanes are networks.
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

/// A combination of the features of `x` for every feature of `y`, added from first to last to its start. With `OLD` the
/// start is what `y` holds.
pub(crate) struct Combine<'a, F, C, const OLD: bool> {
    /// The coefficient of x feature j in y feature i is at `i * strides[0] + j * strides[1]`.
    pub(super) coefficients: &'a [C],
    pub(super) strides: [usize; 2],
    /// The start of each feature of `y` without `OLD`; 0 if absent.
    pub(super) start: Option<&'a [C]>,
    /// Blocks from one feature to the next.
    pub(super) blocks: usize,
    pub(super) x: &'a [Block<F>],
    pub(super) y: &'a mut [Block<F>],
}

impl<F: Scalar, C: Coefficient<F>, const OLD: bool> Kernel for Combine<'_, F, C, OLD> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let outputs = self.y.len() / self.blocks;
        if self.blocks == 1 {
            return self.single_block();
        }
        match self.x.len() / self.blocks {
            1 => return self.few::<1>(outputs),
            2 => return self.few::<2>(outputs),
            _ => {}
        }
        let mut i = 0;
        // With two or three blocks, four rows at a time: with fewer, sums would wait for each other.
        while has_many_registers::<F>() && self.blocks < 4 && i + 4 <= outputs {
            self.tile::<4, 2>(i, 0);
            if self.blocks == 3 {
                self.tile::<4, 1>(i, 2);
            }
            i += 4;
        }
        while i + 2 <= outputs {
            self.rows::<2>(i);
            i += 2;
        }
        if i < outputs {
            self.rows::<1>(i);
        }
    }
}

impl<'a, F: Scalar, C: Coefficient<F>, const OLD: bool> Combine<'a, F, C, OLD> {
    /// Returns the start of feature `i` of `y` without `OLD`.
    #[inline(always)]
    fn start(&self, i: usize) -> Lanes<F> {
        self.start.map_or(Lanes::zero(), |start| start[i].lanes())
    }

    /// Combines `J` features of `x`, so few that all coefficients stay in registers.
    #[inline(always)]
    fn few<const J: usize>(&mut self, outputs: usize) {
        for i in (0..outputs - outputs % 2).step_by(2) {
            self.two_of_few::<J>(i);
        }
        if outputs % 2 == 1 {
            self.one_of_few::<J>(outputs - 1);
        }
    }

    /// Computes two features of `y`: each block of `x` that is read serves both.
    #[inline(always)]
    fn two_of_few<const J: usize>(&mut self, i: usize) {
        let n = self.blocks;
        let ([w0, w1], [start0, start1]) =
            ([i, i + 1].map(|i| self.row::<J>(i)), [i, i + 1].map(|i| self.start(i)));
        let x = self.columns::<J>();
        let (y0, y1) = self.y[i * n..][..2 * n].split_at_mut(n);
        for b in 0..n {
            let (mut sum0, mut sum1) = if OLD { (Lanes(y0[b]), Lanes(y1[b])) } else { (start0, start1) };
            for j in 0..J {
                let x = Lanes(x[j][b]);
                sum0 = w0[j].mul_add(x, sum0);
                sum1 = w1[j].mul_add(x, sum1);
            }
            sum0.store(&mut y0[b]);
            sum1.store(&mut y1[b]);
        }
    }

    #[inline(always)]
    fn one_of_few<const J: usize>(&mut self, i: usize) {
        let (w, start, x) = (self.row::<J>(i), self.start(i), self.columns::<J>());
        for (b, y) in self.y[i * self.blocks..].iter_mut().enumerate() {
            let mut sum = if OLD { Lanes(*y) } else { start };
            for j in 0..J {
                sum = w[j].mul_add(Lanes(x[j][b]), sum);
            }
            sum.store(y);
        }
    }

    /// Returns the coefficients of feature `i` of `y`.
    #[inline(always)]
    fn row<const J: usize>(&self, i: usize) -> [Lanes<F>; J] {
        let mut row = [Lanes::zero(); J];
        for j in 0..J {
            row[j] = self.coefficients[i * self.strides[0] + j * self.strides[1]].lanes();
        }
        row
    }

    /// Returns the features of `x`.
    #[inline(always)]
    fn columns<const J: usize>(&self) -> [&'a [Block<F>]; J] {
        let mut columns: [&[Block<F>]; J] = [&[]; J];
        for j in 0..J {
            columns[j] = &self.x[j * self.blocks..][..self.blocks];
        }
        columns
    }

    /// Computes `R` features of `y`.
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

    /// Computes all features for up to sixteen samples, four at once, so that no sum waits for another.
    #[inline(always)]
    fn single_block(mut self) {
        let outputs = self.y.len();
        for i in (0..outputs - outputs % 4).step_by(4) {
            let [w0, w1, w2, w3] =
                [i, i + 1, i + 2, i + 3].map(|i| &self.coefficients[i * self.strides[0]..]);
            let [mut y0, mut y1, mut y2, mut y3] =
                [i, i + 1, i + 2, i + 3].map(|i| if OLD { Lanes(self.y[i]) } else { self.start(i) });
            for (j, x) in self.x.iter().enumerate() {
                let (x, j) = (Lanes(*x), j * self.strides[1]);
                y0 = w0[j].lanes().mul_add(x, y0);
                y1 = w1[j].lanes().mul_add(x, y1);
                y2 = w2[j].lanes().mul_add(x, y2);
                y3 = w3[j].lanes().mul_add(x, y3);
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

    /// Computes `B` blocks of `R` features of `y`: each block of `x` that is read serves all features, each coefficient
    /// all blocks.
    #[inline(always)]
    fn tile<const R: usize, const B: usize>(&mut self, i: usize, b: usize) {
        let mut w: [&[C]; R] = [&[]; R];
        let mut sums = [[Lanes::zero(); B]; R];
        for r in 0..R {
            w[r] = &self.coefficients[(i + r) * self.strides[0]..];
            if OLD {
                let y = &self.y[(i + r) * self.blocks + b..][..B];
                for k in 0..B {
                    sums[r][k] = Lanes(y[k]);
                }
            } else {
                sums[r] = [self.start(i + r); B];
            }
        }
        for (j, x) in self.x[b..].windows(B).step_by(self.blocks).enumerate() {
            for r in 0..R {
                let w = w[r][j * self.strides[1]].lanes();
                for k in 0..B {
                    sums[r][k] = w.mul_add(Lanes(x[k]), sums[r][k]);
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
