//! How often trials reach their goal.

use std::fmt;

use crate::statistics::Interval;

/// How often an experiment reaches its goal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SuccessRate {
    /// Trials that did.
    pub successes: usize,
    /// Trials in all.
    pub trials: usize,
    /// 95 % Wilson interval of the rate.
    pub interval: Interval,
}

impl SuccessRate {
    /// Successes per trial.
    pub fn rate(&self) -> f64 {
        self.successes as f64 / self.trials as f64
    }
}

impl fmt::Display for SuccessRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Interval { low, high } = self.interval;
        write!(
            f,
            "{} of {} (95 % interval {:.1} % to {:.1} %)",
            self.successes,
            self.trials,
            100.0 * low,
            100.0 * high
        )
    }
}
