//! Learning rates that change during training. Names, defaults and numbers are those of PyTorch's schedulers.
//!
//! | | the learning rate |
//! |---|---|
//! | [`Constant`] | stays |
//! | [`StepLr`] | falls by a factor at regular intervals |
//! | [`MultiStepLr`] | falls by a factor at given steps |
//! | [`ExponentialLr`] | falls by a factor each time |
//! | [`LinearLr`] | rises or falls in a straight line, then stays |
//! | [`PolynomialLr`] | falls to 0 along a power of a straight line |
//! | [`CosineAnnealingLr`] | falls along half a cosine |
//! | [`CosineAnnealingWarmRestarts`] | falls along half a cosine, again and again |
//! | [`OneCycleLr`] | rises and falls along cosines, once |
//! | [`WarmUp`] | rises first, then does what another schedule says |
//! | [`LambdaLr`] | is multiplied by a function of the step |
//! | [`ReduceLrOnPlateau`] | falls by a factor when the training makes no progress |
//!
//! All but the last are a [`Schedule`], a function of the number of steps. [`ReduceLrOnPlateau`] is a function of a curve.

mod cosine;
mod decay;
mod lambda;
mod one_cycle;
mod plateau;
mod polynomial;
mod warm_restarts;
mod warm_up;

use std::fmt::{Debug, Display};

use nn_core::{Setting, SettingError};

pub use cosine::CosineAnnealingLr;
pub use decay::{Constant, ExponentialLr, MultiStepLr, StepLr};
pub use lambda::LambdaLr;
pub use one_cycle::OneCycleLr;
pub(crate) use plateau::Plateau;
pub use plateau::ReduceLrOnPlateau;
pub use polynomial::{LinearLr, PolynomialLr};
pub use warm_restarts::CosineAnnealingWarmRestarts;
pub use warm_up::WarmUp;

/// The learning rate η as a function of the number of steps (or epochs) taken. It depends on nothing else, so a training that
/// goes on later needs only the number of steps and no state of the schedule.
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
    /// Returns η for the step that comes after `step` others (0 for the first). `initial` is the optimiser's own learning rate.
    fn learning_rate(&self, initial: f64, step: usize) -> f64;

    /// Checks the settings. A training does so before it starts. A schedule computes in `f64`; a learning rate that is infinite
    /// in the precision of the network is refused by the optimiser, in the step that would use it.
    ///
    /// # Errors
    /// [`SettingError`] says which setting does not make sense, and what was expected.
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

/// A setting of a schedule, in the precision that schedules compute in.
fn setting<'a>(of: &'a str, name: &'a str, value: f64) -> Setting<'a> {
    Setting::of::<f64>(of, name, value)
}

/// Refuses a count of 0.
fn at_least_1(of: &str, name: &str, count: usize) -> Result<(), SettingError> {
    SettingError::unless(count > 0, of, name, "at least 1", count)
}
