//! Dot products of feature columns in a [`Stack`](crate::Stack): the gradients of sixteen layers.

use super::lanes::{Aligned, Block, LANES, Lanes};
use super::pack::DEPTH;
use super::product;
use super::simd::{Kernel, has_many_registers};
use crate::Scalar;

/// Adds the dot product of every feature of `dy` with every feature of `x` to `dw`, and the sum of every feature of
/// `dy` to `db`, all lane by lane. Either can be left out, by an empty `x` and `dw`, or by an empty `db`.
///
/// Samples are added in the order of a network alone. For a narrow layer this is the order of
/// [`Dots`](super::dots::Dots), whose lanes are the partial sums: sample s goes to partial sum s mod 16, and the sixteen
/// are added up at the end. With `PRODUCT` it is the order of a [matrix product](super::product), which has no sums of
/// `dy`: `db` must be empty.
pub(super) struct StackDots<'a, F, const PRODUCT: bool> {
    pub(super) x: &'a [Block<F>],
    pub(super) dy: &'a [Block<F>],
    pub(super) dw: &'a mut [Block<F>],
    pub(super) db: &'a mut [Block<F>],
    pub(super) samples: usize,
}

impl<F: Scalar, const PRODUCT: bool> Kernel for StackDots<'_, F, PRODUCT> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        if self.samples == 1 {
            return self.outer_product();
        }
        let outputs = self.dy.len() / self.samples;
        let mut i = 0;
        while has_many_registers::<F>() && i + 4 <= outputs {
            self.rows::<4>(i);
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

impl<F: Scalar, const PRODUCT: bool> StackDots<'_, F, PRODUCT> {
    /// For one sample, where there is nothing to add up. Rounded as one network alone rounds it.
    #[inline(always)]
    fn outer_product(self) {
        for (db, dy) in self.db.iter_mut().zip(self.dy) {
            (Lanes(*db) + Lanes(*dy)).store(db);
        }
        if self.x.is_empty() {
            return;
        }
        for (dw, dy) in self.dw.chunks_exact_mut(self.x.len()).zip(self.dy) {
            for (dw, x) in dw.iter_mut().zip(self.x) {
                Lanes(*dy).mul_add(Lanes(*x), Lanes(*dw)).store(dw);
            }
        }
    }

    /// Multiplies `R` features of `dy` with all of `x`.
    #[inline(always)]
    fn rows<const R: usize>(&mut self, i: usize) {
        let inputs = self.x.len() / self.samples;
        if inputs == 0 {
            return self.tile::<R, 0>(i, 0);
        }
        let mut j = 0;
        while has_many_registers::<F>() && j + 4 <= inputs {
            self.tile::<R, 4>(i, j);
            j += 4;
        }
        while j + 2 <= inputs {
            self.tile::<R, 2>(i, j);
            j += 2;
        }
        if j < inputs {
            self.tile::<R, 1>(i, j);
        }
    }

    /// Multiplies `R` features of `dy` with `C` of `x`: each block that is read serves several products.
    #[inline(always)]
    fn tile<const R: usize, const C: usize>(&mut self, i: usize, j: usize) {
        let n = self.samples;
        let mut columns = Columns { dy: [&[]; R], x: [&[]; C] };
        for r in 0..R {
            columns.dy[r] = &self.dy[(i + r) * n..][..n];
        }
        for c in 0..C {
            columns.x[c] = &self.x[(j + c) * n..][..n];
        }
        if PRODUCT {
            let stretch = product::stretch(n, DEPTH);
            for from in (0..n).step_by(stretch) {
                self.add_dots(i, j, columns.chain(from, n.min(from + stretch), 1).0);
            }
        } else {
            let (dots, sums) = columns.tree();
            self.add_dots(i, j, dots);
            if j == 0 && !self.db.is_empty() {
                for r in 0..R {
                    let db = &mut self.db[i + r];
                    (Lanes(*db) + sums[r]).store(db);
                }
            }
        }
    }

    #[inline(always)]
    fn add_dots<const R: usize, const C: usize>(&mut self, i: usize, j: usize, dots: [[Lanes<F>; C]; R]) {
        let inputs = self.x.len() / self.samples;
        for r in 0..R {
            for c in 0..C {
                let dw = &mut self.dw[(i + r) * inputs + j + c];
                (Lanes(*dw) + dots[r][c]).store(dw);
            }
        }
    }
}

/// The features of a tile.
struct Columns<'a, F, const R: usize, const C: usize> {
    dy: [&'a [Block<F>]; R],
    x: [&'a [Block<F>]; C],
}

/// Dot products of `R` features of `dy` with `C` of `x`, and the sums of those of `dy`.
type Tile<T, const R: usize, const C: usize> = ([[T; C]; R], [T; R]);

/// The partial sums in the order in which a tree that is added up depth first needs them.
const DEPTH_FIRST: [usize; LANES] = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];

impl<F: Scalar, const R: usize, const C: usize> Columns<'_, F, R, C> {
    /// Adds up every `step`th sample from `from` to before `to`, one after another.
    #[inline(always)]
    fn chain(&self, from: usize, to: usize, step: usize) -> Tile<Lanes<F>, R, C> {
        let (mut dots, mut sums) = ([[Lanes::zero(); C]; R], [Lanes::zero(); R]);
        let mut s = from;
        while s < to {
            for r in 0..R {
                let dy = Lanes(self.dy[r][s]);
                sums[r] += dy;
                for c in 0..C {
                    dots[r][c] = dy.mul_add(Lanes(self.x[c][s]), dots[r][c]);
                }
            }
            // Without the barrier LLVM pairs the sums, and gathers lane by lane.
            std::hint::black_box(());
            s += step;
        }
        (dots, sums)
    }

    /// Adds up sixteen partial sums as [`Lanes::sum`] does: one half onto the other, four times. Each is added to its
    /// other half as soon as both are there, like the digits of a binary counter, so that at most one of each level waits.
    #[inline(always)]
    fn tree(&self) -> Tile<Lanes<F>, R, C> {
        let n = self.dy[0].len();
        let zero = ([[[F::ZERO; LANES]; C]; R], [[F::ZERO; LANES]; R]);
        // Level k holds the sum of 2ᵏ partial sums.
        let mut waiting: Aligned<[Tile<Block<F>, R, C>; 5]> = Aligned([zero; 5]);
        for (turn, &from) in DEPTH_FIRST.iter().enumerate() {
            let (mut dots, mut sums) = self.chain(from, n, LANES);
            let mut level = 0;
            while turn >> level & 1 == 1 {
                let (half_dots, half_sums) = &waiting.0[level];
                for r in 0..R {
                    sums[r] = Lanes(half_sums[r]) + sums[r];
                    for c in 0..C {
                        dots[r][c] = Lanes(half_dots[r][c]) + dots[r][c];
                    }
                }
                std::hint::black_box(());
                level += 1;
            }
            let (half_dots, half_sums) = &mut waiting.0[level];
            for r in 0..R {
                sums[r].store(&mut half_sums[r]);
                for c in 0..C {
                    dots[r][c].store(&mut half_dots[r][c]);
                }
            }
        }
        let (dots, sums) = waiting.0[4];
        (dots.map(|row| row.map(Lanes)), sums.map(Lanes))
    }
}
