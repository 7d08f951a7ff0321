//! Mean absolute error.

use nn_core::Scalar;

use crate::elementwise::{compiled_here, sign};
use crate::reduction::loss;
use crate::{Elementwise, Reduction};

/// The absolute error of outputs y against targets t of the same shape, with N elements in n samples, as PyTorch's `L1Loss`.
///
/// | reduction | value | gradient ∂L/∂y |
/// |---|---|---|
/// | `Mean` | 1/N Σ \|y − t\| | 1/N sign(y − t) |
/// | `Sum` | Σ \|y − t\| | sign(y − t) |
/// | `BatchMean` | 1/n Σ \|y − t\| | 1/n sign(y − t) |
///
/// sign(0) = 0. An outlier pulls no harder than any other sample: the constant with the least loss is the median, whereas that of
/// [`MseLoss`](crate::MseLoss) is the mean.
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output without values, a target of another shape, and a target that is not finite.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{L1Loss, Loss};
/// let (y, t) =
///     (Tensor::from_column(&[1.0, 2.0]), Tensor::from_column(&[0.0, 5.0]));
/// let (value, gradient) = L1Loss::mean().value_and_gradient(&y, &t)?;
/// assert_eq!(value, 2.0);
/// assert_eq!(gradient, Tensor::from_column(&[0.5, -0.5]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "MeanAbsoluteError")]
#[doc(alias = "MAE")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct L1Loss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
}

loss!(L1Loss);

impl Elementwise for L1Loss {
    fn reduction(self) -> Reduction {
        self.reduction
    }

    #[inline(always)]
    fn f<F: Scalar>(self, y: F, t: F) -> F {
        (y - t).abs()
    }

    #[inline(always)]
    fn df<F: Scalar>(self, y: F, t: F) -> F {
        sign(y - t)
    }

    compiled_here!(L1Loss);
}
