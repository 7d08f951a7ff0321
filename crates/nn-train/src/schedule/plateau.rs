//! A learning rate that falls when a training makes no progress.

use std::fmt;

use nn_core::{Scalar, SettingError};

use super::setting;
use crate::History;
use crate::criterion::Criterion;
use crate::statistics::Better;

/// η ← max(η · `factor`, `min_lr`) whenever the criterion has not improved for more than `patience` epochs in a row, for
/// [`Trainer::reduce_lr_on_plateau`](crate::Trainer::reduce_lr_on_plateau).
///
/// The criterion is the validation loss, the [training loss](ReduceLrOnPlateau::training_loss) or a
/// [metric](ReduceLrOnPlateau::metric) of the validation data. A value m improves on the best one b if m < b (1 − `threshold`),
/// for a metric that is better when higher if m > b (1 + `threshold`), or if it is better by more than an
/// [absolute threshold](ReduceLrOnPlateau::absolute_threshold). A value that is infinite or NaN never does. After a reduction,
/// the next `cooldown` epochs do not count as ones without improvement. A reduction by no more than `eps` is left out.
///
/// Defaults: factor 0.1, patience 10, a relative threshold of 10⁻⁴, no cooldown, `min_lr` 0, `eps` 10⁻⁸. Names, defaults and
/// numbers are those of PyTorch's `ReduceLROnPlateau`, whose `mode` is said with the metric.
///
/// The rate is a function of the criterion's curve, which the [`History`] keeps, so a resumed training needs no state of it.
///
/// ```
/// use nn_train::schedule::ReduceLrOnPlateau;
/// let plateau = ReduceLrOnPlateau::new().factor(0.5).patience(1);
/// let losses = [1.0, 0.8, 0.9, 0.85, 0.7];
/// let rates = [0, 3, 4, 5].map(|epochs| plateau.learning_rate(0.1, &losses[..epochs]));
/// assert_eq!(rates, [0.1, 0.1, 0.05, 0.05]);
/// ```
///
/// In a training:
///
/// ```
/// use nn_train::prelude::*;
/// use nn_train::schedule::ReduceLrOnPlateau;
///
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let data = make_xor::<f32>(200, 0.8, &mut rng)?;
/// let (train, validation) = train_test_split(&data, 0.5, &mut rng)?;
/// let mut network = Sequential::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(Tanh)
///     .append(Linear::new(8, 2, &mut rng));
/// let rates = std::sync::Mutex::new(Vec::new());
/// Trainer::new(Adam::new(0.03))
///     .epochs(60)
///     .batch_size(10)
///     .reduce_lr_on_plateau(ReduceLrOnPlateau::new().patience(5))
///     .observe(|epoch| rates.lock().unwrap().push(epoch.learning_rate))
///     .fit(
///         &mut network,
///         &CrossEntropyLoss::mean(),
///         &train,
///         Some(&validation),
///         &mut rng,
///     )?;
/// let rates = rates.into_inner()?;
/// assert!(rates[0] == 0.03 && rates[59] < 0.001);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ReduceLrOnPlateau {
    criterion: Criterion,
    factor: f64,
    patience: usize,
    threshold: f64,
    is_absolute: bool,
    cooldown: usize,
    min_lr: f64,
    eps: f64,
}

impl ReduceLrOnPlateau {
    /// With PyTorch's default settings, by the validation loss.
    pub fn new() -> Self {
        ReduceLrOnPlateau {
            criterion: Criterion::ValidationLoss,
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            is_absolute: false,
            cooldown: 0,
            min_lr: 0.0,
            eps: 1e-8,
        }
    }

    /// Goes by the training loss.
    #[must_use]
    pub fn training_loss(self) -> Self {
        ReduceLrOnPlateau { criterion: Criterion::TrainingLoss, ..self }
    }

    /// Goes by the metric of this name, which the trainer must [measure](crate::Trainer::metric).
    #[must_use]
    pub fn metric(self, name: impl Into<String>, better: Better) -> Self {
        ReduceLrOnPlateau { criterion: Criterion::Metric(name.into(), better), ..self }
    }

    /// Sets what η is multiplied by, from 0 to below 1.
    #[must_use]
    pub fn factor(self, factor: f64) -> Self {
        ReduceLrOnPlateau { factor, ..self }
    }

    /// Sets the number of epochs in a row without improvement that are accepted.
    #[must_use]
    pub fn patience(self, patience: usize) -> Self {
        ReduceLrOnPlateau { patience, ..self }
    }

    /// Sets by what share of the best value another must be better to improve on it, at least 0. In place of an absolute
    /// threshold.
    #[must_use]
    pub fn threshold(self, threshold: f64) -> Self {
        ReduceLrOnPlateau { threshold, is_absolute: false, ..self }
    }

    /// Sets by how much another value must be better than the best to improve on it, at least 0. In place of a relative
    /// threshold.
    #[must_use]
    pub fn absolute_threshold(self, threshold: f64) -> Self {
        ReduceLrOnPlateau { threshold, is_absolute: true, ..self }
    }

    /// Sets the number of epochs after a reduction that do not count as ones without improvement.
    #[must_use]
    pub fn cooldown(self, cooldown: usize) -> Self {
        ReduceLrOnPlateau { cooldown, ..self }
    }

    /// Sets the lowest η, at least 0.
    #[must_use]
    pub fn min_lr(self, min_lr: f64) -> Self {
        ReduceLrOnPlateau { min_lr, ..self }
    }

    /// Sets the reduction that is too small to be made, at least 0.
    #[must_use]
    pub fn eps(self, eps: f64) -> Self {
        ReduceLrOnPlateau { eps, ..self }
    }

    /// Returns η for the epoch that comes after those of `curve`, the values of the criterion. `initial` is the optimiser's own
    /// learning rate.
    pub fn learning_rate(&self, initial: f64, curve: &[f64]) -> f64 {
        let mut plateau = Plateau::new(initial);
        curve.iter().for_each(|&value| self.observe(&mut plateau, value));
        plateau.learning_rate
    }

    /// Checks the settings. A training does so before it starts.
    ///
    /// # Errors
    /// [`SettingError`] says which setting does not make sense, and what was expected.
    pub fn check(&self) -> Result<(), SettingError> {
        let setting = |name, value| setting("ReduceLrOnPlateau", name, value);
        setting("factor", self.factor).below_1()?;
        setting("threshold", self.threshold).at_least_0()?;
        setting("min_lr", self.min_lr).at_least_0()?;
        setting("eps", self.eps).at_least_0()
    }

    pub(crate) fn criterion(&self) -> &Criterion {
        &self.criterion
    }

    /// Brings `plateau` to the end of the history.
    pub(crate) fn follow<F: Scalar>(&self, plateau: &mut Plateau, history: &History<F>) {
        while let Some(value) = self.criterion.value(history, plateau.epochs) {
            self.observe(plateau, value);
        }
    }

    fn observe(&self, plateau: &mut Plateau, value: f64) {
        plateau.epochs += 1;
        if self.improves(value, plateau.best) {
            (plateau.best, plateau.bad) = (Some(value), 0);
        } else {
            plateau.bad += 1;
        }
        if plateau.cooldown > 0 {
            (plateau.cooldown, plateau.bad) = (plateau.cooldown - 1, 0);
        }
        if plateau.bad > self.patience {
            let reduced = (plateau.learning_rate * self.factor).max(self.min_lr);
            if plateau.learning_rate - reduced > self.eps {
                plateau.learning_rate = reduced;
            }
            (plateau.cooldown, plateau.bad) = (self.cooldown, 0);
        }
    }

    fn improves(&self, value: f64, best: Option<f64>) -> bool {
        let is_better = |best: f64| match (self.criterion.better(), self.is_absolute) {
            (Better::Lower, false) => value < best * (1.0 - self.threshold),
            (Better::Lower, true) => value < best - self.threshold,
            (Better::Higher, false) => value > best * (1.0 + self.threshold),
            (Better::Higher, true) => value > best + self.threshold,
        };
        value.is_finite() && best.is_none_or(is_better)
    }
}

impl Default for ReduceLrOnPlateau {
    fn default() -> Self {
        ReduceLrOnPlateau::new()
    }
}

impl fmt::Display for ReduceLrOnPlateau {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReduceLrOnPlateau(factor {}, patience {}", self.factor, self.patience)?;
        match &self.criterion {
            Criterion::ValidationLoss => {}
            Criterion::TrainingLoss => write!(f, ", by the training loss")?,
            Criterion::Metric(name, better) => write!(f, ", by {name}, {better}")?,
        }
        if self.is_absolute {
            write!(f, ", absolute threshold {:e}", self.threshold)?;
        } else if self.threshold != 1e-4 {
            write!(f, ", threshold {:e}", self.threshold)?;
        }
        if self.cooldown != 0 {
            write!(f, ", cooldown {}", self.cooldown)?;
        }
        if self.min_lr != 0.0 {
            write!(f, ", min_lr {}", self.min_lr)?;
        }
        if self.eps != 1e-8 {
            write!(f, ", eps {:e}", self.eps)?;
        }
        write!(f, ")")
    }
}

/// Where a training stands between two epochs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plateau {
    learning_rate: f64,
    /// The number of epochs that were looked at.
    epochs: usize,
    best: Option<f64>,
    /// The number of epochs in a row without improvement.
    bad: usize,
    /// The number of epochs that still do not count.
    cooldown: usize,
}

impl Plateau {
    /// Before the first epoch.
    pub(crate) fn new(learning_rate: f64) -> Self {
        Plateau { learning_rate, epochs: 0, best: None, bad: 0, cooldown: 0 }
    }

    pub(crate) fn learning_rate(&self) -> f64 {
        self.learning_rate
    }
}
