//! Learning rates that change during a training. Names, defaults and numbers are those of PyTorch's schedulers.
//!
//! | | the learning rate |
//! |---|---|
//! | [`Constant`] | stays |
//! | [`StepLr`] | falls by a factor now and then |
//! | [`ExponentialLr`] | falls by a factor each time |
//! | [`CosineAnnealingLr`] | falls along half a cosine |
//! | [`OneCycleLr`] | rises and falls along cosines, once |
//! | [`WarmUp`] | rises first, then does what another schedule says |

mod cosine;
mod decay;
mod one_cycle;
mod warm_up;

use std::fmt::{Debug, Display};

use nn_core::{Setting, SettingError};

pub use cosine::CosineAnnealingLr;
pub use decay::{Constant, ExponentialLr, StepLr};
pub use one_cycle::OneCycleLr;
pub use warm_up::WarmUp;

/// η as a function of how many steps, or epochs, have been taken. It depends on nothing else: a training that goes on
/// later needs no state of it, only the number where it stopped.
///
/// ```
/// use nn_train::optim::{Optimizer, Sgd};
/// use nn_train::schedule::{Schedule, StepLr};
/// let schedule = StepLr::new(10).gamma(0.5);
/// let mut optimizer = Sgd::<f32>::new(0.1);
/// let initial = optimizer.learning_rate();
/// for epoch in 0..25 {
///     optimizer.set_learning_rate(schedule.learning_rate(initial, epoch));
///     // … the steps of this epoch …
/// }
/// assert_eq!(optimizer.learning_rate(), 0.025);
/// ```
pub trait Schedule: Debug + Display + Send + Sync {
    /// η for the step that comes after `step` others (0 for the first), `initial` being the optimiser's own.
    fn learning_rate(&self, initial: f64, step: usize) -> f64;

    /// Whether the settings make sense. A training asks before it starts.
    ///
    /// # Errors
    /// [`SettingError`] says which does not, and what was expected.
    fn check(&self) -> Result<(), SettingError>;
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn learning_rate(&self, initial: f64, step: usize) -> f64 {
        (**self).learning_rate(initial, step)
    }

    fn check(&self) -> Result<(), SettingError> {
        (**self).check()
    }
}

/// A setting of a schedule. Schedules compute in `f64`, whatever the precision of the network.
fn setting<'a>(of: &'a str, name: &'a str, value: f64) -> Setting<'a> {
    Setting::of::<f64>(of, name, value)
}

/// Refuses a count of 0.
fn at_least_1(of: &str, name: &str, count: usize) -> Result<(), SettingError> {
    SettingError::unless(count > 0, of, name, "at least 1", count)
}
