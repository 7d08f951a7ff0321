//! A rising start before another schedule.

use std::fmt;

use nn_core::SettingError;

use super::{Schedule, at_least_1, setting};

/// In the first `steps` steps, the first η of another schedule times a factor that rises in a straight line from
/// `start_factor` to 1. Then the other schedule, from its beginning. Default: `start_factor` ⅓. In PyTorch this is a
/// `SequentialLR` of a `LinearLR` and the other scheduler.
///
/// ```
/// use nn_train::schedule::{CosineAnnealingLr, Schedule, WarmUp};
/// let schedule = WarmUp::new(4, CosineAnnealingLr::new(10)).start_factor(0.5);
/// let rates = [0, 2, 4, 9, 14].map(|step| schedule.learning_rate(1.0, step));
/// assert_eq!(rates, [0.5, 0.75, 1.0, 0.5, 0.0]);
/// assert_eq!(
///     schedule.to_string(),
///     "WarmUp(4 steps from 0.5, CosineAnnealingLr(t_max 10))"
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarmUp<S> {
    steps: usize,
    start_factor: f64,
    then: S,
}

impl<S: Schedule> WarmUp<S> {
    /// Rises for `steps` steps, at least 1, and then follows `then`.
    pub fn new(steps: usize, then: S) -> Self {
        WarmUp { steps, start_factor: 1.0 / 3.0, then }
    }

    /// From this fraction of η, above 0 and at most 1.
    #[must_use]
    pub fn start_factor(self, start_factor: f64) -> Self {
        WarmUp { start_factor, ..self }
    }
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        if step >= self.steps {
            return self.then.learning_rate(initial, step - self.steps);
        }
        let share = step as f64 / self.steps as f64;
        self.then.learning_rate(initial, 0) * (self.start_factor + (1.0 - self.start_factor) * share)
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_1("WarmUp", "number of steps", self.steps)?;
        setting("WarmUp", "start_factor", self.start_factor)
            .fits(|x| x > 0.0 && x <= 1.0, "a number above 0 and at most 1")?;
        self.then.check()
    }
}

impl<S: Schedule> fmt::Display for WarmUp<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WarmUp({} steps from {}, {})", self.steps, self.start_factor, self.then)
    }
}
