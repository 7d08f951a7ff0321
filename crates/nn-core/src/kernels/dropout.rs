//! The mask of dropout, and a tensor times it.

use rand::Rng;

use super::lanes::{Block, LANES, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Accumulate, Scalar, Tensor};

/// The number of random bytes for one value.
const BYTES: usize = size_of::<u32>();

/// 2³², the number of values of a `u32`.
const TWO_32: f64 = 4_294_967_296.0;

/// The maximum number of values whose random bytes are drawn together, because a call through `dyn` costs more than drawing a value.
const TOGETHER: usize = 32 * LANES;

/// Fills `mask` with 0 where a random number of 32 bits is below p · 2³², and with 1 / (1 − p) elsewhere. Draws four bytes for
/// each sample of a feature, first to last, feature by feature, and nothing for the padding.
pub(crate) fn draw<F: Scalar>(mask: &mut Tensor<F>, p: f64, rng: &mut dyn Rng) {
    // The cast saturates, so p = 1 keeps one value in 2³²; a scale of 0 takes care of that one.
    let threshold = (p * TWO_32).round() as u32;
    let scale = F::from_f64(if p < 1.0 { 1.0 / (1.0 - p) } else { 0.0 });
    let (samples, blocks) = (mask.samples(), mask.blocks_per_feature());
    dispatch(Draw { mask: mask.blocks_mut(), samples, blocks, threshold, scale, rng });
}

struct Draw<'a, F> {
    mask: &'a mut [Block<F>],
    samples: usize,
    /// The number of blocks of a feature.
    blocks: usize,
    threshold: u32,
    scale: F,
    rng: &'a mut dyn Rng,
}

impl<F: Scalar> Kernel for Draw<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Draw { mask, samples, blocks, threshold, scale, rng } = self;
        // A block at the end, because sixteen are read at a time. What comes out of them in the padding has no meaning.
        let mut numbers = [[0; BYTES]; TOGETHER + LANES];
        // Those that are drawn and not used yet, and the number of those still to draw.
        let (mut from, mut to) = (0, 0);
        let mut left = mask.len() / blocks * samples;
        for column in mask.chunks_exact_mut(blocks) {
            for (b, block) in column.iter_mut().enumerate() {
                let count = LANES.min(samples - b * LANES);
                if to - from < count {
                    numbers.copy_within(from..to, 0);
                    (from, to) = (0, to - from);
                    let fresh = left.min(TOGETHER - to);
                    rng.fill_bytes(numbers[to..to + fresh].as_flattened_mut());
                    (to, left) = (to + fresh, left - fresh);
                }
                let numbers = &numbers[from..][..LANES];
                let mut kept = [F::ZERO; LANES];
                for lane in 0..LANES {
                    kept[lane] = if u32::from_le_bytes(numbers[lane]) >= threshold { scale } else { F::ZERO };
                }
                Lanes(kept).store(block);
                from += count;
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
