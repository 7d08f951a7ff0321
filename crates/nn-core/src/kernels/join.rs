//! Sums and products of several tensors of one size, made some blocks at a time: each is read once, and the result is written once.

use super::elementwise::{CHUNK, Product, Sum, part, share};
use super::lanes::{Block, LANES};
use super::simd::dispatch;
use crate::{Accumulate, Scalar, Tensor};

/// Computes to = first + a + b + …, from the left.
pub(crate) fn sum<'a, F: Scalar>(
    to: &mut Tensor<F>,
    first: &Tensor<F>,
    rest: impl Iterator<Item = &'a Tensor<F>> + Clone + Sync,
) {
    each(to, |to, start| {
        to.copy_from_slice(&first.blocks()[start..][..to.len()]);
        for term in rest.clone() {
            let with = &term.blocks()[start..][..to.len()];
            dispatch(Sum { to: &mut *to, with });
        }
    });
}

/// Computes to = first ⊙ a ⊙ b ⊙ …, from the left, or adds that to `to`.
pub(crate) fn product<'a, F: Scalar>(
    to: &mut Tensor<F>,
    first: &Tensor<F>,
    rest: impl Iterator<Item = &'a Tensor<F>> + Clone + Sync,
    accumulate: Accumulate,
) {
    let multiply = |to: &mut [Block<F>], start: usize| {
        to.copy_from_slice(&first.blocks()[start..][..to.len()]);
        for factor in rest.clone() {
            let with = &factor.blocks()[start..][..to.len()];
            dispatch(Product { to: &mut *to, with });
        }
    };
    each(to, |to, start| match accumulate {
        Accumulate::Replace => multiply(to, start),
        Accumulate::Add => {
            let mut memory = [[F::ZERO; LANES]; CHUNK];
            let with = &mut memory[..to.len()];
            multiply(with, start);
            dispatch(Sum { to, with });
        }
    });
}

/// Does `work` with some blocks of `to` after others, and the position of the first of them.
fn each<F: Scalar>(to: &mut Tensor<F>, work: impl Fn(&mut [Block<F>], usize) + Sync) {
    let to = to.blocks_mut();
    let part = part(to.len());
    share(to.chunks_mut(part).enumerate(), part, |(index, to)| {
        for (chunk, to) in to.chunks_mut(CHUNK).enumerate() {
            work(to, index * part + chunk * CHUNK);
        }
    });
}
