//! Adam that looks ahead, as Nesterov's momentum does.

use std::fmt;

use nn_core::{Scalar, Setting, SettingError, once};

use super::rule::{describe, describe_eps, with_decay};
use super::{Elements, FirstOrder, Rule, power};

/// Adam with Nesterov's momentum. In step t = 1, 2, …, for every element of every parameter:
/// 1. g ← ∇W + λ W
/// 2. m ← β₁ m + (1 − β₁) g
/// 3. v ← β₂ v + (1 − β₂) g²
/// 4. W ← W − η ((1 − μₜ) g / (1 − Πₜ) + μₜ₊₁ m / (1 − Πₜ₊₁)) / (√v̂ + ε) with v̂ = v / (1 − β₂ᵗ)
///
/// μₜ = β₁ (1 − ½ · 0.96^(t ψ)) and Πₜ = μ₁ μ₂ … μₜ. [Decoupled](NAdam::decoupled_weight_decay), the decay is W ← W − η λ W before
/// these, and g = ∇W.
///
/// Defaults: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, momentum decay ψ = 0.004, λ = 0. Keeps m and v as `0.weight.exp_avg` and
/// `0.weight.exp_avg_sq`, and t as `step`. Source: Dozat, Incorporating Nesterov momentum into Adam, 2016.
///
/// ```
/// use nn_train::optim::NAdam;
/// assert_eq!(
///     NAdam::<f32>::new(0.01).momentum_decay(0.0).to_string(),
///     "NAdam(learning rate 0.01, momentum decay 0)"
/// );
/// ```
pub type NAdam<F> = FirstOrder<NAdamRule, F>;

/// The rule of [`NAdam`], whose methods change the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct NAdamRule {
    betas: [f64; 2],
    eps: f64,
    weight_decay: f64,
    momentum_decay: f64,
    is_decoupled: bool,
}

impl Default for NAdamRule {
    fn default() -> Self {
        NAdamRule {
            betas: [0.9, 0.999],
            eps: 1e-8,
            weight_decay: 0.0,
            momentum_decay: 4e-3,
            is_decoupled: false,
        }
    }
}

impl<F: Scalar> NAdam<F> {
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

    /// With ψ, at least 0.
    #[must_use]
    pub fn momentum_decay(self, momentum_decay: f64) -> Self {
        self.set(|rule| rule.momentum_decay = momentum_decay)
    }

    /// With the weight decay outside of the gradient, as in [`AdamW`](super::AdamW).
    #[must_use]
    pub fn decoupled_weight_decay(self) -> Self {
        self.set(|rule| rule.is_decoupled = true)
    }
}

impl Rule for NAdamRule {
    const NAME: &'static str = "NAdam";
    const LEARNING_RATE: f64 = 0.002;

    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        let setting = |name, value| Setting::of::<F>(Self::NAME, name, value);
        setting("beta 1", self.betas[0]).below_1()?;
        setting("beta 2", self.betas[1]).below_1()?;
        setting("eps", self.eps).at_least_0()?;
        setting("weight decay", self.weight_decay).at_least_0()?;
        setting("momentum decay", self.momentum_decay).at_least_0()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.betas != [0.9, 0.999] {
            write!(f, ", betas {} {}", self.betas[0], self.betas[1])?;
        }
        describe_eps(f, self.eps, 1e-8)?;
        describe(f, "weight decay", self.weight_decay, 0.0)?;
        if self.is_decoupled {
            write!(f, ", decoupled")?;
        }
        describe(f, "momentum decay", self.momentum_decay, 4e-3)
    }

    fn keeps(&self) -> &'static [&'static str] {
        &["exp_avg", "exp_avg_sq"]
    }

    fn with_weight_decay(&self, weight_decay: f64) -> Option<Self> {
        Some(NAdamRule { weight_decay, ..self.clone() })
    }

    fn step<F: Scalar>(&self, learning_rate: f64, t: u64, elements: Elements<'_, F>) {
        once! {
            fn step<'a, F>(rule: NAdamRule, learning_rate: f64, t: u64, elements: Elements<'a, F>) {
                let [beta1, beta2] = rule.betas;
                let momenta = Momenta::new(beta1, rule.momentum_decay, t);
                let fresh = learning_rate * (1.0 - momenta.now) / (1.0 - momenta.product);
                let kept = learning_rate * momenta.next / (1.0 - momenta.product * momenta.next);
                let scale = 1.0 / (1.0 - power(beta2, t)).sqrt();
                let (decay, shrink) = match rule.is_decoupled {
                    true => (0.0, 1.0 - learning_rate * rule.weight_decay),
                    false => (rule.weight_decay, 1.0),
                };
                let [beta1, fresh1, beta2, fresh2] = [beta1, 1.0 - beta1, beta2, 1.0 - beta2].map(F::from_f64);
                let [decay, shrink, scale, eps] = [decay, shrink, scale, rule.eps].map(F::from_f64);
                let [fresh, kept] = [fresh, kept].map(F::from_f64);
                elements.update(move |value, gradient, [mean, square]| {
                    let g = with_decay(gradient, decay, *value);
                    *mean = beta1 * *mean + fresh1 * g;
                    *square = beta2 * *square + fresh2 * (g * g);
                    *value = shrink * *value - (fresh * g + kept * *mean) / (square.sqrt() * scale + eps);
                });
            }
        }
        step(self.clone(), learning_rate, t, elements);
    }
}

/// The momenta of a step.
struct Momenta {
    /// μₜ
    now: f64,
    /// μₜ₊₁
    next: f64,
    /// Πₜ, or 0 if 1 − Πₜ is 1 in double precision: with β₁ = 0.9 after 350 steps at most.
    product: f64,
}

impl Momenta {
    /// Those of step `t`, which depend on nothing else, so that there is nothing to save.
    fn new(beta1: f64, momentum_decay: f64, t: u64) -> Self {
        // 0.96^ψ
        let fading = Scalar::exp(momentum_decay * Scalar::ln(0.96_f64));
        let momentum = |faded: f64| beta1 * (1.0 - 0.5 * faded);
        let faded = power(fading, t);
        let (mut product, mut step_faded) = (1.0, 1.0);
        for _ in 0..t {
            step_faded *= fading;
            product *= momentum(step_faded);
            if product < f64::EPSILON / 4.0 {
                product = 0.0;
                break;
            }
        }
        Momenta { now: momentum(faded), next: momentum(faded * fading), product }
    }
}
