//! An input whose shape a layer cannot take.

use std::fmt::Display;

/// An input shape that a layer cannot take. Prints as `Linear(8 → 2): expected input [n, …, 8], found [200, 5]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{layer}: expected {expected}, found {found:?}")]
pub struct ShapeError {
    /// The layer, as it displays itself.
    pub layer: String,
    /// The expected shape, such as `input [n, …, 8]`.
    pub expected: String,
    /// The shape that was found.
    pub found: Vec<usize>,
}

impl ShapeError {
    /// Makes the error that `layer` expected `expected` (a few words) and found the shape `found`.
    pub fn new(layer: &dyn Display, expected: impl Into<String>, found: &[usize]) -> Self {
        ShapeError { layer: layer.to_string(), expected: expected.into(), found: found.to_vec() }
    }

    /// Makes the error that no memory could hold an array of the shape `found`.
    pub(crate) fn too_large(layer: &dyn Display, found: &[usize]) -> Self {
        ShapeError::new(layer, "a shape that fits into memory", found)
    }

    /// Checks that there is at least one sample, which every layer needs.
    ///
    /// # Errors
    /// [`ShapeError`] if the first axis of `input` is missing or 0.
    pub fn check_samples(layer: &dyn Display, input: &[usize]) -> Result<(), Self> {
        match input.first() {
            None | Some(0) => Err(ShapeError::new(layer, "at least one sample", input)),
            Some(_) => Ok(()),
        }
    }
}
