//! What goes wrong: an output and a target that do not fit, a setting that no loss can have.

use std::fmt::Display;

/// An output, a target or a setting that a loss cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LossError {
    /// The network's output has the wrong shape for this loss or this target.
    #[error("{loss}: expected {expected}, got {found}")]
    Shape {
        /// The loss, as it displays itself.
        loss: String,
        /// What would have fitted.
        expected: String,
        /// What came.
        found: String,
    },
    /// A class index that the network has no output for.
    #[error(
        "{loss}: sample {sample} has label {label}, but the network has {classes} outputs (labels count from 0)"
    )]
    Label {
        /// The loss, as it displays itself.
        loss: String,
        /// Position of the sample in the batch.
        sample: usize,
        /// The label it has.
        label: usize,
        /// Number of classes that the network's output tells apart.
        classes: usize,
    },
    /// A target that is NaN or infinite.
    #[error("{loss}: the target of sample {sample} is {value}")]
    NotFinite {
        /// The loss, as it displays itself.
        loss: String,
        /// Position of the sample in the batch.
        sample: usize,
        /// The value, as printed.
        value: String,
    },
    /// A target that is a number, but none that this loss can take.
    #[error("{loss}: the target of sample {sample} is {value}, expected {expected}")]
    Target {
        /// The loss, as it displays itself.
        loss: String,
        /// Position of the sample in the batch.
        sample: usize,
        /// The value, as printed.
        value: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// A setting that no loss can have.
    #[error("{loss}: {name} is {found}, expected {expected}")]
    Setting {
        /// The loss, as it displays itself.
        loss: String,
        /// The setting.
        name: &'static str,
        /// What would have been right.
        expected: &'static str,
        /// What came.
        found: String,
    },
}

/// Whether a setting of a loss can be as it is.
pub(crate) fn check_setting(
    loss: &dyn Display,
    name: &'static str,
    expected: &'static str,
    found: impl Display,
    fits: bool,
) -> Result<(), LossError> {
    if fits {
        return Ok(());
    }
    Err(LossError::Setting { loss: loss.to_string(), name, expected, found: found.to_string() })
}
