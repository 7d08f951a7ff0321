//! Learning rates along a straight line or a power of it, which then stay.

use std::fmt;

use nn_core::{Scalar, SettingError};

use super::{Schedule, at_least_1, setting};
use crate::optim::power;

/// η times a factor that goes in a straight line from `start_factor` to `end_factor` in `total_iters` steps, and stays there.
/// Defaults: from ⅓ to 1.
///
/// For a rise before another schedule, see [`WarmUp`](super::WarmUp).
///
/// ```
/// use nn_train::schedule::{LinearLr, Schedule};
/// let schedule = LinearLr::new(4).start_factor(1.0).end_factor(0.5);
/// let rates = [0, 2, 4, 9].map(|step| schedule.learning_rate(0.8, step));
/// assert_eq!(rates, [0.8, 0.8 * 0.75, 0.4, 0.4]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearLr {
    total_iters: usize,
    start_factor: f64,
    end_factor: f64,
}

impl LinearLr {
    /// In `total_iters` steps, at least 1.
    pub fn new(total_iters: usize) -> Self {
        LinearLr { total_iters, start_factor: 1.0 / 3.0, end_factor: 1.0 }
    }

    /// From this factor, above 0 and at most 1.
    #[must_use]
    pub fn start_factor(self, start_factor: f64) -> Self {
        LinearLr { start_factor, ..self }
    }

    /// To this factor, from 0 to 1.
    #[must_use]
    pub fn end_factor(self, end_factor: f64) -> Self {
        LinearLr { end_factor, ..self }
    }
}

impl Schedule for LinearLr {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        initial * (self.start_factor + (self.end_factor - self.start_factor) * done(step, self.total_iters))
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_1("LinearLr", "total_iters", self.total_iters)?;
        setting("LinearLr", "start_factor", self.start_factor)
            .fits(|x| x > 0.0 && x <= 1.0, "a number above 0 and at most 1")?;
        setting("LinearLr", "end_factor", self.end_factor).up_to_1()
    }
}

impl fmt::Display for LinearLr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LinearLr { total_iters, start_factor, end_factor } = self;
        write!(f, "LinearLr(total_iters {total_iters}, from {start_factor} to {end_factor})")
    }
}

/// η (1 − step / `total_iters`)^p: from η to 0 in `total_iters` steps. After that η stays 0. Default: the power p is 1, a straight
/// line.
///
/// ```
/// use nn_train::schedule::{PolynomialLr, Schedule};
/// let schedule = PolynomialLr::new(4).power(2.0);
/// let rates = [0, 1, 2, 4, 9].map(|step| schedule.learning_rate(0.8, step));
/// assert_eq!(rates, [0.8, 0.8 * 0.5625, 0.2, 0.0, 0.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolynomialLr {
    total_iters: usize,
    power: f64,
}

impl PolynomialLr {
    /// In `total_iters` steps, at least 1.
    pub fn new(total_iters: usize) -> Self {
        PolynomialLr { total_iters, power: 1.0 }
    }

    /// With the power p, at least 0.
    #[must_use]
    pub fn power(self, power: f64) -> Self {
        PolynomialLr { power, ..self }
    }
}

impl Schedule for PolynomialLr {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        initial * raised(1.0 - done(step, self.total_iters), self.power)
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_1("PolynomialLr", "total_iters", self.total_iters)?;
        setting("PolynomialLr", "power", self.power).at_least_0()
    }
}

impl fmt::Display for PolynomialLr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PolynomialLr(total_iters {}, power {})", self.total_iters, self.power)
    }
}

/// The fraction of the steps that has been taken, from 0 to 1.
fn done(step: usize, total: usize) -> f64 {
    let total = total.max(1);
    step.min(total) as f64 / total as f64
}

/// `base`ᵖ for a base from 0 to 1, with the same bits on every platform.
fn raised(base: f64, p: f64) -> f64 {
    if p == f64::from(p as u32) {
        power(base, u64::from(p as u32))
    } else if base == 0.0 {
        0.0
    } else {
        Scalar::exp(p * Scalar::ln(base))
    }
}
