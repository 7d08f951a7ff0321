//! A learning rate by a function of one's own.

use std::fmt;

use nn_core::SettingError;

use super::Schedule;

/// η f(step), with f a function of the number of steps (or epochs) taken, from 0.
///
/// A factor that is negative, infinite or NaN is refused by the optimiser, in the step that would use it.
///
/// ```
/// use nn_train::schedule::{LambdaLr, Schedule};
/// // The square root of Vaswani et al. 2017, after 4 steps of warm-up.
/// let schedule = LambdaLr::new(|step| {
///     let t = (step + 1) as f64;
///     (t / 4.0).min((4.0 / t).sqrt())
/// });
/// let rates = [0, 3, 15].map(|step| schedule.learning_rate(0.1, step));
/// assert_eq!(rates, [0.025, 0.1, 0.05]);
/// ```
#[derive(Clone, Copy)]
pub struct LambdaLr<L> {
    factor: L,
}

impl<L: Fn(usize) -> f64 + Send + Sync> LambdaLr<L> {
    /// With `factor` as f.
    pub fn new(factor: L) -> Self {
        LambdaLr { factor }
    }
}

impl<L: Fn(usize) -> f64 + Send + Sync> Schedule for LambdaLr<L> {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        initial * (self.factor)(step)
    }

    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }
}

impl<L> fmt::Debug for LambdaLr<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LambdaLr")
    }
}

impl<L> fmt::Display for LambdaLr<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LambdaLr")
    }
}
