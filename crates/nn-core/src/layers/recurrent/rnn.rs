//! Elman's network.

use super::Recurrent;
use crate::Scalar;
use crate::architecture::{Value, Written};
use crate::kernels::recurrent::{Nonlinearity, RnnCell};

/// Elman's recurrent network (RNN): the output of a step is part of the input of the next.
///
/// Forward, for every step from h to h′: h′ = f(W x + b + U h + c), with f = tanh, or max(0, ·) after [`relu`](Rnn::relu).
///
/// Backward, from the last step to the first, with dh′ the gradient of the output of this step plus what comes from the step after:
///
/// - a = dh′ ⊙ f′, the gradient of the sum, with tanh′ = 1 − h′²,
/// - ∂L/∂W = Σ a xᵀ, ∂L/∂U = Σ a hᵀ and ∂L/∂b = ∂L/∂c = Σ a over all steps and samples, and ∂L/∂x = Wᵀ a,
/// - dh = Uᵀ a for the step before. Over many steps a gradient is multiplied by as many Uᵀ and f′, so that it vanishes or explodes: the
///   reason for the gates of [`Lstm`](crate::Lstm) and [`Gru`](crate::Gru).
///
/// Shapes, parameters, lengths and errors: see [`Recurrent`].
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Module, Rnn, Tensor};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let layer: Rnn<f32> = Rnn::new(3, 16, &mut rng).relu();
/// assert_eq!(layer.predict(&Tensor::zeros(&[8, 50, 3]))?.shape(), [8, 50, 16]);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: J. L. Elman, "Finding structure in time", 1990.
#[doc(alias = "RNN")]
pub type Rnn<F> = Recurrent<RnnCell, F>;

impl<F: Scalar> Rnn<F> {
    /// Replaces tanh by max(0, ·).
    #[must_use]
    pub fn relu(self) -> Self {
        Rnn { cell: RnnCell { nonlinearity: Nonlinearity::Relu }, ..self }
    }
}

impl Written for Nonlinearity {
    const EXPECTED: &'static str = "\"tanh\" or \"relu\"";

    fn write(self) -> Option<Value> {
        Some(Value::Text(self.to_string()))
    }

    fn read(value: Option<&Value>) -> Option<Self> {
        let Some(Value::Text(name)) = value else { return None };
        [Nonlinearity::Tanh, Nonlinearity::Relu].into_iter().find(|f| f.to_string() == *name)
    }
}
