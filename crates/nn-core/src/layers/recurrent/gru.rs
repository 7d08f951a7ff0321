//! Gated recurrent units.

use super::Recurrent;
use crate::kernels::recurrent::GruCell;

/// Gated recurrent units (GRU): a state h of which a gate says how much is replaced at each step. It has three quarters of the parameters of
/// an [`Lstm`](crate::Lstm).
///
/// Forward, for every step from h to h′, with ⊙ element by element and σ the logistic function:
///
/// - r = σ(W_r x + b_r + U_r h + c_r), how much of the old state the proposal sees,
/// - z = σ(W_z x + b_z + U_z h + c_z), how much of the old state is kept,
/// - n = tanh(W_n x + b_n + r ⊙ (U_n h + c_n)), the proposal,
/// - h′ = (1 − z) ⊙ n + z ⊙ h.
///
/// Backward, from the last step to the first, with dh′ the gradient of the output of this step plus what comes from the step after:
///
/// - a_n = dh′ ⊙ (1 − z) ⊙ (1 − n²), the gradient of the sum of n,
/// - a_z = dh′ ⊙ (h − n) ⊙ z ⊙ (1 − z), and a_r = a_n ⊙ (U_n h + c_n) ⊙ r ⊙ (1 − r),
/// - ∂L/∂W = Σ a xᵀ and ∂L/∂b = Σ a over all steps and samples, and ∂L/∂x = Wᵀ a; the same for U, h and c with a_n ⊙ r in place of a_n,
/// - dh = dh′ ⊙ z + Uᵀ a for the step before: the product of the z of all steps between is what is left of a gradient, and no weight
///   multiplies it.
///
/// The gates lie in the weights in the order r, z, n. Shapes, parameters, lengths and errors: see [`Recurrent`].
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Gru, Module, Tensor};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let layer: Gru<f32> = Gru::bidirectional(3, 16, 2, &mut rng).dropout(0.1);
/// assert_eq!(layer.to_string(), "GRU(3 → 16, layers=2, bidirectional, dropout=0.1)");
/// assert_eq!(layer.predict(&Tensor::zeros(&[8, 50, 3]))?.shape(), [8, 50, 32]);
/// # Ok::<(), nn_core::ModuleError>(())
/// ```
///
/// Source: K. Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical machine translation", 2014; with r
/// outside of the product with U_n, as in PyTorch and cuDNN.
#[doc(alias = "GRU")]
pub type Gru<F> = Recurrent<GruCell, F>;
