//! An input with a value that a layer cannot take.

use std::fmt::Display;

/// An input value that a layer cannot take. Prints as
/// `Embedding(100 → 8): expected whole numbers from 0 to 99, found 100 in sample 3`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{layer}: expected {expected}, found {found} in sample {sample}")]
pub struct ValueError {
    /// The layer, as it displays itself.
    pub layer: String,
    /// The expected values, such as `whole numbers from 0 to 99`.
    pub expected: String,
    /// The value, as printed.
    pub found: String,
    /// The sample that has it, counted from 0.
    pub sample: usize,
}

impl ValueError {
    /// Makes the error that `layer` expected `expected` (a few words) and found another value in a sample.
    pub fn new(layer: &dyn Display, expected: impl Into<String>, found: impl Display, sample: usize) -> Self {
        ValueError { layer: layer.to_string(), expected: expected.into(), found: found.to_string(), sample }
    }
}
