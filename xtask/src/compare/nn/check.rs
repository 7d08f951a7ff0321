//! The loss that all programs must agree on: that of the eleventh batch, after ten steps on the batches before it, in the
//! order of the file and without dropout. For a prediction, it is the loss of the initial weights, and where
//! the state is carried on, that of the whole sequence in one call; for gradients, see
//! [`gradients::checked`].

use nn_core::Scalar;
use nn_core::rand::SeedableRng;
use nn_core::rand::rngs::ChaCha8Rng;
use nn_data::Target;
use nn_loss::{CrossEntropyLoss, Loss, MseLoss};
use nn_train::Step;

use super::build::{self, Labels, Targets, Values};
use super::{failed, gradients};
use crate::compare::data::Numbers;
use crate::compare::job::{Job, LossKind, Timed};

/// Number of steps before the loss.
pub(super) const STEPS: usize = 10;

/// Returns the loss averaged over the trials.
pub(super) fn mean_loss<F: Scalar>(trials: &[Numbers], job: &Job) -> Result<f64, String> {
    let mut total = 0.0;
    for numbers in trials {
        total += loss::<F>(numbers, job)?;
    }
    Ok(total / trials.len() as f64)
}

fn loss<F: Scalar>(numbers: &Numbers, job: &Job) -> Result<f64, String> {
    if job.timed == Timed::Gradients {
        return gradients::checked::<F>(job, numbers);
    }
    let reduction = build::reduction(job);
    match job.network.loss {
        LossKind::Mse => descend::<F, _>(numbers, job, &MseLoss { reduction }, Values),
        LossKind::CrossEntropy => descend::<F, _>(numbers, job, &CrossEntropyLoss::new(reduction), Labels),
    }
}

fn descend<F: Scalar, T: Target>(
    numbers: &Numbers,
    job: &Job,
    loss: &dyn Loss<F, T>,
    targets: impl Targets<F, T>,
) -> Result<f64, String> {
    let size = job.network.batch;
    let batches = job.network.trained() / size;
    let batch = |step: usize| {
        let samples = step % batches * size..(step % batches + 1) * size;
        (build::inputs(numbers, job, samples.clone()), targets.of(numbers, job, samples))
    };
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut network = build::network::<F>(&numbers.parameters, job, false);
    let (mut x, mut y) = batch(0);
    let mut step = Step::plan(&network, loss, &x, &y).map_err(|error| failed(job, &error))?;
    let mut value = step.run(&network, loss, &x, &y, &mut rng).map_err(|error| failed(job, &error))?;
    let learns = !matches!(job.timed, Timed::Prediction | Timed::Control);
    let steps = if learns { STEPS } else { 0 };
    let mut optimizer = build::optimizer(job);
    for index in 1..=steps {
        optimizer.step(&mut network, step.workspace()).map_err(|error| failed(job, &error))?;
        (x, y) = batch(index);
        value = step.run(&network, loss, &x, &y, &mut rng).map_err(|error| failed(job, &error))?;
    }
    Ok(value.to_f64() * build::per_sample(job))
}
