//! Two spirals wound around each other, told apart by a deep network that Adam trains.

use nn_core::rand::Rng;
use nn_core::{Linear, Scalar, Sequential, Tanh};
use nn_data::{DataError, make_spirals};
use nn_loss::CrossEntropyLoss;
use nn_train::optim::Adam;
use nn_train::{Ensemble, Merged, Trainer, Trial, Trials, TrialsError};
use nn_viz::{Figure, VizError};

use super::classification::{self, Classifier, LabelledPoints, TrialPoints};
use super::experiment::{Experiment, Found, Request};
use super::findings::Findings;
use super::loss_panel::Epochs;
use super::settings::Settings;

const NAME: &str = "spirals";

/// The row of this experiment.
pub(super) const EXPERIMENT: Experiment = Experiment {
    name: NAME,
    about: "two spirals, told apart by a deep network (Adam)",
    sets: &[NAME],
    single: find::<f32>,
    double: find::<f64>,
};

/// Number of turns of each arm around the origin.
const TURNS: f64 = 1.75;
/// Standard deviation of the points around their arm. The arms are 2/7 apart, except near the origin, where they meet.
const NOISE: f64 = 0.01;
/// Number of units of each hidden layer. A single hidden layer with as many weights (75 units) also learns the spirals,
/// but its typical loss stays more than ten times as high (η = 0.01, 0.05 or 0.2).
const HIDDEN: [usize; 3] = [12; 3];
/// A trial succeeds if it classifies at least this fraction of its test points correctly.
const GOAL: f64 = 0.99;

fn find<F: Scalar>(request: &Request<'_>) -> Found {
    Findings::of_one_set(NAME, request, run::<F>, figure)
}

/// Runs the trials: two logits from two coordinates through three hidden layers. Adam descends the summed cross-entropy
/// with full batches.
///
/// # Errors
/// [`TrialsError`] if the trials cannot run.
pub fn run<F: Scalar>(
    settings: &Settings,
    trials: &Trials<'_>,
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    let &Settings { samples, epochs, learning_rate, .. } = settings;
    let adam = |network: &mut Sequential<F>, points: &TrialPoints<F>, rng: &mut dyn Rng| {
        let trainer = Trainer::new(Adam::new(learning_rate)).epochs(epochs);
        let (loss, test) = (CrossEntropyLoss::sum(), points.test.as_ref());
        Ok(classification::per_sample(trainer.fit(network, &loss, &points.training, test, rng)?, points))
    };
    let points = |trial: &Trial| TrialPoints::draw(trial, |rng| points(samples, rng));
    classification::run(trials, points, network, adam, Some(GOAL))
}

/// Draws the points of both arms.
fn points<F: Scalar>(samples: usize, rng: &mut dyn Rng) -> Result<LabelledPoints<F>, DataError> {
    make_spirals(samples, 2, TURNS, NOISE, rng)
}

/// Draws an untrained network.
fn network<F: Scalar>(rng: &mut dyn Rng) -> Sequential<F> {
    let mut network = Sequential::new();
    let mut inputs = 2;
    for units in HIDDEN {
        network = network.append(Linear::new(inputs, units, rng)).append(Tanh);
        inputs = units;
    }
    network.append(Linear::new(inputs, 2, rng))
}

/// Draws the loss, and the best and the worst model.
fn figure<F: Scalar>(merged: &Merged<F, Classifier<F>>, settings: &Settings) -> Result<Figure, VizError> {
    let how = format!("Adam, η = {}", settings.learning_rate);
    let title = "Spirals: training and test loss, best and worst model";
    classification::figure_of(title, &how, Epochs::Linear, merged, settings)
}
