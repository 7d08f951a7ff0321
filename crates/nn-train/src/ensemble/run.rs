//! What one trial returns.

use crate::History;
use crate::statistics::Better;

/// What one trial returns: its loss curves, how well it did on data that it has not seen, whether it succeeded (where that
/// means something), and whatever it wants to keep, such as the trained network.
///
/// ```
/// use nn_train::{Run, Score};
///
/// let run = Run::new(vec![0.9, 0.5, 0.4, 0.3])
///     .validation(vec![0.9, 0.6, 0.7, 0.8])
///     .restored(1) // early stopping took the weights of epoch 1 back
///     .score(Score::higher("test accuracy", 0.94))
///     .success(true)
///     .keep("the network");
/// assert_eq!((run.final_loss(), run.final_validation_loss()), (Some(0.5), Some(0.6)));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Run<F, K = ()> {
    /// The training loss of every epoch.
    pub curve: Vec<F>,
    /// The validation loss of every epoch; empty without validation data.
    pub validation: Vec<F>,
    /// The epoch, counted from 0, whose weights the network has in the end; `None` if those of the last.
    pub restored: Option<usize>,
    /// How well the trial did on data that neither trained it nor chose among trials.
    pub score: Option<Score>,
    /// Whether the trial reached its goal; `None` if it has none.
    pub success: Option<bool>,
    /// Kept for later.
    pub kept: K,
}

impl<F> Run<F> {
    /// A run with this loss curve.
    pub fn new(curve: Vec<F>) -> Self {
        Run { curve, validation: Vec::new(), restored: None, score: None, success: None, kept: () }
    }
}

impl<F> From<History<F>> for Run<F> {
    /// A run with the curves of this training, which knows whether early stopping restored the weights of an epoch.
    fn from(History { loss, validation, restored, .. }: History<F>) -> Self {
        Run::new(loss).validation(validation).restored(restored)
    }
}

impl<F, K> Run<F, K> {
    /// The validation loss of every epoch, by which the best and the worst trial are then chosen; empty for none.
    #[must_use]
    pub fn validation(self, curve: Vec<F>) -> Self {
        Run { validation: curve, ..self }
    }

    /// Says that the network has the weights of this epoch, counted from 0, as early stopping restores them: the run's final
    /// losses are those of this epoch. `None` for the last.
    #[must_use]
    pub fn restored(self, epoch: impl Into<Option<usize>>) -> Self {
        Run { restored: epoch.into(), ..self }
    }

    /// Says how well the trial did on test data. A plain number has the name "score", and the higher is better.
    ///
    /// A trial that has none, because its network diverged, gives NaN, which ranks worst and is counted; see
    /// [`or_nan`](crate::metrics::or_nan).
    #[must_use]
    pub fn score(self, score: impl Into<Score>) -> Self {
        Run { score: Some(score.into()), ..self }
    }

    /// Says whether the trial reached its goal.
    #[must_use]
    pub fn success(self, success: bool) -> Self {
        Run { success: Some(success), ..self }
    }

    /// Keeps something for later.
    #[must_use]
    pub fn keep<L>(self, kept: L) -> Run<F, L> {
        let Run { curve, validation, restored, score, success, .. } = self;
        Run { curve, validation, restored, score, success, kept }
    }
}

impl<F: Copy, K> Run<F, K> {
    /// The training loss of the last epoch, or of the one whose weights were restored; `None` if it was not recorded.
    pub fn final_loss(&self) -> Option<F> {
        self.last(&self.curve)
    }

    /// The validation loss of the last epoch, or of the one whose weights were restored; `None` if it was not recorded.
    pub fn final_validation_loss(&self) -> Option<F> {
        self.last(&self.validation)
    }

    fn last(&self, curve: &[F]) -> Option<F> {
        self.restored.map_or(curve.last(), |epoch| curve.get(epoch)).copied()
    }
}

/// How well a trial did, by a measure of this name.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// What was measured, such as "test accuracy".
    pub name: String,
    /// Whether it is to be high or low.
    pub better: Better,
    /// What came out.
    pub value: f64,
}

impl Score {
    /// A score that is better when higher, such as an accuracy.
    pub fn higher(name: impl Into<String>, value: f64) -> Self {
        Score { name: name.into(), better: Better::Higher, value }
    }

    /// A score that is better when lower, such as an error.
    pub fn lower(name: impl Into<String>, value: f64) -> Self {
        Score { name: name.into(), better: Better::Lower, value }
    }
}

impl From<f64> for Score {
    fn from(value: f64) -> Self {
        Score::higher("score", value)
    }
}
