//! Steps that shrink with what a parameter has already travelled.

use std::fmt;

use nn_core::simd::{Kernel, dispatch};
use nn_core::{Parameters, Scalar, SettingError, StateDict, StateError, Workspace};

use super::error::at_least_0;
use super::memory::Memory;
use super::{Optimizer, OptimizerError};

/// In step t = 1, 2, …, for every number of every parameter:
/// 1. g ← ∇W + λ W
/// 2. s ← s + g²
/// 3. W ← W − η / (1 + (t − 1) δ) · g / (√s + ε)
///
/// Defaults: learning rate decay δ = 0, weight decay λ = 0, s = 0 at first, ε = 10⁻¹⁰. Remembers s as `0.weight.sum`, and
/// t as `step`. Source: Duchi, Hazan and Singer 2011.
///
/// ```
/// use nn_train::optim::Adagrad;
/// assert_eq!(Adagrad::<f32>::new(0.1).lr_decay(0.01).to_string(), "Adagrad(learning rate 0.1, decaying by 0.01)");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Adagrad<F> {
    learning_rate: f64,
    lr_decay: f64,
    weight_decay: f64,
    initial_accumulator_value: f64,
    eps: f64,
    memory: Memory<F>,
}

const ARRAYS: &[&str] = &["sum"];

impl<F: Scalar> Adagrad<F> {
    /// With learning rate η.
    pub fn new(learning_rate: f64) -> Self {
        Adagrad {
            learning_rate,
            lr_decay: 0.0,
            weight_decay: 0.0,
            initial_accumulator_value: 0.0,
            eps: 1e-10,
            memory: Memory::new(),
        }
    }

    /// With learning rate decay δ, at least 0.
    #[must_use]
    pub fn lr_decay(self, lr_decay: f64) -> Self {
        Adagrad { lr_decay, ..self }
    }

    /// With λ W added to each gradient, λ at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Adagrad { weight_decay, ..self }
    }

    /// With this s before the first step, at least 0.
    #[must_use]
    pub fn initial_accumulator_value(self, initial_accumulator_value: f64) -> Self {
        Adagrad { initial_accumulator_value, ..self }
    }

    /// With ε, at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        Adagrad { eps, ..self }
    }
}

impl<F: Scalar> Optimizer<F> for Adagrad<F> {
    fn name(&self) -> &'static str {
        "Adagrad"
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        Box::new(Adagrad { memory: Memory::new(), ..self.clone() })
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_0("learning rate", self.learning_rate)?;
        at_least_0("learning rate decay", self.lr_decay)?;
        at_least_0("weight decay", self.weight_decay)?;
        at_least_0("initial accumulator value", self.initial_accumulator_value)?;
        at_least_0("eps", self.eps)
    }

    fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<(), OptimizerError> {
        self.check()?;
        let t = self.memory.begin(ARRAYS, model, workspace)?;
        let learning_rate = F::from_f64(self.learning_rate / (1.0 + (t - 1) as f64 * self.lr_decay));
        let [decay, eps, initial] =
            [self.weight_decay, self.eps, self.initial_accumulator_value].map(F::from_f64);
        self.memory.update(model, workspace, |value, gradient, arrays| {
            if let [sum] = arrays {
                if t == 1 {
                    sum.fill(initial);
                }
                dispatch(Update { value, gradient, sum, learning_rate, decay, eps });
            }
        });
        Ok(())
    }

    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }

    fn state_dict(&self) -> StateDict<F> {
        self.memory.state_dict()
    }

    fn load_state_dict(&mut self, model: &dyn Parameters<F>, state: &StateDict<F>) -> Result<(), StateError> {
        self.memory.load(ARRAYS, model, state)
    }
}

/// PyTorch's learning rate, 0.01.
impl<F: Scalar> Default for Adagrad<F> {
    fn default() -> Self {
        Adagrad::new(0.01)
    }
}

impl<F> fmt::Display for Adagrad<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Adagrad(learning rate {}", self.learning_rate)?;
        if self.lr_decay != 0.0 {
            write!(f, ", decaying by {}", self.lr_decay)?;
        }
        if self.weight_decay != 0.0 {
            write!(f, ", weight decay {}", self.weight_decay)?;
        }
        if self.initial_accumulator_value != 0.0 {
            write!(f, ", from {}", self.initial_accumulator_value)?;
        }
        if self.eps != 1e-10 {
            write!(f, ", eps {:e}", self.eps)?;
        }
        write!(f, ")")
    }
}

struct Update<'a, F> {
    value: &'a mut [F],
    gradient: &'a [F],
    sum: &'a mut [F],
    learning_rate: F,
    decay: F,
    eps: F,
}

impl<F: Scalar> Kernel for Update<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Update { learning_rate, decay, eps, .. } = self;
        for ((value, &gradient), sum) in self.value.iter_mut().zip(self.gradient).zip(self.sum) {
            let g = if decay == F::ZERO { gradient } else { gradient + decay * *value };
            *sum += g * g;
            *value -= learning_rate * g / (sum.sqrt() + eps);
        }
    }
}
