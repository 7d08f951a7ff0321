//! The log-likelihood of a target, from outputs that are probabilities p or their logarithms.

use std::marker::PhantomData;

use nn_core::Scalar;
use nn_core::lanes::{LANES, Lanes};
use nn_core::simd::{Kernel, dispatch};
use nn_core::total::Total;

use crate::class_loss::Batch;
use crate::ignoring::only;
use crate::target::Shares;

/// What an output y says of the probability p of its class.
pub(crate) trait Likelihood {
    /// ln p; NaN where y is NaN or cannot belong to any p.
    fn ln_p<F: Scalar>(y: F) -> F;

    /// −t ∂ln p/∂y, times `scale`; NaN where y is.
    fn gradient<F: Scalar>(t: F, y: F, scale: F) -> F;
}

/// Adds −Σ t ln p to the terms before, and writes the gradient.
pub(crate) fn add_up<F, T, S, L>(batch: Batch<'_, F, T>, before: S) -> S
where
    F: Scalar,
    T: Shares<F> + ?Sized,
    S: Total<F>,
    L: Likelihood,
{
    dispatch(LogLikelihood::<F, T, S, L> { batch, before, of: PhantomData })
}

struct LogLikelihood<'a, F, T: ?Sized, S, L> {
    batch: Batch<'a, F, T>,
    before: S,
    of: PhantomData<L>,
}

impl<F: Scalar, T: Shares<F> + ?Sized, S: Total<F>, L: Likelihood> Kernel for LogLikelihood<'_, F, T, S, L> {
    type Output = S;

    #[inline(always)]
    fn run(self) -> S {
        let LogLikelihood { batch: Batch { y, target, dy, scale, .. }, before: mut value, .. } = self;
        let (samples, blocks, per_class) = (y.samples, y.blocks_per_position(), y.blocks_per_class());
        // Features are those of one class after another, and within a class those of one position after another.
        let (mut class, mut first) = (0, 0);
        let mut slopes = dy.map(|dy| dy.chunks_exact_mut(blocks));
        for y in y.blocks.chunks_exact(blocks) {
            let mut dy = slopes.as_mut().and_then(Iterator::next);
            for b in 0..blocks {
                if b.is_multiple_of(S::STRETCH) {
                    value.begin(S::STRETCH.min(blocks - b));
                }
                let (t, y) = (target.block(class, first + b), Lanes(y[b]));
                let counted = target.counted(first + b);
                // A select, not a product alone: ln 0 = −∞ must not matter where t is 0.
                let cost = t.zip(y.map(L::ln_p), |t, l| {
                    let cost = -(t * l);
                    let nothing = if l < -F::NEG_INFINITY { F::ZERO } else { cost };
                    if t == F::ZERO { nothing } else { cost }
                });
                let (cost, left) = (only(counted, cost), samples - b * LANES);
                value.add(b, if left < LANES { cost.keep(left) } else { cost });
                if let Some(dy) = &mut dy {
                    only(counted, t.zip(y, |t, y| L::gradient(t, y, scale))).store(&mut dy[b]);
                }
            }
            first += blocks;
            if first == per_class {
                (class, first) = (class + 1, 0);
            }
        }
        value
    }
}
