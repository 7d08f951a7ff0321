//! Strips of the batch: memory in which what one strip needs lies side by side.
//!
//! Memory of `rows` rows for every sample, in strips, holds strip after strip, and in each the rows with the blocks of that strip
//! alone. It takes as many blocks as a tensor of so many features.

use crate::Scalar;
use crate::kernels::lanes::Block;

/// The number of blocks of a strip; the last one may have fewer. Two blocks of eight rows fill the registers of AVX-512.
pub(super) const STRIP: usize = 2;

/// Copies rows of `blocks` blocks into strips.
pub(crate) fn cut<F: Scalar>(from: &[Block<F>], blocks: usize, to: &mut [Block<F>]) {
    if blocks <= STRIP {
        return to.copy_from_slice(from);
    }
    let rows = from.len() / blocks;
    for (strip, to) in to.chunks_mut(STRIP * rows).enumerate() {
        let width = to.len() / rows;
        for (from, to) in from.chunks_exact(blocks).zip(to.chunks_exact_mut(width)) {
            to.copy_from_slice(&from[strip * STRIP..][..width]);
        }
    }
}

/// Returns the lengths of the samples of a strip, or none if there are none.
pub(super) fn in_strip<F>(lengths: &[Block<F>], strip: usize, width: usize) -> &[Block<F>] {
    if lengths.is_empty() { lengths } else { &lengths[strip * STRIP..][..width] }
}
