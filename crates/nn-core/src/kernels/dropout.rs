//! The mask of dropout, and a tensor times it.

use rand::Rng;

use super::lanes::{Block, LANES, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Accumulate, Scalar, Tensor};

/// The maximum number of blocks whose random bytes are drawn together, because a call through `dyn` costs more than drawing a value.
const TOGETHER: usize = 32;

/// 2³², the number of values of a `u32`.
const TWO_32: f64 = 4_294_967_296.0;

/// Fills `mask` with 0 where a random number from 0 to 1 is below p, and with 1 / (1 − p) elsewhere. Draws a byte for each lane
/// of each block, and 32 bits more where that byte does not decide.
pub(crate) fn draw<F: Scalar>(mask: &mut Tensor<F>, p: f64, rng: &mut dyn Rng) {
    // With p = 1, one number in 2⁴⁰ is not below it; a scale of 0 takes care of that one.
    let first = (256.0 * p).min(255.0).floor();
    let rest = ((256.0 * p - first) * TWO_32).round();
    let scale = F::from_f64(if p < 1.0 { 1.0 / (1.0 - p) } else { 0.0 });
    dispatch(Draw { mask: mask.blocks_mut(), first: first as u8, rest: rest as u32, scale, rng });
}

struct Draw<'a, F> {
    mask: &'a mut [Block<F>],
    /// The first eight binary digits of p, and the next 32.
    first: u8,
    rest: u32,
    scale: F,
    rng: &'a mut dyn Rng,
}

impl<F: Scalar> Kernel for Draw<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Draw { mask, first, rest, scale, rng } = self;
        let mut bytes = [[0; LANES]; TOGETHER];
        for blocks in mask.chunks_mut(TOGETHER) {
            let bytes = &mut bytes[..blocks.len()];
            rng.fill_bytes(bytes.as_flattened_mut());
            for (bytes, block) in bytes.iter().zip(blocks) {
                let mut kept = [F::ZERO; LANES];
                let mut undecided = false;
                for lane in 0..LANES {
                    kept[lane] = if bytes[lane] > first { scale } else { F::ZERO };
                    undecided |= bytes[lane] == first;
                }
                // One block in sixteen.
                if undecided {
                    for lane in 0..LANES {
                        if bytes[lane] == first && rng.next_u32() >= rest {
                            kept[lane] = scale;
                        }
                    }
                }
                Lanes(kept).store(block);
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
