//! What can be refused before a training starts, and why trials cannot be summarised. A loss that overflows later is a
//! result, not an error.

use nn_core::{ModuleError, SettingError};
use nn_data::DataError;
use nn_loss::LossError;

use crate::failure::{Failure, shortened};
use crate::metrics::MetricError;
use crate::optim::OptimizerError;
use crate::trainer::CheckpointError;

/// Why a training cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The network does not accept the data, or has an invalid setting.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The loss cannot compare the network's output with the targets.
    #[error(transparent)]
    Loss(#[from] LossError),
    /// The validation data do not fit the network or the loss.
    #[error("validation data: {0}")]
    Validation(#[source] Box<TrainError>),
    /// The optimiser does not accept the network.
    #[error(transparent)]
    Optimizer(#[from] OptimizerError),
    /// The checkpoint does not belong to this training.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A metric cannot judge the network's output.
    #[error("metric {name}: {source}")]
    Metric {
        /// The name of the metric.
        name: String,
        /// The error that it returned.
        source: MetricError,
    },
    /// An invalid setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// Why a set of trials cannot be run or summarised.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrialsError {
    /// No trials were requested.
    #[error("the number of trials is 0, expected at least 1")]
    NoTrials,
    /// The runs of so many trials do not fit into memory.
    #[error("the number of trials is {trials}, expected a number whose runs fit into memory")]
    TooMany {
        /// The number of trials that were requested.
        trials: usize,
    },
    /// The range does not lie within the trials of the experiment.
    #[error("the range is {start}..{end}, expected one within the {trials} trials from 0 on")]
    Range {
        /// The first index of the range.
        start: usize,
        /// The index after the last one.
        end: usize,
        /// The number of trials of the experiment.
        trials: usize,
    },
    /// The data cannot be divided into folds as asked.
    #[error(transparent)]
    Data(Box<DataError>),
    /// A trial failed. When several did, this is the one with the lowest index.
    #[error("trial {index}: {}", shortened(source, 1000))]
    Trial {
        /// The index of the trial, counted from 0.
        index: usize,
        /// The error that it returned, [`Panicked`](crate::Panicked) if it panicked, or the [`RunError`] of a run that
        /// cannot be used.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Every trial failed, although the others [went on](crate::Trials::keep_going).
    #[error("all {} trials failed, the first of them with {source}", failures.len())]
    AllFailed {
        /// The failure of the trial with the lowest index.
        source: Failure,
        /// All failures, in the order of their indices.
        failures: Vec<Failure>,
    },
}

/// Why a run cannot be summarised, alone or together with those of the other trials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The curve is empty.
    #[error("recorded 0 losses, expected at least 1")]
    Curve,
    /// The validation curve is not as long as the training curve beside it.
    #[error("recorded {found} validation losses, expected {expected}: one for each training loss")]
    Validation {
        /// The length of the training curve.
        expected: usize,
        /// The length of the validation curve.
        found: usize,
    },
    /// The run restored the weights of an epoch that it does not have.
    #[error("restored epoch {epoch}, but has {epochs} epochs (they count from 0)")]
    Restored {
        /// The epoch that it claims to have restored.
        epoch: usize,
        /// The number of its epochs.
        epochs: usize,
    },
    /// Some trials report something and others do not.
    #[error("differs from trial {first} in whether it reports {what}: either all do or none")]
    Mixture {
        /// The index of the first trial with a run.
        first: usize,
        /// The value that only one of the two reports.
        what: &'static str,
    },
    /// The scores of two trials have different names or directions.
    #[error("has the score {found}, trial {first} has {expected}: one kind of score for all")]
    Score {
        /// The index of the first trial with a run.
        first: usize,
        /// The name and direction of that trial's score.
        expected: String,
        /// The name and direction of this score.
        found: String,
    },
}
