//! burn as its users write it: a struct that derives Module, burn::nn layers and losses, `backward` and an SGD optimiser,
//! on the flex backend with autodiff; one trial after another.
#[path = "../../common.rs"]
mod common;

use burn::module::Param;
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig, MseLoss, Reduction};
use burn::nn::{Linear, Relu, Tanh};
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::prelude::*;
use common::{Between, Job, Loss, Numbers};

const VERSION: &str = "0.22.1";

#[derive(Module, Debug)]
struct Network {
    layers: Vec<Linear>,
    tanh: Option<Tanh>,
    relu: Option<Relu>,
}

impl Network {
    /// Makes a network with the initial weights of a trial; burn stores a weight as `[inputs, outputs]`.
    fn new(job: &Job, numbers: &Numbers, device: &Device) -> Self {
        let layer = |(pair, (weight, bias)): (&[usize], &(Vec<f32>, Vec<f32>))| {
            let (inputs, outputs) = (pair[0], pair[1]);
            let transposed =
                (0..inputs * outputs).map(|i| weight[i % outputs * inputs + i / outputs]).collect();
            Linear {
                weight: Param::from_data(TensorData::new::<f32, _>(transposed, [inputs, outputs]), device),
                bias: Some(Param::from_data(TensorData::new(bias.clone(), [outputs]), device)),
            }
        };
        Network {
            layers: job.sizes.windows(2).zip(&numbers.layers).map(layer).collect(),
            tanh: (job.between == Between::Tanh).then(Tanh::new),
            relu: (job.between == Between::Relu).then(Relu::new),
        }
    }

    fn forward(&self, mut x: Tensor<2>) -> Tensor<2> {
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                x = self.tanh.as_ref().map_or(x.clone(), |tanh| tanh.forward(x));
                x = self.relu.as_ref().map_or(x.clone(), |relu| relu.forward(x));
            }
            x = layer.forward(x);
        }
        x
    }
}

enum Target {
    Values(Tensor<2>),
    Labels(Tensor<1, Int>),
}

struct Data {
    x: Tensor<2>,
    y: Target,
}

impl Data {
    fn new(job: &Job, numbers: &Numbers, device: &Device) -> Self {
        let (inputs, outputs) = (job.sizes[0], job.sizes[job.sizes.len() - 1]);
        let x = TensorData::new(numbers.inputs.clone(), [job.samples, inputs]);
        let y = match job.loss {
            Loss::Mse => {
                let values = TensorData::new(numbers.targets.clone(), [job.samples, outputs]);
                Target::Values(Tensor::from_data(values, device))
            }
            Loss::CrossEntropy => {
                Target::Labels(Tensor::from_data(TensorData::new(numbers.labels(), [job.samples]), device))
            }
        };
        Data { x: Tensor::from_data(x, device), y }
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
    fn new(job: &'a Job, numbers: &Numbers, device: &Device) -> Self {
        Training {
            job,
            network: Some(Network::new(job, numbers, device)),
            optimiser: SgdConfig::new().init(),
            cross_entropy: CrossEntropyLossConfig::new().init(device),
        }
    }

    /// Returns the mean loss.
    fn mean(&self, data: &Data) -> Tensor<1> {
        let out = self.network.as_ref().expect("the network of the step before").forward(data.x.clone());
        match &data.y {
            Target::Values(y) => MseLoss::new().forward(out, y.clone(), Reduction::Mean),
            Target::Labels(y) => self.cross_entropy.forward(out, y.clone()),
        }
    }

    /// Descends the loss and returns its mean.
    fn step(&mut self, data: &Data) -> Tensor<1> {
        let mean = self.mean(data);
        let descended = if self.job.factor == 1.0 { mean.clone() } else { mean.clone() * self.job.factor };
        let network = self.network.take().expect("the network of the step before");
        let gradients = GradientsParams::from_grads(descended.backward(), &network);
        self.network = Some(self.optimiser.step(self.job.rate, network, gradients));
        mean
    }
}

fn answer(job: &Job) {
    let plain = Device::flex();
    let device = Device::flex().autodiff();
    let first = &job.trials[0];
    if job.is("trials") {
        let data: Vec<Data> = job.trials.iter().map(|numbers| Data::new(job, numbers, &device)).collect();
        let mut data = data.iter();
        job.all_trials(|numbers| {
            let data = data.next().expect("data for each trial");
            let mut training = Training::new(job, numbers, &device);
            (0..job.steps).map(|_| training.step(data).into_scalar()).collect()
        });
    } else if job.is("prediction") {
        let (training, data) = (Training::new(job, first, &plain), Data::new(job, first, &plain));
        let network = training.network.as_ref().expect("not yet trained");
        job.window(f64::from(training.mean(&data).into_scalar::<f32>()), || {
            network.forward(data.x.clone());
        });
    } else {
        let data = Data::new(job, first, &device);
        let mut training = Training::new(job, first, &device);
        for _ in 0..job.checked() {
            training.step(&data);
        }
        let value: f32 = training.mean(&data).into_scalar();
        job.window(f64::from(value), || {
            training.step(&data);
        });
    }
}

fn main() {
    common::main(VERSION, answer);
}
