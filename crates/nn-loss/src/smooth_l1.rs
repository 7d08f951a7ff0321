//! The absolute error with its corner rounded.

use nn_core::{Scalar, Setting, SettingError};

use crate::elementwise::{compiled_here, sign};
use crate::reduction::loss;
use crate::{Elementwise, Reduction};

/// The absolute error, rounded near the target, of outputs y against targets t of the same shape, with N elements in n
/// samples, as PyTorch's `SmoothL1Loss`. With d = y − t and β ≥ 0 (1 unless set by [`beta`](SmoothL1Loss::beta)):
///
/// - f = ½ d² / β and f′ = d / β, where |d| < β
/// - f = |d| − ½ β and f′ = sign(d) beyond
///
/// | reduction | value | gradient ∂L/∂y |
/// |---|---|---|
/// | `Mean` | 1/N Σ f | 1/N f′ |
/// | `Sum` | Σ f | f′ |
/// | `BatchMean` | 1/n Σ f | 1/n f′ |
///
/// It is [`HuberLoss`](crate::HuberLoss) with δ = β, divided by β. As β goes to 0 it becomes [`L1Loss`](crate::L1Loss); for β = 0
/// it is that loss. Girshick 2015, "Fast R-CNN", with β = 1.
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output without values, a target of another shape, a target that is not
/// finite, and a β that is not finite or below 0.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{Loss, SmoothL1Loss};
/// let (y, t) =
///     (Tensor::from_column(&[1.0, 10.0]), Tensor::from_column(&[0.0, 0.0]));
/// let (value, gradient) =
///     SmoothL1Loss::sum().beta(2.0).value_and_gradient(&y, &t)?;
/// assert_eq!(value, 0.25 + (10.0 - 1.0));
/// assert_eq!(gradient, Tensor::from_column(&[0.5, 1.0]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmoothL1Loss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    beta: f64,
    /// 1/β, because a division for each element would cost more than the rest.
    inverse: f64,
}

loss!(SmoothL1Loss);

impl SmoothL1Loss {
    /// Sets β, the distance from the target at which the square ends. A positive β below the smallest normal `f32` is taken as 0,
    /// because 1/β might overflow.
    #[must_use]
    pub fn beta(self, beta: f64) -> Self {
        let tiny = (0.0..f64::from(f32::MIN_POSITIVE)).contains(&beta);
        let beta = if tiny { 0.0 } else { beta };
        SmoothL1Loss { beta, inverse: 1.0 / beta, ..self }
    }
}

/// `Mean`, with β = 1.
impl Default for SmoothL1Loss {
    fn default() -> Self {
        SmoothL1Loss { reduction: Reduction::Mean, beta: 1.0, inverse: 1.0 }
    }
}

impl Elementwise for SmoothL1Loss {
    fn reduction(self) -> Reduction {
        self.reduction
    }

    #[inline(always)]
    fn f<F: Scalar>(self, y: F, t: F) -> F {
        let (d, half, beta) = ((y - t).abs(), F::from_f64(0.5), F::from_f64(self.beta));
        let (square, line) = (half * d * d * F::from_f64(self.inverse), d - half * beta);
        if d < beta { square } else { line }
    }

    #[inline(always)]
    fn df<F: Scalar>(self, y: F, t: F) -> F {
        let (d, beta) = (y - t, F::from_f64(self.beta));
        let (inside, outside) = (d * F::from_f64(self.inverse), sign(d));
        if d.abs() < beta { inside } else { outside }
    }

    fn check_settings<F: Scalar>(self) -> Result<(), SettingError> {
        Setting::of::<F>("SmoothL1Loss", "beta", self.beta).at_least_0()
    }

    compiled_here!(SmoothL1Loss);
}
