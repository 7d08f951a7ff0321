//! What can be refused before a training starts.

use nn_core::{Scalar, Setting, SettingError};
use nn_data::Target;

use super::batches::Clip;
use super::checkpoint::{Names, Plain};
use super::rate::Rate;
use super::{EarlyStopping, Trainer};
use crate::criterion::Criterion;

impl<F: Scalar, T: Target> Trainer<'_, F, T> {
    /// Checks the settings for training data of this shape, samples first.
    pub(super) fn check(&self, shape: &[usize], validation: bool) -> Result<(), SettingError> {
        let samples = shape[0];
        let at_least = |name, expected, found| match found {
            Some(0) => Err(SettingError::new("Trainer", name, expected, 0)),
            _ => Ok(()),
        };
        self.optimizer.check()?;
        self.rate.check()?;
        at_least("number of epochs", "at least 1", Some(self.epochs))?;
        at_least("batch size", "at least 1", self.batch_size)?;
        if let Some(size) = self.batch_size
            && self.optimizer.needs_full_batches()
        {
            let name = self.optimizer.name();
            let expected = format!(
                "all {samples} samples: {name} compares one step with the next, so both need the same data"
            );
            SettingError::unless(size >= samples, "Trainer", "batch size", expected, size)?;
        }
        if self.optimizer.needs_full_batches() {
            let name = self.optimizer.name();
            let expected = format!("0: {name} compares one step with the next, so both need the same data");
            let count = self.augmentations.len();
            SettingError::unless(count == 0, "Trainer", "number of augmentations", expected, count)?;
        }
        self.augmentations.iter().try_for_each(|augmentation| augmentation.check(shape))?;
        self.early_stopping.iter().try_for_each(EarlyStopping::check)?;
        if let Some(Clip::Norm(bound) | Clip::Value(bound)) = self.clip {
            Setting::of::<F>("Trainer", "bound of the gradient", bound).positive()?;
        }
        for (index, (name, _)) in self.metrics.iter().enumerate() {
            let is_new = self.metrics[..index].iter().all(|(other, _)| other != name);
            SettingError::unless(is_new, "Trainer", "metric", "a name of its own for each", name)?;
        }
        if self.training_metrics {
            let expected = "at least 1 to measure on the training data";
            let count = self.metrics.len();
            SettingError::unless(count > 0, "Trainer", "number of metrics", expected, count)?;
        }
        let needed = !self.metrics.is_empty() && !self.training_metrics;
        let why = "a data set: metrics are measured on it";
        SettingError::unless(validation || !needed, "Trainer", "validation data", why, "missing")?;
        if let Some(stopping) = &self.early_stopping {
            self.check_criterion(stopping.criterion(), "early stopping", validation)?;
        }
        match &self.rate {
            Rate::Plateau(plateau) => {
                self.check_criterion(plateau.criterion(), "ReduceLrOnPlateau", validation)
            }
            _ => Ok(()),
        }
    }

    /// Checks that what `user` goes by will be measured.
    fn check_criterion(
        &self,
        criterion: &Criterion,
        user: &str,
        validation: bool,
    ) -> Result<(), SettingError> {
        if let Criterion::Metric(name, _) = criterion {
            let names: Vec<String> = self.metrics.iter().map(|(name, _)| name.clone()).collect();
            let expected = format!("one of the trainer's metrics: {}", Names(&names));
            let of = format!("metric of {user}");
            SettingError::unless(names.contains(name), "Trainer", &of, expected, Plain(name))?;
        }
        let measured = validation || *criterion == Criterion::TrainingLoss;
        let expected = match criterion {
            Criterion::Metric(..) => format!("a data set: {user} goes by its metric"),
            _ => format!("a data set: {user} goes by its loss"),
        };
        SettingError::unless(measured, "Trainer", "validation data", expected, "missing")
    }
}
