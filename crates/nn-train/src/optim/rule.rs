//! How an optimiser changes one number. Everything around it is [`FirstOrder`](super::FirstOrder).

use std::fmt;

use nn_core::{Scalar, SettingError};

use super::Elements;

/// A rule that changes every element of every parameter by its own gradient, and by what it has kept for this element.
/// [`FirstOrder`](super::FirstOrder) makes an optimiser of it, with memory, saved states, threads and refusals.
///
/// A rule of one's own, signSGD with momentum (Bernstein et al. 2018): m ← β m + (1 − β) g, W ← W − η sign(m):
///
/// ```
/// use nn_train::nn_core::Scalar;
/// use nn_train::nn_core::{Setting, SettingError};
/// use nn_train::optim::{Elements, FirstOrder, Rule};
/// use nn_train::prelude::*;
///
/// #[derive(Clone)]
/// struct SignMomentum {
///     beta: f64,
/// }
///
/// impl Rule for SignMomentum {
///     const NAME: &'static str = "SignMomentum";
///
///     fn check<F: Scalar>(&self) -> Result<(), SettingError> {
///         Setting::of::<F>(Self::NAME, "beta", self.beta).below_1()
///     }
///
///     fn keeps(&self) -> &'static [&'static str] {
///         &["mean"]
///     }
///
///     fn step<F: Scalar>(
///         &self,
///         learning_rate: f64,
///         _t: u64,
///         elements: Elements<'_, F>,
///     ) {
///         let [rate, beta, fresh] =
///             [learning_rate, self.beta, 1.0 - self.beta].map(F::from_f64);
///         elements.update(move |value, gradient, [mean]| {
///             *mean = beta * *mean + fresh * gradient;
///             if *mean > F::ZERO {
///                 *value -= rate;
///             } else if *mean < F::ZERO {
///                 *value += rate;
///             }
///         });
///     }
/// }
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = make_xor::<f32>(200, 0.3, &mut rng)?;
/// let mut network = Sequential::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(Tanh)
///     .append(Linear::new(8, 2, &mut rng));
/// let optimizer = FirstOrder::with_rule(SignMomentum { beta: 0.9 }, 0.01);
/// let history = Trainer::new(optimizer).epochs(200).fit(
///     &mut network,
///     &CrossEntropyLoss::mean(),
///     &data,
///     None,
///     &mut rng,
/// )?;
/// assert!(history.loss[199] < 0.1 * history.loss[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Rule: Clone + Send + Sync + 'static {
    /// The name of the optimiser, such as `Adam`.
    const NAME: &'static str;

    /// The learning rate that `Default` chooses.
    const LEARNING_RATE: f64 = 0.001;

    /// Whether the settings make sense in the precision `F`. The learning rate is not among them: every rule has one, and
    /// [`FirstOrder`](super::FirstOrder) checks it.
    ///
    /// # Errors
    /// [`SettingError`] says which setting does not make sense, and what was expected.
    fn check<F: Scalar>(&self) -> Result<(), SettingError> {
        Ok(())
    }

    /// Writes the settings that differ from their defaults, each after a comma: `, eps 1e-6`.
    ///
    /// # Errors
    /// As `write!`.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        Ok(())
    }

    /// The names of the values that the rule keeps for each element from one step to the next. They are 0 at first, and a
    /// saved state has them under these names: `0.weight.exp_avg`. A kept value that has become subnormal (below 10⁻³⁸ in
    /// `f32`) is replaced by 0, because computing with such numbers takes many times as long.
    ///
    /// A rule that keeps nothing has no state at all, so every step is its first: t is always 1.
    fn keeps(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns this rule with another weight decay, for [groups](super::FirstOrder::group) of parameters that have one of their
    /// own. `None` for a rule without weight decay, whose groups cannot have one.
    fn with_weight_decay(&self, weight_decay: f64) -> Option<Self> {
        let _ = weight_decay;
        None
    }

    /// Takes step t = 1, 2, …: computes the factors that all elements share, and calls [`Elements::update`] with what
    /// happens to one element.
    fn step<F: Scalar>(&self, learning_rate: f64, t: u64, elements: Elements<'_, F>);
}

/// ∇W + λ W, the gradient with that of the penalty ½ λ W².
#[inline(always)]
pub(super) fn with_decay<F: Scalar>(gradient: F, decay: F, value: F) -> F {
    if decay == F::ZERO { gradient } else { gradient + decay * value }
}

/// Writes a setting unless it has its default.
pub(super) fn describe(f: &mut fmt::Formatter<'_>, name: &str, value: f64, default: f64) -> fmt::Result {
    if value == default { Ok(()) } else { write!(f, ", {name} {value}") }
}

/// Writes ε unless it has its default.
pub(super) fn describe_eps(f: &mut fmt::Formatter<'_>, eps: f64, default: f64) -> fmt::Result {
    if eps == default { Ok(()) } else { write!(f, ", eps {eps:e}") }
}
