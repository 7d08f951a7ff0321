//! Steps of one length, whose direction is a sign.

use std::fmt;

use nn_core::{Scalar, Setting, SettingError, once};

use super::rule::describe;
use super::{Elements, FirstOrder, Rule};

/// Lion (evolved sign momentum). In every step, for every element of every parameter:
/// 1. c ← β₁ m + (1 − β₁) ∇W
/// 2. W ← W − η (sign(c) + λ W)
/// 3. m ← β₂ m + (1 − β₂) ∇W
///
/// Every element moves by η, whatever the size of its gradient, so η is taken three to ten times smaller than for Adam, and λ as
/// many times larger. A gradient that is infinite makes W NaN, although it has a sign.
///
/// Defaults: β₁ = 0.9, β₂ = 0.99, λ = 0, and 10⁻⁴ for η. Keeps m as `0.weight.exp_avg`, half of what Adam keeps, and the number of
/// steps as `step`. Source: Chen et al., Symbolic discovery of optimization algorithms, 2023, algorithm 2.
///
/// ```
/// use nn_train::optim::Lion;
/// assert_eq!(
///     Lion::<f32>::new(0.001).weight_decay(0.1).to_string(),
///     "Lion(learning rate 0.001, weight decay 0.1)"
/// );
/// ```
pub type Lion<F> = FirstOrder<LionRule, F>;

/// The rule of [`Lion`], whose methods change the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct LionRule {
    betas: [f64; 2],
    weight_decay: f64,
}

impl Default for LionRule {
    fn default() -> Self {
        LionRule { betas: [0.9, 0.99], weight_decay: 0.0 }
    }
}

impl<F: Scalar> Lion<F> {
    /// With β₁ and β₂, each from 0 to below 1.
    #[must_use]
    pub fn betas(self, beta1: f64, beta2: f64) -> Self {
        self.set(|rule| rule.betas = [beta1, beta2])
    }

    /// With λ, at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        self.set(|rule| rule.weight_decay = weight_decay)
    }
}

impl Rule for LionRule {
    const NAME: &'static str = "Lion";
    const LEARNING_RATE: f64 = 1e-4;

    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        let setting = |name, value| Setting::of::<F>(Self::NAME, name, value);
        setting("beta 1", self.betas[0]).below_1()?;
        setting("beta 2", self.betas[1]).below_1()?;
        setting("weight decay", self.weight_decay).at_least_0()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.betas != [0.9, 0.99] {
            write!(f, ", betas {} {}", self.betas[0], self.betas[1])?;
        }
        describe(f, "weight decay", self.weight_decay, 0.0)
    }

    fn keeps(&self) -> &'static [&'static str] {
        &["exp_avg"]
    }

    fn with_weight_decay(&self, weight_decay: f64) -> Option<Self> {
        Some(LionRule { weight_decay, ..self.clone() })
    }

    fn step<F: Scalar>(&self, learning_rate: f64, _t: u64, elements: Elements<'_, F>) {
        once! {
            fn step<'a, F>(rule: LionRule, learning_rate: f64, elements: Elements<'a, F>) {
                let [beta1, beta2] = rule.betas;
                let shrink = F::from_f64(1.0 - learning_rate * rule.weight_decay);
                let [beta1, fresh1, beta2, fresh2] = [beta1, 1.0 - beta1, beta2, 1.0 - beta2].map(F::from_f64);
                let rate = F::from_f64(learning_rate);
                elements.update(move |value, gradient, [mean]| {
                    let direction = beta1 * *mean + fresh1 * gradient;
                    *mean = beta2 * *mean + fresh2 * gradient;
                    *value = shrink * *value - rate * sign(direction);
                });
            }
        }
        step(self.clone(), learning_rate, elements);
    }
}

/// 1, −1, or 0 for 0. NaN for what is infinite or NaN.
#[inline(always)]
fn sign<F: Scalar>(x: F) -> F {
    let sign = if x > F::ZERO {
        F::ONE
    } else if x < F::ZERO {
        -F::ONE
    } else {
        F::ZERO
    };
    // 0 if x is finite, otherwise NaN.
    sign + F::ZERO * x
}
