//! burn as its users write it: a struct that derives Module, burn::nn layers, losses and optimisers, `backward`, and its
//! DataLoader for mini-batches, on the flex backend with autodiff; one trial after another.
#[path = "../../common.rs"]
mod common;
mod encoder;
mod gradients;
mod recurrent;
mod training;

use std::ops::Range;

use burn::module::Param;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig, MseLoss, Reduction};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::transformer::TransformerEncoderLayer;
use burn::nn::{Dropout, DropoutConfig, Linear, PaddingConfig2d, Relu, Tanh};
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::prelude::*;
use common::{Between, Job, Loss, Numbers};
use recurrent::Recurrent;

const VERSION: &str = "0.22.1";

#[derive(Module, Debug)]
struct Network {
    /// Channels, height and width, if there are convolutions.
    image: [usize; 3],
    convolutions: Vec<Conv2d>,
    /// After each convolution; of size 1 for none.
    pools: Vec<MaxPool2d>,
    recurrent: Option<Recurrent>,
    encoder: Option<TransformerEncoderLayer>,
    /// Of a step of a sequence, or of a token.
    features: usize,
    layers: Vec<Linear>,
    tanh: Option<Tanh>,
    relu: Option<Relu>,
    dropout: Option<Dropout>,
}

/// Makes a linear layer; burn stores a weight as `[inputs, outputs]`.
fn linear(weight: &[f32], bias: &[f32], device: &Device) -> Linear {
    let (inputs, outputs) = (weight.len() / bias.len(), bias.len());
    let transposed = (0..inputs * outputs).map(|i| weight[i % outputs * inputs + i / outputs]).collect();
    Linear {
        weight: Param::from_data(TensorData::new::<f32, _>(transposed, [inputs, outputs]), device),
        bias: Some(Param::from_data(TensorData::new(bias.to_vec(), [outputs]), device)),
    }
}

impl Network {
    /// Makes a network with the initial weights of a trial, with the job's dropout or without.
    fn new(job: &Job, numbers: &Numbers, dropout: bool, device: &Device) -> Self {
        let last = &numbers.layers[numbers.layers.len() + 1 - job.sizes.len()..];
        let convolution = |(of, (weight, bias)): (&common::Convolution, &(Vec<f32>, Vec<f32>))| {
            let (size, padding) = ([of.kernel; 2], of.padding);
            let mut layer = Conv2dConfig::new([of.inputs, of.channels], size)
                .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
                .with_groups(of.groups)
                .init(device);
            layer.weight = Param::from_data(TensorData::new(weight.clone(), of.shape()), device);
            layer.bias = Some(Param::from_data(TensorData::new(bias.clone(), [of.channels]), device));
            layer
        };
        Network {
            image: job.shape[..].try_into().unwrap_or_default(),
            convolutions: job.convolutions.iter().zip(&numbers.layers).map(convolution).collect(),
            pools: job.convolutions.iter().map(|of| MaxPool2dConfig::new([of.pool; 2]).init()).collect(),
            recurrent: job.cell.map(|cell| Recurrent::new(job, cell, numbers, device)),
            encoder: job.encoder.map(|of| encoder::layer(of, numbers, device)),
            features: job.shape[job.shape.len() - 1],
            layers: last.iter().map(|(weight, bias)| linear(weight, bias, device)).collect(),
            tanh: (job.between == Between::Tanh).then(Tanh::new),
            relu: (job.between == Between::Relu).then(Relu::new),
            dropout: (dropout && job.dropout > 0.0).then(|| DropoutConfig::new(job.dropout).init()),
        }
    }

    /// Applies the convolutions, each with its activation and its pooling, and flattens the image.
    fn convolve(&self, x: Tensor<2>) -> Tensor<2> {
        let ([samples, _], [channels, height, width]) = (x.dims(), self.image);
        let mut x = x.reshape([samples, channels, height, width]);
        for (convolution, pool) in self.convolutions.iter().zip(&self.pools) {
            x = convolution.forward(x);
            x = self.tanh.as_ref().map_or(x.clone(), |tanh| tanh.forward(x));
            x = self.relu.as_ref().map_or(x.clone(), |relu| relu.forward(x));
            if pool.kernel_size != [1, 1] {
                x = pool.forward(x);
            }
        }
        x.flatten(1, 3)
    }

    fn forward(&self, mut x: Tensor<2>) -> Tensor<2> {
        if !self.convolutions.is_empty() {
            x = self.convolve(x);
        }
        if let Some(recurrent) = &self.recurrent {
            let [samples, width] = x.dims();
            x = recurrent.forward(x.reshape([samples, width / self.features, self.features]));
        }
        if let Some(encoder) = &self.encoder {
            let [samples, width] = x.dims();
            let tokens = x.reshape([samples, width / self.features, self.features]);
            x = encoder.forward(tokens, None, None).mean_dim(1).squeeze_dim(1);
        }
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                x = self.tanh.as_ref().map_or(x.clone(), |tanh| tanh.forward(x));
                x = self.relu.as_ref().map_or(x.clone(), |relu| relu.forward(x));
                x = self.dropout.as_ref().map_or(x.clone(), |dropout| dropout.forward(x));
            }
            x = layer.forward(x);
        }
        x
    }
}

#[derive(Clone, Debug)]
enum Target {
    Values(Tensor<2>),
    Labels(Tensor<1, Int>),
}

#[derive(Clone, Debug)]
struct Data {
    x: Tensor<2>,
    y: Target,
}

impl Data {
    /// Makes tensors of some samples of a trial.
    fn new(job: &Job, numbers: &Numbers, rows: Range<usize>, device: &Device) -> Self {
        let (inputs, outputs) = (job.shape.iter().product(), job.sizes[job.sizes.len() - 1]);
        let part = |values: &[f32], width: usize| {
            let values = values[rows.start * width..rows.end * width].to_vec();
            Tensor::from_data(TensorData::new(values, [rows.len(), width]), device)
        };
        let y = match job.loss {
            Loss::Mse => Target::Values(part(&numbers.targets, outputs)),
            Loss::CrossEntropy => {
                let labels = numbers.labels()[rows.clone()].to_vec();
                Target::Labels(Tensor::from_data(TensorData::new(labels, [rows.len()]), device))
            }
        };
        Data { x: part(&numbers.inputs, inputs), y }
    }
}

/// A network, its loss and its optimiser.
struct Training<'a> {
    job: &'a Job,
    network: Option<Network>,
    optimiser: ModuleOptimizer,
    cross_entropy: CrossEntropyLoss,
}

impl<'a> Training<'a> {
    fn new(job: &'a Job, numbers: &Numbers, dropout: bool, device: &Device) -> Self {
        Training {
            job,
            network: Some(Network::new(job, numbers, dropout, device)),
            optimiser: if job.adam {
                AdamConfig::new().with_epsilon(1e-8).init()
            } else {
                SgdConfig::new().init()
            },
            cross_entropy: CrossEntropyLossConfig::new().init(device),
        }
    }

    fn network(&self) -> &Network {
        self.network.as_ref().expect("the network of the step before")
    }

    /// Returns the mean loss.
    fn mean(&self, network: &Network, data: &Data) -> Tensor<1> {
        let out = network.forward(data.x.clone());
        match &data.y {
            Target::Values(y) => MseLoss::new().forward(out, y.clone(), Reduction::Mean),
            Target::Labels(y) => self.cross_entropy.forward(out, y.clone()),
        }
    }

    /// Descends the loss and returns its mean.
    fn step(&mut self, data: &Data) -> Tensor<1> {
        let mean = self.mean(self.network(), data);
        let descended = if self.job.factor == 1.0 { mean.clone() } else { mean.clone() * self.job.factor };
        let network = self.network.take().expect("the network of the step before");
        let gradients = GradientsParams::from_grads(descended.backward(), &network);
        self.network = Some(self.optimiser.step(self.job.rate, network, gradients));
        mean
    }
}

/// Makes the checked steps, without dropout, and returns the loss of the next batch.
fn checked(job: &Job, numbers: &Numbers, device: &Device) -> f64 {
    let mut training = Training::new(job, numbers, false, device);
    for step in 0..job.checked() {
        training.step(&Data::new(job, numbers, job.rows(step), device));
    }
    let data = Data::new(job, numbers, job.rows(job.checked()), device);
    f64::from(training.mean(training.network(), &data).into_scalar::<f32>())
}

/// Returns the mean cross-entropy of all samples.
fn cross_entropy(out: Tensor<2>, numbers: &Numbers, device: &Device) -> f64 {
    let labels = Tensor::<1, Int>::from_data(TensorData::new(numbers.labels(), [out.dims()[0]]), device);
    f64::from(CrossEntropyLossConfig::new().init(device).forward(out, labels).into_scalar::<f32>())
}

fn answer(mut job: Job) {
    let plain = Device::flex();
    let device = Device::flex().autodiff();
    let all = 0..job.samples;
    if job.is("trials") {
        let data = |numbers| Data::new(&job, numbers, all.clone(), &device);
        let data: Vec<Data> = job.trials.iter().map(data).collect();
        let mut data = data.iter();
        job.all_trials(|numbers| {
            let data = data.next().expect("data for each trial");
            let mut training = Training::new(&job, numbers, false, &device);
            (0..job.epochs).map(|_| training.step(data).into_scalar()).collect()
        });
        return;
    }
    // What was read is dropped before the memory is measured.
    let trials = std::mem::take(&mut job.trials);
    if job.is("epochs") || job.is("ensemble") {
        training::answer(&job, trials, &device);
    } else if job.is("gradients") {
        gradients::answer(&job, trials, &device);
    } else if job.is("control") {
        recurrent::control(&job, &trials[0], &plain);
    } else if job.is("prediction") {
        let value = checked(&job, &trials[0], &plain);
        let (network, data) =
            (Network::new(&job, &trials[0], false, &plain), Data::new(&job, &trials[0], all, &plain));
        drop(trials);
        job.window(value, || {
            network.forward(data.x.clone());
        });
    } else {
        let value = checked(&job, &trials[0], &device);
        let data = Data::new(&job, &trials[0], all, &device);
        let mut training = Training::new(&job, &trials[0], false, &device);
        job.window(value, || {
            training.step(&data);
        });
    }
}

fn main() {
    common::main(VERSION, answer);
}
