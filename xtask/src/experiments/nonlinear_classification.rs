//! Non-linear classification: XOR, which no straight line separates and one hidden layer does.

use nn_core::rand::Rng;
use nn_core::{Linear, Scalar, Sequential, Tanh};
use nn_data::make_xor;
use nn_train::{Ensemble, Trial, TrialsError};
use nn_viz::{Figure, VizError};

use super::Settings;
use super::classification::{self, Classifier, Fallible, Plane};

/// Standard deviation of the points around their corner.
const NOISE: f64 = 0.3;
/// Units of the hidden layer.
const HIDDEN: usize = 8;
/// A trial succeeds if it classifies this fraction of its points.
pub const GOAL: f64 = 0.99;

/// Two logits from two coordinates through a hidden layer.
///
/// # Errors
/// [`TrialsError`] if the trials cannot run.
pub fn run<F: Scalar>(
    settings: &Settings,
    progress: &(dyn Fn() + Sync),
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    classification::descend(settings, progress, |trial| data(settings, trial), network, Some(GOAL))
}

/// The points of a trial.
///
/// # Errors
/// Those of [`make_xor`].
pub fn data<F: Scalar>(settings: &Settings, trial: &Trial) -> Fallible<Plane<F>> {
    Ok(make_xor(settings.samples, NOISE, &mut trial.rng("data"))?)
}

/// A network that has learned nothing yet.
pub fn network<F: Scalar>(rng: &mut dyn Rng) -> Sequential<F> {
    Sequential::new().append(Linear::new(2, HIDDEN, rng)).append(Tanh).append(Linear::new(HIDDEN, 2, rng))
}

/// The loss, and the best and the worst model.
///
/// # Errors
/// [`VizError`] if they cannot be drawn.
pub fn figure<F: Scalar>(
    ensemble: &Ensemble<F, Classifier<F>>,
    settings: &Settings,
) -> Result<Figure, VizError> {
    classification::figure(
        "Non-linear classification: training loss, best and worst model",
        ensemble,
        settings,
    )
}
