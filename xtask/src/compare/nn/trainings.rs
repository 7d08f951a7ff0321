//! Whole trainings on shuffled mini-batches, as a user trains: epochs of one network, or an ensemble.

use nn_core::rand::SeedableRng;
use nn_core::rand::rngs::ChaCha8Rng;
use nn_data::Target;
use nn_loss::Loss;
use nn_train::{Fitted, Run, Trainer, Trial, Trials};

use super::build::{self, Split, Targets};
use super::{answered, check, failed};
use crate::compare::answer::Answer;
use crate::compare::clock::{self, Clock};
use crate::compare::data::Numbers;
use crate::compare::job::Job;

/// Times epochs of the first trial.
pub(super) fn epochs<T: Target>(
    job: &Job,
    trials: Vec<Numbers>,
    loss: &dyn Loss<f32, T>,
    targets: impl Targets<f32, T>,
) -> Result<Answer, String> {
    let Prepared { value, parameters, data } = Prepared::new(job, trials, targets)?;
    let Split { train, held_out } = &data[0];
    let mut network = build::network(&parameters[0], job, true);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    // The clock decides when the training ends.
    let trainer = trainer(job).epochs(u32::MAX as usize);
    let mut training = trainer
        .start(&mut network, loss, train, held_out.as_ref(), &mut rng)
        .map_err(|error| failed(job, &error))?;
    let timed =
        clock::repeat_long(job.seconds, || training.epoch().map(drop).map_err(|error| failed(job, &error)))?;
    Ok(answered(job, value, timed))
}

/// Times the training of all trials.
pub(super) fn ensemble<T: Target + Sync>(
    job: &Job,
    trials: Vec<Numbers>,
    loss: &dyn Loss<f32, T>,
    targets: impl Targets<f32, T>,
) -> Result<Answer, String> {
    let Prepared { value, parameters, data } = Prepared::new(job, trials, targets)?;
    let (trials, trainer) = (Trials::new(job.trials).threads(job.threads), trainer(job));
    let network = |trial: Trial| build::network(&parameters[trial.index], job, true);
    let clock = Clock::start();
    // Trainings with validation are not stacked.
    let ensemble = if data.iter().any(|split| split.held_out.is_some()) {
        trials.run(|trial| {
            let Split { train, held_out } = &data[trial.index];
            let rng = &mut trial.rng("fit");
            Ok(Run::from(trainer.fit(&mut network(trial), loss, train, held_out.as_ref(), rng)?))
        })
    } else {
        let prepare = |trial: Trial| Ok((network(trial), &data[trial.index].train));
        trials.fit(&trainer, loss, prepare, |fitted: Fitted<_, _, _>| Ok(Run::from(fitted.history)))
    };
    let (wall, cpu) = clock.stop();
    let ensemble = ensemble.map_err(|error| failed(job, &error))?;
    let total: usize = ensemble.runs().iter().map(|run| run.curve.len()).sum();
    let epochs = (job.patience > 0).then_some(total as f64 / job.trials as f64);
    Ok(Answer { epochs, ..answered(job, value, (wall, cpu, job.trials)) })
}

/// The settings of a job's trainings.
fn trainer<'a, T: Target>(job: &Job) -> Trainer<'a, f32, T> {
    let trainer = Trainer::new(build::optimizer(job)).epochs(job.epochs).batch_size(job.network.batch);
    if job.patience > 0 { trainer.early_stopping(job.patience) } else { trainer }
}

/// What trainings begin with: the loss that is compared, and the initial weights and the data of each trial.
struct Prepared<T> {
    value: f64,
    parameters: Vec<Vec<f32>>,
    data: Vec<Split<T>>,
}

impl<T: Target> Prepared<T> {
    /// Consumes what was read, so that it is not part of the memory that is measured.
    fn new(job: &Job, trials: Vec<Numbers>, targets: impl Targets<f32, T>) -> Result<Self, String> {
        let value = check::mean_loss::<f32>(&trials, job)?;
        let data = trials.iter().map(|numbers| build::split(numbers, job, targets)).collect();
        let parameters = trials.into_iter().map(|numbers| numbers.parameters).collect();
        Ok(Prepared { value, parameters, data })
    }
}
