//! nn's own program: the same lines in and out as every peer's, so that all are timed alike, as processes.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use nn_core::ndarray::{Array1, Array2};
use nn_core::rand::SeedableRng;
use nn_core::rand::rngs::ChaCha8Rng;
use nn_core::{Linear, Mode, Module, Plan, Purpose, Relu, Scalar, Sequential, Tanh, Tensor};
use nn_data::{Dataset, Target};
use nn_loss::{CrossEntropyLoss, Loss, MseLoss, Reduction};
use nn_train::optim::{Optimizer, Sgd};
use nn_train::{Fitted, GradientDescent, Run, Step, Trial, Trials};

use super::answer::Answer;
use super::data::{self, Numbers};
use super::job::{self, Between, Job, Measure};
use crate::experiments::{Settings, nonlinear_classification};

/// After how many steps all programs must have the same loss.
const CHECKED: usize = 10;

/// Answers every job in the file.
///
/// # Errors
/// One line: a file or a job that cannot be read, a network that cannot be trained.
pub fn run(jobs: &Path) -> Result<(), String> {
    let text =
        fs::read_to_string(jobs).map_err(|error| format!("cannot read {}: {error}", jobs.display()))?;
    let directory = jobs.parent().unwrap_or(Path::new("."));
    println!("version={}", env!("CARGO_PKG_VERSION"));
    for line in text.lines() {
        let job: Job = line.parse()?;
        println!("{}", answer(directory, &job)?);
    }
    Ok(())
}

/// The loss that every program must find, computed in double precision.
pub(super) fn reference(directory: &Path, job: &Job) -> Result<f64, String> {
    let trials = data::read(directory, job)?;
    let mut total = 0.0;
    for numbers in &trials {
        total += checked_loss::<f64>(numbers, job)?;
    }
    Ok(total / trials.len() as f64)
}

fn answer(directory: &Path, job: &Job) -> Result<Answer, String> {
    if job.measure == Measure::Experiment {
        return experiment(job);
    }
    let trials = data::read(directory, job)?;
    match job.network.loss {
        job::Loss::Mse => {
            let loss = MseLoss { reduction: reduction(job) };
            train_or_repeat(job, &trials, &loss, values::<f32>)
        }
        job::Loss::CrossEntropy => {
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
    if job.measure == Measure::Trials {
        let data =
            |numbers| Dataset::new(inputs(numbers, job), targets(numbers, job)).expect("a target a sample");
        let data: Vec<_> = trials.iter().map(data).collect();
        return train(job, trials, loss, &data);
    }
    let (x, y) = (inputs(&trials[0], job), targets(&trials[0], job));
    repeat(job, &trials[0], loss, &x, &y)
}

/// All trials, as a user trains them.
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
    // As the other programs, until a system has seen that there are two busy threads.
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
    Ok(Answer { work: job.work.clone(), loss, wall, cpu, count: job.trials, setup: None, memory: memory() })
}

/// One step or one prediction, again and again.
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
    let (wall, cpu, count) = if job.measure == Measure::Prediction {
        let Plan { output, mut workspace } =
            network.plan(x.shape(), Purpose::Predict).map_err(|error| failed(&error))?;
        let mut y = Tensor::zeros(&output);
        window(job.seconds, || {
            network.forward(std::hint::black_box(x), &mut y, &mut workspace, &mut Mode::Eval);
        })
    } else {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut step = Step::plan(&network, loss, x, y).map_err(|error| failed(&error))?;
        let mut sgd = Sgd::new(job.network.rate);
        window(job.seconds, || {
            step.run(&network, loss, x, y, &mut rng).expect("the batch is the planned one");
            sgd.step(&mut network, step.workspace()).expect("the gradients are the network's");
        })
    };
    Ok(Answer { work: job.work.clone(), loss: value, wall, cpu, count, setup: None, memory: memory() })
}

/// The XOR experiment as the figures run it: data drawn inside, network and data of every trial kept.
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
    let ensemble = nonlinear_classification::run::<f32>(&settings, &|| ());
    let (wall, cpu) = clock.stop();
    let loss = ensemble.map_err(|error| format!("{}: {error}", job.work))?.summary().iqm;
    Ok(Answer { work: job.work.clone(), loss, wall, cpu, count: job.trials, setup: None, memory: memory() })
}

/// The loss after ten steps; of a prediction, that of the initial weights.
fn checked_loss<F: Scalar>(numbers: &Numbers, job: &Job) -> Result<f64, String> {
    let x = inputs::<F>(numbers, job);
    match job.network.loss {
        job::Loss::Mse => {
            descend(numbers, job, &MseLoss { reduction: reduction(job) }, &x, &values::<F>(numbers, job))
        }
        job::Loss::CrossEntropy => {
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
    let steps = if job.measure == Measure::Prediction { 0 } else { CHECKED };
    let mut sgd = Sgd::new(job.network.rate);
    for _ in 0..steps {
        sgd.step(&mut network, step.workspace()).map_err(|error| format!("{}: {error}", job.work))?;
        value = step.run(&network, loss, x, y, &mut rng).map_err(failed)?;
    }
    Ok(value.to_f64() * per_sample(job))
}

/// Turns a loss that was added up over the samples into the average that is reported.
fn per_sample(job: &Job) -> f64 {
    match job.network.reduction {
        job::Reduction::Mean => 1.0,
        job::Reduction::Sum => 1.0 / job.network.samples as f64,
    }
}

fn reduction(job: &Job) -> Reduction {
    match job.network.reduction {
        job::Reduction::Mean => Reduction::Mean,
        job::Reduction::Sum => Reduction::Sum,
    }
}

/// A layer alone needs no container.
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
        Linear::from_parameters(weight, Array1::from_vec(take(outputs))).expect("a bias an output")
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

/// Wall and CPU time, side by side.
struct Clock(Instant, ProcessTime);

impl Clock {
    fn start() -> Self {
        Clock(Instant::now(), ProcessTime::now())
    }

    fn stop(self) -> (f64, f64) {
        (self.0.elapsed().as_secs_f64(), self.1.elapsed().as_secs_f64())
    }
}

/// Calls `once` for half of `seconds` to warm up, then for `seconds`: wall time, CPU time, calls. The clock is read only
/// once a millisecond or so.
fn window(seconds: f64, mut once: impl FnMut()) -> (f64, f64, usize) {
    let mut repeat = |seconds: f64, chunk: usize| {
        let (clock, length) = (Clock::start(), Duration::from_secs_f64(seconds));
        let mut count = 0;
        while clock.0.elapsed() < length {
            (0..chunk).for_each(|_| once());
            count += chunk;
        }
        let (wall, cpu) = clock.stop();
        (wall, cpu, count)
    };
    let (wall, _, count) = repeat(seconds / 2.0, 1);
    repeat(seconds, (1e-3 * count as f64 / wall).ceil() as usize)
}

/// Peak resident memory in KiB, where the system tells.
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
