//! A network in use, as in a control loop: one step of a sequence in one call, with the state carried to the next.

use std::hint::black_box;

use nn_core::{Mode, Module, Plan, Purpose, Scalar, Tensor};
use nn_data::Target;
use nn_loss::Loss;

use super::build::{self, Targets};
use super::{answered, failed};
use crate::compare::answer::Answer;
use crate::compare::clock;
use crate::compare::data::Numbers;
use crate::compare::job::Job;

/// Goes through the sequence, the last output of which has the loss that is compared, and then on through it again and again.
pub(super) fn repeat<F: Scalar, T: Target>(
    job: &Job,
    numbers: &Numbers,
    loss: &dyn Loss<F, T>,
    targets: impl Targets<F, T>,
) -> Result<Answer, String> {
    let network = build::network::<F>(&numbers.parameters, job, false);
    let steps = steps::<F>(job, numbers);
    let Plan { output, mut workspace } =
        network.plan(steps[0].shape(), Purpose::Predict).map_err(|error| failed(job, &error))?;
    let mut y = Tensor::zeros(&output);
    let mut call = |x, y: &mut Tensor<F>| {
        workspace.carry_state();
        network.forward(black_box(x), y, &mut workspace, &mut Mode::Eval);
    };
    for x in &steps {
        call(x, &mut y);
    }
    let mut value = [F::ZERO];
    loss.evaluate(&y, &targets.of(numbers, job, 0..1), None, &mut value);
    let mut steps = steps.iter().cycle();
    let timed = clock::repeat(job.seconds, || call(steps.next().expect("a sequence has steps"), &mut y));
    Ok(answered(job, value[0].to_f64(), timed))
}

/// The steps of the sequence, each a sequence of its own.
fn steps<F: Scalar>(job: &Job, numbers: &Numbers) -> Vec<Tensor<F>> {
    let sequence: Vec<F> = build::inputs(numbers, job, 0..1).sample(0).collect();
    let features = job.network.shape()[1];
    let step = |values: &[F]| Tensor::from_vec(&[1, 1, features], values.to_vec()).expect("all features");
    sequence.chunks(features).map(step).collect()
}
