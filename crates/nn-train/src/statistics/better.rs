//! The direction in which a measure is better.

use std::fmt;

/// Which of two values is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// The higher one, as for an accuracy.
    Higher,
    /// The lower one, as for a loss.
    Lower,
}

impl Better {
    /// Returns the value itself if it is finite, otherwise the infinity that ranks worst.
    pub(super) fn ranked(self, value: f64) -> f64 {
        match self {
            _ if value.is_finite() => value,
            Better::Higher => f64::NEG_INFINITY,
            Better::Lower => f64::INFINITY,
        }
    }
}

/// Prints "higher is better" or "lower is better".
impl fmt::Display for Better {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Better::Higher => "higher is better",
            Better::Lower => "lower is better",
        })
    }
}
