//! Forward and backward through a network, given ∂L/∂y: the gradients of its parameters and of its inputs.

use nn_core::{Accumulate, Mode, Module, Parameters, Plan, Purpose, Scalar, Tensor, Workspace};

use super::build::{self, Targets, Values};
use super::{answered, check, failed};
use crate::compare::answer::Answer;
use crate::compare::clock;
use crate::compare::data::Numbers;
use crate::compare::job::Job;

/// Times one call after another.
pub(super) fn repeat<F: Scalar>(job: &Job, numbers: &Numbers) -> Result<Answer, String> {
    let value = checked::<F>(job, numbers)?;
    let mut gradients = Gradients::<F>::new(job, numbers)?;
    Ok(answered(job, value, clock::repeat(job.seconds, || gradients.compute())))
}

/// Descends L = Σ dy · y, whose gradient with respect to y is dy, and returns it per output. In each step parameters and
/// inputs move by the learning rate times their gradient, which is divided by its root mean square, so that an error in any of
/// them shows.
pub(super) fn checked<F: Scalar>(job: &Job, numbers: &Numbers) -> Result<f64, String> {
    let mut gradients = Gradients::<F>::new(job, numbers)?;
    for _ in 0..check::STEPS {
        gradients.compute();
        gradients.descend(job.network.rate);
    }
    gradients.compute();
    let Gradients { y, dy, .. } = &gradients;
    let total: f64 = (0..y.samples())
        .flat_map(|sample| y.sample(sample).zip(dy.sample(sample)))
        .map(|(y, dy)| (y * dy).to_f64())
        .sum();
    Ok(total / (y.samples() * y.features()) as f64)
}

/// A network and everything that a call needs, allocated once.
struct Gradients<F> {
    network: Box<dyn Module<F>>,
    workspace: Workspace<F>,
    x: Tensor<F>,
    y: Tensor<F>,
    dy: Tensor<F>,
    dx: Tensor<F>,
}

impl<F: Scalar> Gradients<F> {
    fn new(job: &Job, numbers: &Numbers) -> Result<Self, String> {
        let samples = 0..job.network.samples;
        let (x, dy) = (build::inputs(numbers, job, samples.clone()), Values.of(numbers, job, samples));
        let network = build::network(&numbers.parameters, job, false);
        let Plan { output, workspace } =
            network.plan(x.shape(), Purpose::Train).map_err(|error| failed(job, &error))?;
        let (y, dx) = (Tensor::zeros(&output), Tensor::zeros(x.shape()));
        Ok(Gradients { network, workspace, x, y, dy, dx })
    }

    fn compute(&mut self) {
        let Gradients { network, workspace, x, y, dy, dx } = self;
        workspace.zero_grad();
        network.forward(std::hint::black_box(x), y, workspace, &mut Mode::Eval);
        network.backward(x, y, dy, Some(dx), Accumulate::Replace, workspace);
    }

    fn descend(&mut self, rate: f64) {
        let Gradients { network, workspace, x, dx, .. } = self;
        network.visit_mut(Some(workspace), &mut |parameter| {
            let gradient = parameter.gradient.expect("the gradient of a planned parameter");
            let factor = rate / root_mean_square(gradient.iter().copied());
            move_against(parameter.value, gradient, factor);
        });
        let all = (0..dx.samples()).flat_map(|sample| dx.sample(sample));
        let factor = rate / root_mean_square(all);
        for feature in 0..dx.features() {
            move_against(x.feature_mut(feature), dx.feature(feature), factor);
        }
    }
}

fn root_mean_square<F: Scalar>(values: impl Iterator<Item = F>) -> f64 {
    let (squares, count) = values
        .fold((0.0, 0), |(squares, count), value| (squares + value.to_f64() * value.to_f64(), count + 1));
    (squares / f64::from(count)).sqrt()
}

fn move_against<F: Scalar>(values: &mut [F], gradient: &[F], factor: f64) {
    for (value, &gradient) in values.iter_mut().zip(gradient) {
        *value -= F::from_f64(factor) * gradient;
    }
}
