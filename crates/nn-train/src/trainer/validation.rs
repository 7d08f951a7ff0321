//! Measures a data set, as a rule one that the training does not see.

use nn_core::{Mode, Module, ModuleError, Plan, Purpose, Scalar, Tensor, Workspace};
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use crate::TrainError;

/// A data set and the memory for predicting it, allocated once.
pub(super) struct Validation<'d, F, T> {
    data: &'d Dataset<F, T>,
    workspace: Workspace<F>,
    output: Tensor<F>,
}

impl<'d, F: Scalar, T: Target> Validation<'d, F, T> {
    pub(super) fn plan(
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        data: &'d Dataset<F, T>,
    ) -> Result<Self, TrainError> {
        let Plan { output, workspace } = model.plan(data.x().shape(), Purpose::Predict)?;
        model.check_values(data.x())?;
        loss.check(&output, data.y())?;
        Ok(Validation { data, workspace, output: Tensor::try_zeros(&output).map_err(ModuleError::from)? })
    }

    /// Returns the loss, and the output and targets for the metrics.
    pub(super) fn run(&mut self, model: &dyn Module<F>, loss: &dyn Loss<F, T>) -> (F, &Tensor<F>, &'d T) {
        model.forward(self.data.x(), &mut self.output, &mut self.workspace, &mut Mode::Eval);
        let mut value = [F::ZERO];
        loss.evaluate(&self.output, self.data.y(), None, &mut value);
        (value[0], &self.output, self.data.y())
    }
}
