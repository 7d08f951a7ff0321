//! How a training starts.

use nn_core::rand::Rng;
use nn_core::{Module, Scalar};
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use super::{Checkpoint, Trainer, Training};
use crate::{History, TrainError};

impl<'a, F: Scalar, T: Target> Trainer<'a, F, T> {
    /// Trains `model` in place, to the end.
    ///
    /// A loss that becomes infinite or NaN is not an error: it is recorded, and so is whether the network itself
    /// [has diverged](History::diverged). [`Trials`](crate::Trials) count it.
    ///
    /// # Errors
    /// Returns [`TrainError`] if the network does not fit the data or the loss, a setting is invalid (an optimiser for
    /// [full batches](crate::optim::Optimizer::needs_full_batches) with smaller ones is), or a metric fails.
    pub fn fit(
        &self,
        model: &mut dyn Module<F>,
        loss: &dyn Loss<F, T>,
        train: &Dataset<F, T>,
        validation: Option<&Dataset<F, T>>,
        rng: &mut dyn Rng,
    ) -> Result<History<F>, TrainError> {
        self.start(model, loss, train, validation, rng)?.run()
    }

    /// Starts a training that runs epoch by epoch, so that you can look at it or save a [`Checkpoint`] in between.
    ///
    /// # Errors
    /// The same as those of [`fit`](Trainer::fit).
    pub fn start<'d>(
        &self,
        model: &'d mut dyn Module<F>,
        loss: &'d dyn Loss<F, T>,
        train: &'d Dataset<F, T>,
        validation: Option<&'d Dataset<F, T>>,
        rng: &mut dyn Rng,
    ) -> Result<Training<'d, F, T>, TrainError>
    where
        'a: 'd,
    {
        Training::start(self.clone(), model, loss, train, validation, rng.next_u64())
    }

    /// Resumes a training from a checkpoint made with the same settings, network, loss and data. The result has the same
    /// bits as if the training had never stopped. The number of epochs may be raised, unless the training has ended and
    /// early stopping restored weights other than the last.
    ///
    /// # Errors
    /// The same as those of [`fit`](Trainer::fit), and [`TrainError::Checkpoint`] if the checkpoint is of another network,
    /// optimiser, set of metrics, number of samples or batch size, or lacks the weights that early stopping might restore.
    /// The model is unchanged then. A change of other settings (the learning rate, the loss) or of values in the data is
    /// not detected.
    pub fn resume<'d>(
        &self,
        model: &'d mut dyn Module<F>,
        loss: &'d dyn Loss<F, T>,
        train: &'d Dataset<F, T>,
        validation: Option<&'d Dataset<F, T>>,
        checkpoint: &Checkpoint<F>,
    ) -> Result<Training<'d, F, T>, TrainError>
    where
        'a: 'd,
    {
        Training::resume(self.clone(), model, loss, train, validation, checkpoint)
    }
}
