//! Sixteen values at a time, and the one order in which values are summed.
//!
//! Kernels work on [`Lanes`], whatever the CPU's vector width is: one AVX-512 register of `f32`, two of AVX2, four of
//! SSE2. Sums keep sixteen partial sums and add them up as a tree at the end. That order is part of the result, so it
//! is the same at every width; it also makes a sum as fast as a vector addition.
//!
//! These are plain arrays and plain loops. LLVM turns them into vector instructions as long as values are passed around
//! whole (load, compute, store) and, where there are several, they are named one by one or lie in an array of known
//! size that only loops of known length touch.

use std::ops::{Add, AddAssign, Div, Mul, Sub};

use crate::Scalar;

/// The number of values in a block.
pub const LANES: usize = 16;

/// Sixteen samples of one feature, as they lie in memory.
pub type Block<F> = [F; LANES];

/// Sixteen values to compute with, element by element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lanes<F>(pub Block<F>);

impl<F: Scalar> Lanes<F> {
    /// Returns the same value sixteen times.
    #[inline(always)]
    pub fn splat(value: F) -> Self {
        Lanes([value; LANES])
    }

    /// Returns sixteen zeros.
    #[inline(always)]
    pub fn zero() -> Self {
        Lanes::splat(F::ZERO)
    }

    /// Writes the values to memory. End the body of a loop over blocks with this call.
    #[inline(always)]
    pub fn store(self, to: &mut Block<F>) {
        *to = self.0;
        // Without the barrier LLVM vectorises the loop over blocks, and gathers lane by lane.
        std::hint::black_box(());
    }

    /// Writes the values to memory, or with `ADD` adds them to what is there.
    #[inline(always)]
    pub fn put<const ADD: bool>(self, to: &mut Block<F>) {
        if ADD { (Lanes(*to) + self).store(to) } else { self.store(to) }
    }

    /// Applies `f` to each value. `f` and what it calls must be `#[inline(always)]` or short.
    #[inline(always)]
    pub fn map(self, f: impl Fn(F) -> F) -> Self {
        let mut out = self.0;
        for lane in 0..LANES {
            out[lane] = f(self.0[lane]);
        }
        Lanes(out)
    }

    /// Applies `f` to each pair of values.
    #[inline(always)]
    pub fn zip(self, other: Self, f: impl Fn(F, F) -> F) -> Self {
        let mut out = self.0;
        for lane in 0..LANES {
            out[lane] = f(self.0[lane], other.0[lane]);
        }
        Lanes(out)
    }

    /// Returns self · factor + term element by element, each rounded once: one instruction where the CPU has it, a slow
    /// call elsewhere.
    #[inline(always)]
    pub fn mul_add(self, factor: Self, term: Self) -> Self {
        let mut out = self.0;
        for lane in 0..LANES {
            out[lane] = self.0[lane].mul_add(factor.0[lane], term.0[lane]);
        }
        Lanes(out)
    }

    /// Keeps the first `count` values and replaces the others with zeros.
    #[inline(always)]
    pub fn keep(self, count: usize) -> Self {
        Lanes::keeper(count)(self)
    }

    /// Returns what [keeps](Lanes::keep) the first `count` values of any number of blocks.
    #[inline(always)]
    pub(crate) fn keeper(count: usize) -> impl Fn(Self) -> Self {
        // LLVM turns integer comparisons that it can see into a jump for each lane; it compares these floats as vectors.
        let count = std::hint::black_box(F::from_f64(count as f64));
        move |values: Self| {
            let mut out = values.0;
            for lane in 0..LANES {
                out[lane] = if F::from_f64(lane as f64) < count { values.0[lane] } else { F::ZERO };
            }
            Lanes(out)
        }
    }

    /// Adds up the sixteen values: one half onto the other, four times.
    #[inline(always)]
    pub fn sum(self) -> F {
        // Without the barrier LLVM pairs the accumulators of the preceding loop two by two, as this tree needs them.
        let mut block = std::hint::black_box(self.0);
        let mut half = LANES / 2;
        while half > 0 {
            for lane in 0..half {
                block[lane] += block[lane + half];
            }
            half /= 2;
        }
        block[0]
    }
}

/// Up to this number of sums, adding them up one by one is faster.
const FEW: usize = 2;

/// Sums gathered to be finished together: the bits of [`Lanes::sum`] for each, in a fraction of the time.
pub struct Sums<F> {
    blocks: Aligned<[Block<F>; LANES]>,
    count: usize,
}

impl<F: Scalar> Sums<F> {
    /// Makes an empty collection.
    #[inline(always)]
    pub fn new() -> Self {
        Sums { blocks: Aligned([[F::ZERO; LANES]; LANES]), count: 0 }
    }

    /// Adds a sum to the collection.
    ///
    /// # Panics
    /// If there are sixteen sums already.
    #[inline(always)]
    pub fn push(&mut self, sum: Lanes<F>) {
        sum.store(&mut self.blocks.0[self.count]);
        self.count += 1;
    }

    /// Returns the number of sums.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Returns whether there are no sums.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns whether there is no room for more sums.
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        self.count == LANES
    }

    /// Removes all sums and returns the total of each, in the order in which they were added; the values after these
    /// have no meaning.
    #[inline(always)]
    pub fn take(&mut self) -> Block<F> {
        let (count, blocks) = (std::mem::take(&mut self.count), &mut self.blocks.0);
        if count <= FEW {
            let mut sums = [F::ZERO; LANES];
            for i in 0..FEW {
                sums[i] = Lanes(blocks[i]).sum();
            }
            return sums;
        }
        // Each round halves the number of blocks and takes the sums one step further; after four, sum i is in lane i.
        for half in [8, 4, 2, 1] {
            for i in 0..half {
                add_halves(Lanes(blocks[i]), Lanes(blocks[i + half])).store(&mut blocks[i]);
            }
        }
        blocks[0]
    }
}

/// Adds the second half of each block to its first, and interleaves the two results.
#[inline(always)]
fn add_halves<F: Scalar>(Lanes(a): Lanes<F>, Lanes(b): Lanes<F>) -> Lanes<F> {
    let (mut low, mut high) = (a, b);
    for lane in 0..LANES / 2 {
        (low[2 * lane], low[2 * lane + 1]) = (a[lane], b[lane]);
        (high[2 * lane], high[2 * lane + 1]) = (a[lane + LANES / 2], b[lane + LANES / 2]);
    }
    Lanes(low) + Lanes(high)
}

impl<F: Scalar> Default for Sums<F> {
    fn default() -> Self {
        Sums::new()
    }
}

/// A value aligned to a cache line, because a block that lies across two lines takes twice as long to read.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub struct Aligned<T>(pub T);

/// Splits the blocks of one feature into the full ones and, if `samples` is not a multiple of sixteen, the last one
/// with its padding replaced by zeros. Everything that adds up samples reads them through this, because the padding
/// must not matter.
#[inline(always)]
pub fn split<F: Scalar>(column: &[Block<F>], samples: usize) -> (&[Block<F>], Option<Lanes<F>>) {
    let (full, rest) = column.split_at(samples / LANES);
    (full, rest.first().map(|last| Lanes(*last).keep(samples % LANES)))
}

macro_rules! elementwise {
    ($Trait:ident, $method:ident, $operator:tt) => {
        impl<F: Scalar> $Trait for Lanes<F> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                self.zip(other, |a, b| a $operator b)
            }
        }
    };
}

elementwise!(Add, add, +);
elementwise!(Sub, sub, -);
elementwise!(Mul, mul, *);
elementwise!(Div, div, /);

impl<F: Scalar> AddAssign for Lanes<F> {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_finished_together_have_the_bits_of_each_alone() {
        let lanes = |i: usize| Lanes(std::array::from_fn(|lane| 1.0_f32 / (7 * i + 3 * lane + 1) as f32));
        let mut sums = Sums::new();
        for count in 1..=LANES {
            (0..count).for_each(|i| sums.push(lanes(i)));
            assert_eq!((sums.len(), sums.is_full()), (count, count == LANES));
            let found = sums.take();
            assert!((0..count).all(|i| found[i] == lanes(i).sum()), "{count}");
            assert!(sums.is_empty());
        }
    }
}
