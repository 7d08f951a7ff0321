//! Two spirals wound around each other, told apart by a deep network that Adam trains.

use nn_core::rand::Rng;
use nn_core::{Linear, Scalar, Sequential, Tanh};
use nn_data::{DataError, make_spirals};
use nn_loss::CrossEntropyLoss;
use nn_train::optim::Adam;
use nn_train::{Ensemble, Trainer, TrialsError};
use nn_viz::{Figure, VizError};

use super::Settings;
use super::classification::{self, Classifier, Plane};

/// How often each arm winds around the origin.
const TURNS: f64 = 1.75;
/// Standard deviation of the points around their arm. The arms are 2/7 apart, except near the origin, where they meet.
const NOISE: f64 = 0.01;
/// Units of each hidden layer. One hidden layer of as many weights, 75 units, learns the spirals too, but its typical loss
/// stays more than ten times as high (η = 0.01, 0.05 or 0.2).
const HIDDEN: [usize; 3] = [12; 3];
/// A trial succeeds if it classifies this fraction of its points.
const GOAL: f64 = 0.99;

/// Two logits from two coordinates through three hidden layers; the summed cross-entropy, descended by Adam with full
/// batches.
///
/// # Errors
/// [`TrialsError`] if the trials cannot run.
pub fn run<F: Scalar>(
    settings: &Settings,
    progress: &(dyn Fn() + Sync),
) -> Result<Ensemble<F, Classifier<F>>, TrialsError> {
    let &Settings { samples, epochs, learning_rate, .. } = settings;
    let adam = |network: &mut Sequential<F>, data: &Plane<F>, rng: &mut dyn Rng| {
        let trainer = Trainer::new(Adam::new(learning_rate)).epochs(epochs);
        Ok(trainer.fit(network, &CrossEntropyLoss::sum(), data, None, rng)?.per_sample(samples))
    };
    let data = |trial: &nn_train::Trial| Ok(points(samples, &mut trial.rng("data"))?);
    classification::run(settings, progress, data, network, adam, Some(GOAL))
}

/// Points of both arms, as every trial draws them.
///
/// # Errors
/// Those of [`make_spirals`].
pub fn points<F: Scalar>(samples: usize, rng: &mut dyn Rng) -> Result<Plane<F>, DataError> {
    make_spirals(samples, 2, TURNS, NOISE, rng)
}

fn network<F: Scalar>(rng: &mut dyn Rng) -> Sequential<F> {
    let mut network = Sequential::new();
    let mut inputs = 2;
    for units in HIDDEN {
        network = network.append(Linear::new(inputs, units, rng)).append(Tanh);
        inputs = units;
    }
    network.append(Linear::new(inputs, 2, rng))
}

/// The loss, and the best and the worst model.
///
/// # Errors
/// [`VizError`] if they cannot be drawn.
pub fn figure<F: Scalar>(
    ensemble: &Ensemble<F, Classifier<F>>,
    settings: &Settings,
) -> Result<Figure, VizError> {
    let how = format!("Adam, η = {}", settings.learning_rate);
    classification::figure_of("Spirals: training loss, best and worst model", &how, ensemble, settings)
}
