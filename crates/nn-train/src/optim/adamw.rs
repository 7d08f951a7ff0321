//! Adam whose weight decay is what it says.

use std::fmt;

use nn_core::{Parameters, Scalar, SettingError, StateDict, StateError, Workspace};

use super::adam::{ARRAYS, Moments};
use super::memory::Memory;
use super::{Optimizer, OptimizerError};

/// [`Adam`](super::Adam) with decoupled weight decay λ: W ← W − η λ W comes first, and the gradient is left alone:
/// 1. W ← W − η λ W
/// 2. m ← β₁ m + (1 − β₁) ∇W
/// 3. v ← β₂ v + (1 − β₂) ∇W²
/// 4. W ← W − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
///
/// Defaults: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, λ = 0.01. Remembers what Adam remembers. Source: Loshchilov and Hutter,
/// Decoupled weight decay regularization, 2019, algorithm 2.
///
/// ```
/// use nn_train::optim::AdamW;
/// assert_eq!(AdamW::<f32>::new(0.01).weight_decay(0.1).to_string(), "AdamW(learning rate 0.01, weight decay 0.1)");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AdamW<F>(Moments<F>);

const WEIGHT_DECAY: f64 = 0.01;

impl<F: Scalar> AdamW<F> {
    /// With learning rate η.
    pub fn new(learning_rate: f64) -> Self {
        AdamW(Moments { weight_decay: WEIGHT_DECAY, ..Moments::new(learning_rate) })
    }

    /// With β₁ and β₂, each from 0 to below 1.
    #[must_use]
    pub fn betas(self, beta1: f64, beta2: f64) -> Self {
        AdamW(Moments { betas: [beta1, beta2], ..self.0 })
    }

    /// With ε, at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        AdamW(Moments { eps, ..self.0 })
    }

    /// With λ, at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        AdamW(Moments { weight_decay, ..self.0 })
    }
}

impl<F: Scalar> Optimizer<F> for AdamW<F> {
    fn name(&self) -> &'static str {
        "AdamW"
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        Box::new(AdamW(Moments { memory: Memory::new(), ..self.0.clone() }))
    }

    fn check(&self) -> Result<(), SettingError> {
        self.0.check()
    }

    fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<(), OptimizerError> {
        self.0.step(model, workspace, 0.0, self.0.learning_rate * self.0.weight_decay)
    }

    fn learning_rate(&self) -> f64 {
        self.0.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.0.learning_rate = learning_rate;
    }

    fn state_dict(&self) -> StateDict<F> {
        self.0.memory.state_dict()
    }

    fn load_state_dict(&mut self, model: &dyn Parameters<F>, state: &StateDict<F>) -> Result<(), StateError> {
        self.0.memory.load(ARRAYS, model, state)
    }
}

/// PyTorch's learning rate, 0.001.
impl<F: Scalar> Default for AdamW<F> {
    fn default() -> Self {
        AdamW::new(0.001)
    }
}

impl<F> fmt::Display for AdamW<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe("AdamW", WEIGHT_DECAY, f)
    }
}
