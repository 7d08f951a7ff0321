//! Small images of shapes at random places: a convolutional network beside a dense one with as many parameters, trained on more
//! and more of them.
//!
//! What the convolutional network has learned about a shape at one place, it knows at every other. The dense one learns each
//! place by itself, and needs many more images for the same accuracy on new ones.
//!
//! Trial for trial, both networks see the same images, and a smaller training set is the beginning of a larger one. Adam descends
//! the mean cross-entropy with full batches, for a tenth of the updates of the other experiments: after that, both networks
//! classify their training set without an error.

mod picture;
mod shapes;

use nn_core::rand::Rng;
use nn_core::{Conv2d, Flatten, Linear, MaxPool2d, Module, Relu, Scalar, Sequential};
use nn_loss::CrossEntropyLoss;
use nn_train::metrics::{accuracy, argmax, or_nan};
use nn_train::optim::Adam;
use nn_train::{Ensemble, Merged, Run, Score, Trainer, Trials, TrialsError};

use super::experiment::{Experiment, Found, Request};
use super::findings::{Findings, TrialSet, study};
use super::settings::Settings;

pub use shapes::{CLASSES, SIDE, Shapes, shapes};

/// The names of the sets of trials: for each of the [`SIZES`] one of each [`Kind`].
const SETS: [&str; 8] = [
    "convolution-cnn-8th",
    "convolution-dense-8th",
    "convolution-cnn-4th",
    "convolution-dense-4th",
    "convolution-cnn-half",
    "convolution-dense-half",
    "convolution-cnn-all",
    "convolution-dense-all",
];

/// The parts of the samples that networks are trained on, as divisors.
const SIZES: [usize; 4] = [8, 4, 2, 1];

/// The row of this experiment.
pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "convolution",
    about: "shapes anywhere: a CNN beside a dense network",
    sets: &SETS,
    single: find::<f32>,
    double: find::<f64>,
};

/// The number of images that every network is tested on.
const TEST: usize = 500;

/// The number of updates is that of the settings, divided by this.
const FEWER_UPDATES: usize = 10;

/// One of the two networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Two convolutions, the maximum of each channel over all places, and a linear layer: 772 parameters.
    Convolutional,
    /// One hidden layer: 763 parameters.
    Dense,
}

impl Kind {
    /// Both, in the order of the sets of trials.
    pub const ALL: [Kind; 2] = [Kind::Convolutional, Kind::Dense];

    /// Draws an untrained network.
    pub fn network<F: Scalar>(self, rng: &mut dyn Rng) -> Sequential<F> {
        match self {
            Kind::Convolutional => Sequential::new()
                .append(Conv2d::new(1, 6, 3, rng))
                .append(Relu)
                .append(Conv2d::new(6, 12, 3, rng))
                .append(Relu)
                .append(MaxPool2d::new(4))
                .append(Flatten)
                .append(Linear::new(12, CLASSES.len(), rng)),
            Kind::Dense => Sequential::new()
                .append(Flatten)
                .append(Linear::new(SIDE * SIDE, 11, rng))
                .append(Relu)
                .append(Linear::new(11, CLASSES.len(), rng)),
        }
    }
}

fn find<F: Scalar>(request: &Request<'_>) -> Found {
    let (settings, rate) = (request.settings, request.settings.learning_rate);
    let (mut sets, mut all) = (Vec::new(), Vec::new());
    let cases = SIZES.into_iter().flat_map(|divisor| Kind::ALL.map(|kind| (divisor, kind)));
    for (name, (divisor, kind)) in SETS.into_iter().zip(cases) {
        let samples = size(settings, divisor);
        let run = |trials: &Trials<'_>| run::<F>(settings, kind, samples, trials);
        if let Some(merged) = study(name, rate, request, run)? {
            let set = TrialSet::new(name, &merged, rate, request.keep_curves)?;
            sets.push(TrialSet { samples: Some(samples), ..set });
            all.push(merged);
        }
    }
    match <[Merged<F, _>; SETS.len()]>::try_from(all) {
        Ok(all) => Ok(Some(Findings { sets, figure: picture::figure(&all, settings)? })),
        Err(_) => Ok(None),
    }
}

/// The number of samples of a training set, which has at least two.
fn size(settings: &Settings, divisor: usize) -> usize {
    (settings.samples / divisor).max(2)
}

/// Runs the trials of one network and one size of the training set, the first so many of the samples.
///
/// # Errors
/// [`TrialsError`] if they cannot run.
pub fn run<F: Scalar>(
    settings: &Settings,
    kind: Kind,
    samples: usize,
    trials: &Trials<'_>,
) -> Result<Ensemble<F, Trained<F>>, TrialsError> {
    let trainer =
        Trainer::new(Adam::new(settings.learning_rate)).epochs(settings.epochs.div_ceil(FEWER_UPDATES));
    trials.run(|trial| {
        let train = shapes(samples, &mut trial.rng("data"))?;
        let test = shapes(TEST, &mut trial.rng("test"))?;
        let mut rng = trial.rng("network");
        let mut network = kind.network(&mut rng);
        let history = trainer.fit(&mut network, &CrossEntropyLoss::mean(), &train, None, &mut rng)?;
        let logits = network.predict(test.x())?;
        let found = or_nan(|| accuracy(test.y(), &argmax(&logits)?))?;
        let run = Run::from(history).score(Score::higher("test accuracy", found));
        Ok(run.keep(Trained { network, test, accuracy: found }))
    })
}

/// What a trial keeps.
pub struct Trained<F> {
    /// The trained network.
    pub network: Sequential<F>,
    /// Images that it has not seen, with their classes.
    pub test: Shapes<F>,
    /// The share of them that it classifies correctly; NaN if it diverged.
    pub accuracy: f64,
}
