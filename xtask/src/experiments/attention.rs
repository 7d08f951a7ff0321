//! Associative recall: a transformer of one layer and long short-term memory of about as many parameters must look up a value by its key,
//! among few pairs and among many.
//!
//! A recurrent network has to keep all pairs in its state before it knows which is asked for. Attention keeps nothing: the token that asks
//! compares its key with all others.
//!
//! Trial for trial, both networks see the same sequences. Every update has new ones, so the loss of the training is that of sequences that
//! were never seen; it is measured on the samples of the settings after every ten updates, which count as an epoch.

mod maps;
mod picture;

use nn_core::rand::Rng;
use nn_core::{Linear, Lstm, Module, Scalar, Select, Sequential, TransformerEncoderLayer};
use nn_data::make_recall;
use nn_loss::{CrossEntropyLoss, Loss};
use nn_train::optim::{Adam, Optimizer, clip_grad_norm};
use nn_train::{Ensemble, Run, Step, Trials, TrialsError};

use super::experiment::{Experiment, Found, Request};
use super::findings::Findings;
use super::settings::Settings;
use maps::maps;

/// The numbers of pairs of a sequence.
const PAIRS: [usize; 2] = [4, 12];

/// The names of the sets of trials: for each of the [`PAIRS`] one of each [`Kind`].
const SETS: [&str; 4] =
    ["attention-transformer-4", "attention-lstm-4", "attention-transformer-12", "attention-lstm-12"];

/// The row of this experiment.
pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "attention",
    about: "a value to look up: a transformer and an LSTM",
    sets: &SETS,
    single: find::<f32>,
    double: find::<f64>,
};

/// The numbers of keys and of values.
const KEYS: usize = 16;
const VALUES: usize = 4;
/// The number of features of a token in the transformer, of its heads, and of features between the two layers for a token.
const WIDTH: usize = 16;
const HEADS: usize = 2;
const HIDDEN: usize = 32;
/// The number of units of the recurrent network.
const UNITS: usize = 17;
/// The number of sequences of an update.
const BATCH: usize = 16;
/// The number of updates from one measurement of the loss to the next.
const EVERY: usize = 10;
/// The largest norm of the gradients.
const CLIP: f64 = 1.0;
/// A trial has solved the problem if its cross-entropy is below this. That of a guess is ln 4 = 1.39.
const SOLVED: f64 = 0.1;

/// One of the two networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 2628 parameters.
    Transformer,
    /// 2724 parameters.
    Lstm,
}

impl Kind {
    /// Both, in the order of the sets of trials.
    pub const ALL: [Kind; 2] = [Kind::Transformer, Kind::Lstm];

    /// Draws an untrained network.
    pub fn network<F: Scalar>(self, rng: &mut dyn Rng) -> Sequential<F> {
        match self {
            Kind::Transformer => Sequential::new()
                .append(Linear::new(KEYS + VALUES, WIDTH, rng))
                .append(TransformerEncoderLayer::new(WIDTH, HEADS, HIDDEN, rng).norm_first())
                .append(Select::new(1, -1))
                .append(Linear::new(WIDTH, VALUES, rng)),
            Kind::Lstm => Sequential::new()
                .append(Lstm::new(KEYS + VALUES, UNITS, rng).last())
                .append(Linear::new(UNITS, VALUES, rng)),
        }
    }
}

fn find<F: Scalar>(request: &Request<'_>) -> Found {
    let rate = request.settings.learning_rate;
    let cases = PAIRS.into_iter().flat_map(|pairs| Kind::ALL.map(|kind| (pairs, kind)));
    let run = |settings: &Settings, (pairs, kind): (usize, Kind), trials: &Trials<'_>| {
        run::<F>(settings, kind, pairs, trials)
    };
    Findings::of_sets(SETS, cases, rate, request, run, picture::figure)
}

/// Runs the trials of one network on sequences of so many pairs, with a quarter as many updates as the settings have epochs.
///
/// # Errors
/// [`TrialsError`] if they cannot run.
pub fn run<F: Scalar>(
    settings: &Settings,
    kind: Kind,
    pairs: usize,
    trials: &Trials<'_>,
) -> Result<Ensemble<F, Vec<Vec<f64>>>, TrialsError> {
    let loss = CrossEntropyLoss::mean();
    trials.run(|trial| {
        let draw = |samples, rng: &mut _| make_recall::<F>(samples, pairs, KEYS, VALUES, rng);
        let test = draw(settings.samples, &mut trial.rng("test"))?;
        let (mut data, mut rng) = (trial.rng("data"), trial.rng("network"));
        let mut network = kind.network(&mut rng);
        let mut batch = draw(BATCH, &mut data)?;
        let mut step = Step::plan(&network, &loss, batch.x(), batch.y())?;
        let mut adam = Adam::new(settings.learning_rate);
        let mut curve = Vec::new();
        let updates = settings.epochs.div_ceil(4);
        for update in 1..=updates {
            step.run(&network, &loss, batch.x(), batch.y(), &mut rng)?;
            clip_grad_norm(step.workspace_mut(), CLIP)?;
            adam.step(&mut network, step.workspace())?;
            batch = draw(BATCH, &mut data)?;
            if update % EVERY == 0 || update == updates {
                curve.push(loss.value(&network.predict(test.x())?, test.y())?);
            }
        }
        let success = curve.last().is_some_and(|last| last.to_f64() < SOLVED);
        Ok(Run::new(curve).success(success).keep(maps(&network, test.x())?))
    })
}
