//! When a training has gone on long enough, and which of its epochs was the best.

use nn_core::{Scalar, Setting, SettingError};

use crate::History;
use crate::criterion::Criterion;
use crate::statistics::Better;

/// The settings of early stopping, for [`Trainer::early_stopping`](crate::Trainer::early_stopping): a training ends when its
/// criterion has not improved for `patience` epochs.
///
/// The criterion is the validation loss, or a [metric](EarlyStopping::metric) of the validation data. An epoch is an improvement
/// if its value is finite and better than that of the best epoch so far by more than [`min_delta`](EarlyStopping::min_delta); the
/// first epoch with a finite value always is. The last improvement is [`History::best`], and its weights are
/// [restored](History::restored). The names and the rule are those of Keras.
///
/// Defaults: the validation loss, `min_delta` 0, from the first epoch on. A plain number stands for this patience and the
/// defaults.
///
/// ```
/// use nn_train::prelude::*;
///
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let data = make_xor::<f32>(400, 0.3, &mut rng)?;
/// let (train, validation) = train_test_split(&data, 0.25, &mut rng)?;
/// let mut network = Sequential::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(Tanh)
///     .append(Linear::new(8, 2, &mut rng));
/// let by_accuracy = EarlyStopping::new(20)
///     .metric("accuracy", Better::Higher)
///     .min_delta(0.001)
///     .start_from_epoch(10);
/// let history = Trainer::new(Adam::new(0.01))
///     .epochs(500)
///     .batch_size(32)
///     .metric("accuracy", |output, labels: &Vec<usize>| {
///         accuracy(labels, &argmax(output)?)
///     })
///     .early_stopping(by_accuracy)
///     .fit(
///         &mut network,
///         &CrossEntropyLoss::mean(),
///         &train,
///         Some(&validation),
///         &mut rng,
///     )?;
/// let (curve, best) = (history.metric("accuracy").unwrap(), history.best.unwrap());
/// assert!(best >= 10 && history.epochs() == best + 20 + 1);
/// assert!(curve[best + 1..].iter().all(|later| *later <= curve[best] + 0.001));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EarlyStopping {
    patience: usize,
    criterion: Criterion,
    min_delta: f64,
    first: usize,
}

impl EarlyStopping {
    /// Stops after `patience` epochs without an improvement, at least 1.
    pub fn new(patience: usize) -> Self {
        EarlyStopping { patience, criterion: Criterion::ValidationLoss, min_delta: 0.0, first: 0 }
    }

    /// Goes by the metric of this name, which the trainer must [measure](crate::Trainer::metric), in place of the validation
    /// loss.
    #[must_use]
    pub fn metric(self, name: impl Into<String>, better: Better) -> Self {
        EarlyStopping { criterion: Criterion::Metric(name.into(), better), ..self }
    }

    /// Sets how much better than the best value another must be to count as an improvement, at least 0.
    #[must_use]
    pub fn min_delta(self, min_delta: f64) -> Self {
        EarlyStopping { min_delta, ..self }
    }

    /// Sets the first epoch that counts, from 0. Those before it are neither the best nor are they part of the patience.
    #[must_use]
    pub fn start_from_epoch(self, epoch: usize) -> Self {
        EarlyStopping { first: epoch, ..self }
    }

    pub(super) fn check(&self) -> Result<(), SettingError> {
        let name = "patience of early stopping";
        SettingError::unless(self.patience > 0, "Trainer", name, "at least 1 epoch", self.patience)?;
        Setting::of::<f64>("Trainer", "min_delta of early stopping", self.min_delta).at_least_0()
    }

    pub(super) fn criterion(&self) -> &Criterion {
        &self.criterion
    }

    /// Returns whether `epoch` is better than the best before it.
    pub(super) fn improves<F: Scalar>(
        &self,
        history: &History<F>,
        best: Option<usize>,
        epoch: usize,
    ) -> bool {
        let value = |epoch| self.criterion.value(history, epoch);
        let Some(new) = value(epoch).filter(|new| new.is_finite()) else { return false };
        epoch >= self.first
            && best.and_then(value).is_none_or(|best| match self.criterion.better() {
                Better::Lower => new < best - self.min_delta,
                Better::Higher => new > best + self.min_delta,
            })
    }

    /// Returns the best of all epochs of the history.
    pub(super) fn best<F: Scalar>(&self, history: &History<F>) -> Option<usize> {
        (0..history.epochs())
            .fold(None, |best, epoch| if self.improves(history, best, epoch) { Some(epoch) } else { best })
    }

    /// Returns whether patience has run out after `epoch`.
    pub(super) fn is_over(&self, best: Option<usize>, epoch: usize) -> bool {
        // Without a best epoch (no value was finite) patience counts from the beginning.
        let since = best.map_or((epoch + 1).saturating_sub(self.first), |best| epoch - best);
        since >= self.patience
    }
}

/// This patience, and the defaults.
impl From<usize> for EarlyStopping {
    fn from(patience: usize) -> Self {
        EarlyStopping::new(patience)
    }
}
