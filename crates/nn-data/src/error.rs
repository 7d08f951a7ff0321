//! What can be wrong with data.

use crate::{CsvError, IdxError};

/// Data that cannot be made, read or split as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// Inputs and targets of different length.
    #[error("{inputs} inputs but {targets} targets: every sample needs one of each")]
    Length {
        /// Number of inputs.
        inputs: usize,
        /// Number of targets.
        targets: usize,
    },
    /// An argument outside what the function can work with.
    #[error("{name} is {found}, expected {expected}")]
    Argument {
        /// The argument.
        name: &'static str,
        /// What would have been right.
        expected: String,
        /// What came.
        found: String,
    },
    /// A class that cannot be in every part.
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

impl DataError {
    pub(crate) fn argument(name: &'static str, expected: impl Into<String>, found: impl ToString) -> Self {
        DataError::Argument { name, expected: expected.into(), found: found.to_string() }
    }

    /// `value` must be finite and not negative.
    pub(crate) fn check_spread(name: &'static str, value: f64) -> Result<(), Self> {
        if value.is_finite() && value >= 0.0 {
            Ok(())
        } else {
            Err(DataError::argument(name, "a finite number that is not negative", value))
        }
    }

    /// `value` must be finite and positive.
    pub(crate) fn check_rate(name: &'static str, value: f64) -> Result<(), Self> {
        if value.is_finite() && value > 0.0 {
            Ok(())
        } else {
            Err(DataError::argument(name, "a finite number greater than 0", value))
        }
    }

    /// `value` must be at least 1.
    pub(crate) fn check_positive(name: &'static str, value: usize) -> Result<(), Self> {
        if value > 0 { Ok(()) } else { Err(DataError::argument(name, "at least 1", value)) }
    }
}

fn plural(samples: usize) -> &'static str {
    if samples == 1 { "sample" } else { "samples" }
}
