//! Mean squared error.

use nn_core::Scalar;

use crate::elementwise::compiled_here;
use crate::reduction::loss;
use crate::{Elementwise, Reduction};

/// The squared error of outputs ŷ against targets y of the same shape, with N elements in n samples.
///
/// | reduction | value | gradient ∂L/∂ŷ |
/// |---|---|---|
/// | `Mean` | 1/N Σ (y − ŷ)² | −2/N (y − ŷ) |
/// | `Sum` | Σ (y − ŷ)² | −2 (y − ŷ) |
/// | `BatchMean` | 1/n Σ (y − ŷ)² | −2/n (y − ŷ) |
///
/// N counts all elements (samples times outputs), as PyTorch's `MSELoss` does, or those that count in a target with a
/// [mask](nn_core::Masked). With one output N is the number of samples, and
/// `Mean` is the loss of the report's linear regression.
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output without values, a target of another shape, and a target that is not finite.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{Loss, MseLoss};
/// let prediction = Tensor::from_column(&[1.0, 2.0]);
/// let target = Tensor::from_column(&[0.0, 4.0]);
/// let (value, gradient) =
///     MseLoss::mean().value_and_gradient(&prediction, &target)?;
/// assert_eq!(value, 2.5);
/// assert_eq!(gradient, Tensor::from_column(&[1.0, -2.0]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "MSELoss")]
#[doc(alias = "MeanSquaredError")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MseLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
}

loss!(MseLoss);

impl Elementwise for MseLoss {
    fn reduction(self) -> Reduction {
        self.reduction
    }

    #[inline(always)]
    fn f<F: Scalar>(self, y: F, t: F) -> F {
        (y - t) * (y - t)
    }

    #[inline(always)]
    fn df<F: Scalar>(self, y: F, t: F) -> F {
        (y - t) + (y - t)
    }

    compiled_here!(MseLoss);
}
