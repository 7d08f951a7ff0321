//! What can be wrong with data.

use nn_core::SettingError;

use crate::{CsvError, IdxError};

/// Data that cannot be made, read or split as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The numbers of inputs and targets differ.
    #[error("expected one target for each input, found {inputs} inputs and {targets} targets")]
    Length {
        /// Number of inputs.
        inputs: usize,
        /// Number of targets.
        targets: usize,
    },
    /// An argument that makes no sense. `of` is the function or the type that refused it.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A class with too few samples to be in every part.
    #[error("class {class} has {samples} {}, expected at least {expected}, one for each part", plural(*samples))]
    FewSamples {
        /// The class index.
        class: usize,
        /// Number of its samples.
        samples: usize,
        /// Number of parts.
        expected: usize,
    },
    /// A CSV file that cannot be read as asked.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// An IDX file that cannot be read as asked.
    #[error(transparent)]
    Idx(#[from] IdxError),
}

/// A count must be at least `least`.
pub(crate) fn at_least(least: usize, of: &str, name: &str, count: usize) -> Result<(), SettingError> {
    SettingError::unless(count >= least, of, name, format_args!("at least {least}"), count)
}

fn plural(samples: usize) -> &'static str {
    if samples == 1 { "sample" } else { "samples" }
}
