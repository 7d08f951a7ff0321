//! What can go wrong before a training starts. Once it runs, nothing can: a loss that overflows is a result.

use nn_core::{ModuleError, SettingError};
use nn_loss::LossError;

use crate::metrics::MetricError;
use crate::optim::OptimizerError;
use crate::trainer::CheckpointError;

/// A training that cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The network cannot take the data, or has a setting that makes no sense.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The loss cannot compare the network's output with the targets.
    #[error(transparent)]
    Loss(#[from] LossError),
    /// The validation data do not fit.
    #[error("validation data: {0}")]
    Validation(#[source] Box<TrainError>),
    /// The optimiser cannot take the network.
    #[error(transparent)]
    Optimizer(#[from] OptimizerError),
    /// The checkpoint does not belong to this training.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A metric cannot judge the network's output.
    #[error("metric {name}: {source}")]
    Metric {
        /// The metric.
        name: String,
        /// What it says.
        source: MetricError,
    },
    /// A setting that makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// A set of trials that cannot be run or summarised.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrialsError {
    /// No trial was asked for.
    #[error("the number of trials is 0, expected at least 1")]
    NoTrials,
    /// A trial returned an error. With several, this is the one of the lowest index.
    #[error("trial {index}: {source}")]
    Trial {
        /// Which trial, counted from 0.
        index: usize,
        /// What it returned.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A curve is empty.
    #[error("trial {index} recorded 0 losses, expected at least 1")]
    Curve {
        /// Which trial, counted from 0.
        index: usize,
    },
    /// A validation curve is not as long as the training curve beside it.
    #[error(
        "trial {index} recorded {found} validation losses, expected {expected}: one for each training loss"
    )]
    Validation {
        /// Which trial, counted from 0.
        index: usize,
        /// Length of its training curve.
        expected: usize,
        /// Length of its validation curve.
        found: usize,
    },
    /// The weights of an epoch were restored that the trial did not have.
    #[error("trial {index} restored epoch {epoch}, but has {epochs} epochs (they count from 0)")]
    Restored {
        /// Which trial, counted from 0.
        index: usize,
        /// The epoch that it says it restored.
        epoch: usize,
        /// How many epochs it has.
        epochs: usize,
    },
    /// Some trials report something and others do not.
    #[error("trial {index} and trial 0 differ in whether they report {what}: either all do or none")]
    Mixture {
        /// Which trial, counted from 0.
        index: usize,
        /// What one of the two reports.
        what: &'static str,
    },
    /// The scores of two trials have different names or directions.
    #[error(
        "the score of trial {index} is {found}, that of trial 0 is {expected}: one kind of score for all"
    )]
    Score {
        /// Which trial, counted from 0.
        index: usize,
        /// Name and direction of trial 0's score.
        expected: String,
        /// Name and direction of this score.
        found: String,
    },
    /// The threads could not be started.
    #[error("cannot start {threads} threads: {reason}")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the operating system said.
        reason: String,
    },
}
