//! Huber's loss: squared near the target, absolute far away.

use nn_core::{Scalar, Setting, SettingError};

use crate::elementwise::compiled_here;
use crate::reduction::loss;
use crate::{Elementwise, Reduction};

/// Huber's loss of outputs y against targets t of the same shape, with N elements in n samples, as PyTorch's `HuberLoss`.
/// With d = y − t and δ > 0 (1 unless set by [`delta`](HuberLoss::delta)):
///
/// - f = ½ d² and f′ = d, where |d| ≤ δ
/// - f = δ (|d| − ½ δ) and f′ = δ sign(d) beyond
///
/// | reduction | value | gradient ∂L/∂y |
/// |---|---|---|
/// | `Mean` | 1/N Σ f | 1/N f′ |
/// | `Sum` | Σ f | f′ |
/// | `BatchMean` | 1/n Σ f | 1/n f′ |
///
/// It is smooth at the target, and an outlier pulls with at most δ. [`SmoothL1Loss`](crate::SmoothL1Loss) is this loss divided by
/// δ. Huber 1964, "Robust estimation of a location parameter".
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output without values, a target of another shape, a target that is not
/// finite, and a δ that is not finite or not above 0.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{HuberLoss, Loss};
/// let (y, t) =
///     (Tensor::from_column(&[1.0, 10.0]), Tensor::from_column(&[0.0, 0.0]));
/// let (value, gradient) =
///     HuberLoss::sum().delta(2.0).value_and_gradient(&y, &t)?;
/// assert_eq!(value, 0.5 + 2.0 * (10.0 - 1.0));
/// assert_eq!(gradient, Tensor::from_column(&[1.0, 2.0]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "Huber")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HuberLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    delta: f64,
}

loss!(HuberLoss);

impl HuberLoss {
    /// Sets δ, the distance from the target at which the square ends.
    #[must_use]
    pub fn delta(self, delta: f64) -> Self {
        HuberLoss { delta, ..self }
    }
}

/// `Mean`, with δ = 1.
impl Default for HuberLoss {
    fn default() -> Self {
        HuberLoss { reduction: Reduction::Mean, delta: 1.0 }
    }
}

impl Elementwise for HuberLoss {
    fn reduction(self) -> Reduction {
        self.reduction
    }

    #[inline(always)]
    fn f<F: Scalar>(self, y: F, t: F) -> F {
        let (d, half, delta) = ((y - t).abs(), F::from_f64(0.5), F::from_f64(self.delta));
        if d <= delta { half * d * d } else { delta * (d - half * delta) }
    }

    #[inline(always)]
    fn df<F: Scalar>(self, y: F, t: F) -> F {
        let (d, delta) = (y - t, F::from_f64(self.delta));
        let above = if d < -delta { -delta } else { d };
        if d > delta { delta } else { above }
    }

    fn check_settings<F: Scalar>(self) -> Result<(), SettingError> {
        Setting::of::<F>("HuberLoss", "delta", self.delta).positive()
    }

    compiled_here!(HuberLoss);
}
