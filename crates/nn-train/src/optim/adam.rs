//! Steps in units of the gradient's own size, with weight decay inside or outside of them.

use std::fmt;

use nn_core::{Scalar, Setting, SettingError, once};

use super::rule::{describe, describe_eps, with_decay};
use super::{Elements, FirstOrder, Rule, power};

/// In step t = 1, 2, …, for every element of every parameter:
/// 1. g ← ∇W + λ W
/// 2. m ← β₁ m + (1 − β₁) g
/// 3. v ← β₂ v + (1 − β₂) g²
/// 4. W ← W − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
///
/// Defaults: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, weight decay λ = 0. Keeps m and v as `0.weight.exp_avg` and
/// `0.weight.exp_avg_sq`, and t as `step`. Source: Kingma and Ba, Adam, 2015, algorithm 1.
///
/// λ W is divided by √v̂ with the rest of the gradient; [`AdamW`] does not do that.
///
/// With AMSGrad, v̂ = max(v₁, …, vₜ) / (1 − β₂ᵗ): the largest v so far, which is kept as `0.weight.max_exp_avg_sq`. Source: Reddi,
/// Kale and Kumar, On the convergence of Adam and beyond, 2018.
///
/// ```
/// use nn_train::optim::{Adam, Optimizer};
/// let adam = Adam::<f32>::new(0.01).betas(0.9, 0.99);
/// assert_eq!(adam.to_string(), "Adam(learning rate 0.01, betas 0.9 0.99)");
/// let error = adam.betas(0.9, 1.0).check().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "Adam: beta 2 is 1, expected a number from 0 to below 1"
/// );
/// ```
pub type Adam<F> = FirstOrder<AdamRule<false>, F>;

/// [`Adam`] with decoupled weight decay λ: W ← W − η λ W comes first, and the gradient is left alone:
/// 1. W ← W − η λ W
/// 2. m ← β₁ m + (1 − β₁) ∇W
/// 3. v ← β₂ v + (1 − β₂) ∇W²
/// 4. W ← W − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ)
///
/// Defaults: β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, λ = 0.01. Keeps what Adam keeps. Source: Loshchilov and Hutter, Decoupled weight
/// decay regularization, 2019, algorithm 2.
///
/// ```
/// use nn_train::optim::AdamW;
/// assert_eq!(
///     AdamW::<f32>::new(0.01).weight_decay(0.1).to_string(),
///     "AdamW(learning rate 0.01, weight decay 0.1)"
/// );
/// ```
pub type AdamW<F> = FirstOrder<AdamRule<true>, F>;

/// The rule of [`Adam`] and, with `DECOUPLED` weight decay, of [`AdamW`]. Their methods change the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct AdamRule<const DECOUPLED: bool> {
    betas: [f64; 2],
    eps: f64,
    weight_decay: f64,
    amsgrad: bool,
}

impl<const DECOUPLED: bool> AdamRule<DECOUPLED> {
    const WEIGHT_DECAY: f64 = if DECOUPLED { 0.01 } else { 0.0 };
}

impl<const DECOUPLED: bool> Default for AdamRule<DECOUPLED> {
    fn default() -> Self {
        AdamRule { betas: [0.9, 0.999], eps: 1e-8, weight_decay: Self::WEIGHT_DECAY, amsgrad: false }
    }
}

impl<F: Scalar, const DECOUPLED: bool> FirstOrder<AdamRule<DECOUPLED>, F> {
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

    /// With the largest v so far in place of v (AMSGrad), so that a step never gets longer when gradients become smaller.
    #[must_use]
    pub fn amsgrad(self) -> Self {
        self.set(|rule| rule.amsgrad = true)
    }
}

impl<const DECOUPLED: bool> Rule for AdamRule<DECOUPLED> {
    const NAME: &'static str = if DECOUPLED { "AdamW" } else { "Adam" };

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
        describe(f, "weight decay", self.weight_decay, Self::WEIGHT_DECAY)?;
        if self.amsgrad { write!(f, ", AMSGrad") } else { Ok(()) }
    }

    fn keeps(&self) -> &'static [&'static str] {
        if self.amsgrad { &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] } else { &["exp_avg", "exp_avg_sq"] }
    }

    fn with_weight_decay(&self, weight_decay: f64) -> Option<Self> {
        Some(AdamRule { weight_decay, ..self.clone() })
    }

    fn step<F: Scalar>(&self, learning_rate: f64, t: u64, elements: Elements<'_, F>) {
        // Coupled, the decay is a part of the gradient; decoupled, a part of the value.
        let (decay, shrink) =
            if DECOUPLED { (0.0, 1.0 - learning_rate * self.weight_decay) } else { (self.weight_decay, 1.0) };
        step(learning_rate, t, self.betas, self.eps, decay, shrink, self.amsgrad, elements);
    }
}

once! {
    fn step<'a, F>(
        learning_rate: f64,
        t: u64,
        betas: [f64; 2],
        eps: f64,
        decay: f64,
        shrink: f64,
        amsgrad: bool,
        elements: Elements<'a, F>,
    ) {
        let [beta1, beta2] = betas;
        // η / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ)
        let step = learning_rate / (1.0 - power(beta1, t));
        let scale = 1.0 / (1.0 - power(beta2, t)).sqrt();
        let [beta1, fresh1, beta2, fresh2] = [beta1, 1.0 - beta1, beta2, 1.0 - beta2].map(F::from_f64);
        let [decay, shrink, step, scale, eps] = [decay, shrink, step, scale, eps].map(F::from_f64);
        if amsgrad {
            elements.update(move |value, gradient, [mean, square, largest]| {
                let g = with_decay(gradient, decay, *value);
                *mean = beta1 * *mean + fresh1 * g;
                *square = beta2 * *square + fresh2 * (g * g);
                // NaN is not below anything, so it becomes the largest.
                *largest = if *square < *largest { *largest } else { *square };
                *value = shrink * *value - step * *mean / (largest.sqrt() * scale + eps);
            });
            return;
        }
        elements.update(move |value, gradient, [mean, square]| {
            let g = with_decay(gradient, decay, *value);
            *mean = beta1 * *mean + fresh1 * g;
            *square = beta2 * *square + fresh2 * (g * g);
            *value = shrink * *value - step * *mean / (square.sqrt() * scale + eps);
        });
    }
}
