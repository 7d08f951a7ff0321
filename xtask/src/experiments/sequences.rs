//! The adding problem: a plain recurrent network, long short-term memory and gated units, of as many units each, must find two marked
//! numbers in a sequence and add them.
//!
//! The longer the sequence, the further back the numbers lie. What the loss says of the first half must go back over all steps
//! since, and in the plain network it is multiplied by a matrix and a slope at each of them.
//!
//! Trial for trial, all networks see the same sequences. Every update has new ones, so the loss of the training is that of sequences that
//! were never seen; it is measured on the samples of the settings after every twenty updates, which count as an epoch.

mod picture;
mod slopes;

use nn_core::rand::Rng;
use nn_core::{Gru, Linear, Lstm, Module, Rnn, Scalar, Sequential, Tensor};
use nn_data::{Dataset, make_adding};
use nn_loss::{Loss, MseLoss};
use nn_train::optim::{Adam, Optimizer, clip_grad_norm};
use nn_train::{Ensemble, Run, Step, Trials, TrialsError};

use super::experiment::{Experiment, Found, Request};
use super::findings::Findings;
use super::settings::Settings;
use slopes::slopes;

/// The numbers of steps of a sequence.
const LENGTHS: [usize; 2] = [5, 20];

/// The names of the sets of trials: for each of the [`LENGTHS`] one of each [`Cell`].
const SETS: [&str; 6] = [
    "sequences-rnn-5",
    "sequences-lstm-5",
    "sequences-gru-5",
    "sequences-rnn-20",
    "sequences-lstm-20",
    "sequences-gru-20",
];

/// The row of this experiment.
pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "sequences",
    about: "two numbers far apart: recurrent networks and gates",
    sets: &SETS,
    single: find::<f32>,
    double: find::<f64>,
};

/// The number of units.
const UNITS: usize = 8;
/// The number of sequences of an update.
const BATCH: usize = 16;
/// The number of updates from one measurement of the loss to the next.
const EVERY: usize = 20;
/// The learning rate of Adam, as a multiple of that of the settings.
const FASTER: f64 = 5.0;
/// The bias of the gate that says how much an untrained LSTM keeps. With 0 it forgets half of its state at every step.
const FORGET_BIAS: f64 = 1.0;
/// The largest norm of the gradients.
const CLIP: f64 = 1.0;
/// A trial has solved the problem if its mean squared error is below this. That of the mean of all targets is 1/6.
const SOLVED: f64 = 0.01;

/// One of the three networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// 105 parameters.
    Rnn,
    /// 393 parameters.
    Lstm,
    /// 297 parameters.
    Gru,
}

impl Cell {
    /// All, in the order of the sets of trials.
    pub const ALL: [Cell; 3] = [Cell::Rnn, Cell::Lstm, Cell::Gru];

    /// Draws an untrained network.
    pub fn network<F: Scalar>(self, rng: &mut dyn Rng) -> Sequential<F> {
        let network = Sequential::new();
        let network = match self {
            Cell::Rnn => network.append(Rnn::new(2, UNITS, rng).last()),
            Cell::Lstm => network.append(Lstm::new(2, UNITS, rng).forget_bias(FORGET_BIAS).last()),
            Cell::Gru => network.append(Gru::new(2, UNITS, rng).last()),
        };
        network.append(Linear::new(UNITS, 1, rng))
    }
}

fn find<F: Scalar>(request: &Request<'_>) -> Found {
    let rate = FASTER * request.settings.learning_rate;
    let cases = LENGTHS.into_iter().flat_map(|steps| Cell::ALL.map(|cell| (steps, cell)));
    let run = |settings: &Settings, (steps, cell): (usize, Cell), trials: &Trials<'_>| {
        run::<F>(settings, cell, steps, trials)
    };
    let figure = |all: &_, settings: &Settings| Ok(picture::figure(all, settings));
    Findings::of_sets(SETS, cases, rate, request, run, figure)
}

/// Runs the trials of one network on sequences of `steps` steps, with half as many updates as the settings have epochs.
///
/// # Errors
/// [`TrialsError`] if they cannot run.
pub fn run<F: Scalar>(
    settings: &Settings,
    cell: Cell,
    steps: usize,
    trials: &Trials<'_>,
) -> Result<Ensemble<F, Trained<F>>, TrialsError> {
    let loss = MseLoss::mean();
    trials.run(|trial| {
        let test = make_adding::<F>(settings.samples, steps, &mut trial.rng("test"))?;
        let (mut data, mut rng) = (trial.rng("data"), trial.rng("network"));
        let mut network = cell.network(&mut rng);
        let untrained = slopes(&network, test.x())?;
        let mut batch = make_adding::<F>(BATCH, steps, &mut data)?;
        let mut step = Step::plan(&network, &loss, batch.x(), batch.y())?;
        let mut adam = Adam::new(FASTER * settings.learning_rate);
        let mut curve = Vec::new();
        let mut prediction = network.predict(test.x())?;
        let updates = settings.epochs.div_ceil(2);
        for update in 1..=updates {
            step.run(&network, &loss, batch.x(), batch.y(), &mut rng)?;
            clip_grad_norm(step.workspace_mut(), CLIP)?;
            adam.step(&mut network, step.workspace())?;
            batch = make_adding(BATCH, steps, &mut data)?;
            if update % EVERY == 0 || update == updates {
                prediction = network.predict(test.x())?;
                curve.push(loss.value(&prediction, test.y())?);
            }
        }
        let success = curve.last().is_some_and(|last| last.to_f64() < SOLVED);
        let trained = slopes(&network, test.x())?;
        Ok(Run::new(curve).success(success).keep(Trained { test, prediction, untrained, trained }))
    })
}

/// What a trial keeps.
pub struct Trained<F> {
    /// Sequences that the network has not seen, with their sums.
    pub test: Dataset<F, Tensor<F>>,
    /// What the trained network says of them.
    pub prediction: Tensor<F>,
    /// How much the output of the untrained network depends on what it saw so many steps before.
    pub untrained: Vec<f64>,
    /// The same of the trained network.
    pub trained: Vec<f64>,
}
