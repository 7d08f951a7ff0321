//! Sums over a batch: one sum, or one for each network of a [`Stack`](crate::Stack).
//!
//! In the blocks of one network, lanes are samples. In those of a stack, lanes are networks, and block b is their
//! sample b. A kernel that works lane by lane is the same for both, except where it adds up samples: there it uses a
//! [`Total`].

use super::lanes::{Aligned, Block, LANES, Lanes};
use crate::Scalar;

/// A sum over the samples, added up in the same order for a single network and in a stack.
pub trait Total<F: Scalar> {
    /// The number of networks.
    const NETWORKS: usize;
    /// Returns the sum of no terms.
    fn zero() -> Self;
    /// Adds the terms of a block.
    fn add(&mut self, block: usize, terms: Lanes<F>);
    /// Writes the sums, each times `scale`, one for each network.
    ///
    /// # Panics
    /// If the length of `sums` is not the number of networks.
    fn finish(self, scale: F, sums: &mut [F]);
}

/// One network: sixteen partial sums, one per lane, and then their [sum](Lanes::sum).
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

/// A stack: sixteen partial sums for each network. Sample b goes to sum b mod 16, which is its lane in a single network.
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

/// Adds up sixteen partial sums as [`Lanes::sum`] does: one half onto the other, four times.
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
