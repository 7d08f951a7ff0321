//! Cross-entropy of any number of classes and positions.

use nn_core::Scalar;
use nn_core::lanes::{Aligned, LANES, Lanes};
use nn_core::simd::Kernel;
use nn_core::total::Total;

use super::CHUNK;
use crate::class_loss::Batch;
use crate::ignoring::only;
use crate::target::Shares;

/// Takes up to 256 samples at a time, in passes over their classes: the maximum, the sum of exponentials, its logarithm, then
/// value and gradient. No block of a pass depends on another, so the CPU computes several at once. From the second pass to the
/// last, `dy` holds the exponentials.
///
/// The blocks of a class are those of one position after another. Those of one network go through the passes together across
/// positions. In a stack that is not so: sixteen blocks there are one of a network alone, whose sums begin a block with each position.
pub(super) struct Classes<'a, F, T: ?Sized, S>(pub(super) Batch<'a, F, T>, pub(super) S);

impl<F: Scalar, T: Shares<F> + ?Sized, S: Total<F>> Kernel for Classes<'_, F, T, S> {
    type Output = S;

    #[inline(always)]
    fn run(self) -> S {
        let Classes(Batch { y, target, mut dy, scale, .. }, mut value) = self;
        let (logits, samples, blocks, classes) = (y.blocks, y.samples, y.blocks_per_class(), y.classes);
        let together = if S::NETWORKS == 1 { blocks } else { y.blocks_per_position() };
        // The number of samples that a position has from here on, and the end of the blocks that are together.
        let (mut left, mut end) = (samples, together);
        let mut first = 0;
        while first < blocks {
            let count = CHUNK.min(end - first);
            let [mut max, mut total, mut share, mut cost] = [Aligned([[F::ZERO; LANES]; CHUNK]); 4];
            for b in 0..count {
                let mut largest = Lanes::splat(F::NEG_INFINITY);
                for z in logits[first + b..].iter().step_by(blocks) {
                    largest = largest.zip(Lanes(*z), F::larger);
                }
                largest.store(&mut max.0[b]);
            }
            for (class, z) in logits.chunks_exact(blocks).enumerate() {
                let z = &z[first..][..count];
                let mut dy = dy.as_mut().map(|dy| &mut dy[class * blocks + first..][..count]);
                for b in 0..count {
                    let e = (Lanes(z[b]) - Lanes(max.0[b])).map(F::exp_nonpositive);
                    (Lanes(total.0[b]) + e).store(&mut total.0[b]);
                    if let Some(dy) = &mut dy {
                        e.store(&mut dy[b]);
                    }
                }
            }
            for b in 0..count {
                let sum = Lanes(total.0[b]);
                (target.mass(classes, first + b) / sum).store(&mut share.0[b]);
                sum.map(F::ln).store(&mut total.0[b]);
            }
            for (class, z) in logits.chunks_exact(blocks).enumerate() {
                let z = &z[first..][..count];
                let mut dy = dy.as_mut().map(|dy| &mut dy[class * blocks + first..][..count]);
                for b in 0..count {
                    let t = target.block(class, first + b);
                    let minus_ln_p = (Lanes(max.0[b]) - Lanes(z[b])) + Lanes(total.0[b]);
                    (Lanes(cost.0[b]) + surprise(t, minus_ln_p)).store(&mut cost.0[b]);
                    if let Some(dy) = &mut dy {
                        let slope = (Lanes(dy[b]) * Lanes(share.0[b]) - t) * Lanes::splat(scale);
                        only(target.counted(first + b), slope).store(&mut dy[b]);
                    }
                }
            }
            value.begin(count);
            for b in 0..count {
                let cost = only(target.counted(first + b), Lanes(cost.0[b]));
                value.add(b, if left < LANES { cost.keep(left) } else { cost });
                left = if left <= LANES { samples } else { left - LANES };
            }
            first += count;
            if first == end {
                end += together;
            }
        }
        value
    }
}

/// −t ln p, and 0 where t is 0: −ln 0 = ∞ must not matter in a class that is not the target's. NaN, which is not at least 0,
/// stays NaN.
#[inline(always)]
fn surprise<F: Scalar>(t: Lanes<F>, minus_ln_p: Lanes<F>) -> Lanes<F> {
    t.zip(minus_ln_p, |t, cost| {
        let surprise = t * cost;
        let nothing = if cost >= F::ZERO { F::ZERO } else { cost };
        if t == F::ZERO { nothing } else { surprise }
    })
}
