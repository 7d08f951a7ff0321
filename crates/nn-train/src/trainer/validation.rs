//! Measures a data set, as a rule one that the training does not see.

use nn_core::{Module, Scalar, Tensor};
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use crate::TrainError;
use crate::evaluation::Evaluation;

/// A data set and the memory for predicting it.
pub(super) struct Validation<'d, F, T> {
    data: &'d Dataset<F, T>,
    evaluation: Evaluation<F>,
}

impl<'d, F: Scalar, T: Target> Validation<'d, F, T> {
    pub(super) fn plan(
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &'d Dataset<F, T>,
    ) -> Result<Self, TrainError> {
        Ok(Validation { data, evaluation: Evaluation::plan(model, loss, data.x(), data.y(), 1)? })
    }

    /// Returns the loss, and the output and targets for the metrics.
    pub(super) fn run(&mut self, model: &dyn Module<F>, loss: &dyn Loss<F, T>) -> (F, &Tensor<F>, &'d T) {
        let (losses, output) = self.evaluation.run(model, loss, self.data.x(), self.data.y());
        (losses[0], output, self.data.y())
    }
}
