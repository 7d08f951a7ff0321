//! A state that does not fit.

use std::fmt;

/// A state whose names or shapes are not those of the model. Lists everything at once; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateError {
    /// Names that the model has and the state has not.
    pub missing: Vec<String>,
    /// Names that the state has and the model has not.
    pub unexpected: Vec<String>,
    /// Name, shape that the model has, shape that the state has.
    pub shapes: Vec<(String, Vec<usize>, Vec<usize>)>,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.missing.is_empty() {
            parts.push(format!("missing {}", self.missing.join(", ")));
        }
        if !self.unexpected.is_empty() {
            parts.push(format!("unexpected {}", self.unexpected.join(", ")));
        }
        for (name, expected, found) in &self.shapes {
            parts.push(format!("{name}: expected shape {expected:?}, got {found:?}"));
        }
        write!(f, "the state does not fit the model: {}", parts.join("; "))
    }
}

impl std::error::Error for StateError {}
