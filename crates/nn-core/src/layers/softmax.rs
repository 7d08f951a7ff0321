//! Softmax: scores in, probabilities out.

use std::fmt;

use crate::kernels::softmax;
use crate::{Mode, Module, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace};

/// Turns the scores of each sample into probabilities, along the last axis.
///
/// Forward: y_k = exp(x_k) / Σ_j exp(x_j), computed from x − max x, which changes nothing and cannot overflow.
///
/// Backward: the full vector-Jacobian product. With ∂y_k/∂x_j = y_k (δ_kj − y_j),
/// ∂L/∂x_k = y_k (∂L/∂y_k − Σ_j ∂L/∂y_j · y_j).
///
/// Shapes: `[n, …, classes]` to the same. Without parameters and without memory.
///
/// For training a classifier, leave it out and use the cross-entropy on logits of `nn-loss`: the same gradient in one
/// pass, and it does not lose the logarithm of a probability that underflows.
///
/// ```
/// use nn_core::{Module, Softmax, Tensor};
/// let p = Softmax.predict(&Tensor::from_rows(&[[0.0, 3.0_f64.ln()], [1000.0, -1000.0]]))?;
/// assert!((p[[0, 1]] - 0.75).abs() < 1e-15);
/// assert_eq!(p.sample(1).collect::<Vec<_>>(), [1.0, 0.0]);
/// # Ok::<(), nn_core::ShapeError>(())
/// ```
///
/// Source: J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Softmax;

impl<F: Scalar> Module<F> for Softmax {
    fn plan(&self, input: &[usize], _: Purpose) -> Result<Plan<F>, ShapeError> {
        check(self, input)?;
        Ok(Plan { output: input.to_vec(), workspace: Workspace::empty() })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, _: &mut Workspace<F>, _: &mut Mode<'_>) {
        softmax::forward(x, y, classes(x));
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
            softmax::backward(y, dy, dx, classes(x));
        }
    }

    fn stacked(&self) -> Option<Box<dyn Module<F>>> {
        Some(Box::new(*self))
    }
}

/// Fails unless there is a sample and, along the last axis, a class.
pub(super) fn check(layer: &dyn fmt::Display, input: &[usize]) -> Result<(), ShapeError> {
    ShapeError::check_samples(layer, input)?;
    if input.len() < 2 || input[1..].contains(&0) {
        return Err(ShapeError::new(layer, "input [n, …, classes] with at least one class", input));
    }
    Ok(())
}

pub(super) fn classes<F: Scalar>(x: &Tensor<F>) -> usize {
    *x.shape().last().expect("a tensor has at least one axis")
}

impl fmt::Display for Softmax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Softmax")
    }
}
