//! Long short-term memory.

use super::Recurrent;
use crate::Scalar;
use crate::kernels::recurrent::LstmCell;

/// Long short-term memory (LSTM): a state c that gates protect, so that it can last for many steps, and an output h.
///
/// Forward, for every step from (h, c) to (h′, c′), with ⊙ element by element and σ the logistic function:
///
/// - i = σ(W_i x + b_i + U_i h + c_i), how much is written,
/// - f = σ(W_f x + b_f + U_f h + c_f), how much is kept,
/// - g = tanh(W_g x + b_g + U_g h + c_g), what is written,
/// - o = σ(W_o x + b_o + U_o h + c_o), how much is shown,
/// - c′ = f ⊙ c + i ⊙ g and h′ = o ⊙ tanh c′.
///
/// Backward, from the last step to the first, with dh′ the gradient of the output of this step plus what comes from the step after:
///
/// - do = dh′ ⊙ tanh c′, and dc′ += dh′ ⊙ o ⊙ (1 − tanh² c′),
/// - df = dc′ ⊙ c, di = dc′ ⊙ g, dg = dc′ ⊙ i, and dc = dc′ ⊙ f for the step before: the product of the f of all steps between is
///   what is left of a gradient, and no weight multiplies it,
/// - each of the four through its function (σ′ = σ (1 − σ), tanh′ = 1 − tanh²) to the gradient a of its sum,
/// - ∂L/∂W = Σ a xᵀ, ∂L/∂U = Σ a hᵀ and ∂L/∂b = ∂L/∂c = Σ a over all steps and samples, ∂L/∂x = Wᵀ a, and dh = Uᵀ a for the step before.
///
/// The gates lie in the weights in the order i, f, g, o. The state of a direction is h and then c. Shapes, parameters, lengths and errors: see
/// [`Recurrent`].
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Linear, Lstm, Module, Sequential, Tensor};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// // One forecast from all steps of a sequence of three sensors.
/// let network = Sequential::<f32>::new()
///     .append(Lstm::new(3, 16, &mut rng).last())
///     .append(Linear::new(16, 1, &mut rng));
/// let x = Tensor::zeros(&[8, 50, 3]);
/// assert_eq!(network.predict(&x)?.shape(), [8, 1]);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory", 1997; the gate f: F. A. Gers, J. Schmidhuber and F. Cummins,
/// "Learning to forget", 2000.
#[doc(alias = "LSTM")]
pub type Lstm<F> = Recurrent<LstmCell, F>;

impl<F: Scalar> Lstm<F> {
    /// Sets b_f, one of the two biases of the gates that say how much is kept. With 1 or more, an untrained network keeps most of its
    /// state. It does nothing without biases.
    #[must_use]
    pub fn forget_bias(mut self, value: f64) -> Self {
        for direction in &mut self.directions {
            let bias = direction.input_bias_mut();
            let gate = bias.len() / 4;
            bias[gate..2 * gate].fill(F::from_f64(value));
        }
        self
    }
}
