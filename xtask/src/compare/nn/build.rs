//! Networks, inputs and targets, made of the numbers of a trial.

use std::ops::Range;

use nn_core::ndarray::{Array1, Array2};
use nn_core::rand::SeedableRng;
use nn_core::rand::rngs::ChaCha8Rng;
use nn_core::{
    AdaptiveAvgPool1d, Conv2d, Dropout, Flatten, Gru, Init, Linear, Lstm, MaxPool2d, Module, Parameters,
    Permute, Relu, Scalar, Sequential, Tanh, Tensor, TransformerEncoderLayer,
};
use nn_data::{Dataset, Target};
use nn_loss::Reduction;
use nn_train::optim::{Adam, Optimizer, Sgd};

use super::super::data::Numbers;
use super::super::images::{Convolution, Images};
use super::super::job::{Between, CellKind, Job, ReductionKind, Rule};
use super::super::sequences::Sequences;
use super::super::tokens::Tokens;

/// How targets are made of the numbers of these samples: values or labels.
pub(super) trait Targets<F, T>: Copy {
    fn of(self, numbers: &Numbers, job: &Job, samples: Range<usize>) -> T;
}

/// Targets that are values.
#[derive(Clone, Copy)]
pub(super) struct Values;

impl<F: Scalar> Targets<F, Tensor<F>> for Values {
    fn of(self, numbers: &Numbers, job: &Job, samples: Range<usize>) -> Tensor<F> {
        let outputs = job.network.sizes[job.network.sizes.len() - 1];
        match &job.network.images {
            // Without a linear layer, the output is an image.
            Some(images) if job.network.sizes.len() == 1 => {
                tensor(&numbers.targets, &images.output(), samples)
            }
            _ => tensor(&numbers.targets, &[outputs], samples),
        }
    }
}

/// Targets that are labels.
#[derive(Clone, Copy)]
pub(super) struct Labels;

impl<F> Targets<F, Vec<usize>> for Labels {
    fn of(self, numbers: &Numbers, _: &Job, samples: Range<usize>) -> Vec<usize> {
        numbers.targets[samples].iter().map(|&label| label as usize).collect()
    }
}

/// The inputs of these samples.
pub(super) fn inputs<F: Scalar>(numbers: &Numbers, job: &Job, samples: Range<usize>) -> Tensor<F> {
    tensor(&numbers.inputs, job.network.shape(), samples)
}

/// The samples that a trial learns from, and those that are held out.
pub(super) struct Split<T> {
    pub(super) train: Dataset<f32, T>,
    pub(super) held_out: Option<Dataset<f32, T>>,
}

/// Splits the samples of a trial.
pub(super) fn split<T: Target>(numbers: &Numbers, job: &Job, targets: impl Targets<f32, T>) -> Split<T> {
    let data = |samples: Range<usize>| {
        let x = inputs(numbers, job, samples.clone());
        Dataset::new(x, targets.of(numbers, job, samples)).expect("one target per sample")
    };
    let (trained, samples) = (job.network.trained(), job.network.samples);
    Split { train: data(0..trained), held_out: (trained < samples).then(|| data(trained..samples)) }
}

/// Samples of this shape.
fn tensor<F: Scalar>(numbers: &[f32], shape: &[usize], samples: Range<usize>) -> Tensor<F> {
    let shape: Vec<usize> = [samples.len()].into_iter().chain(shape.iter().copied()).collect();
    let mut tensor = Tensor::zeros(&shape);
    let features = tensor.features();
    for feature in 0..features {
        let values = numbers[feature..].iter().step_by(features).skip(samples.start);
        for (to, &value) in tensor.feature_mut(feature)[..samples.len()].iter_mut().zip(values) {
            *to = F::from_f64(f64::from(value));
        }
    }
    tensor
}

/// Builds the network of a job from its initial weights, with its dropout or without. A single layer needs no container.
pub(super) fn network<F: Scalar>(parameters: &[f32], job: &Job, dropout: bool) -> Box<dyn Module<F>> {
    let mut rest = parameters;
    let mut take = |count| {
        let (taken, left) = rest.split_at(count);
        rest = left;
        taken.iter().map(|&value| F::from_f64(f64::from(value))).collect::<Vec<F>>()
    };
    let mut network = Sequential::new();
    if let Some(images) = &job.network.images {
        network = convolutions(network, images, job.network.between, &mut take);
        if job.network.sizes.len() > 1 {
            network = network.append(Flatten);
        }
    }
    if let Some(sequences) = &job.network.sequences {
        network = recurrent(network, sequences, job.network.sizes[0], &mut take);
    }
    if let Some(tokens) = &job.network.tokens {
        network = encoder(network, tokens, &mut take);
    }
    let mut linear = |inputs, outputs| {
        let weight =
            Array2::from_shape_vec((outputs, inputs), take(outputs * inputs)).expect("as many as taken");
        Linear::from_parameters(weight, Array1::from_vec(take(outputs))).expect("one bias per output")
    };
    if let (&[inputs, outputs], []) = (&job.network.sizes[..], network.layers()) {
        return Box::new(linear(inputs, outputs));
    }
    for (index, pair) in job.network.sizes.windows(2).enumerate() {
        if index > 0 {
            network = activated(network, job.network.between);
            if dropout && job.network.dropout > 0.0 {
                network = network.append(Dropout::new(job.network.dropout));
            }
        }
        network = network.append(linear(pair[0], pair[1]));
    }
    Box::new(network)
}

/// Appends the convolutions, each with its activation and its pooling.
fn convolutions<F: Scalar>(
    mut network: Sequential<F>,
    images: &Images,
    between: Between,
    take: &mut dyn FnMut(usize) -> Vec<F>,
) -> Sequential<F> {
    let mut inputs = images.shape[0];
    for of in &images.convolutions {
        network = activated(network.append(convolution(inputs, of, &mut *take)), between);
        inputs = of.channels;
        if of.pool > 1 {
            network = network.append(MaxPool2d::new(of.pool));
        }
    }
    network
}

/// Makes a convolution of the parameters that are taken.
pub(super) fn convolution<F: Scalar>(
    inputs: usize,
    of: &Convolution,
    mut take: impl FnMut(usize) -> Vec<F>,
) -> Conv2d<F> {
    let mut unused = ChaCha8Rng::seed_from_u64(0);
    let channels = [inputs, of.channels];
    let mut layer = Conv2d::with_init(channels, of.kernel, of.groups, Init::ZEROS, Init::ZEROS, &mut unused)
        .padding(of.padding);
    layer.visit_mut(None, &mut |parameter| {
        parameter.value.copy_from_slice(&take(parameter.value.len()));
    });
    layer
}

/// Appends the recurrent layer, whose last output the next layer sees.
fn recurrent<F: Scalar>(
    network: Sequential<F>,
    of: &Sequences,
    units: usize,
    take: &mut dyn FnMut(usize) -> Vec<F>,
) -> Sequential<F> {
    let mut values = all(of.weights(units), take);
    // The layer has both weights before both biases.
    values.swap(1, 2);
    let (features, mut unused) = (of.shape[1], ChaCha8Rng::seed_from_u64(0));
    match of.cell {
        CellKind::Lstm => network.append(with(Lstm::new(features, units, &mut unused).last(), values)),
        CellKind::Gru => network.append(with(Gru::new(features, units, &mut unused).last(), values)),
    }
}

/// Appends the layer of a transformer and the mean of its tokens, which the next layer sees.
fn encoder<F: Scalar>(
    network: Sequential<F>,
    of: &Tokens,
    take: &mut dyn FnMut(usize) -> Vec<F>,
) -> Sequential<F> {
    let mut unused = ChaCha8Rng::seed_from_u64(0);
    let layer = TransformerEncoderLayer::new(of.shape[1], of.heads, of.hidden, &mut unused).norm_first();
    let network = network.append(with(layer, all(of.weights(), take)));
    network.append(Permute::new([2, 1])).append(AdaptiveAvgPool1d::new(1)).append(Flatten)
}

/// The values of weights of these shapes, each followed by those of its bias.
fn all<F>(weights: Vec<Vec<usize>>, take: &mut dyn FnMut(usize) -> Vec<F>) -> Vec<Vec<F>> {
    weights.iter().flat_map(|shape| [take(shape.iter().product()), take(shape[0])]).collect()
}

/// A layer with the values of all its parameters, in their order.
fn with<F: Scalar, M: Parameters<F>>(mut layer: M, values: Vec<Vec<F>>) -> M {
    let mut values = values.iter();
    layer.visit_mut(None, &mut |parameter| {
        parameter.value.copy_from_slice(values.next().expect("values of each parameter"));
    });
    layer
}

fn activated<F: Scalar>(network: Sequential<F>, between: Between) -> Sequential<F> {
    match between {
        Between::Tanh => network.append(Tanh),
        Between::Relu => network.append(Relu),
        Between::Nothing => network,
    }
}

pub(super) fn optimizer<F: Scalar>(job: &Job) -> Box<dyn Optimizer<F>> {
    match job.network.rule {
        Rule::Sgd => Box::new(Sgd::new(job.network.rate)),
        Rule::Adam => Box::new(Adam::new(job.network.rate)),
    }
}

pub(super) fn reduction(job: &Job) -> Reduction {
    match job.network.reduction {
        ReductionKind::Mean => Reduction::Mean,
        ReductionKind::Sum => Reduction::Sum,
    }
}

/// The factor that turns the descended loss of a batch into the average over its samples.
pub(super) fn per_sample(job: &Job) -> f64 {
    match job.network.reduction {
        ReductionKind::Mean => 1.0,
        ReductionKind::Sum => 1.0 / job.network.batch as f64,
    }
}
