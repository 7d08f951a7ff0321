//! Gradient descent, and what momentum makes of it.

use std::fmt;

use nn_core::{Scalar, Setting, SettingError, once};

use super::rule::{describe, with_decay};
use super::{Elements, FirstOrder, Rule};

/// W ← W − η ∇W for every parameter, where η is the learning rate. With the gradient of the whole data set this is gradient
/// descent, with that of a batch stochastic gradient descent.
///
/// With weight decay λ, momentum μ and dampening τ, in this order:
/// 1. g ← ∇W + λ W
/// 2. v ← g in the first step, v ← μ v + (1 − τ) g in the others
/// 3. W ← W − η v, or W ← W − η (g + μ v) for Nesterov's form
///
/// All three are 0 by default. With momentum the optimiser keeps v, as `0.weight.momentum_buffer`; without it keeps nothing.
/// Sources: Polyak 1964; for Nesterov's form Sutskever, Martens, Dahl and Hinton 2013.
///
/// ```
/// use nn_train::optim::{Optimizer, Sgd};
/// let sgd = Sgd::<f32>::new(0.1).momentum(0.9).nesterov();
/// assert!(sgd.check().is_ok());
/// let error = Sgd::<f32>::new(0.1).nesterov().check().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Sgd: momentum is 0, expected a number above 0, which Nesterov's form needs"
/// );
/// ```
pub type Sgd<F> = FirstOrder<SgdRule, F>;

/// The rule of [`Sgd`], whose methods change the settings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SgdRule {
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    weight_decay: f64,
}

impl<F: Scalar> Sgd<F> {
    /// With momentum μ, from 0 to below 1: with 1 or more the steps never fade.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        self.set(|rule| rule.momentum = momentum)
    }

    /// With dampening τ of what is added to the momentum, from 0 to 1.
    #[must_use]
    pub fn dampening(self, dampening: f64) -> Self {
        self.set(|rule| rule.dampening = dampening)
    }

    /// In Nesterov's form, which needs a momentum and no dampening.
    #[must_use]
    pub fn nesterov(self) -> Self {
        self.set(|rule| rule.nesterov = true)
    }

    /// With λ W added to each gradient, λ at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        self.set(|rule| rule.weight_decay = weight_decay)
    }
}

impl Rule for SgdRule {
    const NAME: &'static str = "Sgd";

    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        let momentum = Setting::of::<F>(Self::NAME, "momentum", self.momentum);
        let dampening = Setting::of::<F>(Self::NAME, "dampening", self.dampening);
        momentum.below_1()?;
        dampening.up_to_1()?;
        Setting::of::<F>(Self::NAME, "weight decay", self.weight_decay).at_least_0()?;
        if self.nesterov {
            momentum.fits(|x| x > 0.0, "a number above 0, which Nesterov's form needs")?;
            dampening.fits(|x| x == 0.0, "0 in Nesterov's form")?;
        }
        Ok(())
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, "momentum", self.momentum, 0.0)?;
        describe(f, "dampening", self.dampening, 0.0)?;
        if self.nesterov {
            write!(f, ", Nesterov")?;
        }
        describe(f, "weight decay", self.weight_decay, 0.0)
    }

    fn keeps(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 { &[] } else { &["momentum_buffer"] }
    }

    fn with_weight_decay(&self, weight_decay: f64) -> Option<Self> {
        Some(SgdRule { weight_decay, ..self.clone() })
    }

    fn step<F: Scalar>(&self, learning_rate: f64, t: u64, elements: Elements<'_, F>) {
        once! {
            fn step<'a, F>(rule: SgdRule, learning_rate: f64, t: u64, elements: Elements<'a, F>) {
                let fresh = if t == 1 { 1.0 } else { 1.0 - rule.dampening };
                let [learning_rate, momentum, fresh, decay] =
                    [learning_rate, rule.momentum, fresh, rule.weight_decay].map(F::from_f64);
                if rule.momentum != 0.0 && rule.nesterov {
                    elements.update(move |value, gradient, [buffer]| {
                        let g = with_decay(gradient, decay, *value);
                        *buffer = momentum * *buffer + fresh * g;
                        *value -= learning_rate * (g + momentum * *buffer);
                    });
                } else if rule.momentum != 0.0 {
                    elements.update(move |value, gradient, [buffer]| {
                        let g = with_decay(gradient, decay, *value);
                        *buffer = momentum * *buffer + fresh * g;
                        *value -= learning_rate * *buffer;
                    });
                } else if rule.weight_decay != 0.0 {
                    elements.update(move |value, gradient, []| *value -= learning_rate * (gradient + decay * *value));
                } else {
                    elements.update(move |value, gradient, []| *value -= learning_rate * gradient);
                }
            }
        }
        step(self.clone(), learning_rate, t, elements);
    }
}
