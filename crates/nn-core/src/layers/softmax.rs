//! Softmax and its logarithm: scores in, probabilities or their logarithms out.

use std::fmt;

use super::described::described;
use super::layer::{Layer, compiled_here};
use crate::kernels::softmax;
use crate::{
    Accumulate, Mode, Module, ModuleError, Parameters, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace,
    all_like,
};

/// Defines one of the two layers, which differ only in what their kernel computes.
macro_rules! softmax {
    ($(#[$doc:meta])* $Name:ident, log: $LOG:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $Name;

        impl<F: Scalar> Parameters<F> for $Name {}

        described! {
            $Name as stringify!($Name);
            fixed { dim: -1 }
            made => $Name
        }

        impl<F: Scalar> Module<F> for $Name {
            compiled_here!($Name);

            /// Returns itself, because it treats all lanes alike.
            fn stacked(&self, networks: &[&dyn Module<F>]) -> Option<Box<dyn Module<F>>> {
                all_like::<Self, F>(networks)?;
                Some(Box::new(*self))
            }
        }

        impl<F: Scalar> Layer<F> for $Name {
            fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
                ShapeError::check_samples(self, input)?;
                if input.len() < 2 || input[1..].contains(&0) {
                    let expected = "input [n, …, classes] with at least one class";
                    return Err(ShapeError::new(self, expected, input).into());
                }
                Ok(Plan { output: input.to_vec(), workspace: Workspace::of(self, input, input, purpose)? })
            }

            fn forward(
                &self,
                x: &Tensor<F>,
                y: &mut Tensor<F>,
                workspace: &mut Workspace<F>,
                _: &mut Mode<'_>,
            ) {
                workspace.check_forward(self, x, y);
                softmax::forward::<F, $LOG>(x, y, classes(x));
            }

            fn backward(
                &self,
                x: &Tensor<F>,
                y: &Tensor<F>,
                dy: &Tensor<F>,
                dx: Option<&mut Tensor<F>>,
                accumulate: Accumulate,
                workspace: &mut Workspace<F>,
            ) {
                workspace.check_backward(self, x, y, dy, dx.as_deref());
                if let Some(dx) = dx {
                    softmax::backward::<F, $LOG>(y, dy, dx, accumulate, classes(x));
                }
            }

        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($Name))
            }
        }
    };
}

softmax! {
    /// Turns the scores of each sample into probabilities, along the last axis.
    ///
    /// Forward: y_k = exp(x_k) / Σ_j exp(x_j), computed from x − max x, which gives the same result and cannot overflow.
    ///
    /// Backward: the full vector-Jacobian product. With ∂y_k/∂x_j = y_k (δ_kj − y_j),
    /// ∂L/∂x_k = y_k (∂L/∂y_k − Σ_j ∂L/∂y_j · y_j).
    ///
    /// Shapes: `[n, …, classes]`, unchanged. It has no parameters and no memory.
    ///
    /// To train a classifier, leave it out and use the cross-entropy on logits of `nn-loss`: it gives the same gradient
    /// in one pass, and keeps the logarithm of a probability that underflows.
    ///
    /// ```
    /// use nn_core::{Module, Softmax, Tensor};
    /// let logits = Tensor::from_rows(&[[0.0, 3.0_f64.ln()], [1000.0, -1000.0]]);
    /// let p = Softmax.predict(&logits)?;
    /// assert!((p[[0, 1]] - 0.75).abs() < 1e-15);
    /// assert_eq!(p.sample(1).collect::<Vec<_>>(), [1.0, 0.0]);
    /// # Ok::<(), nn_core::ModuleError>(())
    /// ```
    ///
    /// Source: J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.
    Softmax, log: false
}

softmax! {
    /// Turns the scores of each sample into logarithms of probabilities, along the last axis.
    ///
    /// Forward: y_k = ln(exp(x_k) / Σ_j exp(x_j)), computed as (x_k − max x) − ln Σ_j exp(x_j − max x): nothing
    /// overflows, and unlike ln of [`Softmax`](crate::Softmax), the logarithm of a probability that underflows keeps
    /// its digits.
    ///
    /// Backward: with ∂y_k/∂x_j = δ_kj − exp(y_j), ∂L/∂x_k = ∂L/∂y_k − exp(y_k) Σ_j ∂L/∂y_j.
    ///
    /// Shapes: `[n, …, classes]` with at least one class, unchanged. It has no parameters and no memory.
    ///
    /// ```
    /// use nn_core::{LogSoftmax, Module, Tensor};
    /// let y = LogSoftmax.predict(&Tensor::from_rows(&[[0.0, 0.0], [1000.0, -1000.0]]))?;
    /// assert!((y[[0, 1]] + 2.0_f64.ln()).abs() < 1e-15);
    /// assert_eq!(y.sample(1).collect::<Vec<_>>(), [0.0, -2000.0]);
    /// # Ok::<(), nn_core::ModuleError>(())
    /// ```
    ///
    /// Source: the softmax of J. S. Bridle, 1990, in the form of PyTorch's `LogSoftmax(dim=-1)`.
    LogSoftmax, log: true
}

fn classes<F: Scalar>(x: &Tensor<F>) -> usize {
    *x.shape().last().expect("a tensor has at least one axis")
}
