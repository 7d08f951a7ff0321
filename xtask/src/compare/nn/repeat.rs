//! One step or one prediction, repeated.

use nn_core::rand::SeedableRng;
use nn_core::rand::rngs::ChaCha8Rng;
use nn_core::{Predictor, Scalar};
use nn_data::Target;
use nn_loss::Loss;
use nn_train::Step;

use super::build::{self, Targets};
use super::{answered, check, control, failed};
use crate::compare::answer::Answer;
use crate::compare::clock;
use crate::compare::data::Numbers;
use crate::compare::job::{Job, Timed};

/// Times it.
pub(super) fn repeat<F: Scalar, T: Target>(
    job: &Job,
    trials: Vec<Numbers>,
    loss: &dyn Loss<F, T>,
    targets: impl Targets<F, T>,
) -> Result<Answer, String> {
    if job.timed == Timed::Control {
        return control::repeat(job, &trials[0], loss, targets);
    }
    let value = check::mean_loss::<F>(&trials, job)?;
    let samples = 0..job.network.samples;
    let (x, y) = (build::inputs(&trials[0], job, samples.clone()), targets.of(&trials[0], job, samples));
    let mut network = build::network::<F>(&trials[0].parameters, job, false);
    // What was read is not part of the memory that is measured.
    drop(trials);
    let timed = if job.timed == Timed::Prediction {
        let mut predictor = Predictor::plan(&network, x.shape()).map_err(|error| failed(job, &error))?;
        clock::repeat(job.seconds, || {
            predictor.run(&network, std::hint::black_box(&x));
        })
    } else {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut step = Step::plan(&network, loss, &x, &y).map_err(|error| failed(job, &error))?;
        let mut optimizer = build::optimizer(job);
        clock::repeat(job.seconds, || {
            step.run(&network, loss, &x, &y, &mut rng).expect("the batch is the planned one");
            optimizer.step(&mut network, step.workspace()).expect("the gradients are the network's");
        })
    };
    Ok(answered(job, value, timed))
}
