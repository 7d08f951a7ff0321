//! nn's own program. It reads and writes the same lines as the program of every peer, so that all are timed alike, as
//! processes.

mod build;
mod check;
mod control;
mod full_batches;
mod gradients;
mod reading;
mod repeat;
mod trainings;

use std::fs;
use std::path::Path;

use clap::Args;
use nn_core::Scalar;
use nn_core::simd::Level;
use nn_data::Target;
use nn_loss::{CrossEntropyLoss, Loss, MseLoss};

use super::answer::Answer;
use super::clock::{self, Clock};
use super::data::{self, Numbers};
use super::job::{Job, LossKind, Timed};
use crate::experiments::{Settings, nonlinear_classification};
use crate::print::say;
use build::{Labels, Targets, Values};

/// How nn computes, apart from the usual way.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct AnswerOptions {
    /// Computes steps, predictions and gradients in double precision
    #[arg(long)]
    double: bool,
    /// Uses no instructions wider than those of AVX2
    #[arg(long)]
    avx2: bool,
}

/// Answers every job in the file.
///
/// # Errors
/// One line: a file or a job that cannot be read, a network that cannot be trained, options that cannot be met.
pub fn run(jobs: &Path, options: AnswerOptions) -> Result<(), String> {
    if options.avx2 {
        Level::Avx2.set().map_err(|error| error.to_string())?;
    }
    let text =
        fs::read_to_string(jobs).map_err(|error| format!("cannot read {}: {error}", jobs.display()))?;
    let directory = jobs.parent().unwrap_or(Path::new("."));
    say(format_args!("version={}", env!("CARGO_PKG_VERSION")))?;
    for line in text.lines() {
        let job: Job = line.parse()?;
        say(answer(directory, &job, options.double)?)?;
    }
    Ok(())
}

/// Computes, in double precision, the number that every program must find.
pub(super) fn reference(directory: &Path, job: &Job) -> Result<f64, String> {
    if job.timed == Timed::Reading {
        return reading::reference(&directory.join(&job.data));
    }
    check::mean_loss::<f64>(&data::read(directory, job)?, job)
}

fn answer(directory: &Path, job: &Job, double: bool) -> Result<Answer, String> {
    match job.timed {
        Timed::Experiment => return experiment(job),
        Timed::Reading => return reading::answer(directory, job),
        _ => (),
    }
    let trials = data::read(directory, job)?;
    let reduction = build::reduction(job);
    match job.timed {
        Timed::Epochs | Timed::Ensemble | Timed::Trials => match job.network.loss {
            LossKind::Mse => train(job, trials, &MseLoss { reduction }, Values),
            LossKind::CrossEntropy => train(job, trials, &CrossEntropyLoss::new(reduction), Labels),
        },
        _ if double => repeat::<f64>(job, trials),
        _ => repeat::<f32>(job, trials),
    }
}

fn repeat<F: Scalar>(job: &Job, trials: Vec<Numbers>) -> Result<Answer, String> {
    if job.timed == Timed::Gradients {
        return gradients::repeat::<F>(job, &trials[0]);
    }
    let reduction = build::reduction(job);
    match job.network.loss {
        LossKind::Mse => repeat::repeat::<F, _>(job, trials, &MseLoss { reduction }, Values),
        LossKind::CrossEntropy => {
            repeat::repeat::<F, _>(job, trials, &CrossEntropyLoss::new(reduction), Labels)
        }
    }
}

fn train<T: Target + Sync>(
    job: &Job,
    trials: Vec<Numbers>,
    loss: &dyn Loss<f32, T>,
    targets: impl Targets<f32, T>,
) -> Result<Answer, String> {
    match job.timed {
        Timed::Epochs => trainings::epochs(job, trials, loss, targets),
        Timed::Ensemble => trainings::ensemble(job, trials, loss, targets),
        _ => full_batches::train(job, &trials, loss, targets),
    }
}

/// Times the XOR experiment as the figures run it: its data are drawn, network and data of every trial are kept.
fn experiment(job: &Job) -> Result<Answer, String> {
    let settings = Settings {
        trials: job.trials,
        samples: job.network.samples,
        epochs: job.epochs,
        learning_rate: job.network.rate,
        seed: 2025,
        threads: job.threads,
    };
    let clock = Clock::start();
    let ensemble = nonlinear_classification::run::<f32>(&settings, &settings.trials(&|| ()));
    let (wall, cpu) = clock.stop();
    let loss = ensemble.map_err(|error| failed(job, &error))?.summary().iqm;
    Ok(answered(job, loss, (wall, cpu, job.trials)))
}

/// The answer to a job: its loss, and wall time, CPU time and count of its timed region.
fn answered(job: &Job, loss: f64, (wall, cpu, count): (f64, f64, usize)) -> Answer {
    let memory = clock::peak_memory();
    Answer { work: job.work.clone(), loss, wall, cpu, count, setup: None, memory, epochs: None }
}

/// The line of an error in the work of a job.
fn failed(job: &Job, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", job.work)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::work;

    #[test]
    fn single_precision_finds_the_reference_loss_of_every_small_work() {
        let directory = tempfile::tempdir().unwrap();
        for work in work::all(true).into_iter().filter(work::is_small) {
            data::write(directory.path(), &work, 2).unwrap();
            let mut job = work.job(2, 1e-3, 1);
            job.epochs = check::STEPS + 1;
            let expected = reference(directory.path(), &job).unwrap();
            let found = answer(directory.path(), &job, false).unwrap();
            assert!((found.loss - expected).abs() < 1e-5, "{}: {found}, not {expected}", work.name);
            assert_eq!(found.epochs.is_some(), work.patience > 0, "{}", work.name);
        }
    }
}
