//! A learning rate that falls along half a cosine again and again.

use std::fmt;

use nn_core::SettingError;

use super::cosine::anneal;
use super::{Schedule, at_least_1, setting};

/// η_min + (η − η_min) (1 + cos(π t / T)) / 2, with t the steps since the last restart. A cycle has T = `t_0` steps, each later
/// one `t_mult` times as many as the one before. Then η starts anew. Defaults: `t_mult` 1, η_min = 0. Source: Loshchilov and
/// Hutter 2017 (SGDR).
///
/// ```
/// use nn_train::schedule::{CosineAnnealingWarmRestarts, Schedule};
/// let schedule = CosineAnnealingWarmRestarts::new(10).t_mult(2);
/// let rates = [0, 5, 10, 20, 30].map(|step| schedule.learning_rate(0.8, step));
/// assert_eq!(rates, [0.8, 0.4, 0.8, 0.4, 0.8]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineAnnealingWarmRestarts {
    t_0: usize,
    t_mult: usize,
    eta_min: f64,
}

impl CosineAnnealingWarmRestarts {
    /// With a first cycle of `t_0` steps, at least 1.
    pub fn new(t_0: usize) -> Self {
        CosineAnnealingWarmRestarts { t_0, t_mult: 1, eta_min: 0.0 }
    }

    /// With cycles that grow by this factor, at least 1.
    #[must_use]
    pub fn t_mult(self, t_mult: usize) -> Self {
        CosineAnnealingWarmRestarts { t_mult, ..self }
    }

    /// Towards η_min, at least 0.
    #[must_use]
    pub fn eta_min(self, eta_min: f64) -> Self {
        CosineAnnealingWarmRestarts { eta_min, ..self }
    }
}

impl Schedule for CosineAnnealingWarmRestarts {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        let (mut place, mut cycle) = (step, self.t_0.max(1));
        if self.t_mult <= 1 {
            place %= cycle;
        }
        // Cycles at least double, so there are no more than 64.
        while place >= cycle {
            place -= cycle;
            cycle = cycle.saturating_mul(self.t_mult);
        }
        anneal(initial, self.eta_min, place as f64 / cycle as f64)
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_1("CosineAnnealingWarmRestarts", "t_0", self.t_0)?;
        at_least_1("CosineAnnealingWarmRestarts", "t_mult", self.t_mult)?;
        setting("CosineAnnealingWarmRestarts", "eta_min", self.eta_min).at_least_0()
    }
}

impl fmt::Display for CosineAnnealingWarmRestarts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CosineAnnealingWarmRestarts(t_0 {}", self.t_0)?;
        if self.t_mult != 1 {
            write!(f, ", t_mult {}", self.t_mult)?;
        }
        if self.eta_min != 0.0 {
            write!(f, ", eta_min {}", self.eta_min)?;
        }
        write!(f, ")")
    }
}
