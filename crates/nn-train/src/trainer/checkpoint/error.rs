//! Why a checkpoint cannot be used.

use std::fmt;
use std::path::PathBuf;

use nn_core::{StateError, StateFileError};

/// Prints a text of a file as it is, or the beginning of a long one, so that a malicious file cannot fill the screen.
pub(in super::super) struct Plain<'a>(pub(in super::super) &'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 80;
        match self.0.char_indices().nth(LONGEST) {
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
            None if self.0.contains(char::is_control) => write!(f, "{:?}", self.0),
            None => f.write_str(self.0),
        }
    }
}

/// Prints `["accuracy"]`, or the beginning of a long list.
pub(in super::super) struct Names<'a>(pub(in super::super) &'a [String]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let shown = self.0.iter().take(SHOWN).map(|name| match Plain(name).to_string() {
            plain if plain == *name => format!("{plain:?}"),
            shortened => shortened,
        });
        write!(f, "[{}]", shown.collect::<Vec<_>>().join(", "))?;
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// Why a checkpoint cannot be read, or cannot continue a training.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] StateFileError),
    /// The file is not a checkpoint.
    #[error(
        "{}: expected a checkpoint, but \"{what}\" is missing or wrong; load a network alone with load_safetensors",
        .file.display()
    )]
    Content {
        /// The file.
        file: PathBuf,
        /// The name of the missing or wrong part.
        what: String,
    },
    /// The checkpoint is of another network.
    #[error("the checkpoint is of another network: {0}")]
    Network(#[source] StateError),
    /// The optimiser's state does not fit this optimiser or network.
    #[error("the checkpoint is of another optimiser: {0}")]
    Optimizer(#[source] StateError),
    /// The checkpoint was trained with another optimiser.
    #[error("the checkpoint was trained with {}, expected {expected}", Plain(.found))]
    OtherOptimizer {
        /// The optimiser of the training to be resumed.
        expected: String,
        /// The optimiser of the checkpoint.
        found: String,
    },
    /// The checkpoint has other metrics of the training data.
    #[error("the checkpoint has the training metrics {}, expected {}", Names(.found), Names(.expected))]
    TrainingMetrics {
        /// The names in the training to be resumed.
        expected: Vec<String>,
        /// The names in the checkpoint.
        found: Vec<String>,
    },
    /// A curve of the training data has the wrong length.
    #[error("the checkpoint has {found} epochs of a training metric, expected {expected}")]
    Training {
        /// The number of epochs.
        expected: usize,
        /// The number of values in the checkpoint.
        found: usize,
    },
    /// The checkpoint has other metrics.
    #[error("the checkpoint has the metrics {}, expected {}", Names(.found), Names(.expected))]
    Metrics {
        /// The names in the training to be resumed.
        expected: Vec<String>,
        /// The names in the checkpoint.
        found: Vec<String>,
    },
    /// The number of samples or the batch size differs, so the order of samples and the count of steps would not continue.
    #[error(
        "the checkpoint is of {} samples in batches of {}, expected {} samples in batches of {}",
        .found.0, .found.1, .expected.0, .expected.1
    )]
    Batches {
        /// The number of samples and the batch size of the training to be resumed.
        expected: (usize, usize),
        /// The same of the checkpoint.
        found: (usize, usize),
    },
    /// The training had ended, and the network no longer has the weights of its last step.
    #[error(
        "the checkpoint has the weights of epoch {epoch}, which early stopping restored after {epochs} epochs: \
         expected one from before the end"
    )]
    Restored {
        /// The epoch whose weights these are, counted from 0.
        epoch: usize,
        /// The number of epochs.
        epochs: usize,
    },
    /// Early stopping would not have the weights of the best epoch to restore.
    #[error(
        "the checkpoint is of a training with other settings of early stopping, or without: expected the weights of \
         epoch {epoch}, its best, which could be restored"
    )]
    NoBest {
        /// The best epoch by the settings of the training to be resumed, counted from 0.
        epoch: usize,
    },
    /// An epoch that the checkpoint names is none of those in its curves.
    #[error(
        "the checkpoint names epoch {epoch} as \"{name}\", expected one below {epochs}, the number of its epochs"
    )]
    Epoch {
        /// What the epoch is: `best` or `restored`.
        name: &'static str,
        /// The epoch, counted from 0.
        epoch: usize,
        /// The number of epochs with a validation loss or, of a restored one, of all.
        epochs: usize,
    },
    /// Only one of the checkpoint and the training has validation data, or a curve has the wrong length.
    #[error("the checkpoint has {found} epochs of validation, expected {expected}")]
    Validation {
        /// The number of epochs, or 0 without validation data.
        expected: usize,
        /// The number of values in the checkpoint.
        found: usize,
    },
}
