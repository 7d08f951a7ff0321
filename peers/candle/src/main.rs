//! candle as its users write it: candle-nn layers in a Sequential, its losses, `SGD::backward_step`; one trial after
//! another.
#[path = "../../common.rs"]
mod common;

use candle_core::{Device, Result, Tensor, Var};
use candle_nn::{Activation, Linear, Module, Optimizer, SGD, Sequential, loss, seq};
use common::{Between, Job, Loss, Numbers};

const DEVICE: Device = Device::Cpu;
const VERSION: &str = "0.11.1";

/// Makes the network of a trial with its initial weights. For training they are variables, which are tracked; for
/// predictions they are plain tensors.
fn network(job: &Job, numbers: &Numbers, variables: &mut Option<Vec<Var>>) -> Result<Sequential> {
    let mut tensor = |values: &[f32], shape: &[usize]| {
        let tensor = Tensor::from_slice(values, shape, &DEVICE)?;
        let Some(variables) = variables else { return Ok(tensor) };
        let variable = Var::from_tensor(&tensor)?;
        variables.push(variable.clone());
        Ok::<_, candle_core::Error>(variable.into_inner())
    };
    let mut network = seq();
    for (index, (pair, (weight, bias))) in job.sizes.windows(2).zip(&numbers.layers).enumerate() {
        if index > 0 {
            network = match job.between {
                Between::Tanh => network.add_fn(|x| x.tanh()),
                Between::Relu => network.add(Activation::Relu),
                Between::Nothing => network,
            };
        }
        let weight = tensor(weight, &[pair[1], pair[0]])?;
        network = network.add(Linear::new(weight, Some(tensor(bias, &[pair[1]])?)));
    }
    Ok(network)
}

fn data(job: &Job, numbers: &Numbers) -> Result<(Tensor, Tensor)> {
    let (inputs, outputs) = (job.sizes[0], job.sizes[job.sizes.len() - 1]);
    let x = Tensor::from_slice(&numbers.inputs, (job.samples, inputs), &DEVICE)?;
    let y = match job.loss {
        Loss::Mse => Tensor::from_slice(&numbers.targets, (job.samples, outputs), &DEVICE)?,
        Loss::CrossEntropy => Tensor::from_vec(numbers.labels(), job.samples, &DEVICE)?,
    };
    Ok((x, y))
}

/// Returns the mean loss.
fn mean(job: &Job, network: &Sequential, x: &Tensor, y: &Tensor) -> Result<Tensor> {
    let out = network.forward(x)?;
    match job.loss {
        Loss::Mse => loss::mse(&out, y),
        Loss::CrossEntropy => loss::cross_entropy(&out, y),
    }
}

/// Descends the loss and returns its mean.
fn step(job: &Job, network: &Sequential, sgd: &mut SGD, x: &Tensor, y: &Tensor) -> Result<Tensor> {
    let mean = mean(job, network, x, y)?;
    if job.factor == 1.0 {
        sgd.backward_step(&mean)?;
    } else {
        sgd.backward_step(&(&mean * job.factor)?)?;
    }
    Ok(mean)
}

fn train(job: &Job, numbers: &Numbers, x: &Tensor, y: &Tensor) -> Result<Vec<f32>> {
    let mut variables = Some(Vec::new());
    let network = network(job, numbers, &mut variables)?;
    let mut sgd = SGD::new(variables.expect("given"), job.rate)?;
    (0..job.steps).map(|_| step(job, &network, &mut sgd, x, y)?.to_scalar()).collect()
}

fn answer(job: &Job) -> Result<()> {
    let tensors = job.trials.iter().map(|numbers| data(job, numbers)).collect::<Result<Vec<_>>>()?;
    if job.is("trials") {
        let mut tensors = tensors.iter();
        job.all_trials(|numbers| {
            let (x, y) = tensors.next().expect("data for each trial");
            train(job, numbers, x, y).expect("a network that fits its data")
        });
        return Ok(());
    }
    let (x, y) = &tensors[0];
    if job.is("prediction") {
        let network = network(job, &job.trials[0], &mut None)?;
        let value = mean(job, &network, x, y)?.to_scalar::<f32>()?;
        job.window(value.into(), || {
            network.forward(x).expect("a network that fits its data");
        });
        return Ok(());
    }
    let mut variables = Some(Vec::new());
    let network = network(job, &job.trials[0], &mut variables)?;
    let mut sgd = SGD::new(variables.expect("given"), job.rate)?;
    for _ in 0..job.checked() {
        step(job, &network, &mut sgd, x, y)?;
    }
    let value = mean(job, &network, x, y)?.to_scalar::<f32>()?;
    job.window(value.into(), || {
        step(job, &network, &mut sgd, x, y).expect("a step like those before");
    });
    Ok(())
}

fn main() {
    common::main(VERSION, |job| answer(job).expect("tensors that fit"));
}
