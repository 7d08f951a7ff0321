//! Huber's loss: squared near the target, absolute far away.

use nn_core::Scalar;

use crate::error::check_setting;
use crate::reduction::loss;
use crate::{Elementwise, LossError, Reduction};

/// Huber's loss of outputs y against targets t of the same shape, N numbers in n samples, as PyTorch's `HuberLoss`. With
/// d = y − t and δ > 0 (1 unless set by [`delta`](HuberLoss::delta)):
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
/// It is smooth at the target and bounds the pull of an outlier at δ. [`SmoothL1Loss`](crate::SmoothL1Loss) is this divided
/// by δ. Huber 1964, "Robust estimation of a location parameter".
///
/// # Errors
/// Of its checks: another shape, no numbers, a target that is not finite.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{HuberLoss, Loss};
/// let (y, t) = (Tensor::from_column(&[1.0, 10.0]), Tensor::from_column(&[0.0, 0.0]));
/// let (value, gradient) = HuberLoss::sum().delta(2.0)?.value_and_gradient(&y, &t)?;
/// assert_eq!(value, 0.5 + 2.0 * (10.0 - 1.0));
/// assert_eq!(gradient, Tensor::from_column(&[1.0, 2.0]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HuberLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    delta: f64,
}

loss!(HuberLoss);

impl HuberLoss {
    /// Sets δ, where the square ends.
    ///
    /// # Errors
    /// [`LossError::Setting`] unless δ is positive and finite.
    pub fn delta(self, delta: f64) -> Result<Self, LossError> {
        check_setting(&self, "delta", "positive and finite", delta, delta > 0.0 && delta.is_finite())?;
        Ok(HuberLoss { delta, ..self })
    }
}

/// The mean, with δ = 1.
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
}
