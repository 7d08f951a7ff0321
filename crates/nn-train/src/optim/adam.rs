//! Steps in units of the gradient's own size.

use std::fmt;

use nn_core::simd::{Kernel, dispatch};
use nn_core::{Parameters, Scalar, SettingError, StateDict, StateError, Workspace};

use super::error::{at_least_0, below_1};
use super::memory::Memory;
use super::{Optimizer, OptimizerError, power};

/// In step t = 1, 2, …, for every number of every parameter:
/// 1. g ← ∇W + λ W
/// 2. m ← β₁ m + (1 − β₁) g
/// 3. v ← β₂ v + (1 − β₂) g²
/// 4. W ← W − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
///
/// Defaults: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, weight decay λ = 0. Remembers m and v as `0.weight.exp_avg` and
/// `0.weight.exp_avg_sq`, and t as `step`. Source: Kingma and Ba, Adam, 2015, algorithm 1.
///
/// ```
/// use nn_train::optim::{Adam, Optimizer};
/// let adam = Adam::<f32>::new(0.01).betas(0.9, 0.99);
/// assert_eq!(adam.to_string(), "Adam(learning rate 0.01, betas 0.9 0.99)");
/// let error = adam.betas(0.9, 1.0).check().unwrap_err();
/// assert_eq!(error.to_string(), "beta 2 is 1, expected a number from 0 to below 1");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Adam<F>(pub(super) Moments<F>);

impl<F: Scalar> Adam<F> {
    /// With learning rate η.
    pub fn new(learning_rate: f64) -> Self {
        Adam(Moments::new(learning_rate))
    }

    /// With β₁ and β₂, each from 0 to below 1.
    #[must_use]
    pub fn betas(self, beta1: f64, beta2: f64) -> Self {
        Adam(Moments { betas: [beta1, beta2], ..self.0 })
    }

    /// With ε, at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        Adam(Moments { eps, ..self.0 })
    }

    /// With λ W added to each gradient, λ at least 0. It is divided by √v̂ with the rest; [`AdamW`](super::AdamW) does
    /// not do that.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Adam(Moments { weight_decay, ..self.0 })
    }
}

impl<F: Scalar> Optimizer<F> for Adam<F> {
    fn name(&self) -> &'static str {
        "Adam"
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        Box::new(Adam(Moments { memory: Memory::new(), ..self.0.clone() }))
    }

    fn check(&self) -> Result<(), SettingError> {
        self.0.check()
    }

    fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<(), OptimizerError> {
        self.0.step(model, workspace, self.0.weight_decay, 0.0)
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
impl<F: Scalar> Default for Adam<F> {
    fn default() -> Self {
        Adam::new(0.001)
    }
}

impl<F> fmt::Display for Adam<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe("Adam", 0.0, f)
    }
}

pub(super) const ARRAYS: &[&str] = &["exp_avg", "exp_avg_sq"];

/// What [`Adam`] and [`AdamW`](super::AdamW) share: all but the place of the weight decay.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moments<F> {
    pub(super) learning_rate: f64,
    pub(super) betas: [f64; 2],
    pub(super) eps: f64,
    pub(super) weight_decay: f64,
    pub(super) memory: Memory<F>,
}

impl<F: Scalar> Moments<F> {
    pub(super) fn new(learning_rate: f64) -> Self {
        Moments { learning_rate, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0.0, memory: Memory::new() }
    }

    pub(super) fn check(&self) -> Result<(), SettingError> {
        at_least_0("learning rate", self.learning_rate)?;
        below_1("beta 1", self.betas[0])?;
        below_1("beta 2", self.betas[1])?;
        at_least_0("eps", self.eps)?;
        at_least_0("weight decay", self.weight_decay)
    }

    /// `coupled` times the value is added to the gradient, `decoupled` times the value subtracted from the value first.
    pub(super) fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
        coupled: f64,
        decoupled: f64,
    ) -> Result<(), OptimizerError> {
        self.check()?;
        let t = self.memory.begin(ARRAYS, model, workspace)?;
        let [beta1, beta2] = self.betas;
        let factors = Factors {
            shrink: F::from_f64(1.0 - decoupled),
            decay: F::from_f64(coupled),
            beta1: F::from_f64(beta1),
            fresh1: F::from_f64(1.0 - beta1),
            beta2: F::from_f64(beta2),
            fresh2: F::from_f64(1.0 - beta2),
            step: F::from_f64(self.learning_rate / (1.0 - power(beta1, t))),
            scale: F::from_f64(1.0 / (1.0 - power(beta2, t)).sqrt()),
            eps: F::from_f64(self.eps),
        };
        self.memory.update(model, workspace, |value, gradient, arrays| {
            if let [mean, square] = arrays {
                dispatch(Update { value, gradient, mean, square, factors });
            }
        });
        Ok(())
    }
}

impl<F> Moments<F> {
    /// Names what differs from the defaults.
    pub(super) fn describe(&self, name: &str, usual_decay: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{name}(learning rate {}", self.learning_rate)?;
        if self.betas != [0.9, 0.999] {
            write!(f, ", betas {} {}", self.betas[0], self.betas[1])?;
        }
        if self.eps != 1e-8 {
            write!(f, ", eps {:e}", self.eps)?;
        }
        if self.weight_decay != usual_decay {
            write!(f, ", weight decay {}", self.weight_decay)?;
        }
        write!(f, ")")
    }
}

/// The numbers of a step that are the same for all parameters.
#[derive(Clone, Copy)]
struct Factors<F> {
    shrink: F,
    decay: F,
    beta1: F,
    fresh1: F,
    beta2: F,
    fresh2: F,
    /// η / (1 − β₁ᵗ)
    step: F,
    /// 1 / √(1 − β₂ᵗ)
    scale: F,
    eps: F,
}

struct Update<'a, F> {
    value: &'a mut [F],
    gradient: &'a [F],
    mean: &'a mut [F],
    square: &'a mut [F],
    factors: Factors<F>,
}

impl<F: Scalar> Kernel for Update<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Factors { shrink, decay, beta1, fresh1, beta2, fresh2, step, scale, eps } = self.factors;
        let state = self.mean.iter_mut().zip(self.square);
        for ((value, &gradient), (mean, square)) in self.value.iter_mut().zip(self.gradient).zip(state) {
            let g = if decay == F::ZERO { gradient } else { gradient + decay * *value };
            *mean = beta1 * *mean + fresh1 * g;
            *square = beta2 * *square + fresh2 * (g * g);
            *value = shrink * *value - step * *mean / (square.sqrt() * scale + eps);
        }
    }
}
