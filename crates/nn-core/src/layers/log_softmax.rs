//! LogSoftmax: scores in, logarithms of probabilities out.

use std::fmt;

use super::softmax::{check, classes};
use crate::kernels::log_softmax;
use crate::{Mode, Module, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};

/// Turns the scores of each sample into logarithms of probabilities, along the last axis.
///
/// Forward: y_k = ln(exp(x_k) / Σ_j exp(x_j)), computed as (x_k − max x) − ln Σ_j exp(x_j − max x): nothing overflows, and the
/// logarithm of a probability that underflows keeps its digits, unlike ln of [`Softmax`](crate::Softmax).
///
/// Backward: with ∂y_k/∂x_j = δ_kj − exp(y_j), ∂L/∂x_k = ∂L/∂y_k − exp(y_k) Σ_j ∂L/∂y_j.
///
/// Shapes: `[n, …, classes]` to the same, with at least one class. Without parameters and without memory.
///
/// ```
/// use nn_core::{LogSoftmax, Module, Tensor};
/// let y = LogSoftmax.predict(&Tensor::from_rows(&[[0.0, 0.0], [1000.0, -1000.0]]))?;
/// assert!((y[[0, 1]] + 2.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(y.sample(1).collect::<Vec<_>>(), [0.0, -2000.0]);
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
///
/// Source: the softmax of J. S. Bridle, 1990, in the form that PyTorch's `LogSoftmax(dim=-1)` has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogSoftmax;

impl<F: Scalar> Module<F> for LogSoftmax {
    fn plan(&self, input: &[usize], _: Purpose) -> Result<Plan<F>, ShapeError> {
        check(self, input)?;
        Ok(Plan { output: input.to_vec(), workspace: Workspace::empty() })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, _: &mut Workspace<F>, _: &mut Mode<'_>) {
        log_softmax::forward(x, y, classes(x));
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        _: &mut Workspace<F>,
    ) {
        if let Some(dx) = dx {
            log_softmax::backward(y, dy, dx, classes(x));
        }
    }

    fn stacked(&self) -> Option<Box<dyn Module<F>>> {
        Some(Box::new(*self))
    }
}

impl fmt::Display for LogSoftmax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogSoftmax")
    }
}
