//! Mean squared error.

use std::fmt;

use nn_core::lanes::{Lanes, split};
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
        let scale: F = self.reduction.scale(y.samples() * y.features());
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
    y: &'a Tensor<F>,
    target: &'a Tensor<F>,
    dy: Option<&'a mut Tensor<F>>,
    slope: F,
}

impl<F: Scalar> Kernel for SquaredError<'_, F> {
    type Output = F;

    #[inline(always)]
    fn run(self) -> F {
        let SquaredError { y, target, dy, slope } = self;
        if let Some(dy) = dy {
            for ((dy, y), target) in dy.blocks_mut().iter_mut().zip(y.blocks()).zip(target.blocks()) {
                (Lanes::splat(slope) * (Lanes(*y) - Lanes(*target))).store(dy);
            }
        }
        let mut total = Lanes::zero();
        let blocks = y.blocks_per_feature();
        for (y_column, target_column) in
            y.blocks().chunks_exact(blocks).zip(target.blocks().chunks_exact(blocks))
        {
            let (y_full, y_last) = split(y_column, y.samples());
            let (target_full, target_last) = split(target_column, y.samples());
            for (y, target) in y_full.iter().zip(target_full) {
                let difference = Lanes(*y) - Lanes(*target);
                total += difference * difference;
            }
            if let (Some(y), Some(target)) = (y_last, target_last) {
                let difference = y - target;
                total += difference * difference;
            }
        }
        total.sum()
    }
}
