//! nn's own program. It reads and writes the same lines as the program of every peer, so that all are timed alike, as
//! processes.

use std::fs;
use std::path::Path;
use std::time::Instant;

use nn_core::ndarray::{Array1, Array2};
use nn_core::rand::SeedableRng;
use nn_core::rand::rngs::ChaCha8Rng;
use nn_core::{Linear, Mode, Module, Plan, Purpose, Relu, Scalar, Sequential, Tanh, Tensor};
use nn_data::{Dataset, Target};
use nn_loss::{CrossEntropyLoss, Loss, MseLoss, Reduction};
use nn_train::optim::{Optimizer, Sgd};
use nn_train::{Fitted, GradientDescent, Run, Step, Trial, Trials};

use super::answer::Answer;
use super::clock::{self, Clock};
use super::data::{self, Numbers};
use super::job::{Between, Job, LossKind, ReductionKind, Timed};
use crate::experiments::{Settings, nonlinear_classification};
use crate::print::say;

/// Number of steps after which all programs must have the same loss.
const CHECKED: usize = 10;

/// Answers every job in the file.
///
/// # Errors
/// One line: a file or a job that cannot be read, a network that cannot be trained.
pub fn run(jobs: &Path) -> Result<(), String> {
    let text =
        fs::read_to_string(jobs).map_err(|error| format!("cannot read {}: {error}", jobs.display()))?;
    let directory = jobs.parent().unwrap_or(Path::new("."));
    say(format_args!("version={}", env!("CARGO_PKG_VERSION")))?;
    for line in text.lines() {
        let job: Job = line.parse()?;
        say(answer(directory, &job)?)?;
    }
    Ok(())
}

/// Computes, in double precision, the loss that every program must find.
pub(super) fn reference(directory: &Path, job: &Job) -> Result<f64, String> {
    let trials = data::read(directory, job)?;
    let mut total = 0.0;
    for numbers in &trials {
        total += checked_loss::<f64>(numbers, job)?;
    }
    Ok(total / trials.len() as f64)
}

fn answer(directory: &Path, job: &Job) -> Result<Answer, String> {
    if job.timed == Timed::Experiment {
        return experiment(job);
    }
    let trials = data::read(directory, job)?;
    match job.network.loss {
        LossKind::Mse => {
            let loss = MseLoss { reduction: reduction(job) };
            train_or_repeat(job, &trials, &loss, values::<f32>)
        }
        LossKind::CrossEntropy => {
            let loss = CrossEntropyLoss::new(reduction(job));
            train_or_repeat(job, &trials, &loss, |numbers, _| labels(numbers))
        }
    }
}

fn train_or_repeat<T: Target + Sync>(
    job: &Job,
    trials: &[Numbers],
    loss: &dyn Loss<f32, T>,
    targets: impl Fn(&Numbers, &Job) -> T,
) -> Result<Answer, String> {
    if job.timed == Timed::Trials {
        let data = |numbers| {
            Dataset::new(inputs(numbers, job), targets(numbers, job)).expect("one target per sample")
        };
        let data: Vec<_> = trials.iter().map(data).collect();
        return train(job, trials, loss, &data);
    }
    let (x, y) = (inputs(&trials[0], job), targets(&trials[0], job));
    repeat(job, &trials[0], loss, &x, &y)
}

/// Times the training of all trials, as a user trains them.
fn train<T: Target + Sync>(
    job: &Job,
    trials: &[Numbers],
    loss: &dyn Loss<f32, T>,
    data: &[Dataset<f32, T>],
) -> Result<Answer, String> {
    let descent = GradientDescent::new(job.network.rate, job.steps);
    let all = || {
        let prepare = |trial: Trial| Ok((network(&trials[trial.index].parameters, job), &data[trial.index]));
        let keep = |fitted: Fitted<_, _, _>| Ok(Run::new(fitted.history.loss));
        Trials::new(job.trials).threads(job.threads).fit(&descent, loss, prepare, keep)
    };
    // The other programs warm up as well. It lasts until the system has noticed two busy threads.
    let warm_up = Instant::now();
    while warm_up.elapsed().as_secs_f64() < job.seconds / 2.0 {
        drop(all());
    }
    let clock = Clock::start();
    let ensemble = all();
    let (wall, cpu) = clock.stop();
    let ensemble = ensemble.map_err(|error| format!("{}: {error}", job.work))?;
    let total: f64 = ensemble.runs().iter().map(|run| f64::from(run.curve[CHECKED])).sum();
    let loss = total / job.trials as f64 * per_sample(job);
    Ok(answered(job, loss, (wall, cpu, job.trials)))
}

/// Times one step or one prediction, repeated.
fn repeat<T: Target + Sync>(
    job: &Job,
    numbers: &Numbers,
    loss: &dyn Loss<f32, T>,
    x: &Tensor<f32>,
    y: &T,
) -> Result<Answer, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", job.work);
    let value = checked_loss::<f32>(numbers, job)?;
    let mut network = network::<f32>(&numbers.parameters, job);
    let timed = if job.timed == Timed::Prediction {
        let Plan { output, mut workspace } =
            network.plan(x.shape(), Purpose::Predict).map_err(|error| failed(&error))?;
        let mut y = Tensor::zeros(&output);
        clock::repeat(job.seconds, || {
            network.forward(std::hint::black_box(x), &mut y, &mut workspace, &mut Mode::Eval);
        })
    } else {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut step = Step::plan(&network, loss, x, y).map_err(|error| failed(&error))?;
        let mut sgd = Sgd::new(job.network.rate);
        clock::repeat(job.seconds, || {
            step.run(&network, loss, x, y, &mut rng).expect("the batch is the planned one");
            sgd.step(&mut network, step.workspace()).expect("the gradients are the network's");
        })
    };
    Ok(answered(job, value, timed))
}

/// Times the XOR experiment as the figures run it: its data are drawn, network and data of every trial are kept.
fn experiment(job: &Job) -> Result<Answer, String> {
    let settings = Settings {
        trials: job.trials,
        samples: job.network.samples,
        epochs: job.steps,
        learning_rate: job.network.rate,
        seed: 2025,
        threads: job.threads,
    };
    let clock = Clock::start();
    let ensemble = nonlinear_classification::run::<f32>(&settings, &settings.trials(&|| ()));
    let (wall, cpu) = clock.stop();
    let loss = ensemble.map_err(|error| format!("{}: {error}", job.work))?.summary().iqm;
    Ok(answered(job, loss, (wall, cpu, job.trials)))
}

/// Computes the loss after ten steps or, for a prediction, that of the initial weights.
fn checked_loss<F: Scalar>(numbers: &Numbers, job: &Job) -> Result<f64, String> {
    let x = inputs::<F>(numbers, job);
    match job.network.loss {
        LossKind::Mse => {
            descend(numbers, job, &MseLoss { reduction: reduction(job) }, &x, &values::<F>(numbers, job))
        }
        LossKind::CrossEntropy => {
            descend(numbers, job, &CrossEntropyLoss::new(reduction(job)), &x, &labels(numbers))
        }
    }
}

fn descend<F: Scalar, T: Target>(
    numbers: &Numbers,
    job: &Job,
    loss: &dyn Loss<F, T>,
    x: &Tensor<F>,
    y: &T,
) -> Result<f64, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut network = network::<F>(&numbers.parameters, job);
    let failed = |error| format!("{}: {error}", job.work);
    let mut step = Step::plan(&network, loss, x, y).map_err(failed)?;
    let mut value = step.run(&network, loss, x, y, &mut rng).map_err(failed)?;
    let steps = if job.timed == Timed::Prediction { 0 } else { CHECKED };
    let mut sgd = Sgd::new(job.network.rate);
    for _ in 0..steps {
        sgd.step(&mut network, step.workspace()).map_err(|error| format!("{}: {error}", job.work))?;
        value = step.run(&network, loss, x, y, &mut rng).map_err(failed)?;
    }
    Ok(value.to_f64() * per_sample(job))
}

/// The factor that turns the descended loss into the average over the samples.
fn per_sample(job: &Job) -> f64 {
    match job.network.reduction {
        ReductionKind::Mean => 1.0,
        ReductionKind::Sum => 1.0 / job.network.samples as f64,
    }
}

fn reduction(job: &Job) -> Reduction {
    match job.network.reduction {
        ReductionKind::Mean => Reduction::Mean,
        ReductionKind::Sum => Reduction::Sum,
    }
}

/// Builds the network of a job from its initial weights. A single layer needs no container.
fn network<F: Scalar>(parameters: &[f32], job: &Job) -> Box<dyn Module<F>> {
    let mut rest = parameters;
    let mut take = |count| {
        let (taken, left) = rest.split_at(count);
        rest = left;
        taken.iter().map(|&value| F::from_f64(f64::from(value))).collect::<Vec<F>>()
    };
    let mut linear = |inputs, outputs| {
        let weight =
            Array2::from_shape_vec((outputs, inputs), take(outputs * inputs)).expect("as many as taken");
        Linear::from_parameters(weight, Array1::from_vec(take(outputs))).expect("one bias per output")
    };
    if let [inputs, outputs] = job.network.sizes[..] {
        return Box::new(linear(inputs, outputs));
    }
    let mut network = Sequential::new();
    for (index, pair) in job.network.sizes.windows(2).enumerate() {
        if index > 0 {
            network = match job.network.between {
                Between::Tanh => network.append(Tanh),
                Between::Relu => network.append(Relu),
                Between::Nothing => network,
            };
        }
        network = network.append(linear(pair[0], pair[1]));
    }
    Box::new(network)
}

fn inputs<F: Scalar>(numbers: &Numbers, job: &Job) -> Tensor<F> {
    rows(&numbers.inputs, job.network.samples)
}

fn values<F: Scalar>(numbers: &Numbers, job: &Job) -> Tensor<F> {
    rows(&numbers.targets, job.network.samples)
}

fn rows<F: Scalar>(numbers: &[f32], samples: usize) -> Tensor<F> {
    let features = numbers.len() / samples;
    Tensor::from_fn(samples, features, |sample, feature| {
        F::from_f64(f64::from(numbers[sample * features + feature]))
    })
}

fn labels(numbers: &Numbers) -> Vec<usize> {
    numbers.targets.iter().map(|&label| label as usize).collect()
}

/// The answer to a job: its loss, and wall time, CPU time and count of its timed region.
fn answered(job: &Job, loss: f64, (wall, cpu, count): (f64, f64, usize)) -> Answer {
    Answer { work: job.work.clone(), loss, wall, cpu, count, setup: None, memory: memory() }
}

/// Peak resident memory of this process in KiB, if the system reports it.
fn memory() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::work;

    #[test]
    fn single_precision_finds_the_reference_loss_of_every_narrow_work() {
        let directory = tempfile::tempdir().unwrap();
        for work in work::all().into_iter().filter(|work| work.network.sizes[0] < 784) {
            data::write(directory.path(), &work, 2).unwrap();
            let mut job = work.job(2, 1e-3, 1);
            job.steps = CHECKED + 1;
            let expected = reference(directory.path(), &job).unwrap();
            let found = answer(directory.path(), &job).unwrap();
            assert!((found.loss - expected).abs() < 1e-5, "{}: {found}, not {expected}", work.name);
        }
    }
}
