//! nn's own program. It reads and writes the same lines as the program of every peer, so that all are timed alike, as
//! processes.

mod build;
mod check;
mod full_batches;
mod reading;
mod repeat;
mod trainings;

use std::fs;
use std::path::Path;

use nn_data::Target;
use nn_loss::{CrossEntropyLoss, Loss, MseLoss};

use super::answer::Answer;
use super::clock::{self, Clock};
use super::data::{self, Numbers};
use super::job::{Job, LossKind, Timed};
use crate::experiments::{Settings, nonlinear_classification};
use crate::print::say;
use build::{Labels, Targets, Values};

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

/// Computes, in double precision, the number that every program must find.
pub(super) fn reference(directory: &Path, job: &Job) -> Result<f64, String> {
    if job.timed == Timed::Reading {
        return reading::reference(&directory.join(&job.data));
    }
    check::mean_loss::<f64>(&data::read(directory, job)?, job)
}

fn answer(directory: &Path, job: &Job) -> Result<Answer, String> {
    match job.timed {
        Timed::Experiment => return experiment(job),
        Timed::Reading => return reading::answer(directory, job),
        _ => (),
    }
    let trials = data::read(directory, job)?;
    let reduction = build::reduction(job);
    match job.network.loss {
        LossKind::Mse => train_or_repeat(job, trials, &MseLoss { reduction }, Values),
        LossKind::CrossEntropy => train_or_repeat(job, trials, &CrossEntropyLoss::new(reduction), Labels),
    }
}

fn train_or_repeat<T: Target + Sync>(
    job: &Job,
    trials: Vec<Numbers>,
    loss: &dyn Loss<f32, T>,
    targets: impl Targets<f32, T>,
) -> Result<Answer, String> {
    match job.timed {
        Timed::Epochs => trainings::epochs(job, trials, loss, targets),
        Timed::Ensemble => trainings::ensemble(job, trials, loss, targets),
        Timed::Trials => full_batches::train(job, &trials, loss, targets),
        _ => repeat::repeat(job, trials, loss, targets),
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
    fn single_precision_finds_the_reference_loss_of_every_narrow_work() {
        let directory = tempfile::tempdir().unwrap();
        for work in work::all(true).into_iter().filter(work::is_narrow) {
            data::write(directory.path(), &work, 2).unwrap();
            let mut job = work.job(2, 1e-3, 1);
            job.epochs = check::STEPS + 1;
            let expected = reference(directory.path(), &job).unwrap();
            let found = answer(directory.path(), &job).unwrap();
            assert!((found.loss - expected).abs() < 1e-5, "{}: {found}, not {expected}", work.name);
            assert_eq!(found.epochs.is_some(), work.patience > 0, "{}", work.name);
        }
    }
}
