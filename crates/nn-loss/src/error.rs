//! What goes wrong: an output and a target that do not fit each other, or a setting that makes no sense.

use nn_core::SettingError;

/// An output, a target or a setting that a loss cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LossError {
    /// The network's output has the wrong shape for this loss or for this target.
    #[error("{loss}: expected {expected}, found {found}")]
    Shape {
        /// The loss, as it displays itself.
        loss: String,
        /// What would have fitted.
        expected: String,
        /// What was found.
        found: String,
    },
    /// A class index for which the network has no output.
    #[error(
        "{loss}: expected labels below {classes}, the number of the network's outputs, found {label} in sample {sample}{} (labels count from 0)",
        at(*position)
    )]
    Label {
        /// The loss, as it displays itself.
        loss: String,
        /// The sample that has it, counted from 0.
        sample: usize,
        /// The position in the sample, row-major and counted from 0, if the target is a [`ClassMap`](nn_core::ClassMap).
        position: Option<usize>,
        /// Its label.
        label: usize,
        /// The number of classes, one for each output.
        classes: usize,
    },
    /// A class that no sample has, so that no weight makes it count as much as the others.
    #[error(
        "balanced_class_weights: class {class} has no samples, expected at least 1 of each of the {classes} classes"
    )]
    ClassWithoutSamples {
        /// The class index.
        class: usize,
        /// The number of classes.
        classes: usize,
    },
    /// A value that this loss cannot take as a target.
    #[error("{loss}: expected each target to be {expected}, found {found} in sample {sample}")]
    Target {
        /// The loss, as it displays itself.
        loss: String,
        /// The sample that has it, counted from 0.
        sample: usize,
        /// What would have been right.
        expected: &'static str,
        /// The value, as printed.
        found: String,
    },
    /// A weight of a sample that makes no sense.
    #[error(
        "{loss}: expected each weight to be a finite number of at least 0, found {found} in sample {sample}"
    )]
    Weight {
        /// The loss, as it displays itself.
        loss: String,
        /// The sample that has it, counted from 0.
        sample: usize,
        /// The weight, as printed.
        found: String,
    },
    /// A value of a [mask](nn_core::Masked) that is neither yes nor no.
    #[error("{loss}: expected each value of the mask to be 0 or 1, found {found} in sample {sample}")]
    Mask {
        /// The loss, as it displays itself.
        loss: String,
        /// The sample that has it, counted from 0.
        sample: usize,
        /// The value, as printed.
        found: String,
    },
    /// The loss has a setting that makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

fn at(position: Option<usize>) -> String {
    position.map_or_else(String::new, |position| format!(" at position {position}"))
}
