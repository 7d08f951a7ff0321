//! Steps divided by the recent size of the gradient.

use std::fmt;

use nn_core::{Scalar, Setting, SettingError, once};

use super::rule::{describe, describe_eps, with_decay};
use super::{Elements, FirstOrder, Rule};

/// For every element of every parameter:
/// 1. g ← ∇W + λ W
/// 2. v ← α v + (1 − α) g²
/// 3. W ← W − η g / (√v + ε)
///
/// In the centred form, a ← α a + (1 − α) g is kept as well, and √(v − a²) takes the place of √v. With momentum μ, the third
/// line is b ← μ b + g / (√v + ε), W ← W − η b.
///
/// Defaults: α = 0.99, ε = 10⁻⁸, μ = 0, λ = 0, not centred. Keeps v, b and a as `0.weight.square_avg`,
/// `0.weight.momentum_buffer` and `0.weight.grad_avg`, and the number of steps as `step`. Sources: Tieleman and Hinton,
/// lecture 6.5 of a course, 2012; the centred form Graves 2013.
///
/// ```
/// use nn_train::optim::RmsProp;
/// assert_eq!(
///     RmsProp::<f32>::new(0.01).momentum(0.9).to_string(),
///     "RmsProp(learning rate 0.01, momentum 0.9)"
/// );
/// ```
pub type RmsProp<F> = FirstOrder<RmsPropRule, F>;

/// The rule of [`RmsProp`], whose methods change the settings.
#[derive(Debug, Clone, PartialEq)]
pub struct RmsPropRule {
    alpha: f64,
    eps: f64,
    momentum: f64,
    centered: bool,
    weight_decay: f64,
}

impl Default for RmsPropRule {
    fn default() -> Self {
        RmsPropRule { alpha: 0.99, eps: 1e-8, momentum: 0.0, centered: false, weight_decay: 0.0 }
    }
}

impl<F: Scalar> RmsProp<F> {
    /// With α, from 0 to below 1: with 1 the mean of squares would never see a gradient.
    #[must_use]
    pub fn alpha(self, alpha: f64) -> Self {
        self.set(|rule| rule.alpha = alpha)
    }

    /// With ε, at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        self.set(|rule| rule.eps = eps)
    }

    /// With momentum μ, from 0 to below 1: with 1 or more the steps never fade.
    #[must_use]
    pub fn momentum(self, momentum: f64) -> Self {
        self.set(|rule| rule.momentum = momentum)
    }

    /// Divides by the standard deviation of the gradient instead of its size.
    #[must_use]
    pub fn centered(self) -> Self {
        self.set(|rule| rule.centered = true)
    }

    /// With λ W added to each gradient, λ at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        self.set(|rule| rule.weight_decay = weight_decay)
    }
}

impl Rule for RmsPropRule {
    const NAME: &'static str = "RmsProp";
    const LEARNING_RATE: f64 = 0.01;

    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        let setting = |name, value| Setting::of::<F>(Self::NAME, name, value);
        setting("alpha", self.alpha).below_1()?;
        setting("eps", self.eps).at_least_0()?;
        setting("momentum", self.momentum).below_1()?;
        setting("weight decay", self.weight_decay).at_least_0()
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, "alpha", self.alpha, 0.99)?;
        describe_eps(f, self.eps, 1e-8)?;
        describe(f, "momentum", self.momentum, 0.0)?;
        if self.centered {
            write!(f, ", centered")?;
        }
        describe(f, "weight decay", self.weight_decay, 0.0)
    }

    fn keeps(&self) -> &'static [&'static str] {
        match (self.momentum > 0.0, self.centered) {
            (false, false) => &["square_avg"],
            (true, false) => &["square_avg", "momentum_buffer"],
            (false, true) => &["square_avg", "grad_avg"],
            (true, true) => &["square_avg", "momentum_buffer", "grad_avg"],
        }
    }

    fn with_weight_decay(&self, weight_decay: f64) -> Option<Self> {
        Some(RmsPropRule { weight_decay, ..self.clone() })
    }

    fn step<F: Scalar>(&self, learning_rate: f64, _t: u64, elements: Elements<'_, F>) {
        once! {
            fn step<'a, F>(rule: RmsPropRule, learning_rate: f64, elements: Elements<'a, F>) {
                let [learning_rate, alpha, fresh, eps, momentum, decay] =
                    [learning_rate, rule.alpha, 1.0 - rule.alpha, rule.eps, rule.momentum, rule.weight_decay]
                        .map(F::from_f64);
                let factors = Factors { learning_rate, alpha, fresh, eps, momentum, decay };
                match (rule.momentum > 0.0, rule.centered) {
                    (false, false) => elements.update(move |value, g, [v]| factors.update(value, g, v, None, None)),
                    (true, false) => {
                        elements.update(move |value, g, [v, b]| factors.update(value, g, v, Some(b), None));
                    }
                    (false, true) => {
                        elements.update(move |value, g, [v, a]| factors.update(value, g, v, None, Some(a)));
                    }
                    (true, true) => {
                        elements.update(move |value, g, [v, b, a]| factors.update(value, g, v, Some(b), Some(a)));
                    }
                }
            }
        }
        step(self.clone(), learning_rate, elements);
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

impl<F: Scalar> Factors<F> {
    /// Changes one element; `buffer` is there with momentum, `mean` in the centred form.
    #[inline(always)]
    fn update(
        self,
        value: &mut F,
        gradient: F,
        square: &mut F,
        buffer: Option<&mut F>,
        mean: Option<&mut F>,
    ) {
        let g = with_decay(gradient, self.decay, *value);
        *square = self.alpha * *square + self.fresh * (g * g);
        let mut variance = *square;
        if let Some(mean) = mean {
            *mean = self.alpha * *mean + self.fresh * g;
            variance -= *mean * *mean;
        }
        let mut update = g / (variance.sqrt() + self.eps);
        if let Some(buffer) = buffer {
            update += self.momentum * *buffer;
            *buffer = update;
        }
        *value -= self.learning_rate * update;
    }
}
