//! Steps divided by the recent size of the gradient.

use std::fmt;

use nn_core::simd::{Kernel, dispatch};
use nn_core::{Parameters, Scalar, SettingError, StateDict, StateError, Workspace};

use super::error::{at_least_0, expect};
use super::memory::Memory;
use super::{Optimizer, OptimizerError};

/// For every number of every parameter:
/// 1. g ← ∇W + λ W
/// 2. v ← α v + (1 − α) g²
/// 3. W ← W − η g / (√v + ε)
///
/// Centred, a ← α a + (1 − α) g is kept too, and √(v − a²) takes the place of √v. With momentum μ, the third line is
/// b ← μ b + g / (√v + ε), W ← W − η b.
///
/// Defaults: α = 0.99, ε = 10⁻⁸, μ = 0, λ = 0, not centred. Remembers v, b and a as `0.weight.square_avg`,
/// `0.weight.momentum_buffer` and `0.weight.grad_avg`, and counts `step`s. Sources: Tieleman and Hinton, lecture 6.5 of a
/// course, 2012; the centred form Graves 2013.
///
/// ```
/// use nn_train::optim::RmsProp;
/// assert_eq!(RmsProp::<f32>::new(0.01).momentum(0.9).to_string(), "RmsProp(learning rate 0.01, momentum 0.9)");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RmsProp<F> {
    learning_rate: f64,
    alpha: f64,
    eps: f64,
    momentum: f64,
    centered: bool,
    weight_decay: f64,
    memory: Memory<F>,
}

impl<F: Scalar> RmsProp<F> {
    /// With learning rate η.
    pub fn new(learning_rate: f64) -> Self {
        RmsProp {
            learning_rate,
            alpha: 0.99,
            eps: 1e-8,
            momentum: 0.0,
            centered: false,
            weight_decay: 0.0,
            memory: Memory::new(),
        }
    }

    /// With α, from 0 to 1.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        RmsProp { alpha, ..self }
    }

    /// With ε, at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        RmsProp { eps, ..self }
    }

    /// With momentum μ, at least 0.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        RmsProp { momentum, ..self }
    }

    /// Divided by the gradient's standard deviation rather than its size.
    #[must_use]
    pub fn centered(self) -> Self {
        RmsProp { centered: true, ..self }
    }

    /// With λ W added to each gradient, λ at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        RmsProp { weight_decay, ..self }
    }

    fn arrays(&self) -> &'static [&'static str] {
        match (self.momentum > 0.0, self.centered) {
            (false, false) => &["square_avg"],
            (true, false) => &["square_avg", "momentum_buffer"],
            (false, true) => &["square_avg", "grad_avg"],
            (true, true) => &["square_avg", "momentum_buffer", "grad_avg"],
        }
    }
}

impl<F: Scalar> Optimizer<F> for RmsProp<F> {
    fn name(&self) -> &'static str {
        "RmsProp"
    }

    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        Box::new(RmsProp { memory: Memory::new(), ..self.clone() })
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_0("learning rate", self.learning_rate)?;
        expect((0.0..=1.0).contains(&self.alpha), "alpha", "a number from 0 to 1", self.alpha)?;
        at_least_0("eps", self.eps)?;
        at_least_0("momentum", self.momentum)?;
        at_least_0("weight decay", self.weight_decay)
    }

    fn step(
        &mut self,
        model: &mut dyn Parameters<F>,
        workspace: &Workspace<F>,
    ) -> Result<(), OptimizerError> {
        self.check()?;
        self.memory.begin(self.arrays(), model, workspace)?;
        let factors = Factors {
            learning_rate: F::from_f64(self.learning_rate),
            alpha: F::from_f64(self.alpha),
            fresh: F::from_f64(1.0 - self.alpha),
            eps: F::from_f64(self.eps),
            momentum: F::from_f64(self.momentum),
            decay: F::from_f64(self.weight_decay),
        };
        let (has_momentum, centered) = (self.momentum > 0.0, self.centered);
        self.memory.update(model, workspace, |value, gradient, arrays| {
            let Some((square, others)) = arrays.split_first_mut() else { return };
            let (buffers, means) = others.split_at_mut(usize::from(has_momentum));
            let buffer = buffers.first_mut().map_or(&mut [][..], |buffer| buffer);
            let mean = means.first_mut().map_or(&mut [][..], |mean| mean);
            let update = Update { value, gradient, square, buffer, mean, factors };
            match (has_momentum, centered) {
                (false, false) => dispatch(Variant::<F, false, false>(update)),
                (true, false) => dispatch(Variant::<F, true, false>(update)),
                (false, true) => dispatch(Variant::<F, false, true>(update)),
                (true, true) => dispatch(Variant::<F, true, true>(update)),
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
        self.memory.load(self.arrays(), model, state)
    }
}

/// PyTorch's learning rate, 0.01.
impl<F: Scalar> Default for RmsProp<F> {
    fn default() -> Self {
        RmsProp::new(0.01)
    }
}

impl<F> fmt::Display for RmsProp<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RmsProp(learning rate {}", self.learning_rate)?;
        if self.alpha != 0.99 {
            write!(f, ", alpha {}", self.alpha)?;
        }
        if self.eps != 1e-8 {
            write!(f, ", eps {:e}", self.eps)?;
        }
        if self.momentum != 0.0 {
            write!(f, ", momentum {}", self.momentum)?;
        }
        if self.centered {
            write!(f, ", centered")?;
        }
        if self.weight_decay != 0.0 {
            write!(f, ", weight decay {}", self.weight_decay)?;
        }
        write!(f, ")")
    }
}

#[derive(Clone, Copy)]
struct Factors<F> {
    learning_rate: F,
    alpha: F,
    fresh: F,
    eps: F,
    momentum: F,
    decay: F,
}

struct Update<'a, F> {
    value: &'a mut [F],
    gradient: &'a [F],
    square: &'a mut [F],
    /// Empty without momentum.
    buffer: &'a mut [F],
    /// Empty if not centred.
    mean: &'a mut [F],
    factors: Factors<F>,
}

struct Variant<'a, F, const MOMENTUM: bool, const CENTERED: bool>(Update<'a, F>);

impl<F: Scalar, const MOMENTUM: bool, const CENTERED: bool> Kernel for Variant<'_, F, MOMENTUM, CENTERED> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Factors { learning_rate, alpha, fresh, eps, momentum, decay } = self.0.factors;
        // Slices of one length that the compiler knows: no index is checked in the loop.
        let n = self.0.value.len();
        let (value, gradient, square) = (self.0.value, &self.0.gradient[..n], &mut self.0.square[..n]);
        let buffer = if MOMENTUM { &mut self.0.buffer[..n] } else { self.0.buffer };
        let mean = if CENTERED { &mut self.0.mean[..n] } else { self.0.mean };
        for i in 0..n {
            let g = if decay == F::ZERO { gradient[i] } else { gradient[i] + decay * value[i] };
            square[i] = alpha * square[i] + fresh * (g * g);
            let mut variance = square[i];
            if CENTERED {
                mean[i] = alpha * mean[i] + fresh * g;
                variance -= mean[i] * mean[i];
            }
            let mut update = g / (variance.sqrt() + eps);
            if MOMENTUM {
                update += momentum * buffer[i];
                buffer[i] = update;
            }
            value[i] -= learning_rate * update;
        }
    }
}
