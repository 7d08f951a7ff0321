//! The error of a module that cannot be used, and its position in the network.

use std::fmt;

use super::{SettingError, ShapeError, ValueError};
use crate::Segment;

/// A module that cannot be planned, or cannot take some data. Prints as
/// `layer 2, Linear(8 → 2): expected input [n, …, 8], found [200, 5]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", Position(path))]
pub struct ModuleError {
    /// Position in the network, outermost first: `["2", "0"]` is the first layer of the
    /// [`Sequential`](crate::Sequential) that is the third layer. Empty for a layer that stands alone.
    pub path: Vec<String>,
    /// The problem.
    pub problem: ModuleProblem,
}

/// The problem of a module, or of the input it is offered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModuleProblem {
    /// The input has a shape that the module cannot take.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The module has a setting that makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The input has a value that the module cannot take.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// The module has no [architecture](crate::Module::architecture) that a file could hold.
    #[error("{module}: expected one of nn's own modules, because files hold the architecture of no other")]
    NoArchitecture {
        /// The module, as it displays itself.
        module: String,
    },
}

impl ModuleError {
    /// Returns the same error seen from the container of its module, under the name that the module has there.
    #[must_use]
    pub fn inside<'a>(mut self, segment: impl Into<Segment<'a>>) -> Self {
        self.path.insert(0, segment.into().to_string());
        self
    }
}

impl From<ModuleProblem> for ModuleError {
    fn from(problem: ModuleProblem) -> Self {
        ModuleError { path: Vec::new(), problem }
    }
}

impl From<ShapeError> for ModuleError {
    fn from(error: ShapeError) -> Self {
        ModuleProblem::from(error).into()
    }
}

impl From<SettingError> for ModuleError {
    fn from(error: SettingError) -> Self {
        ModuleProblem::from(error).into()
    }
}

impl From<ValueError> for ModuleError {
    fn from(error: ValueError) -> Self {
        ModuleProblem::from(error).into()
    }
}

/// The prefix `layer 2.0, `, or nothing for an empty path.
struct Position<'a>(&'a [String]);

impl fmt::Display for Position<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, "layer {}, ", self.0.join("."))
    }
}
