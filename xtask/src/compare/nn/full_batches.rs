//! Experiments: all trials by gradient descent on full batches, with the loss of every step kept.

use std::time::Instant;

use nn_data::Target;
use nn_loss::Loss;
use nn_train::{Fitted, GradientDescent, Run, Trial, Trials};

use super::build::{self, Targets};
use super::{answered, check, failed};
use crate::compare::answer::Answer;
use crate::compare::clock::Clock;
use crate::compare::data::Numbers;
use crate::compare::job::Job;

/// Times the training of all trials, as a user trains them.
pub(super) fn train<T: Target + Sync>(
    job: &Job,
    trials: &[Numbers],
    loss: &dyn Loss<f32, T>,
    targets: impl Targets<f32, T>,
) -> Result<Answer, String> {
    let data: Vec<_> = trials.iter().map(|numbers| build::split(numbers, job, targets).train).collect();
    let descent = GradientDescent::new(job.network.rate, job.epochs);
    let all = || {
        let prepare = |trial: Trial| {
            Ok((build::network(&trials[trial.index].parameters, job, false), &data[trial.index]))
        };
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
    let ensemble = ensemble.map_err(|error| failed(job, &error))?;
    let total: f64 = ensemble.runs().iter().map(|run| f64::from(run.curve[check::STEPS])).sum();
    let loss = total / job.trials as f64 * build::per_sample(job);
    Ok(answered(job, loss, (wall, cpu, job.trials)))
}
