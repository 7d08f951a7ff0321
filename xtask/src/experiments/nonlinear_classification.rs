//! Non-linear classification: XOR, which needs a hidden layer because no straight line separates its classes.

use nn_core::rand::{Rng, rngs::ChaCha8Rng};
use nn_core::{Linear, Scalar, Sequential, Tanh};
use nn_data::{DataError, make_xor};
use nn_train::{Ensemble, Merged, Trials, TrialsError};
use nn_viz::{Figure, VizError};

use super::classification::{self, Classifier, LabelledPoints};
use super::experiment::{Experiment, Found, Request};
use super::findings::Findings;
use super::settings::Settings;

const NAME: &str = "nonlinear-classification";

/// The row of this experiment.
pub(super) const EXPERIMENT: Experiment = Experiment {
    name: NAME,
    about: "XOR, learned by a network with one hidden layer",
    sets: &[NAME],
    single: find::<f32>,
    double: find::<f64>,
};

/// Standard deviation of the points around their corner.
const NOISE: f64 = 0.3;
/// Number of units of the hidden layer.
const HIDDEN: usize = 8;
/// A trial succeeds if it classifies at least this fraction of its test points correctly.
pub(super) const GOAL: f64 = 0.99;

fn find<F: Scalar>(request: &Request<'_>) -> Found {
    Findings::of_one_set(NAME, request, run::<F>, figure)
}

/// Runs the trials: two logits from two coordinates through a hidden layer.
///
/// # Errors
/// [`TrialsError`] if the trials cannot run.
pub fn run<F: Scalar>(
    settings: &Settings,
    trials: &Trials<'_>,
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    classification::descend(settings, trials, |rng| points(settings.samples, rng), network, Some(GOAL))
}

/// Draws points around the four corners.
pub(super) fn points<F: Scalar>(
    samples: usize,
    rng: &mut ChaCha8Rng,
) -> Result<LabelledPoints<F>, DataError> {
    make_xor(samples, NOISE, rng)
}

/// Draws an untrained network.
pub(super) fn network<F: Scalar>(rng: &mut dyn Rng) -> Sequential<F> {
    Sequential::new().append(Linear::new(2, HIDDEN, rng)).append(Tanh).append(Linear::new(HIDDEN, 2, rng))
}

/// Draws the loss, and the best and the worst model.
fn figure<F: Scalar>(merged: &Merged<F, Classifier<F>>, settings: &Settings) -> Result<Figure, VizError> {
    classification::figure(
        "Non-linear classification: training and test loss, best and worst model",
        merged,
        settings,
    )
}
