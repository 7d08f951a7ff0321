//! Cross-entropy of labels of two classes.

use nn_core::Scalar;
use nn_core::lanes::{Aligned, LANES, Lanes};
use nn_core::simd::Kernel;
use nn_core::total::Total;

use super::CHUNK;
use crate::class_loss::Batch;
use crate::target::sixteen;

/// The softmax of two logits is the logistic function of their difference. Let v be the other class's logit minus the label's,
/// and e = exp(−|v|). Then
///
/// −ln p = ln(1 + eᵛ) = max(v, 0) + ln(1 + e),
///
/// and its derivative by the other's logit is 1 / (1 + e⁻ᵛ), which is 1 / (1 + e) where v > 0 and e / (1 + e) elsewhere; its
/// derivative by the label's logit is minus that. One exponential of a number below 0 and one logarithm between 1 and 2 are half
/// of what [`Classes`](super::classes::Classes) computes. Where the network is sure of a class, loss and gradient keep the
/// digits that 1 + e would round away.
pub(super) struct TwoClasses<'a, F, S>(pub(super) Batch<'a, F, [usize]>, pub(super) S);

impl<F: Scalar, S: Total<F>> Kernel for TwoClasses<'_, F, S> {
    type Output = S;

    #[inline(always)]
    fn run(self) -> S {
        let TwoClasses(Batch { y, target: labels, dy, scale, .. }, mut value) = self;
        let blocks = y.blocks_per_position();
        let (z0, z1) = y.blocks.split_at(blocks);
        let mut dy = dy.map(|dy| dy.split_at_mut(blocks));
        // Two passes, because the CPU looks only so many instructions ahead: in one pass that would be few blocks.
        let mut e = Aligned([[F::ZERO; LANES]; CHUNK]);
        for first in (0..blocks).step_by(CHUNK) {
            let count = CHUNK.min(blocks - first);
            let (z0, z1) = (&z0[first..][..count], &z1[first..][..count]);
            let mut dy =
                dy.as_mut().map(|(dy0, dy1)| (&mut dy0[first..][..count], &mut dy1[first..][..count]));
            for b in 0..count {
                let (z0, z1) = (Lanes(z0[b]), Lanes(z1[b]));
                let max = z0.zip(z1, F::larger);
                // −|v|, because one of the two differences is 0. Taken from the maximum, so that a logit of +∞, which a
                // diverged training has, gives NaN.
                ((z0 - max) + (z1 - max)).map(F::exp_nonpositive).store(&mut e.0[b]);
            }
            value.begin(count);
            for (b, labels) in labels[first * LANES..].chunks(LANES).take(count).enumerate() {
                let (e, side) = (Lanes(e.0[b]), side::<F>(labels));
                let v = (Lanes(z1[b]) - Lanes(z0[b])) * side;
                let cost = v.map(|v| F::ZERO.larger(v)) + e.map(F::ln_1p_unit);
                value.add(first + b, if labels.len() < LANES { cost.keep(labels.len()) } else { cost });
                if let Some((dy0, dy1)) = &mut dy {
                    let p =
                        v.zip(e, |v, e| if v > F::ZERO { F::ONE } else { e }) / (Lanes::splat(F::ONE) + e);
                    let slope = p * (side * Lanes::splat(scale));
                    slope.map(|slope| -slope).store(&mut dy0[b]);
                    slope.store(&mut dy1[b]);
                }
            }
        }
        value
    }
}

/// 1 for each of up to sixteen labels that is 0, −1 for the others.
#[inline(always)]
fn side<F: Scalar>(labels: &[usize]) -> Lanes<F> {
    sixteen(labels, |labels| {
        let mut side = [F::ONE; LANES];
        for lane in 0..LANES {
            side[lane] = if labels[lane] == 0 { F::ONE } else { -F::ONE };
        }
        Lanes(side)
    })
}
