//! Sixteen numbers at a time, and the one order in which numbers are summed.
//!
//! Kernels work on blocks of [`LANES`] numbers, whatever the CPU's vector width is: one AVX-512 register of `f32`, two
//! of AVX2, four of SSE2. Sums keep sixteen partial sums and add them up as a tree at the end. That order is part of
//! the result, so it is the same at every width; it is also what makes a sum as fast as a vector addition.

use crate::Scalar;

/// Numbers in a block.
pub const LANES: usize = 16;

/// The first up to sixteen numbers, followed by zeros.
#[inline(always)]
pub fn load<F: Scalar>(from: &[F]) -> [F; LANES] {
    match from.first_chunk() {
        Some(block) => *block,
        None => {
            let mut block = [F::ZERO; LANES];
            block[..from.len()].copy_from_slice(from);
            block
        }
    }
}

/// Writes as many of the sixteen as fit.
#[inline(always)]
pub fn store<F: Scalar>(block: [F; LANES], to: &mut [F]) {
    match to.first_chunk_mut() {
        Some(whole) => *whole = block,
        None => to.copy_from_slice(&block[..to.len()]),
    }
}

/// Adds the sixteen up: halves onto each other, four times.
#[inline(always)]
pub fn sum<F: Scalar>(mut block: [F; LANES]) -> F {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            block[lane] += block[lane + half];
        }
        half /= 2;
    }
    block[0]
}
