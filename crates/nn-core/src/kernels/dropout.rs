//! The mask of dropout.

use rand::Rng;

use super::lanes::LANES;
use crate::{Scalar, Tensor};

/// The number of random bytes for one value.
const BYTES: usize = size_of::<u32>();

/// Fills `mask` with `scale` where a random number of 32 bits is at least `threshold`, and with 0 elsewhere. Draws four
/// bytes for each sample of a feature, first to last, feature by feature, and nothing for the padding.
pub(crate) fn draw<F: Scalar>(mask: &mut Tensor<F>, threshold: u32, scale: F, rng: &mut dyn Rng) {
    let (samples, per_feature) = (mask.samples(), mask.blocks_per_feature());
    for column in mask.blocks_mut().chunks_exact_mut(per_feature) {
        for (b, block) in column.iter_mut().enumerate() {
            let mut bytes = [0; BYTES * LANES];
            let count = LANES.min(samples - b * LANES);
            // One call for the whole block: through `dyn`, a call for each value would cost more than drawing it.
            rng.fill_bytes(&mut bytes[..BYTES * count]);
            for (lane, bytes) in bytes.as_chunks::<BYTES>().0.iter().enumerate() {
                block[lane] = if u32::from_le_bytes(*bytes) >= threshold { scale } else { F::ZERO };
            }
        }
    }
}
