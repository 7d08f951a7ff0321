//! Whether a measure is to be high or low.

use std::fmt;

/// Which of two values is the better one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// The higher, as of an accuracy.
    Higher,
    /// The lower, as of a loss.
    Lower,
}

impl Better {
    /// The value itself, or the worst there is for what is not finite.
    pub(super) fn ranked(self, value: f64) -> f64 {
        match self {
            _ if value.is_finite() => value,
            Better::Higher => f64::NEG_INFINITY,
            Better::Lower => f64::INFINITY,
        }
    }
}

/// "higher is better" or "lower is better".
impl fmt::Display for Better {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Better::Higher => "higher is better",
            Better::Lower => "lower is better",
        })
    }
}
