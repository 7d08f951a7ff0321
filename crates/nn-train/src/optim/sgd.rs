//! The plainest optimiser, and what momentum makes of it.

use std::fmt;

use nn_core::simd::{Kernel, dispatch};
use nn_core::{Parameters, Scalar, SettingError, StateDict, StateError, Workspace, team};

use super::error::{at_least_0, expect};
use super::memory::Memory;
use super::{Optimizer, OptimizerError, check_gradients};

/// W ← W − η ∇W for every parameter, η the learning rate. With the gradient of the whole data set this is gradient
/// descent, with that of a batch stochastic gradient descent.
///
/// With weight decay λ, momentum μ and dampening τ, in this order:
/// 1. g ← ∇W + λ W
/// 2. v ← g in the first step, v ← μ v + (1 − τ) g in the others
/// 3. W ← W − η v, or W ← W − η (g + μ v) for Nesterov's form
///
/// All three are 0 unless set. Remembers v if there is momentum, as `0.weight.momentum_buffer`, and nothing otherwise.
/// Sources: Polyak 1964; for Nesterov's form Sutskever, Martens, Dahl and Hinton 2013.
///
/// ```
/// use nn_train::optim::{Optimizer, Sgd};
/// let sgd = Sgd::<f32>::new(0.1).momentum(0.9).nesterov();
/// assert!(sgd.check().is_ok());
/// let error = Sgd::<f32>::new(0.1).nesterov().check().unwrap_err();
/// assert_eq!(error.to_string(), "momentum is 0, expected a positive number, which Nesterov's form needs");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sgd<F> {
    learning_rate: f64,
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    weight_decay: f64,
    memory: Memory<F>,
}

const ARRAYS: &[&str] = &["momentum_buffer"];

impl<F: Scalar> Sgd<F> {
    /// With learning rate η.
    pub fn new(learning_rate: f64) -> Self {
        let memory = Memory::new();
        Sgd { learning_rate, momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay: 0.0, memory }
    }

    /// With momentum μ, at least 0.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        Sgd { momentum, ..self }
    }

    /// With dampening τ of what is added to the momentum.
    #[must_use]
    pub fn dampening(self, dampening: f64) -> Self {
        Sgd { dampening, ..self }
    }

    /// In Nesterov's form, which takes a momentum and no dampening.
    #[must_use]
    pub fn nesterov(self) -> Self {
        Sgd { nesterov: true, ..self }
    }

    /// With λ W added to each gradient, λ at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Sgd { weight_decay, ..self }
    }

    /// W ← W − η ∇W, with a workspace that is known to be this model's.
    pub(crate) fn descend(&self, model: &mut dyn Parameters<F>, workspace: &Workspace<F>) {
        let learning_rate = F::from_f64(self.learning_rate);
        model.visit_mut(Some(workspace), &mut |parameter| {
            let Some(gradient) = parameter.gradient else { return };
            let cost = team::NUMBER * gradient.len();
            match team::threads(cost) {
                1 => dispatch(Descend { value: parameter.value, gradient, learning_rate }),
                threads => {
                    let part = gradient.len().div_ceil(threads);
                    let parts = parameter.value.chunks_mut(part).zip(gradient.chunks(part));
                    team::share(cost, parts, |(value, gradient)| {
                        dispatch(Descend { value, gradient, learning_rate });
                    });
                }
            }
        });
    }

    fn descend_with_decay(&self, model: &mut dyn Parameters<F>, workspace: &Workspace<F>) {
        let [learning_rate, decay] = [self.learning_rate, self.weight_decay].map(F::from_f64);
        model.visit_mut(Some(workspace), &mut |parameter| {
            if let Some(gradient) = parameter.gradient {
                dispatch(Decay { value: parameter.value, gradient, learning_rate, decay });
            }
        });
    }
}

impl<F: Scalar> Optimizer<F> for Sgd<F> {
    fn name(&self) -> &'static str {
        "Sgd"
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        Box::new(Sgd { memory: Memory::new(), ..self.clone() })
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_0("learning rate", self.learning_rate)?;
        at_least_0("momentum", self.momentum)?;
        expect(self.dampening.is_finite(), "dampening", "a finite number", self.dampening)?;
        at_least_0("weight decay", self.weight_decay)?;
        if self.nesterov {
            let expected = "a positive number, which Nesterov's form needs";
            expect(self.momentum > 0.0, "momentum", expected, self.momentum)?;
            expect(self.dampening == 0.0, "dampening", "0 in Nesterov's form", self.dampening)?;
        }
        Ok(())
    }

    fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<(), OptimizerError> {
        self.check()?;
        if self.momentum == 0.0 {
            check_gradients(model, workspace)?;
            if self.weight_decay == 0.0 {
                self.descend(model, workspace);
            } else {
                self.descend_with_decay(model, workspace);
            }
            return Ok(());
        }
        let first = self.memory.begin(ARRAYS, model, workspace)? == 1;
        let [learning_rate, momentum, fresh, decay] = [
            self.learning_rate,
            self.momentum,
            if first { 1.0 } else { 1.0 - self.dampening },
            self.weight_decay,
        ]
        .map(F::from_f64);
        let nesterov = self.nesterov;
        self.memory.update(model, workspace, |value, gradient, arrays| {
            if let [buffer] = arrays {
                let kernel =
                    Momentum { value, gradient, buffer, learning_rate, momentum, fresh, decay, nesterov };
                dispatch(kernel);
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
        if self.momentum == 0.0 { StateDict::new() } else { self.memory.state_dict() }
    }

    fn load_state_dict(&mut self, model: &dyn Parameters<F>, state: &StateDict<F>) -> Result<(), StateError> {
        if self.momentum == 0.0 {
            return state.check_like(&StateDict::new());
        }
        self.memory.load(ARRAYS, model, state)
    }
}

/// PyTorch's learning rate, 0.001.
impl<F: Scalar> Default for Sgd<F> {
    fn default() -> Self {
        Sgd::new(0.001)
    }
}

impl<F> fmt::Display for Sgd<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sgd(learning rate {}", self.learning_rate)?;
        if self.momentum != 0.0 {
            write!(f, ", momentum {}", self.momentum)?;
        }
        if self.dampening != 0.0 {
            write!(f, ", dampening {}", self.dampening)?;
        }
        if self.nesterov {
            write!(f, ", Nesterov")?;
        }
        if self.weight_decay != 0.0 {
            write!(f, ", weight decay {}", self.weight_decay)?;
        }
        write!(f, ")")
    }
}

/// value ← value − η · gradient
struct Descend<'a, F> {
    value: &'a mut [F],
    gradient: &'a [F],
    learning_rate: F,
}

impl<F: Scalar> Kernel for Descend<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (value, &gradient) in self.value.iter_mut().zip(self.gradient) {
            *value -= self.learning_rate * gradient;
        }
    }
}

/// value ← value − η (gradient + λ value)
struct Decay<'a, F> {
    value: &'a mut [F],
    gradient: &'a [F],
    learning_rate: F,
    decay: F,
}

impl<F: Scalar> Kernel for Decay<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (value, &gradient) in self.value.iter_mut().zip(self.gradient) {
            *value -= self.learning_rate * (gradient + self.decay * *value);
        }
    }
}

/// buffer ← μ buffer + fresh · g, value ← value − η buffer or as Nesterov
struct Momentum<'a, F> {
    value: &'a mut [F],
    gradient: &'a [F],
    buffer: &'a mut [F],
    learning_rate: F,
    momentum: F,
    fresh: F,
    decay: F,
    nesterov: bool,
}

impl<F: Scalar> Kernel for Momentum<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Momentum { learning_rate, momentum, fresh, decay, nesterov, .. } = self;
        for ((value, &gradient), buffer) in self.value.iter_mut().zip(self.gradient).zip(self.buffer) {
            let g = if decay == F::ZERO { gradient } else { gradient + decay * *value };
            *buffer = momentum * *buffer + fresh * g;
            *value -= learning_rate * if nesterov { g + momentum * *buffer } else { *buffer };
        }
    }
}
