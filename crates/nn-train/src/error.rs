//! What can go wrong before a training starts. Once it runs, nothing can: a loss that overflows is a result.

use nn_core::ShapeError;
use nn_loss::LossError;

/// A training that cannot start.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The network cannot take the data.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The loss cannot compare the network's output with the targets.
    #[error(transparent)]
    Loss(#[from] LossError),
    /// A setting that makes no sense.
    #[error("{name} is {found}, expected {expected}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What would have been right.
        expected: String,
        /// What came.
        found: String,
    },
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
    /// A curve is empty or its length differs from that of trial 0.
    #[error(
        "trial {index} recorded {found} losses, expected {expected}: as many in every trial, and at least 1"
    )]
    Curve {
        /// Which trial, counted from 0.
        index: usize,
        /// Length of trial 0's curve, or 1 if that is empty.
        expected: usize,
        /// Length of this curve.
        found: usize,
    },
    /// Some trials say whether they succeeded and others do not.
    #[error("trial {index} and trial 0 differ in whether they report success: either all do or none")]
    Success {
        /// Which trial, counted from 0.
        index: usize,
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
