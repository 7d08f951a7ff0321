//! A trial as it was at some epoch. A training with fewer epochs is the beginning of a longer one, to the last bit. So the
//! network at an epoch comes from the experiment itself, run with fewer epochs for this trial alone.

use nn_core::{Parameters, Scalar};
use nn_train::{Ensemble, Trials, TrialsError};

use crate::experiments::classification::Classifier;
use crate::experiments::linear_regression::{self, Fit};
use crate::experiments::{Precision, Settings, nonlinear_classification, spirals};

/// How an experiment is replayed.
pub(super) struct Replay {
    /// The name of the experiment.
    pub(super) experiment: &'static str,
    single: Runner,
    double: Runner,
}

/// Runs a single trial.
type Runner = fn(&Settings, &Trials<'_>) -> Result<Snapshot, TrialsError>;

/// The experiments that are recorded.
pub(super) const REPLAYS: [Replay; 3] = [
    Replay { experiment: "linear-regression", single: line::<f32>, double: line::<f64> },
    Replay { experiment: "nonlinear-classification", single: xor::<f32>, double: xor::<f64> },
    Replay { experiment: "spirals", single: arms::<f32>, double: arms::<f64> },
];

/// A network at some epoch, and what it learns from.
pub(super) struct Snapshot {
    /// The number of inputs, of units of each hidden layer, and of outputs.
    pub(super) layers: Vec<usize>,
    /// The weight of each layer, row by row, and then its bias.
    pub(super) parameters: Vec<f64>,
    /// One row for each point: its coordinates and its class, or x and y.
    pub(super) points: Vec<Vec<f64>>,
    /// The slope and the intercept behind the points of a regression.
    pub(super) truth: Vec<f64>,
}

impl Replay {
    /// Returns the network that `epoch`, counted from 1, begins with, and whose loss it records.
    pub(super) fn at(
        &self,
        epoch: usize,
        trial: usize,
        settings: &Settings,
        precision: Precision,
    ) -> Result<Snapshot, TrialsError> {
        let settings = if epoch > 1 {
            Settings { epochs: epoch - 1, ..settings.clone() }
        } else {
            // The network before its first update. A training needs at least one, but a step this short changes no digit.
            Settings { epochs: 1, learning_rate: f32::MIN_POSITIVE.into(), ..settings.clone() }
        };
        let run = match precision {
            Precision::F32 => self.single,
            Precision::F64 => self.double,
        };
        run(&settings, &settings.trials(&|| ()).range(trial..trial + 1))
    }
}

fn line<F: Scalar>(settings: &Settings, trials: &Trials<'_>) -> Result<Snapshot, TrialsError> {
    let ensemble = linear_regression::run::<F>(settings, trials)?;
    let Fit { model, truth, .. } = only(&ensemble);
    let (x, y) = (truth.data.x(), truth.data.y());
    let point = |sample| vec![x[[sample, 0]].to_f64(), y[[sample, 0]].to_f64()];
    let points = (0..truth.data.samples()).map(point).collect();
    Ok(snapshot(model, points, vec![truth.weight[[0, 0]].to_f64(), truth.bias[0].to_f64()]))
}

fn xor<F: Scalar>(settings: &Settings, trials: &Trials<'_>) -> Result<Snapshot, TrialsError> {
    nonlinear_classification::run::<F>(settings, trials).map(|ensemble| classifier(only(&ensemble)))
}

fn arms<F: Scalar>(settings: &Settings, trials: &Trials<'_>) -> Result<Snapshot, TrialsError> {
    spirals::run::<F>(settings, trials).map(|ensemble| classifier(only(&ensemble)))
}

fn classifier<F: Scalar>(classifier: &Classifier<F>) -> Snapshot {
    let (x, y) = (classifier.data().x(), classifier.data().y());
    let point = |sample| vec![x[[sample, 0]].to_f64(), x[[sample, 1]].to_f64(), y[sample] as f64];
    snapshot(classifier.network(), (0..y.len()).map(point).collect(), Vec::new())
}

/// Returns what the only run has kept.
fn only<F: Scalar, K>(ensemble: &Ensemble<F, K>) -> &K {
    let run = ensemble.runs().iter().next();
    &run.expect("one trial was asked for").kept
}

fn snapshot<F: Scalar>(network: &dyn Parameters<F>, points: Vec<Vec<f64>>, truth: Vec<f64>) -> Snapshot {
    let (mut layers, mut parameters) = (Vec::new(), Vec::new());
    network.visit(&mut |parameter| {
        if let &[outputs, inputs] = parameter.shape {
            // The outputs of the layer before are these inputs.
            if layers.is_empty() {
                layers.push(inputs);
            }
            layers.push(outputs);
        }
        parameters.extend(parameter.value.iter().map(|value| value.to_f64()));
    });
    Snapshot { layers, parameters, points, truth }
}
