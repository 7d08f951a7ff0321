//! RustyML as its users write it: `Dense` layers in a Sequential, its losses and optimisers, `fit` and `fit_with_batches`;
//! one trial after another.
#[path = "../../common.rs"]
mod common;

use std::ops::Range;

use common::{Between, Job, Loss, Numbers};
use ndarray::{Array1, Array2};
use rustyml::neural_network::layers::{Activation, Dense, Dropout};
use rustyml::neural_network::losses::{MeanSquaredError, SparseCategoricalCrossEntropy};
use rustyml::neural_network::optimizers::{Adam, SGD};
use rustyml::neural_network::sequential::{Sequential, SequentialBuilder};
use rustyml::neural_network::traits::UnaryLayer;
use rustyml::neural_network::{Shape, Tensor};

const VERSION: &str = "0.17.0";

/// For each layer its weight, `[inputs, outputs]`, and its bias, `[1, outputs]`.
type Weights = Vec<(Array2<f32>, Array2<f32>)>;

/// The initial weights of a trial.
fn initial(job: &Job, numbers: &Numbers) -> Weights {
    let layer = |(pair, (weight, bias)): (&[usize], &(Vec<f32>, Vec<f32>))| {
        let weight = Array2::from_shape_vec((pair[1], pair[0]), weight.clone()).expect("a weight");
        let bias = Array2::from_shape_vec((1, pair[1]), bias.clone()).expect("a bias");
        (weight.reversed_axes(), bias)
    };
    job.sizes.windows(2).zip(&numbers.layers).map(layer).collect()
}

/// Makes a network of these weights, with the job's dropout or without.
fn network(job: &Job, weights: Weights, dropout: bool) -> Sequential {
    let mut builder = SequentialBuilder::new();
    let last = weights.len() - 1;
    for (index, (weight, bias)) in weights.into_iter().enumerate() {
        let activation = match job.between {
            Between::Tanh if index < last => Activation::Tanh,
            Between::Relu if index < last => Activation::ReLU,
            _ => Activation::Linear,
        };
        let mut dense = Dense::new(weight.ncols(), activation).expect("a number of units");
        dense.build(&batch_of(weight.nrows())).expect("a number of inputs");
        dense.set_weights(weight, bias).expect("weights of this shape");
        builder = builder.add(dense);
        if dropout && job.dropout > 0.0 && index < last {
            builder = builder.add(Dropout::new(job.dropout as f32).expect("a share"));
        }
    }
    let mut network = builder.build(&batch_of(job.sizes[0])).expect("layers that fit");
    // To descend a sum is to descend the mean with a larger learning rate.
    let rate = (job.rate * job.factor) as f32;
    let adam = || Adam::new(rate, 0.9, 0.999, 1e-8, 0.0).expect("settings of Adam");
    let sgd = || SGD::new(rate, 0.0, false, 0.0).expect("settings of SGD");
    let cross_entropy = SparseCategoricalCrossEntropy::new(true);
    match (job.adam, job.loss) {
        (true, Loss::CrossEntropy) => network.compile(adam(), cross_entropy),
        (true, Loss::Mse) => network.compile(adam(), MeanSquaredError::new()),
        (false, Loss::CrossEntropy) => network.compile(sgd(), cross_entropy),
        (false, Loss::Mse) => network.compile(sgd(), MeanSquaredError::new()),
    };
    network
}

/// The shape of batches of any size.
fn batch_of(features: usize) -> Shape {
    Shape::new(vec![None, Some(features)])
}

/// Inputs and targets.
struct Data {
    x: Tensor,
    y: Tensor,
}

impl Data {
    /// Makes tensors of some samples of a trial.
    fn new(job: &Job, numbers: &Numbers, rows: Range<usize>) -> Self {
        let part = |values: &[f32], width: usize| {
            let values = Array1::from(values[rows.start * width..rows.end * width].to_vec());
            values.into_shape_with_order((rows.len(), width)).expect("whole rows").into_dyn()
        };
        let outputs = if job.loss == Loss::Mse { job.sizes[job.sizes.len() - 1] } else { 1 };
        Data { x: part(&numbers.inputs, job.sizes[0]), y: part(&numbers.targets, outputs) }
    }
}

/// Makes the checked steps, without dropout, and returns the loss of the next batch.
fn checked(job: &Job, numbers: &Numbers) -> f64 {
    let mut network = network(job, initial(job, numbers), false);
    for step in 0..job.checked() {
        let Data { x, y } = Data::new(job, numbers, job.rows(step));
        network.train_batch(&x, &y).expect("a batch that fits");
    }
    let Data { x, y } = Data::new(job, numbers, job.rows(job.checked()));
    network.evaluate(&x, &y).expect("a batch that fits").into()
}

/// A network with its data.
struct Training<'a> {
    job: &'a Job,
    network: Sequential,
    data: Data,
    held_out: Option<Data>,
}

impl<'a> Training<'a> {
    fn new(job: &'a Job, numbers: &Numbers) -> Self {
        let held_out = job.trained..job.samples;
        Training {
            job,
            network: network(job, initial(job, numbers), true),
            data: Data::new(job, numbers, 0..job.trained),
            held_out: (!held_out.is_empty()).then(|| Data::new(job, numbers, held_out)),
        }
    }

    /// Trains an epoch and returns the validation loss, if there is one.
    fn epoch(&mut self) -> Option<f32> {
        let Data { x, y } = &self.data;
        self.network.fit_with_batches(x, y, 1, self.job.batch).expect("data that fit");
        let Data { x, y } = self.held_out.as_ref()?;
        Some(self.network.evaluate(x, y).expect("data that fit"))
    }

    /// Trains to the end, which early stopping may bring forward. Returns the number of epochs.
    fn train(&mut self) -> usize {
        let mut stopping = self.job.stopping();
        let (mut best, mut epochs) = (None, 0);
        while epochs < self.job.epochs && !stopping.ends() {
            epochs += 1;
            let loss = self.epoch();
            if self.job.patience > 0 && stopping.is_best(loss.expect("a validation loss")) {
                best = Some(weights(&self.network));
            }
        }
        if let Some(best) = best {
            self.network = network(self.job, best, true);
        }
        epochs
    }
}

/// Copies the weights of a network.
fn weights(network: &Sequential) -> Weights {
    let paths = network.weight_paths();
    let array = |path: &String| {
        let array = network.weight(path).expect("an array at each path").to_owned();
        array.into_dimensionality().expect("two axes")
    };
    paths.chunks(2).map(|pair| (array(&pair[0]), array(&pair[1]))).collect()
}

fn answer(mut job: Job) {
    if job.is("trials") {
        let all = |numbers| Data::new(&job, numbers, 0..job.samples);
        let data: Vec<Data> = job.trials.iter().map(all).collect();
        let mut data = data.iter();
        job.all_trials(|numbers| {
            let Data { x, y } = data.next().expect("data for each trial");
            let mut network = network(&job, initial(&job, numbers), false);
            network.fit(x, y, job.epochs as u32).expect("data that fit").loss().to_vec()
        });
        return;
    }
    // What was read is dropped before the memory is measured.
    let trials = std::mem::take(&mut job.trials);
    let losses: f64 = trials.iter().map(|numbers| checked(&job, numbers)).sum();
    let loss = losses / trials.len() as f64;
    if job.is("epochs") || job.is("ensemble") {
        let mut trainings: Vec<Training> =
            trials.iter().map(|numbers| Training::new(&job, numbers)).collect();
        drop(trials);
        if job.is("epochs") {
            job.long_window(loss, || {
                trainings[0].epoch();
            });
        } else {
            job.ensemble(loss, trainings.len(), |index| trainings[index].train());
        }
        return;
    }
    let Data { x, y } = Data::new(&job, &trials[0], 0..job.samples);
    let mut network = network(&job, initial(&job, &trials[0]), false);
    drop(trials);
    if job.is("prediction") {
        job.window(loss, || {
            network.predict(&x).expect("data that fit");
        });
    } else {
        job.window(loss, || {
            network.train_batch(&x, &y).expect("data that fit");
        });
    }
}

fn main() {
    common::main(VERSION, answer);
}
