//! The rate at which trials reach their goal.

use std::fmt;

use crate::statistics::Interval;

/// The number of trials that reach their goal, with the uncertainty of the rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SuccessRate {
    /// The number of trials that reached their goal.
    pub successes: usize,
    /// The number of all trials.
    pub trials: usize,
    /// The 95 % Wilson interval of the rate; `None` for a single trial, as with every other interval.
    pub interval: Option<Interval>,
}

impl SuccessRate {
    /// Returns the fraction of trials that succeeded.
    pub fn rate(&self) -> f64 {
        self.successes as f64 / self.trials as f64
    }
}

impl fmt::Display for SuccessRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.successes, self.trials)?;
        match self.interval {
            Some(Interval { low, high }) => {
                write!(f, " (95 % interval {:.1} % to {:.1} %)", 100.0 * low, 100.0 * high)
            }
            None => Ok(()),
        }
    }
}
