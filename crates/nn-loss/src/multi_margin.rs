//! The hinge of many classes, with one output each.

use nn_core::Scalar;
use nn_core::lanes::{LANES, Lanes};
use nn_core::simd::{Kernel, dispatch};
use nn_core::total::Total;

use crate::Reduction;
use crate::class_axis::{ClassAxis, classes_last};
use crate::class_loss::{Batch, ClassLoss, compiled_here};
use crate::class_weights::Weighted;
use crate::reduction::loss;
use crate::target::{ClassIndices, Indices, Shares};

/// The hinge of scores y (`[n, classes]` or `[n, classes, d1, …]`, or `[n, …, classes]` with the
/// [classes last](MultiMarginLoss::classes_last)) under class indices c ([`ClassIndices`]), as PyTorch's
/// `MultiMarginLoss` with its defaults, margin 1 and p = 1. With m_k = 1 − y_c + y_k, the amount by which the score of class k is
/// too high for a margin of 1:
///
/// - f = 1/classes Σ_{k≠c} max(0, m_k), for each sample (and position)
/// - ∂f/∂y_k = 1/classes where m_k > 0, else 0, for k ≠ c
/// - ∂f/∂y_c = −1/classes times the number of k ≠ c with m_k > 0
///
/// | reduction | value | gradient |
/// |---|---|---|
/// | `Mean` | 1/(n m) Σ f, with m positions a sample (1 for `[n, classes]`) | 1/(n m) ∂f/∂y |
/// | `Sum` | Σ f | ∂f/∂y |
/// | `BatchMean` | 1/n Σ f | 1/n ∂f/∂y |
///
/// For two classes with one output use [`HingeLoss`](crate::HingeLoss). Weston and Watkins 1999, "Support vector machines
/// for multi-class pattern recognition".
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output without an axis of classes or without values, a label that is not below the number
/// of classes, and labels that are not one for each sample and position.
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
    class_axis: ClassAxis,
}

loss!(MultiMarginLoss);
classes_last!(MultiMarginLoss);

compiled_here!(MultiMarginLoss: ClassIndices, indices => Indices<'a>);

impl ClassLoss for MultiMarginLoss {
    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn class_axis(&self) -> ClassAxis {
        self.class_axis
    }

    fn divisor(&self, classes: usize) -> usize {
        classes
    }

    fn add_up<F, T, S>(&self, batch: Batch<'_, F, T>, before: S) -> S
    where
        F: Scalar,
        T: Shares<F> + ?Sized,
        S: Total<F>,
    {
        if batch.weights.is_some() {
            let target = Weighted::new(&batch, &[], 0.0);
            dispatch(Margins(batch.with(&target), before))
        } else {
            dispatch(Margins(batch, before))
        }
    }
}

/// Takes sixteen samples at a time, in three passes over their classes: the score of the label, then the missing margins, then
/// the gradient of the label's score, which balances the others. The target has the weight of the sample for the label, which is 1
/// where samples have none, and 0 for the other classes.
struct Margins<'a, F, T: ?Sized, S>(Batch<'a, F, T>, S);

impl<F: Scalar, T: Shares<F> + ?Sized, S: Total<F>> Kernel for Margins<'_, F, T, S> {
    type Output = S;

    #[inline(always)]
    fn run(self) -> S {
        let Margins(Batch { y, target, mut dy, scale, .. }, mut value) = self;
        let (samples, blocks, per_class) = (y.samples, y.blocks_per_position(), y.blocks_per_class());
        let classes = y.classes;
        // The block among those of its position.
        let mut b = 0_usize;
        for block in 0..per_class {
            if b.is_multiple_of(S::STRETCH) {
                value.begin(S::STRETCH.min(blocks - b));
            }
            let y = &y.blocks[block..];
            let weight = target.mass(classes, block);

            let mut own = Lanes::zero();
            for (class, y) in y.iter().step_by(per_class).enumerate() {
                own = target
                    .block(class, block)
                    .zip(Lanes(*y), |hit, y| if hit == F::ZERO { F::ZERO } else { y })
                    + own;
            }

            // The margin of the label itself is left out below, but its score must not be NaN.
            let start = own.map(|own| if own.is_nan() { own } else { F::ZERO });
            let (mut missing, mut count) = (start, start);
            for (class, y) in y.iter().step_by(per_class).enumerate() {
                let hit = target.block(class, block);
                let margin = Lanes::splat(F::ONE) - own + Lanes(*y);
                // The condition is false for NaN, which therefore stays NaN.
                let margin = margin.map(|margin| if margin <= F::ZERO { F::ZERO } else { margin });
                let margin = hit.zip(margin, |hit, margin| if hit == F::ZERO { margin } else { F::ZERO });
                let pushed = margin.map(|margin| if margin > F::ZERO { F::ONE } else { margin });
                missing += margin;
                count += pushed;
                if let Some(dy) = &mut dy {
                    (pushed * (weight * Lanes::splat(scale))).store(&mut dy[class * per_class + block]);
                }
            }
            value.add(b, (missing * weight).keep(samples - b * LANES));

            if let Some(dy) = &mut dy {
                let balance = count * Lanes::splat(scale);
                for (class, dy) in dy[block..].iter_mut().step_by(per_class).enumerate() {
                    let hit = target.block(class, block);
                    (Lanes(*dy) - hit * balance).store(dy);
                }
            }
            b = if b + 1 == blocks { 0 } else { b + 1 };
        }
        value
    }
}
