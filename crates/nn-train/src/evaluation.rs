//! The loss on data that the training does not learn from.

use nn_core::{Module, Predictor, Scalar, Tensor};
use nn_loss::Loss;

use crate::TrainError;

/// The memory of predicting a data set and of measuring the loss, allocated once for a network, a loss and
/// the shape of the data.
#[derive(Debug, Clone)]
pub(crate) struct Evaluation<F> {
    predictor: Predictor<F>,
    /// One for each network.
    losses: Vec<F>,
}

impl<F: Scalar> Evaluation<F> {
    /// Checks the data and allocates the memory, for one network or for the module of a stack of this many
    /// and their interleaved data.
    pub(crate) fn plan<T: ?Sized>(
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        x: &Tensor<F>,
        y: &T,
        networks: usize,
    ) -> Result<Self, TrainError> {
        let predictor = Predictor::plan(model, x.shape())?;
        model.check_values(x)?;
        loss.check(predictor.output().shape(), y)?;
        Ok(Evaluation { predictor, losses: vec![F::ZERO; networks] })
    }

    /// Returns the losses of all networks, and their output.
    pub(crate) fn run<T: ?Sized>(
        &mut self,
        model: &dyn Module<F>,
        loss: &dyn Loss<F, T>,
        x: &Tensor<F>,
        y: &T,
    ) -> (&[F], &Tensor<F>) {
        let Evaluation { predictor, losses } = self;
        let output = predictor.run(model, x);
        loss.evaluate(output, y, None, losses);
        (losses, output)
    }
}
