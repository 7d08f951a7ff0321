//! The hinge of two classes, with one output.

use nn_core::Scalar;

use crate::elementwise::compiled_here;
use crate::reduction::loss;
use crate::{Elementwise, Reduction};

/// The hinge of scores y against targets t that are −1 or 1, of the same shape, with N elements in n samples. This is the loss
/// of a support vector machine for two classes, as scikit-learn's `hinge_loss`.
///
/// | reduction | value | gradient ∂L/∂y |
/// |---|---|---|
/// | `Mean` | 1/N Σ max(0, 1 − t y) | −t/N where t y < 1, else 0 |
/// | `Sum` | Σ max(0, 1 − t y) | −t where t y < 1, else 0 |
/// | `BatchMean` | 1/n Σ max(0, 1 − t y) | −t/n where t y < 1, else 0 |
///
/// A score that is right by a margin of 1 costs nothing. For more than two classes, with one output each, use
/// [`MultiMarginLoss`](crate::MultiMarginLoss). PyTorch does not have this loss; its `HingeEmbeddingLoss` is a different one.
/// Cortes and Vapnik 1995, "Support-vector networks".
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output without values, a target of another shape, and a target that is neither −1
/// nor 1. For labels 0 and 1, t = 2 label − 1.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{HingeLoss, Loss};
/// let (y, t) = (
///     Tensor::from_column(&[0.5, 3.0, 3.0]),
///     Tensor::from_column(&[1.0, 1.0, -1.0]),
/// );
/// let (value, gradient) = HingeLoss::sum().value_and_gradient(&y, &t)?;
/// assert_eq!(value, 0.5 + 0.0 + 4.0);
/// assert_eq!(gradient, Tensor::from_column(&[-1.0, 0.0, 1.0]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "Hinge")]
#[doc(alias = "hinge_loss")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HingeLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
}

loss!(HingeLoss);

impl Elementwise for HingeLoss {
    const TARGETS: &'static str = "-1 or 1 (2 * label - 1 for labels 0 and 1)";

    fn reduction(self) -> Reduction {
        self.reduction
    }

    #[inline(always)]
    fn f<F: Scalar>(self, y: F, t: F) -> F {
        let missing = F::ONE - t * y;
        // The condition is false for NaN, which therefore stays NaN.
        if missing < F::ZERO { F::ZERO } else { missing }
    }

    #[inline(always)]
    fn df<F: Scalar>(self, y: F, t: F) -> F {
        let margin = t * y;
        // Neither condition holds for NaN.
        let missed = if margin < F::ONE { -t } else { margin };
        if margin >= F::ONE { F::ZERO } else { missed }
    }

    fn accepts<F: Scalar>(self, t: F) -> bool {
        t.abs() == F::ONE
    }

    compiled_here!(HingeLoss);
}
