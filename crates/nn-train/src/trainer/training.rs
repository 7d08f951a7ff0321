//! A training in progress.

use nn_core::{Module, Scalar, SettingError, StateDict};
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use super::batches::Batches;
use super::epoch_loss::EpochLoss;
use super::validation::Validation;
use super::{Checkpoint, CheckpointError, EpochReport, Trainer};
use crate::finite::{has_finite_parameters, is_finite};
use crate::metrics::or_nan;
use crate::optim::Objective;
use crate::{History, Stream, TrainError};

/// A training between two epochs: it can run the next one, show the network and make a checkpoint.
///
/// ```
/// use nn_train::prelude::*;
///
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let data = make_xor::<f64>(100, 0.3, &mut rng)?;
/// let mut network = Linear::new(2, 2, &mut rng);
/// let loss = CrossEntropyLoss::mean();
/// let trainer = Trainer::new(Adam::new(0.01)).epochs(10).batch_size(16);
///
/// let mut training = trainer.start(&mut network, &loss, &data, None, &mut rng)?;
/// let mut checkpoint = training.checkpoint();
/// while let Some(epoch) = training.epoch()? {
///     if epoch.index == 4 {
///         checkpoint = training.checkpoint();
///     }
/// }
/// drop(training);
///
/// // From the checkpoint, another network reaches the same weights.
/// let mut other = Linear::new(2, 2, &mut rng);
/// trainer.resume(&mut other, &loss, &data, None, &checkpoint)?.run()?;
/// assert_eq!(other, network);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Training<'d, F, T> {
    settings: Trainer<'d, F, T>,
    initial_rate: f64,
    model: &'d mut dyn Module<F>,
    loss: &'d dyn Loss<F, T>,
    data: &'d Dataset<F, T>,
    batches: Batches<'d, F, T>,
    validation: Option<Validation<'d, F, T>>,
    /// The seed of the generators of all epochs and steps.
    seed: u64,
    history: History<F>,
    /// The weights of the best epoch, kept when early stopping may restore them.
    best: Option<StateDict<F>>,
}

impl<'d, F: Scalar, T: Target> Training<'d, F, T> {
    pub(super) fn start(
        settings: Trainer<'d, F, T>,
        model: &'d mut dyn Module<F>,
        loss: &'d dyn Loss<F, T>,
        data: &'d Dataset<F, T>,
        validation: Option<&'d Dataset<F, T>>,
        seed: u64,
    ) -> Result<Self, TrainError> {
        settings.check(data.x().shape(), validation.is_some())?;
        let batches = Batches::plan(&settings, model, loss, data)?;
        let validation = match validation {
            Some(data) => {
                let plan = Validation::plan(model, loss, data);
                Some(plan.map_err(|error| TrainError::Validation(Box::new(error)))?)
            }
            None => None,
        };
        let mut history = History::with_capacity(settings.epochs);
        history.metrics.extend(settings.metrics.iter().map(|(name, _)| (name.clone(), Vec::new())));
        Ok(Training {
            initial_rate: settings.optimizer.learning_rate(),
            settings,
            model,
            loss,
            data,
            batches,
            validation,
            seed,
            history,
            best: None,
        })
    }

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
        if training.settings.patience.is_some() {
            training.best.clone_from(&checkpoint.best);
        }
        training.history.clone_from(&checkpoint.history);
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
        let (epochs, History { best, stopped_early, restored, .. }) =
            (checkpoint.history.epochs(), &checkpoint.history);
        if self.settings.epochs < epochs {
            let expected = format!("at least the {epochs} of the checkpoint");
            return Err(
                SettingError::new("Trainer", "number of epochs", expected, self.settings.epochs).into()
            );
        }
        let goes_on = !stopped_early && epochs < self.settings.epochs;
        if let Some(epoch) = *restored
            && goes_on
            && epoch + 1 < epochs
        {
            return Err(CheckpointError::Restored { epoch, epochs }.into());
        }
        match *best {
            Some(epoch) if self.settings.patience.is_some() && checkpoint.best.is_none() => {
                Err(CheckpointError::NoBest { epoch }.into())
            }
            _ => Ok(()),
        }
    }

    /// Trains one more epoch. Returns `None` when the training has ended.
    ///
    /// # Errors
    /// Returns [`TrainError`] if the optimiser refuses the network or a metric fails. A metric that fails is recorded as
    /// NaN, and the training can continue. That the network's output is infinite or NaN is no failure: such a metric is
    /// NaN.
    pub fn epoch(&mut self) -> Result<Option<EpochReport<F>>, TrainError> {
        if self.ended() {
            return Ok(None);
        }
        let index = self.history.epochs();
        let loss = self.descend(index)?;
        self.history.loss.push(loss);
        let (validation, best, failed) = self.validate(index);
        let metrics = self.history.metrics.iter();
        let epoch = EpochReport {
            index,
            of: self.settings.epochs,
            loss,
            validation,
            best,
            metrics: metrics.map(|(name, values)| (name.clone(), values[index])).collect(),
            learning_rate: self.settings.optimizer.learning_rate(),
        };
        if let Some(observer) = &self.settings.observer {
            observer(&epoch);
        }
        self.stop(index);
        failed.map_or(Ok(Some(epoch)), Err)
    }

    /// Trains to the end.
    ///
    /// # Errors
    /// The same as those of [`epoch`](Training::epoch).
    pub fn run(mut self) -> Result<History<F>, TrainError> {
        while self.epoch()?.is_some() {}
        Ok(self.history)
    }

    /// Returns the network in its current state.
    pub fn model(&self) -> &dyn Module<F> {
        self.model
    }

    /// Returns the curves so far.
    pub fn history(&self) -> &History<F> {
        &self.history
    }

    /// Returns everything needed to resume from here, later or elsewhere ([`Trainer::resume`]).
    pub fn checkpoint(&self) -> Checkpoint<F> {
        Checkpoint {
            network: self.model.state_dict(),
            optimizer: self.settings.optimizer.state_dict(),
            optimizer_name: self.settings.optimizer.name().into(),
            best: self.best.clone(),
            history: self.history.clone(),
            seed: self.seed,
            samples: self.data.samples(),
            batch_size: self.batches.size(),
        }
    }

    fn ended(&self) -> bool {
        self.history.stopped_early || self.history.epochs() >= self.settings.epochs
    }

    /// Makes one pass over the training data and returns the loss of the epoch.
    fn descend(&mut self, index: usize) -> Result<F, TrainError> {
        let Training { settings, model, loss, data, batches, seed, initial_rate, .. } = self;
        let Trainer { optimizer, schedule, step_schedule, clip, augmentations, .. } = settings;
        let (n, seed, initial) = (data.samples(), *seed, *initial_rate);
        let shuffle = || Stream { seed, index: index as u64 }.permutation("shuffle", n);
        let order = if batches.whole() { (0..n).collect() } else { shuffle() };
        if let Some(schedule) = schedule {
            optimizer.set_learning_rate(schedule.learning_rate(initial, index));
        }
        let first = Stream { seed, index: (index * batches.count(n)) as u64 };
        let mut epoch = EpochLoss::new(loss.reduction());
        let mut pass = batches.pass(*loss, &order, *clip, augmentations, first);
        while let Some(mut batch) = pass.next() {
            if let Some(schedule) = step_schedule {
                optimizer.set_learning_rate(schedule.learning_rate(initial, batch.index()));
            }
            epoch.add(optimizer.minimize(&mut **model, &mut batch)?, batch.samples());
            model.absorb(batch.workspace());
        }
        Ok(epoch.value())
    }

    /// Measures and records the validation loss and the metrics. Returns the loss, whether it is the lowest so far, and the
    /// error of the first metric that failed.
    fn validate(&mut self, index: usize) -> (Option<F>, bool, Option<TrainError>) {
        let Some(validation) = &mut self.validation else { return (None, false, None) };
        let (value, output, targets) = validation.run(self.model, self.loss);
        let mut failed = None;
        for ((name, metric), (_, values)) in self.settings.metrics.iter().zip(&mut self.history.metrics) {
            values.push(or_nan(|| metric(output, targets)).unwrap_or_else(|source| {
                failed.get_or_insert(TrainError::Metric { name: name.clone(), source });
                f64::NAN
            }));
        }
        let lowest = self.history.best.map(|best| self.history.validation[best]);
        let best = value.is_finite() && lowest.is_none_or(|lowest| value < lowest);
        self.history.validation.push(value);
        if best {
            self.history.best = Some(index);
            if self.settings.patience.is_some() {
                self.best = Some(self.model.state_dict());
            }
        }
        (Some(value), best, failed)
    }

    /// Ends the training if patience has run out or all epochs are done.
    fn stop(&mut self, index: usize) {
        if let Some(patience) = self.settings.patience {
            // Without a best epoch (all losses infinite or NaN) patience counts from the beginning.
            let since = self.history.best.map_or(index + 1, |best| index - best);
            self.history.stopped_early = since >= patience && index + 1 < self.settings.epochs;
        }
        if self.ended() {
            self.finish();
        }
    }

    /// Restores the weights of the best epoch after a training with early stopping, and finds out whether the network is
    /// made of numbers and answers with numbers: for the validation data or, without any, for the last batch.
    fn finish(&mut self) {
        if let Some(best) = &self.best {
            self.model.load_state_dict(best).expect("the model's own state");
            self.history.restored = self.history.best;
        }
        let output = match &mut self.validation {
            Some(validation) => validation.run(self.model, self.loss).1,
            None => self.batches.predict(self.model),
        };
        self.history.diverged = !is_finite(output) || !has_finite_parameters(self.model);
    }
}
