//! Cross-entropy of two classes.

use std::marker::PhantomData;

use nn_core::Scalar;
use nn_core::lanes::{Aligned, LANES, Lanes, Total};
use nn_core::simd::Kernel;

use super::{Batch, CHUNK, surprise};
use crate::target::Columns;

/// The softmax of two logits is the logistic function of their difference: with e = exp(−|z₀ − z₁|) the probability of the
/// larger is 1 / (1 + e), that of the smaller e / (1 + e), and ln Σ_j exp(z_j) is the larger logit + ln(1 + e). That is one
/// exponential of a number below 0 and a logarithm between 1 and 2, half of what [`Classes`](super::classes::Classes) computes;
/// and where the network is sure of itself, the loss keeps the digits that 1 + e has no room for.
pub(super) struct TwoClasses<'a, F, T: ?Sized, S>(pub(super) Batch<'a, F, T>, pub(super) PhantomData<S>);

impl<F: Scalar, T: Columns<F> + ?Sized, S: Total<F>> Kernel for TwoClasses<'_, F, T, S> {
    type Output = S;

    #[inline(always)]
    fn run(self) -> S {
        let Batch { logits, target, dy, scale } = self.0;
        let blocks = logits.blocks_per_feature();
        let (z0, z1) = logits.blocks().split_at(blocks);
        let mut dy = dy.map(|dy| dy.blocks_mut().split_at_mut(blocks));
        let mut value = S::zero();
        for first in (0..blocks).step_by(CHUNK) {
            let count = CHUNK.min(blocks - first);
            let (z0, z1) = (&z0[first..][..count], &z1[first..][..count]);
            // Two passes: in one, few blocks at a time would fit into what the CPU can look ahead.
            let mut e = Aligned([[F::ZERO; LANES]; CHUNK]);
            for b in 0..count {
                let (below0, below1) = below_the_larger(Lanes(z0[b]), Lanes(z1[b]));
                // One of them is 0, or NaN where a logit is NaN or infinite.
                (below0 + below1).map(F::exp_nonpositive).store(&mut e.0[b]);
            }
            for b in 0..count {
                let (below0, below1) = below_the_larger(Lanes(z0[b]), Lanes(z1[b]));
                let [t0, t1] = target.pair(first + b);
                let e = Lanes(e.0[b]);
                let ln_total = e.map(F::ln_1p_unit);
                value.add(first + b, surprise(t0, ln_total - below0) + surprise(t1, ln_total - below1));
                if let Some((dy0, dy1)) = &mut dy {
                    let share = (t0 + t1) / (Lanes::splat(F::ONE) + e);
                    let exp = |below: Lanes<F>| below.zip(e, |x, e| if x == F::ZERO { F::ONE } else { e });
                    let (p0, p1) = (exp(below0) * share, exp(below1) * share);
                    ((p0 - t0) * Lanes::splat(scale)).store(&mut dy0[first + b]);
                    ((p1 - t1) * Lanes::splat(scale)).store(&mut dy1[first + b]);
                }
            }
        }
        value
    }
}

/// Both logits without the larger of the two.
#[inline(always)]
fn below_the_larger<F: Scalar>(z0: Lanes<F>, z1: Lanes<F>) -> (Lanes<F>, Lanes<F>) {
    let max = z0.zip(z1, F::larger);
    (z0 - max, z1 - max)
}
