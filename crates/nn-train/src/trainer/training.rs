//! A training in progress.

use nn_core::{Module, Scalar, StateDict};
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use super::batches::Batches;
use super::epoch_loss::EpochLoss;
use super::metric;
use super::non_finite::minimize_if_finite;
use super::rate::Rate;
use super::validation::Validation;
use super::{Checkpoint, EarlyStopping, EpochReport, NonFinite, Trainer};
use crate::finite::{has_finite_parameters, is_finite};
use crate::optim::Objective;
use crate::schedule::Plateau;
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
    pub(super) settings: Trainer<'d, F, T>,
    initial_rate: f64,
    /// Where the learning rate stands if it follows a criterion. Found from the history, so no part of a checkpoint.
    plateau: Plateau,
    pub(super) model: &'d mut dyn Module<F>,
    loss: &'d dyn Loss<F, T>,
    pub(super) data: &'d Dataset<F, T>,
    pub(super) batches: Batches<'d, F, T>,
    pub(super) validation: Option<Validation<'d, F, T>>,
    /// The training data, to measure metrics of.
    training: Option<Validation<'d, F, T>>,
    /// The seed of the generators of all epochs and steps.
    seed: u64,
    pub(super) history: History<F>,
    /// The weights of the best epoch, kept when early stopping may restore them.
    pub(super) best: Option<StateDict<F>>,
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
        let training = settings.training_metrics.then(|| Validation::plan(model, loss, data)).transpose()?;
        let mut history = History::with_capacity(settings.epochs);
        if validation.is_some() {
            history.metrics = metric::no_curves(&settings.metrics);
        }
        if training.is_some() {
            history.training_metrics = metric::no_curves(&settings.metrics);
        }
        let initial_rate = settings.optimizer.learning_rate();
        Ok(Training {
            initial_rate,
            plateau: Plateau::new(initial_rate),
            settings,
            model,
            loss,
            data,
            batches,
            validation,
            training,
            seed,
            history,
            best: None,
        })
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
        let failed = self.measure();
        let best = self.judge(index);
        let epoch = EpochReport {
            index,
            of: self.settings.epochs,
            loss,
            validation: self.history.validation.get(index).copied(),
            best,
            metrics: metric::of_epoch(&self.history.metrics, index),
            training_metrics: metric::of_epoch(&self.history.training_metrics, index),
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

    pub(super) fn ended(&self) -> bool {
        self.settings.ends(&self.history)
    }

    /// Makes one pass over the training data and returns the loss of the epoch.
    fn descend(&mut self, index: usize) -> Result<F, TrainError> {
        self.set_rate_of_epoch(index);
        let Training { settings, model, loss, data, batches, seed, initial_rate, history, .. } = self;
        let Trainer { optimizer, rate, clip, non_finite, augmentations, .. } = settings;
        let (n, seed, initial) = (data.samples(), *seed, *initial_rate);
        let shuffle = || Stream { seed, index: index as u64 }.permutation("shuffle", n);
        let order = if batches.whole() { (0..n).collect() } else { shuffle() };
        let first = Stream { seed, index: (index * batches.count(n)) as u64 };
        let watched = *non_finite != NonFinite::Continue;
        let mut epoch = EpochLoss::new(loss.reduction());
        let mut pass = batches.pass(*loss, &order, (*clip, watched), augmentations, first);
        while let Some(mut batch) = pass.next() {
            if let Rate::Steps(schedule) = rate {
                optimizer.set_learning_rate(schedule.learning_rate(initial, batch.index()));
            }
            let (value, taken) = if watched {
                minimize_if_finite(&mut **optimizer, &mut **model, &mut batch)?
            } else {
                (optimizer.minimize(&mut **model, &mut batch)?, true)
            };
            epoch.add(value, batch.samples());
            if taken {
                model.absorb(batch.workspace());
            } else {
                history.skipped_steps += 1;
                if *non_finite == NonFinite::Stop {
                    break;
                }
            }
        }
        Ok(epoch.value())
    }

    /// Sets the learning rate that an epoch begins with.
    fn set_rate_of_epoch(&mut self, index: usize) {
        let Training { settings: Trainer { optimizer, rate, .. }, initial_rate, plateau, history, .. } = self;
        match rate {
            Rate::Epochs(schedule) => {
                optimizer.set_learning_rate(schedule.learning_rate(*initial_rate, index));
            }
            Rate::Plateau(reduce) => {
                reduce.follow(plateau, history);
                optimizer.set_learning_rate(plateau.learning_rate());
            }
            Rate::Constant | Rate::Steps(_) => {}
        }
    }

    /// Measures and records the validation loss and the metrics. Returns the error of the first metric that failed.
    fn measure(&mut self) -> Option<TrainError> {
        let Training { settings, model, loss, validation, training, history, .. } = self;
        let mut failed = None;
        if let Some(training) = training {
            let (_, output, targets) = training.run(&**model, *loss);
            failed = metric::measure(&settings.metrics, (output, targets), &mut history.training_metrics);
        }
        if let Some(validation) = validation {
            let (value, output, targets) = validation.run(&**model, *loss);
            history.validation.push(value);
            failed = failed.or(metric::measure(&settings.metrics, (output, targets), &mut history.metrics));
        }
        failed
    }

    /// Finds out whether the epoch is the best so far, and keeps the weights if early stopping may restore them.
    fn judge(&mut self, index: usize) -> bool {
        let best = self.settings.stopping().improves(&self.history, self.history.best, index);
        if best {
            self.history.best = Some(index);
            if self.settings.early_stopping.is_some() {
                self.best = Some(self.model.state_dict());
            }
        }
        best
    }

    /// Ends the training if patience has run out, all epochs are done or a step was not finite.
    fn stop(&mut self, index: usize) {
        if let Some(stopping) = &self.settings.early_stopping {
            let is_last = index + 1 >= self.settings.epochs;
            self.history.stopped_early = stopping.is_over(self.history.best, index) && !is_last;
        }
        if self.ended() {
            self.finish();
        }
    }

    /// Restores the weights of the best epoch after a training with early stopping, and finds out whether the network is
    /// made of numbers and answers with numbers: for the validation data or, without any, for the last batch.
    pub(super) fn finish(&mut self) {
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

impl<F: Scalar, T: Target> Trainer<'_, F, T> {
    /// Returns what decides which epoch is the best: without early stopping, the validation loss.
    pub(super) fn stopping(&self) -> EarlyStopping {
        self.early_stopping.clone().unwrap_or_else(|| EarlyStopping::new(usize::MAX))
    }

    /// Returns whether a training with this history has ended.
    pub(super) fn ends(&self, history: &History<F>) -> bool {
        let broken = self.non_finite == NonFinite::Stop && history.skipped_steps > 0;
        history.stopped_early || broken || history.epochs() >= self.epochs
    }
}
