//! What goes wrong when an output and its target do not fit.

/// An output or a target that a loss cannot take.
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
}
