//! Steps whose loss or gradient is infinite or NaN.

use nn_core::{Module, Scalar, Workspace};
use nn_data::Target;

use super::batches::BatchLoss;
use crate::optim::{Objective, Optimizer, OptimizerError};

/// The reaction of a training to a step whose loss or gradient is infinite or NaN, for
/// [`Trainer::on_non_finite`](crate::Trainer::on_non_finite).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NonFinite {
    /// Takes the step like any other and does not look for such values, which costs nothing. The parameters usually become NaN
    /// with it, and the training [has diverged](crate::History::diverged).
    #[default]
    Continue,
    /// Ends the training with this epoch, before the step. The network keeps the weights of the step before.
    Stop,
    /// Leaves the step out and goes on with the next batch.
    SkipStep,
}

/// Takes a step unless the loss or the gradient of the batch is infinite or NaN. Returns the loss, and whether the step was taken;
/// if not, nothing has changed.
pub(super) fn minimize_if_finite<F: Scalar, T: Target>(
    optimizer: &mut dyn Optimizer<F>,
    model: &mut dyn Module<F>,
    batch: &mut BatchLoss<'_, F, T>,
) -> Result<(F, bool), OptimizerError> {
    let loss = batch.evaluate(model);
    if !batch.is_finite() {
        return Ok((loss, false));
    }
    optimizer.minimize(model, &mut Evaluated { batch, first: Some(loss) })?;
    Ok((loss, true))
}

/// A batch that was evaluated for the parameters as they are, so that the first evaluation need not be repeated.
struct Evaluated<'e, 'b, F, T> {
    batch: &'e mut BatchLoss<'b, F, T>,
    first: Option<F>,
}

impl<F: Scalar, T: Target> Objective<F> for Evaluated<'_, '_, F, T> {
    fn evaluate(&mut self, model: &dyn Module<F>) -> F {
        self.first.take().unwrap_or_else(|| self.batch.evaluate(model))
    }

    fn workspace(&self) -> &Workspace<F> {
        self.batch.workspace()
    }
}
