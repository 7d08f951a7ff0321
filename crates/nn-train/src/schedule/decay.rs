//! Learning rates that stay constant or fall by factors.

use std::fmt;

use nn_core::SettingError;

use super::{Schedule, at_least_1, setting};
use crate::optim::power;

/// η stays constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Constant;

impl Schedule for Constant {
    fn learning_rate(&self, initial: f64, _: usize) -> f64 {
        initial
    }

    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }
}

impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Constant")
    }
}

/// η γᵏ with k = ⌊step / `step_size`⌋. Default: γ = 0.1.
///
/// ```
/// use nn_train::schedule::{Schedule, StepLr};
/// let schedule = StepLr::new(30).gamma(0.5);
/// assert_eq!(
///     [29, 30, 60].map(|step| schedule.learning_rate(0.8, step)),
///     [0.8, 0.4, 0.2]
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepLr {
    step_size: usize,
    gamma: f64,
}

impl StepLr {
    /// Falls every `step_size` steps, at least 1.
    pub fn new(step_size: usize) -> Self {
        StepLr { step_size, gamma: 0.1 }
    }

    /// By the factor γ, at least 0.
    #[must_use]
    pub fn gamma(self, gamma: f64) -> Self {
        StepLr { gamma, ..self }
    }
}

impl Schedule for StepLr {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        initial * power(self.gamma, (step / self.step_size.max(1)) as u64)
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_1("StepLr", "step size", self.step_size)?;
        setting("StepLr", "gamma", self.gamma).at_least_0()
    }
}

impl fmt::Display for StepLr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StepLr(step size {}, gamma {})", self.step_size, self.gamma)
    }
}

/// η γᵏ with k the number of milestones that `step` has reached. Default: γ = 0.1. The order of the milestones does not matter,
/// and one that is there twice counts twice.
///
/// ```
/// use nn_train::schedule::{MultiStepLr, Schedule};
/// let schedule = MultiStepLr::new([30, 80]).gamma(0.5);
/// assert_eq!(
///     [29, 30, 79, 80].map(|step| schedule.learning_rate(0.8, step)),
///     [0.8, 0.4, 0.4, 0.2]
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MultiStepLr {
    milestones: Vec<usize>,
    gamma: f64,
}

impl MultiStepLr {
    /// Falls at each of these steps.
    pub fn new(milestones: impl Into<Vec<usize>>) -> Self {
        MultiStepLr { milestones: milestones.into(), gamma: 0.1 }
    }

    /// By the factor γ, at least 0.
    #[must_use]
    pub fn gamma(self, gamma: f64) -> Self {
        MultiStepLr { gamma, ..self }
    }
}

impl Schedule for MultiStepLr {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        let reached = self.milestones.iter().filter(|&&milestone| milestone <= step).count();
        initial * power(self.gamma, reached as u64)
    }

    fn check(&self) -> Result<(), SettingError> {
        setting("MultiStepLr", "gamma", self.gamma).at_least_0()
    }
}

/// Prints at most ten milestones.
impl fmt::Display for MultiStepLr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        write!(f, "MultiStepLr(milestones")?;
        self.milestones.iter().take(SHOWN).try_for_each(|milestone| write!(f, " {milestone}"))?;
        if self.milestones.len() > SHOWN {
            write!(f, " and {} more", self.milestones.len() - SHOWN)?;
        }
        write!(f, ", gamma {})", self.gamma)
    }
}

/// η γ^step.
///
/// ```
/// use nn_train::schedule::{ExponentialLr, Schedule};
/// assert_eq!(ExponentialLr::new(0.5).learning_rate(0.8, 3), 0.1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExponentialLr {
    gamma: f64,
}

impl ExponentialLr {
    /// Falls by the factor γ, at least 0.
    pub fn new(gamma: f64) -> Self {
        ExponentialLr { gamma }
    }
}

impl Schedule for ExponentialLr {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        initial * power(self.gamma, step as u64)
    }

    fn check(&self) -> Result<(), SettingError> {
        setting("ExponentialLr", "gamma", self.gamma).at_least_0()
    }
}

impl fmt::Display for ExponentialLr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExponentialLr(gamma {})", self.gamma)
    }
}
