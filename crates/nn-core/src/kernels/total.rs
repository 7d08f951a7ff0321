//! What a batch adds up to: one number, or one for each network of a [`Stack`](crate::Stack).
//!
//! In the blocks of one network, lanes are samples. In those of a stack, lanes are networks, and block b is their sample b. A kernel
//! that works lane by lane is the same for both, but for what it adds up over the samples: that it gives to a [`Total`].

use super::lanes::{Aligned, Block, LANES, Lanes};
use crate::Scalar;

/// Terms added up over the samples, in the same order for a network alone and in a stack.
pub trait Total<F: Scalar> {
    /// The number of networks.
    const NETWORKS: usize;
    /// The sum of no terms.
    fn zero() -> Self;
    /// Adds the terms of a block.
    fn add(&mut self, block: usize, terms: Lanes<F>);
    /// Writes the sums, each times `scale`: one for each network.
    ///
    /// # Panics
    /// If `sums` has another length than there are networks.
    fn finish(self, scale: F, sums: &mut [F]);
}

/// One network: sixteen partial sums, one a lane, and then their [sum](Lanes::sum).
impl<F: Scalar> Total<F> for Lanes<F> {
    const NETWORKS: usize = 1;

    #[inline(always)]
    fn zero() -> Self {
        Lanes::zero()
    }

    #[inline(always)]
    fn add(&mut self, _: usize, terms: Lanes<F>) {
        *self += terms;
    }

    #[inline(always)]
    fn finish(self, scale: F, sums: &mut [F]) {
        let [sum] = sums else { panic!("one sum, not {}", sums.len()) };
        *sum = scale * self.sum();
    }
}

/// A stack: sixteen partial sums for each network, as sample b would be in lane b mod 16 if the network were alone.
pub struct StackTotal<F>(Aligned<[Block<F>; LANES]>);

impl<F: Scalar> Total<F> for StackTotal<F> {
    const NETWORKS: usize = LANES;

    #[inline(always)]
    fn zero() -> Self {
        StackTotal(Aligned([[F::ZERO; LANES]; LANES]))
    }

    #[inline(always)]
    fn add(&mut self, block: usize, terms: Lanes<F>) {
        let sum = &mut self.0.0[block % LANES];
        (Lanes(*sum) + terms).store(sum);
    }

    #[inline(always)]
    fn finish(self, scale: F, sums: &mut [F]) {
        let StackTotal(mut partial) = self;
        sums.copy_from_slice(&(Lanes::splat(scale) * tree(&mut partial.0)).0);
    }
}

/// Adds sixteen partial sums up as [`Lanes::sum`] does: halves onto each other, four times.
#[inline(always)]
pub(super) fn tree<F: Scalar>(sums: &mut [Block<F>; LANES]) -> Lanes<F> {
    let mut half = LANES / 2;
    while half > 0 {
        for k in 0..half {
            (Lanes(sums[k]) + Lanes(sums[k + half])).store(&mut sums[k]);
        }
        half /= 2;
    }
    Lanes(sums[0])
}
