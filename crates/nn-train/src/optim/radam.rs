//! Adam that does not trust its mean of squares in the first steps.

use std::fmt;

use nn_core::{Scalar, Setting, SettingError, once};

use super::rule::{describe, describe_eps, with_decay};
use super::{Elements, FirstOrder, Rule, power};

/// Rectified Adam: plain momentum in the first steps, when the mean of squares rests on few gradients, then Adam with a factor
/// that rises to 1. In step t = 1, 2, …, for every element of every parameter:
/// 1. g ← ∇W + λ W
/// 2. m ← β₁ m + (1 − β₁) g
/// 3. v ← β₂ v + (1 − β₂) g²
/// 4. W ← W − η m̂ r √(1 − β₂ᵗ) / (√v + ε) if ρ > 5, otherwise W ← W − η m̂, with m̂ = m / (1 − β₁ᵗ)
///
/// ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ), ρ∞ = 2 / (1 − β₂) − 1 and r² = (ρ − 4) (ρ − 2) ρ∞ / ((ρ∞ − 4) (ρ∞ − 2) ρ).
/// [Decoupled](RAdam::decoupled_weight_decay), the decay is W ← W − η λ W before these, and g = ∇W.
///
/// Defaults: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, λ = 0. Keeps m and v as `0.weight.exp_avg` and `0.weight.exp_avg_sq`, and t as
/// `step`. Source: Liu, Jiang, He, Chen, Liu, Gao and Han, On the variance of the adaptive learning rate and beyond, 2020,
/// algorithm 2.
///
/// ```
/// use nn_train::optim::RAdam;
/// assert_eq!(
///     RAdam::<f32>::new(0.01).weight_decay(0.1).decoupled_weight_decay().to_string(),
///     "RAdam(learning rate 0.01, weight decay 0.1, decoupled)"
/// );
/// ```
pub type RAdam<F> = FirstOrder<RAdamRule, F>;

/// The rule of [`RAdam`], whose methods change the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct RAdamRule {
    betas: [f64; 2],
    eps: f64,
    weight_decay: f64,
    is_decoupled: bool,
}

impl Default for RAdamRule {
    fn default() -> Self {
        RAdamRule { betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0.0, is_decoupled: false }
    }
}

impl<F: Scalar> RAdam<F> {
    /// With β₁ and β₂, each from 0 to below 1.
    #[must_use]
    pub fn betas(self, beta1: f64, beta2: f64) -> Self {
        self.set(|rule| rule.betas = [beta1, beta2])
    }

    /// With ε, at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        self.set(|rule| rule.eps = eps)
    }

    /// With λ, at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        self.set(|rule| rule.weight_decay = weight_decay)
    }

    /// With the weight decay outside of the gradient, as in [`AdamW`](super::AdamW).
    #[must_use]
    pub fn decoupled_weight_decay(self) -> Self {
        self.set(|rule| rule.is_decoupled = true)
    }
}

impl Rule for RAdamRule {
    const NAME: &'static str = "RAdam";

    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        let setting = |name, value| Setting::of::<F>(Self::NAME, name, value);
        setting("beta 1", self.betas[0]).below_1()?;
        setting("beta 2", self.betas[1]).below_1()?;
        setting("eps", self.eps).at_least_0()?;
        setting("weight decay", self.weight_decay).at_least_0()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.betas != [0.9, 0.999] {
            write!(f, ", betas {} {}", self.betas[0], self.betas[1])?;
        }
        describe_eps(f, self.eps, 1e-8)?;
        describe(f, "weight decay", self.weight_decay, 0.0)?;
        if self.is_decoupled { write!(f, ", decoupled") } else { Ok(()) }
    }

    fn keeps(&self) -> &'static [&'static str] {
        &["exp_avg", "exp_avg_sq"]
    }

    fn with_weight_decay(&self, weight_decay: f64) -> Option<Self> {
        Some(RAdamRule { weight_decay, ..self.clone() })
    }

    fn step<F: Scalar>(&self, learning_rate: f64, t: u64, elements: Elements<'_, F>) {
        once! {
            fn step<'a, F>(rule: RAdamRule, learning_rate: f64, t: u64, elements: Elements<'a, F>) {
                let [beta1, beta2] = rule.betas;
                let step = learning_rate / (1.0 - power(beta1, t));
                let rectified = rectified(beta2, t).map(|factor| F::from_f64(step * factor));
                let (decay, shrink) = match rule.is_decoupled {
                    true => (0.0, 1.0 - learning_rate * rule.weight_decay),
                    false => (rule.weight_decay, 1.0),
                };
                let [beta1, fresh1, beta2, fresh2] = [beta1, 1.0 - beta1, beta2, 1.0 - beta2].map(F::from_f64);
                let [decay, shrink, step, eps] = [decay, shrink, step, rule.eps].map(F::from_f64);
                elements.update(move |value, gradient, [mean, square]| {
                    let g = with_decay(gradient, decay, *value);
                    *mean = beta1 * *mean + fresh1 * g;
                    *square = beta2 * *square + fresh2 * (g * g);
                    let change = match rectified {
                        Some(step) => step * *mean / (square.sqrt() + eps),
                        None => step * *mean,
                    };
                    *value = shrink * *value - change;
                });
            }
        }
        step(self.clone(), learning_rate, t, elements);
    }
}

/// r √(1 − β₂ᵗ), or `None` while ρ is at most 5.
fn rectified(beta2: f64, t: u64) -> Option<f64> {
    let last = 2.0 / (1.0 - beta2) - 1.0;
    let faded = power(beta2, t);
    let rho = last - 2.0 * t as f64 * faded / (1.0 - faded);
    let square = (rho - 4.0) * (rho - 2.0) * last / ((last - 4.0) * (last - 2.0) * rho);
    (rho > 5.0).then(|| (square * (1.0 - faded)).sqrt())
}
