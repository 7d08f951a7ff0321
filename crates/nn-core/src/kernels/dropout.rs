//! The mask of dropout, and a tensor times it.

use rand::Rng;

use super::lanes::{Block, LANES, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Accumulate, Scalar, Tensor};

/// The number of random bytes for one value.
const BYTES: usize = size_of::<u32>();

/// 2³², the number of values of a `u32`.
const TWO_32: f64 = 4_294_967_296.0;

/// Fills `mask` with 0 where a random number of 32 bits is below p · 2³², and with 1 / (1 − p) elsewhere. Draws four bytes for
/// each sample of a feature, first to last, feature by feature, and nothing for the padding.
pub(crate) fn draw<F: Scalar>(mask: &mut Tensor<F>, p: f64, rng: &mut dyn Rng) {
    // The cast saturates, so p = 1 keeps one value in 2³²; a scale of 0 takes care of that one.
    let threshold = (p * TWO_32).round() as u32;
    let scale = F::from_f64(if p < 1.0 { 1.0 / (1.0 - p) } else { 0.0 });
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

/// Computes to = from ⊙ mask, or adds that to `to`. Each feature of `mask` is that of as many features of `from`.
pub(crate) fn apply<F: Scalar>(
    from: &Tensor<F>,
    mask: &Tensor<F>,
    to: &mut Tensor<F>,
    accumulate: Accumulate,
) {
    if from.blocks().is_empty() {
        return;
    }
    let features = from.features() / mask.features();
    // Where each feature has its own, they are one long column.
    let column = if features == 1 { mask.blocks().len() } else { mask.blocks_per_feature() };
    let run = features * column;
    let (from, mask, to) = (from.blocks(), mask.blocks(), to.blocks_mut());
    match accumulate {
        Accumulate::Replace => dispatch(Apply::<_, false> { from, mask, to, column, run }),
        Accumulate::Add => dispatch(Apply::<_, true> { from, mask, to, column, run }),
    }
}

struct Apply<'a, F, const ADD: bool> {
    from: &'a [Block<F>],
    mask: &'a [Block<F>],
    to: &'a mut [Block<F>],
    /// The number of blocks of the mask that are repeated, and of the others that they are repeated for.
    column: usize,
    run: usize,
}

impl<F: Scalar, const ADD: bool> Kernel for Apply<'_, F, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Apply { from, mask, to, column, run } = self;
        let runs = from.chunks_exact(run).zip(to.chunks_exact_mut(run));
        for (mask, (from, to)) in mask.chunks_exact(column).zip(runs) {
            for (from, to) in from.chunks_exact(column).zip(to.chunks_exact_mut(column)) {
                for ((from, mask), to) in from.iter().zip(mask).zip(to) {
                    (Lanes(*from) * Lanes(*mask)).put::<ADD>(to);
                }
            }
        }
    }
}
