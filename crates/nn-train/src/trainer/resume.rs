//! Training on from a checkpoint.

use nn_core::{Module, Scalar, SettingError};
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use super::{Checkpoint, CheckpointError, Trainer, Training};
use crate::{History, TrainError};

impl<'d, F: Scalar, T: Target> Training<'d, F, T> {
    pub(super) fn resume(
        settings: Trainer<'d, F, T>,
        model: &'d mut dyn Module<F>,
        loss: &'d dyn Loss<F, T>,
        data: &'d Dataset<F, T>,
        validation: Option<&'d Dataset<F, T>>,
        checkpoint: &Checkpoint<F>,
    ) -> Result<Self, TrainError> {
        let mut training = Training::start(settings, model, loss, data, validation, checkpoint.seed)?;
        training.check(checkpoint)?;
        let current = training.model.state_dict();
        checkpoint.network.check_like(&current).map_err(CheckpointError::Network)?;
        if let Some(best) = &checkpoint.best {
            best.check_like(&current).map_err(CheckpointError::Network)?;
        }
        training
            .settings
            .optimizer
            .load_state_dict(training.model, &checkpoint.optimizer)
            .map_err(CheckpointError::Optimizer)?;
        training.model.load_state_dict(&checkpoint.network).map_err(CheckpointError::Network)?;
        training.history.clone_from(&checkpoint.history);
        training.history.best = training.settings.stopping().best(&checkpoint.history);
        if training.settings.early_stopping.is_some() && training.history.best.is_some() {
            training.best.clone_from(&checkpoint.best);
        }
        if training.ended() {
            training.finish();
        } else {
            (training.history.restored, training.history.diverged) = (None, false);
        }
        Ok(training)
    }

    /// Checks that these settings and data can continue from this checkpoint.
    fn check(&self, checkpoint: &Checkpoint<F>) -> Result<(), TrainError> {
        let expected = (self.data.samples(), self.batches.size());
        checkpoint.check(&self.history, self.validation.is_some(), expected)?;
        if checkpoint.optimizer_name != self.settings.optimizer.name() {
            let (expected, found) =
                (self.settings.optimizer.name().into(), checkpoint.optimizer_name.clone());
            return Err(CheckpointError::OtherOptimizer { expected, found }.into());
        }
        let (epochs, History { restored, .. }) = (checkpoint.history.epochs(), &checkpoint.history);
        if self.settings.epochs < epochs {
            let expected = format!("at least the {epochs} of the checkpoint");
            return Err(
                SettingError::new("Trainer", "number of epochs", expected, self.settings.epochs).into()
            );
        }
        if let Some(epoch) = *restored
            && !self.settings.ends(&checkpoint.history)
            && epoch + 1 < epochs
        {
            return Err(CheckpointError::Restored { epoch, epochs }.into());
        }
        // Weights of another epoch are those of another criterion.
        let has_weights = |best| checkpoint.best.is_some() && checkpoint.history.best == Some(best);
        match self.settings.stopping().best(&checkpoint.history) {
            Some(epoch) if self.settings.early_stopping.is_some() && !has_weights(epoch) => {
                Err(CheckpointError::NoBest { epoch }.into())
            }
            _ => Ok(()),
        }
    }
}
