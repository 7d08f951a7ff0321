//! What goes wrong when shapes do not fit, or a layer is made of a number that makes no sense: which layer, what it
//! expected, what came.

use std::fmt;

use crate::Segment;

/// A layer cannot take the input it is offered. Prints as
/// `layer 2, Linear(8 → 2): expected input [n, 8], got [200, 5]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{layer}: expected {expected}, got {found:?}", Position(path))]
pub struct ShapeError {
    /// Position in the network, outermost first: `["2", "0"]` is the first layer of the
    /// [`Sequential`](crate::Sequential) that is the third layer. Empty for a layer that stands alone.
    pub path: Vec<String>,
    /// The layer, as it displays itself.
    pub layer: String,
    /// What would have fitted, such as `input [n, 8]`.
    pub expected: String,
    /// The shape that came.
    pub found: Vec<usize>,
}

impl ShapeError {
    /// `layer` expected `expected` (a few words) and got the shape `found`.
    pub fn new(layer: &dyn fmt::Display, expected: impl Into<String>, found: &[usize]) -> Self {
        ShapeError {
            path: Vec::new(),
            layer: layer.to_string(),
            expected: expected.into(),
            found: found.to_vec(),
        }
    }

    /// Every layer needs at least one sample.
    ///
    /// # Errors
    /// If the first axis of `input` is missing or 0.
    pub fn check_samples(layer: &dyn fmt::Display, input: &[usize]) -> Result<(), Self> {
        match input.first() {
            None | Some(0) => Err(ShapeError::new(layer, "at least one sample", input)),
            Some(_) => Ok(()),
        }
    }

    /// The same error seen from the container of its layer, under the name that the layer has there.
    #[must_use]
    pub fn inside<'a>(mut self, segment: impl Into<Segment<'a>>) -> Self {
        self.path.insert(0, segment.into().to_string());
        self
    }
}

/// A layer cannot be made of the number it is offered. Prints as `Dropout: expected p in [0, 1], got 1.5`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{layer}: expected {expected}, got {found}")]
pub struct SettingError {
    /// The kind of layer.
    pub layer: &'static str,
    /// What would have been right, such as `p in [0, 1]`.
    pub expected: &'static str,
    /// The number that came.
    pub found: f64,
}

/// `layer 2.0, ` or nothing.
struct Position<'a>(&'a [String]);

impl fmt::Display for Position<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, "layer {}, ", self.0.join("."))
    }
}
