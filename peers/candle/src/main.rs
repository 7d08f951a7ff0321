//! candle as its users write it: candle-nn layers, losses and optimisers, `backward_step`; one trial after another.
#[path = "../../common.rs"]
mod common;
mod encoder;
mod gradients;
mod recurrent;
mod training;

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::ops::Dropout;
use candle_nn::{AdamW, Conv2d, Conv2dConfig, Linear, Module, Optimizer, ParamsAdamW, SGD, loss};
use common::{Between, Job, Loss, Numbers};
use encoder::Encoder;
use recurrent::Recurrent;

const DEVICE: Device = Device::Cpu;
const VERSION: &str = "0.11.1";

/// Convolutions, a recurrent layer or a transformer's, and linear layers; with activations, and dropout between linear layers.
struct Network {
    /// Of a sample.
    shape: Vec<usize>,
    /// Each with the size of the pooling after it, or 1.
    convolutions: Vec<(Conv2d, usize)>,
    recurrent: Option<Recurrent>,
    encoder: Option<Encoder>,
    layers: Vec<Linear>,
    between: Between,
    dropout: Option<Dropout>,
}

impl Network {
    /// Makes the network of a trial with its initial weights. For training they are variables, which are tracked; for
    /// predictions they are plain tensors.
    fn new(job: &Job, numbers: &Numbers, variables: &mut Option<Vec<Var>>) -> Result<Self> {
        let learns = variables.is_some();
        let mut tensor = |values: &[f32], shape: &[usize]| {
            let tensor = Tensor::from_slice(values, shape, &DEVICE)?;
            let Some(variables) = variables else { return Ok(tensor) };
            let variable = Var::from_tensor(&tensor)?;
            variables.push(variable.clone());
            Ok::<_, candle_core::Error>(variable.into_inner())
        };
        let mut convolutions = Vec::new();
        for (of, (weight, bias)) in job.convolutions.iter().zip(&numbers.layers) {
            let config = Conv2dConfig { padding: of.padding, groups: of.groups, ..Conv2dConfig::default() };
            let (weight, bias) = (tensor(weight, &of.shape())?, tensor(bias, &[of.channels])?);
            convolutions.push((Conv2d::new(weight, Some(bias), config), of.pool));
        }
        let recurrent = match job.cell {
            Some(cell) => Some(Recurrent::new(job, cell, numbers, &mut tensor)?),
            None => None,
        };
        let encoder = match job.encoder {
            Some(of) => Some(Encoder::new(of, numbers, learns, &mut tensor)?),
            None => None,
        };
        let linear = &numbers.layers[numbers.layers.len() + 1 - job.sizes.len()..];
        let pairs = job.sizes.windows(2).zip(linear);
        let layers = pairs.map(|(pair, (weight, bias))| {
            let weight = tensor(weight, &[pair[1], pair[0]])?;
            Ok(Linear::new(weight, Some(tensor(bias, &[pair[1]])?)))
        });
        let dropout = (job.dropout > 0.0).then(|| Dropout::new(job.dropout as f32));
        let (shape, layers) = (job.shape.clone(), layers.collect::<Result<_>>()?);
        Ok(Network { shape, convolutions, recurrent, encoder, layers, between: job.between, dropout })
    }

    fn activate(&self, x: Tensor) -> Result<Tensor> {
        match self.between {
            Between::Tanh => x.tanh(),
            Between::Relu => x.relu(),
            Between::Nothing => Ok(x),
        }
    }

    /// Applies the convolutions, each with its activation and its pooling, and flattens the image.
    fn convolve(&self, x: &Tensor) -> Result<Tensor> {
        let [channels, height, width] = self.shape[..] else { panic!("images have three axes") };
        let mut x = x.reshape((x.dim(0)?, channels, height, width))?;
        for (convolution, pool) in &self.convolutions {
            x = self.activate(convolution.forward(&x)?)?;
            if *pool > 1 {
                x = x.max_pool2d(*pool)?;
            }
        }
        x.flatten_from(1)
    }

    fn forward(&self, x: &Tensor, training: bool) -> Result<Tensor> {
        let rows = || x.reshape((x.dim(0)?, self.shape[0], self.shape[1]));
        let mut x = match (&self.recurrent, &self.encoder) {
            (Some(recurrent), _) => recurrent.forward(&rows()?)?,
            (_, Some(encoder)) => encoder.forward(&rows()?)?.mean(1)?,
            _ if self.convolutions.is_empty() => x.clone(),
            _ => self.convolve(x)?,
        };
        for (index, layer) in self.layers.iter().enumerate() {
            if index > 0 {
                x = self.activate(x)?;
                if let Some(dropout) = &self.dropout {
                    x = dropout.forward(&x, training)?;
                }
            }
            x = layer.forward(&x)?;
        }
        Ok(x)
    }
}

enum Rule {
    Sgd(SGD),
    Adam(AdamW),
}

/// A network with its optimiser.
struct Trained<'a> {
    job: &'a Job,
    network: Network,
    variables: Vec<Var>,
    rule: Rule,
}

impl<'a> Trained<'a> {
    fn new(job: &'a Job, numbers: &Numbers) -> Result<Self> {
        let mut variables = Some(Vec::new());
        let network = Network::new(job, numbers, &mut variables)?;
        let variables = variables.expect("given");
        let rule = if job.adam {
            // Without weight decay, AdamW is Adam.
            let settings = ParamsAdamW { lr: job.rate, weight_decay: 0.0, ..ParamsAdamW::default() };
            Rule::Adam(AdamW::new(variables.clone(), settings)?)
        } else {
            Rule::Sgd(SGD::new(variables.clone(), job.rate)?)
        };
        Ok(Trained { job, network, variables, rule })
    }

    /// Descends the loss and returns its mean.
    fn step(&mut self, x: &Tensor, y: &Tensor, dropout: bool) -> Result<Tensor> {
        let mean = mean(self.job, &self.network, x, y, dropout)?;
        let descended = if self.job.factor == 1.0 { mean.clone() } else { (&mean * self.job.factor)? };
        match &mut self.rule {
            Rule::Sgd(rule) => rule.backward_step(&descended)?,
            Rule::Adam(rule) => rule.backward_step(&descended)?,
        }
        Ok(mean)
    }

    /// Makes the checked steps, without dropout, and returns the loss of the next batch.
    fn checked(&mut self, x: &Tensor, y: &Tensor) -> Result<f64> {
        let batch = |step| {
            let rows = self.job.rows(step);
            Ok::<_, candle_core::Error>((
                x.narrow(0, rows.start, rows.len())?,
                y.narrow(0, rows.start, rows.len())?,
            ))
        };
        let steps = self.job.checked();
        let batches = (0..=steps).map(batch).collect::<Result<Vec<_>>>()?;
        for (x, y) in &batches[..steps] {
            self.step(x, y, false)?;
        }
        let (x, y) = &batches[steps];
        Ok(mean(self.job, &self.network, x, y, false)?.to_scalar::<f32>()?.into())
    }
}

fn data(job: &Job, numbers: &Numbers) -> Result<(Tensor, Tensor)> {
    let (inputs, outputs): (usize, usize) = (job.shape.iter().product(), job.sizes[job.sizes.len() - 1]);
    let x = Tensor::from_slice(&numbers.inputs, (job.samples, inputs), &DEVICE)?;
    let y = match job.loss {
        Loss::Mse => Tensor::from_slice(&numbers.targets, (job.samples, outputs), &DEVICE)?,
        Loss::CrossEntropy => Tensor::from_vec(numbers.labels(), job.samples, &DEVICE)?,
    };
    Ok((x, y))
}

/// Returns the mean loss.
fn mean(job: &Job, network: &Network, x: &Tensor, y: &Tensor, dropout: bool) -> Result<Tensor> {
    let out = network.forward(x, dropout)?;
    match job.loss {
        Loss::Mse => loss::mse(&out, y),
        Loss::CrossEntropy => loss::cross_entropy(&out, y),
    }
}

fn curve(job: &Job, numbers: &Numbers, x: &Tensor, y: &Tensor) -> Result<Vec<f32>> {
    let mut trained = Trained::new(job, numbers)?;
    (0..job.epochs).map(|_| trained.step(x, y, false)?.to_scalar()).collect()
}

fn answer(mut job: Job) -> Result<()> {
    let tensors = job.trials.iter().map(|numbers| data(&job, numbers)).collect::<Result<Vec<_>>>()?;
    if job.is("trials") {
        let mut tensors = tensors.iter();
        job.all_trials(|numbers| {
            let (x, y) = tensors.next().expect("data for each trial");
            curve(&job, numbers, x, y).expect("a network that fits its data")
        });
        return Ok(());
    }
    let mut trials = std::mem::take(&mut job.trials);
    if job.is("gradients") {
        return gradients::answer(&job, trials);
    }
    if job.is("control") {
        return recurrent::control(&job, &trials[0]);
    }
    // What was read is not part of the memory that is measured.
    trials.iter_mut().for_each(|numbers| numbers.inputs = Vec::new());
    if job.is("epochs") || job.is("ensemble") {
        return training::answer(&job, &trials, &tensors);
    }
    let (x, y) = &tensors[0];
    if job.is("prediction") {
        let network = Network::new(&job, &trials[0], &mut None)?;
        let value = mean(&job, &network, x, y, false)?.to_dtype(DType::F64)?.to_scalar()?;
        job.window(value, || {
            network.forward(x, false).expect("a network that fits its data");
        });
        return Ok(());
    }
    let mut trained = Trained::new(&job, &trials[0])?;
    let value = trained.checked(x, y)?;
    job.window(value, || {
        trained.step(x, y, false).expect("a step like those before");
    });
    Ok(())
}

fn main() {
    common::main(VERSION, |job| answer(job).expect("tensors that fit"));
}
