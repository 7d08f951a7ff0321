//! Steps that shrink with the gradients seen so far.

use std::fmt;

use nn_core::{Scalar, Setting, SettingError, once};

use super::rule::{describe, describe_eps, with_decay};
use super::{Elements, FirstOrder, Rule};

/// In step t = 1, 2, …, for every element of every parameter:
/// 1. g ← ∇W + λ W
/// 2. s ← s + g²
/// 3. W ← W − η / (1 + (t − 1) δ) · g / (√s + ε)
///
/// Defaults: learning rate decay δ = 0, weight decay λ = 0, s = 0 before the first step, ε = 10⁻¹⁰. Keeps s as
/// `0.weight.sum`, and t as `step`. Source: Duchi, Hazan and Singer 2011.
///
/// ```
/// use nn_train::optim::Adagrad;
/// assert_eq!(
///     Adagrad::<f32>::new(0.1).lr_decay(0.01).to_string(),
///     "Adagrad(learning rate 0.1, decaying by 0.01)"
/// );
/// ```
pub type Adagrad<F> = FirstOrder<AdagradRule, F>;

/// The rule of [`Adagrad`], whose methods change the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct AdagradRule {
    lr_decay: f64,
    weight_decay: f64,
    initial_accumulator_value: f64,
    eps: f64,
}

impl Default for AdagradRule {
    fn default() -> Self {
        AdagradRule { lr_decay: 0.0, weight_decay: 0.0, initial_accumulator_value: 0.0, eps: 1e-10 }
    }
}

impl<F: Scalar> Adagrad<F> {
    /// With learning rate decay δ, at least 0.
    #[must_use]
    pub fn lr_decay(self, lr_decay: f64) -> Self {
        self.set(|rule| rule.lr_decay = lr_decay)
    }

    /// With λ W added to each gradient, λ at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        self.set(|rule| rule.weight_decay = weight_decay)
    }

    /// With this s before the first step, at least 0.
    #[must_use]
    pub fn initial_accumulator_value(self, initial_accumulator_value: f64) -> Self {
        self.set(|rule| rule.initial_accumulator_value = initial_accumulator_value)
    }

    /// With ε, at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        self.set(|rule| rule.eps = eps)
    }
}

impl Rule for AdagradRule {
    const NAME: &'static str = "Adagrad";
    const LEARNING_RATE: f64 = 0.01;

    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        let setting = |name, value| Setting::of::<F>(Self::NAME, name, value);
        setting("learning rate decay", self.lr_decay).at_least_0()?;
        setting("weight decay", self.weight_decay).at_least_0()?;
        setting("initial accumulator value", self.initial_accumulator_value).at_least_0()?;
        setting("eps", self.eps).at_least_0()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, "decaying by", self.lr_decay, 0.0)?;
        describe(f, "weight decay", self.weight_decay, 0.0)?;
        describe(f, "from", self.initial_accumulator_value, 0.0)?;
        describe_eps(f, self.eps, 1e-10)
    }

    fn keeps(&self) -> &'static [&'static str] {
        &["sum"]
    }

    fn with_weight_decay(&self, weight_decay: f64) -> Option<Self> {
        Some(AdagradRule { weight_decay, ..self.clone() })
    }

    fn step<F: Scalar>(&self, learning_rate: f64, t: u64, elements: Elements<'_, F>) {
        once! {
            fn step<'a, F>(rule: AdagradRule, learning_rate: f64, t: u64, elements: Elements<'a, F>) {
                let learning_rate = learning_rate / (1.0 + (t - 1) as f64 * rule.lr_decay);
                let [learning_rate, decay, initial, eps] =
                    [learning_rate, rule.weight_decay, rule.initial_accumulator_value, rule.eps].map(F::from_f64);
                elements.update(move |value, gradient, [sum]| {
                    let g = with_decay(gradient, decay, *value);
                    *sum = if t == 1 { initial } else { *sum } + g * g;
                    *value -= learning_rate * g / (sum.sqrt() + eps);
                });
            }
        }
        step(self.clone(), learning_rate, t, elements);
    }
}
