//! What can be refused before a training starts. A loss that overflows later is a result, not an error.

use nn_core::{ModuleError, SettingError};
use nn_loss::LossError;

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
    /// A trial returned an error. When several did, this is the one with the lowest index.
    #[error("trial {index}: {source}")]
    Trial {
        /// The index of the trial, counted from 0.
        index: usize,
        /// The error that it returned.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A curve is empty.
    #[error("trial {index} recorded 0 losses, expected at least 1")]
    Curve {
        /// The index of the trial, counted from 0.
        index: usize,
    },
    /// A validation curve is not as long as the training curve beside it.
    #[error(
        "trial {index} recorded {found} validation losses, expected {expected}: one for each training loss"
    )]
    Validation {
        /// The index of the trial, counted from 0.
        index: usize,
        /// The length of its training curve.
        expected: usize,
        /// The length of its validation curve.
        found: usize,
    },
    /// A trial restored the weights of an epoch that it does not have.
    #[error("trial {index} restored epoch {epoch}, but has {epochs} epochs (they count from 0)")]
    Restored {
        /// The index of the trial, counted from 0.
        index: usize,
        /// The epoch that it claims to have restored.
        epoch: usize,
        /// The number of its epochs.
        epochs: usize,
    },
    /// Some trials report something and others do not.
    #[error("trial {index} and trial 0 differ in whether they report {what}: either all do or none")]
    Mixture {
        /// The index of the trial, counted from 0.
        index: usize,
        /// The value that only one of the two reports.
        what: &'static str,
    },
    /// The scores of two trials have different names or directions.
    #[error(
        "the score of trial {index} is {found}, that of trial 0 is {expected}: one kind of score for all"
    )]
    Score {
        /// The index of the trial, counted from 0.
        index: usize,
        /// The name and direction of trial 0's score.
        expected: String,
        /// The name and direction of this score.
        found: String,
    },
    /// The threads could not be started.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// How many were requested.
        threads: usize,
        /// The message of the operating system.
        reason: String,
    },
}
