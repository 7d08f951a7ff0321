//! The hinge of many classes, with one output each.

use std::marker::PhantomData;

use nn_core::lanes::{LANES, Lanes};
use nn_core::simd::{Kernel, dispatch};
use nn_core::total::Total;
use nn_core::{Scalar, Tensor};

use crate::Reduction;
use crate::class_loss::{Batch, ClassLoss, compiled_here};
use crate::reduction::loss;
use crate::target::Shares;

/// The hinge of scores y (`[n, classes]`) under class indices c, as PyTorch's `MultiMarginLoss` with its defaults, margin 1
/// and p = 1. With m_k = 1 − y_c + y_k, the amount by which the score of class k is too high for a margin of 1:
///
/// - f = 1/classes Σ_{k≠c} max(0, m_k), for each sample
/// - ∂f/∂y_k = 1/classes where m_k > 0, else 0, for k ≠ c
/// - ∂f/∂y_c = −1/classes times the number of k ≠ c with m_k > 0
///
/// | reduction | value | gradient |
/// |---|---|---|
/// | `Mean`, `BatchMean` | 1/n Σ f | 1/n ∂f/∂y |
/// | `Sum` | Σ f | ∂f/∂y |
///
/// For two classes with one output use [`HingeLoss`](crate::HingeLoss). Weston and Watkins 1999, "Support vector machines
/// for multi-class pattern recognition".
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output that is not `[n, classes]` or has no values, a label that is not below the number
/// of classes, and another number of labels than samples.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{Loss, MultiMarginLoss};
/// let y = Tensor::from_rows(&[[2.0, 1.5, -3.0, 4.0]]);
/// let (value, gradient) =
///     MultiMarginLoss::mean().value_and_gradient(&y, &vec![0])?;
/// assert_eq!(value, (0.5 + 0.0 + 3.0) / 4.0);
/// assert_eq!(gradient, Tensor::from_rows(&[[-0.5, 0.25, 0.0, 0.25]]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MultiMarginLoss {
    /// Mean or sum over the samples.
    pub reduction: Reduction,
}

loss!(MultiMarginLoss);

compiled_here!(MultiMarginLoss: AsRef<[usize]>, as_ref => &'a [usize]);

impl ClassLoss for MultiMarginLoss {
    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn add_up<F, T, S>(&self, batch: Batch<'_, F, T>, losses: &mut [F])
    where
        F: Scalar,
        T: Shares<F> + ?Sized,
        S: Total<F>,
    {
        let scale = batch.scale / F::from_f64(batch.y.features() as f64);
        dispatch(Margins::<F, T, S>(Batch { scale, ..batch }, PhantomData)).finish(scale, losses);
    }
}

/// Takes sixteen samples at a time, in three passes over their classes: the score of the label, then the missing margins, then
/// the gradient of the label's score, which balances the others. The target has 1 for the label and 0 for the other classes.
struct Margins<'a, F, T: ?Sized, S>(Batch<'a, F, T>, PhantomData<S>);

impl<F: Scalar, T: Shares<F> + ?Sized, S: Total<F>> Kernel for Margins<'_, F, T, S> {
    type Output = S;

    #[inline(always)]
    fn run(self) -> S {
        let Batch { y, target, dy, scale } = self.0;
        let (samples, blocks) = (y.samples(), y.blocks_per_feature());
        let mut dy = dy.map(Tensor::blocks_mut);
        let mut value = S::zero();
        for b in 0..blocks {
            if b.is_multiple_of(S::STRETCH) {
                value.begin(S::STRETCH.min(blocks - b));
            }
            let y = &y.blocks()[b..];

            let mut own = Lanes::zero();
            for (class, y) in y.iter().step_by(blocks).enumerate() {
                own = target.block(class, b).zip(Lanes(*y), |hit, y| if hit == F::ONE { y } else { F::ZERO })
                    + own;
            }

            // The margin of the label itself is left out below, but its score must not be NaN.
            let start = own.map(|own| if own.is_nan() { own } else { F::ZERO });
            let (mut missing, mut count) = (start, start);
            for (class, y) in y.iter().step_by(blocks).enumerate() {
                let hit = target.block(class, b);
                let margin = Lanes::splat(F::ONE) - own + Lanes(*y);
                // The condition is false for NaN, which therefore stays NaN.
                let margin = margin.map(|margin| if margin <= F::ZERO { F::ZERO } else { margin });
                let margin = hit.zip(margin, |hit, margin| if hit == F::ONE { F::ZERO } else { margin });
                let pushed = margin.map(|margin| if margin > F::ZERO { F::ONE } else { margin });
                missing += margin;
                count += pushed;
                if let Some(dy) = &mut dy {
                    (pushed * Lanes::splat(scale)).store(&mut dy[class * blocks + b]);
                }
            }
            value.add(b, missing.keep(samples - b * LANES));

            if let Some(dy) = &mut dy {
                let balance = count * Lanes::splat(scale);
                for (class, dy) in dy[b..].iter_mut().step_by(blocks).enumerate() {
                    let hit = target.block(class, b);
                    (Lanes(*dy) - hit * balance).store(dy);
                }
            }
        }
        value
    }
}
