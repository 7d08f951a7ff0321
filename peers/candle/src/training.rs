//! Whole trainings on shuffled mini-batches, which are gathered by a permutation, as in candle's examples.

use candle_core::{Result, Tensor};
use rand::seq::SliceRandom;

use crate::common::{Job, Numbers};
use crate::{DEVICE, Trained, mean};

pub fn answer(job: &Job, trials: &[Numbers], tensors: &[(Tensor, Tensor)]) -> Result<()> {
    let mut total = 0.0;
    for (numbers, (x, y)) in trials.iter().zip(tensors) {
        total += Trained::new(job, numbers)?.checked(x, y)?;
    }
    let loss = total / trials.len() as f64;
    let mut trained = trials.iter().map(|numbers| Trained::new(job, numbers)).collect::<Result<Vec<_>>>()?;
    if job.is("epochs") {
        job.long_window(loss, || {
            epoch(&mut trained[0], &tensors[0]).expect("a network that fits its data");
        });
    } else {
        job.ensemble(loss, trials.len(), |index| {
            train(&mut trained[index], &tensors[index]).expect("a network that fits its data")
        });
    }
    Ok(())
}

/// Trains to the end, which early stopping may bring forward. Returns the number of epochs.
fn train(trained: &mut Trained, data: &(Tensor, Tensor)) -> Result<usize> {
    let mut stopping = trained.job.stopping();
    let (mut best, mut epochs) = (None, 0);
    while epochs < trained.job.epochs && !stopping.ends() {
        epochs += 1;
        let loss = epoch(trained, data)?;
        if trained.job.patience > 0 && stopping.is_best(loss.expect("a validation loss")) {
            let copies = trained.variables.iter().map(|variable| variable.as_tensor().copy());
            best = Some(copies.collect::<Result<Vec<_>>>()?);
        }
    }
    for (variable, best) in trained.variables.iter().zip(best.iter().flatten()) {
        variable.set(best)?;
    }
    Ok(epochs)
}

/// Trains an epoch and returns the validation loss, if there is one.
fn epoch(trained: &mut Trained, (x, y): &(Tensor, Tensor)) -> Result<Option<f32>> {
    let job = trained.job;
    let mut order: Vec<u32> = (0..job.trained as u32).collect();
    order.shuffle(&mut rand::rng());
    for rows in order.chunks(job.batch) {
        let rows = Tensor::new(rows, &DEVICE)?;
        trained.step(&x.index_select(&rows, 0)?, &y.index_select(&rows, 0)?, true)?;
    }
    if job.trained == job.samples {
        return Ok(None);
    }
    let held_out = |tensor: &Tensor| tensor.narrow(0, job.trained, job.samples - job.trained);
    Ok(Some(mean(job, &trained.network, &held_out(x)?, &held_out(y)?, false)?.to_scalar()?))
}
