//! Mean squared error.

use std::fmt;

use nn_core::lanes::{LANES, load, store, sum};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Scalar, Tensor};

use crate::target::check_values;
use crate::{Loss, LossError, Reduction};

/// The squared error of outputs ŷ against targets y of the same shape, N numbers in all.
///
/// | reduction | value | gradient ∂L/∂ŷ |
/// |---|---|---|
/// | `Mean` | 1/N Σ (y − ŷ)² | −2/N (y − ŷ) |
/// | `Sum` | Σ (y − ŷ)² | −2 (y − ŷ) |
///
/// N counts all elements (samples times outputs), as PyTorch's `MSELoss` does. With one output it is the number of
/// samples, and `Mean` is the loss of the report's linear regression.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{Loss, MseLoss};
/// let prediction = Tensor::from_column(&[1.0, 2.0]);
/// let target = Tensor::from_column(&[0.0, 4.0]);
/// let (value, gradient) = MseLoss::mean().value_and_gradient(&prediction, &target)?;
/// assert_eq!(value, 2.5);
/// assert_eq!(gradient, Tensor::from_column(&[1.0, -2.0]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MseLoss {
    /// Mean or sum.
    pub reduction: Reduction,
}

impl MseLoss {
    /// 1/N Σ (y − ŷ)².
    pub fn mean() -> Self {
        MseLoss { reduction: Reduction::Mean }
    }

    /// Σ (y − ŷ)².
    pub fn sum() -> Self {
        MseLoss { reduction: Reduction::Sum }
    }
}

impl<F: Scalar> Loss<F, Tensor<F>> for MseLoss {
    fn check(&self, output: &[usize], target: &Tensor<F>) -> Result<(), LossError> {
        check_values(self, output, target)
    }

    fn evaluate(&self, y: &Tensor<F>, target: &Tensor<F>, dy: Option<&mut Tensor<F>>) -> F {
        let (y, target) = (y.as_slice(), target.as_slice());
        let scale: F = self.reduction.scale(y.len());
        let dy = dy.map(Tensor::as_mut_slice);
        scale * dispatch(SquaredError { y, target, dy, slope: (F::ONE + F::ONE) * scale })
    }
}

impl fmt::Display for MseLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MseLoss")
    }
}

/// Σ (ŷ − y)², and dy = slope · (ŷ − y).
struct SquaredError<'a, F> {
    y: &'a [F],
    target: &'a [F],
    dy: Option<&'a mut [F]>,
    slope: F,
}

impl<F: Scalar> Kernel for SquaredError<'_, F> {
    type Output = F;

    #[inline(always)]
    fn run(self) -> F {
        let SquaredError { y, target, mut dy, slope } = self;
        let mut total = [F::ZERO; LANES];
        for s in (0..y.len()).step_by(LANES) {
            let end = y.len().min(s + LANES);
            let (y, target) = (load(&y[s..end]), load(&target[s..end]));
            let mut gradient = [F::ZERO; LANES];
            for lane in 0..LANES {
                let difference = y[lane] - target[lane];
                total[lane] += difference * difference;
                gradient[lane] = slope * difference;
            }
            if let Some(dy) = &mut dy {
                store(gradient, &mut dy[s..end]);
            }
        }
        sum(total)
    }
}
