//! Four optimisers on XOR: gradient descent, the same with momentum, Adam, and L-BFGS with a line search.
//!
//! Trial for trial they start from the same network on the same points, those of the non-linear classification, and descend
//! the same loss with full batches. An epoch is one pass over the data: an evaluation of the loss and its gradient. The first
//! three methods take a step after each pass. L-BFGS spends several passes on a step, to search its length, so counting steps
//! would flatter it.
//!
//! # The learning rates
//! Each was chosen among 1, 2 and 5 times powers of ten, with the committed settings but seed 2026. Among the rates with
//! which all hundred trials classify 99 % of their points, it is the one with which the median trial is the first to come
//! below a loss of 10⁻³. The table gives the epoch at which it does, also for the neighbouring rates:
//!
//! | | tried | the next lower | chosen | the next higher |
//! |---|---|---|---|---|
//! | gradient descent | 0.005 to 0.5 | 0.01: 697 | 0.02: 284 | 0.05: 32, but one trial fails |
//! | with momentum 0.9 | 0.0005 to 0.05 | 0.005: 28 | 0.01: 18 | 0.02: 22 |
//! | Adam | 0.005 to 2 | 0.1: 56 | 0.2: 30 | 0.5: 37 |
//! | L-BFGS | 0.01 to 10 | 0.5: 20 | 1: 16 | 2: 14 |
//!
//! L-BFGS keeps the step of Newton's method, 1, because its search only begins there. The other three rates are multiples
//! of the η of the settings.

mod method;
mod passes;
mod picture;

use nn_core::Scalar;
use nn_train::{Merged, Trials};

use super::experiment::{Experiment, Found, Request};
use super::findings::{Findings, TrialSet, study};

pub use method::Method;

/// The names of the sets of trials, in the order of [`Method::ALL`].
const SETS: [&str; 4] = ["optimisers-sgd", "optimisers-momentum", "optimisers-adam", "optimisers-lbfgs"];

/// The row of this experiment.
pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "optimisers",
    about: "XOR again: momentum, Adam and L-BFGS beside SGD",
    sets: &SETS,
    single: find::<f32>,
    double: find::<f64>,
};

fn find<F: Scalar>(request: &Request<'_>) -> Found {
    let settings = request.settings;
    let (mut sets, mut all) = (Vec::new(), Vec::new());
    for (name, method) in SETS.into_iter().zip(Method::ALL) {
        let rate = method.learning_rate(settings);
        let run = |trials: &Trials<'_>| method.run::<F>(settings, trials);
        if let Some(merged) = study(name, rate, request, run)? {
            sets.push(TrialSet::new(name, &merged, rate, request.keep_curves)?);
            all.push(merged);
        }
    }
    match <[Merged<F, _>; 4]>::try_from(all) {
        Ok(all) => Ok(Some(Findings { sets, figure: picture::figure(&all, settings)? })),
        Err(_) => Ok(None),
    }
}
