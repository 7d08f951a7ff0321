//! The result of one trial.

use nn_core::Scalar;

use crate::statistics::Better;
use crate::{History, RunError};

/// The result of one trial: its loss curves, its score on unseen data, whether it succeeded (if the experiment has a goal),
/// and anything it keeps, such as the trained network.
///
/// ```
/// use nn_train::{Run, Score};
///
/// let run = Run::new(vec![0.9, 0.5, 0.4, 0.3])
///     .validation(vec![0.9, 0.6, 0.7, 0.8])
///     .restored(1) // early stopping restored the weights of epoch 1
///     .score(Score::higher("test accuracy", 0.94))
///     .success(true)
///     .keep("the network");
/// assert_eq!(
///     (run.final_loss(), run.final_validation_loss()),
///     (Some(0.5), Some(0.6))
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Run<F, K = ()> {
    /// The training loss of every epoch.
    pub curve: Vec<F>,
    /// The validation loss of every epoch; empty without validation data.
    pub validation: Vec<F>,
    /// The epoch, counted from 0, whose weights the network has at the end; `None` for the last epoch.
    pub restored: Option<usize>,
    /// The score on data that were used neither for training nor for choosing among trials.
    pub score: Option<Score>,
    /// Whether the trial reached its goal; `None` if it has none.
    pub success: Option<bool>,
    /// Whether the trained network is known to have a parameter or an output that is infinite or NaN, whatever the losses
    /// say; see [`Run::has_diverged`].
    pub diverged: bool,
    /// The value that the trial keeps for later use.
    pub kept: K,
}

impl<F> Run<F> {
    /// Creates a run with this loss curve. For that of a [`Trainer`](crate::Trainer) or of
    /// [`GradientDescent`](crate::GradientDescent) use `Run::from(history)`, which also knows whether the last update made the
    /// network diverge.
    pub fn new(curve: Vec<F>) -> Self {
        let (validation, restored, score, success) = (Vec::new(), None, None, None);
        Run { curve, validation, restored, score, success, diverged: false, kept: () }
    }
}

impl<F> From<History<F>> for Run<F> {
    /// Creates a run with the curves of this training, the epoch whose weights early stopping restored, if any, and whether the
    /// network diverged.
    fn from(History { loss, validation, restored, diverged, .. }: History<F>) -> Self {
        Run { diverged, ..Run::new(loss).validation(validation).restored(restored) }
    }
}

impl<F, K> Run<F, K> {
    /// Sets the validation loss of every epoch, by which the best and the worst trial are then chosen; empty for none.
    #[must_use]
    pub fn validation(self, curve: Vec<F>) -> Self {
        Run { validation: curve, ..self }
    }

    /// Sets the epoch, counted from 0, whose weights early stopping restored: the run's final losses are those of this
    /// epoch. `None` stands for the last epoch.
    #[must_use]
    pub fn restored(self, epoch: impl Into<Option<usize>>) -> Self {
        Run { restored: epoch.into(), ..self }
    }

    /// Sets the score on test data. A plain number gets the name "score", and higher is better.
    ///
    /// For a trial without a score because its network diverged, pass NaN, which ranks worst and is counted as diverged; see
    /// [`or_nan`](crate::metrics::or_nan).
    #[must_use]
    pub fn score(self, score: impl Into<Score>) -> Self {
        Run { score: Some(score.into()), ..self }
    }

    /// Sets whether the trial reached its goal.
    #[must_use]
    pub fn success(self, success: bool) -> Self {
        Run { success: Some(success), ..self }
    }

    /// Sets whether the trained network has a parameter or an output that is infinite or NaN.
    #[must_use]
    pub fn diverged(self, diverged: bool) -> Self {
        Run { diverged, ..self }
    }

    /// Keeps a value for later use.
    #[must_use]
    pub fn keep<L>(self, kept: L) -> Run<F, L> {
        let Run { curve, validation, restored, score, success, diverged, .. } = self;
        Run { curve, validation, restored, score, success, diverged, kept }
    }
}

impl<F, K> Run<F, K> {
    /// Returns the run, after a check of what can be seen without those of other trials.
    pub(crate) fn checked(self) -> Result<Self, RunError> {
        let (epochs, found) = (self.curve.len(), self.validation.len());
        if epochs == 0 {
            return Err(RunError::Curve);
        }
        if found != 0 && found != epochs {
            return Err(RunError::Validation { expected: epochs, found });
        }
        match self.restored {
            Some(epoch) if epoch >= epochs => Err(RunError::Restored { epoch, epochs }),
            _ => Ok(self),
        }
    }
}

impl<F: Copy, K> Run<F, K> {
    /// Returns the training loss of the last epoch, or of the one whose weights were restored; `None` if it was not
    /// recorded.
    pub fn final_loss(&self) -> Option<F> {
        self.last(&self.curve)
    }

    /// Returns the validation loss of the last epoch, or of the one whose weights were restored; `None` if it was not
    /// recorded.
    pub fn final_validation_loss(&self) -> Option<F> {
        self.last(&self.validation)
    }

    fn last(&self, curve: &[F]) -> Option<F> {
        self.restored.map_or(curve.last(), |epoch| curve.get(epoch)).copied()
    }
}

impl<F: Scalar, K> Run<F, K> {
    /// Returns whether this run ended with something infinite or NaN: a final loss, the score, or, as far as is
    /// [known](Run::diverged), the network itself. One of them is enough, because none shows everything: the training loss is
    /// computed before the last update, and some networks give numbers although a parameter is NaN.
    ///
    /// ```
    /// use nn_train::Run;
    /// assert!(!Run::new(vec![0.9, 0.5]).score(0.9).has_diverged());
    /// assert!(Run::new(vec![0.9, 0.5]).score(f64::NAN).has_diverged());
    /// assert!(Run::new(vec![0.9, 0.5]).diverged(true).has_diverged());
    /// ```
    pub fn has_diverged(&self) -> bool {
        let losses = [self.final_loss(), self.final_validation_loss()];
        self.diverged
            || losses.into_iter().flatten().any(|loss| !loss.is_finite())
            || self.score.as_ref().is_some_and(|score| !score.value.is_finite())
    }
}

/// A named measure of how well a trial did.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The name of the measure, such as "test accuracy".
    pub name: String,
    /// Whether higher or lower is better.
    pub better: Better,
    /// The measured value.
    pub value: f64,
}

impl Score {
    /// Creates a score that is better when higher, such as an accuracy.
    pub fn higher(name: impl Into<String>, value: f64) -> Self {
        Score { name: name.into(), better: Better::Higher, value }
    }

    /// Creates a score that is better when lower, such as an error.
    pub fn lower(name: impl Into<String>, value: f64) -> Self {
        Score { name: name.into(), better: Better::Lower, value }
    }
}

impl From<f64> for Score {
    fn from(value: f64) -> Self {
        Score::higher("score", value)
    }
}
