//! Training with mini-batches, any optimiser, a schedule, validation and early stopping.

mod batches;
mod checkpoint;
mod epoch_loss;
mod report;
mod stacked;
mod training;
mod validation;

use std::sync::Arc;

use nn_core::rand::Rng;
use nn_core::{Module, Scalar, Setting, SettingError, Tensor};
use nn_data::augment::Augment;
use nn_data::{Dataset, Target};
use nn_loss::Loss;

use crate::metrics::MetricError;
use crate::optim::Optimizer;
use crate::schedule::Schedule;
use crate::{History, TrainError};

pub use checkpoint::{Checkpoint, CheckpointError};
pub use report::EpochReport;
pub use training::Training;

use batches::Clip;

/// All settings of a training, in one place. A trainer holds settings only, so one trainer serves any number of folds, seeds
/// or trials, one after another or in several threads.
///
/// ```
/// use nn_train::prelude::*;
///
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let data = make_xor::<f32>(400, 0.3, &mut rng)?;
/// let (train, validation) = train_test_split(&data, 0.25, &mut rng)?;
/// let mut network = Sequential::new()
///     .append(Linear::new(2, 8, &mut rng))
///     .append(Tanh)
///     .append(Linear::new(8, 2, &mut rng));
///
/// let history = Trainer::new(Adam::new(0.01))
///     .epochs(200)
///     .batch_size(32)
///     .early_stopping(20)
///     .metric("accuracy", |output, labels: &Vec<usize>| {
///         accuracy(labels, &argmax(output)?)
///     })
///     .fit(
///         &mut network,
///         &CrossEntropyLoss::mean(),
///         &train,
///         Some(&validation),
///         &mut rng,
///     )?;
///
/// let best = history.best.expect("some validation loss is a number");
/// assert!(history.metric("accuracy").unwrap()[best] > 0.97);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What an epoch does
/// 1. Shuffles the samples, unless one batch holds them all, and splits them into batches; the last may be smaller.
/// 2. For each batch: [augments](Trainer::augment) its samples, sets the learning rate from the schedule, runs forward, loss and
///    backward, clips the gradient, takes the optimiser's step and calls [`absorb`](nn_core::Parameters::absorb).
/// 3. Measures the validation data in [`Mode::Eval`](nn_core::Mode::Eval).
/// 4. Stops if their loss has not fallen for as many epochs as early stopping allows, and restores the best weights.
///
/// # Randomness
/// One number is drawn from the caller's generator and used as the seed. Each shuffle has a generator made from the seed and
/// the epoch; augmentations and the random parts of the network (dropout) each have one made from the seed and the step. A
/// training resumed from a [`Checkpoint`] therefore gives the same bits as one that never stopped.
pub struct Trainer<'a, F, T> {
    optimizer: Box<dyn Optimizer<F>>,
    epochs: usize,
    batch_size: Option<usize>,
    drop_last: bool,
    schedule: Option<Arc<dyn Schedule>>,
    step_schedule: Option<Arc<dyn Schedule>>,
    clip: Option<Clip>,
    augmentations: Vec<Augmentation<'a, F>>,
    patience: Option<usize>,
    metrics: Vec<(String, Metric<'a, F, T>)>,
    observer: Option<Observer<'a, F>>,
}

/// A function that is called after every epoch.
type Observer<'a, F> = Arc<dyn Fn(&EpochReport<F>) + Send + Sync + 'a>;

/// A random change of each training batch.
type Augmentation<'a, F> = Arc<dyn Augment<F> + 'a>;

/// A measure of a network's output against the targets.
type Metric<'a, F, T> = Arc<dyn Fn(&Tensor<F>, &T) -> Result<f64, MetricError> + Send + Sync + 'a>;

/// The same settings, with an optimiser that remembers nothing.
impl<F: Scalar, T> Clone for Trainer<'_, F, T> {
    fn clone(&self) -> Self {
        Trainer {
            optimizer: self.optimizer.fresh(),
            schedule: self.schedule.clone(),
            step_schedule: self.step_schedule.clone(),
            augmentations: self.augmentations.clone(),
            metrics: self.metrics.clone(),
            observer: self.observer.clone(),
            ..*self
        }
    }
}

impl<'a, F: Scalar, T: Target> Trainer<'a, F, T> {
    /// Creates a trainer with this optimiser, for 100 epochs of full batches and nothing else.
    pub fn new(optimizer: impl Optimizer<F> + 'static) -> Self {
        Trainer {
            optimizer: Box::new(optimizer),
            epochs: 100,
            batch_size: None,
            drop_last: false,
            schedule: None,
            step_schedule: None,
            clip: None,
            augmentations: Vec::new(),
            patience: None,
            metrics: Vec::new(),
            observer: None,
        }
    }

    /// Sets the maximum number of epochs, that is passes over the data.
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Self {
        Trainer { epochs, ..self }
    }

    /// Sets the size of shuffled batches, in place of full batches. If there are fewer samples, one batch holds them all. A
    /// training with smaller batches holds a copy of data of sixteen features or more, from which it
    /// [makes batches](Dataset::batches).
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Trainer { batch_size: Some(batch_size), ..self }
    }

    /// Leaves out the last, smaller batch of each epoch: for batch normalisation, which learns nothing from one sample.
    #[must_use]
    pub fn drop_last(self) -> Self {
        Trainer { drop_last: true, ..self }
    }

    /// Sets the learning rate as a function of the epoch, starting from the optimiser's. Replaces a schedule of steps.
    #[must_use]
    pub fn schedule(self, schedule: impl Schedule + 'static) -> Self {
        Trainer { schedule: Some(Arc::new(schedule)), step_schedule: None, ..self }
    }

    /// Sets the learning rate as a function of the step (the batch), counted over all epochs. Replaces a schedule of epochs.
    #[must_use]
    pub fn step_schedule(self, schedule: impl Schedule + 'static) -> Self {
        Trainer { step_schedule: Some(Arc::new(schedule)), schedule: None, ..self }
    }

    /// Scales the gradient of all parameters together down to this norm if its norm is larger
    /// ([`clip_grad_norm`](crate::optim::clip_grad_norm)).
    #[must_use]
    pub fn clip_grad_norm(self, norm: f64) -> Self {
        Trainer { clip: Some(Clip::Norm(norm)), ..self }
    }

    /// Clamps every element of the gradient to ±`value` ([`clip_grad_value`](crate::optim::clip_grad_value)).
    #[must_use]
    pub fn clip_grad_value(self, value: f64) -> Self {
        Trainer { clip: Some(Clip::Value(value)), ..self }
    }

    /// Adds an [augmentation](nn_data::augment): the samples of every training batch are changed at random, in a copy, by all
    /// augmentations in the order in which they were added. Validation data are not changed. With full batches, the training then
    /// holds a copy of the data. Stacks of networks ([`Trials::fit`](crate::Trials::fit)) do without, so such trials are trained one
    /// by one.
    ///
    /// ```
    /// use nn_train::nn_core::Flatten;
    /// use nn_train::nn_data::augment::{AddNoise, Shift};
    /// use nn_train::prelude::*;
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// // A dot, above or below.
    /// let dot = |image, pixel| if pixel == 7 + 15 * (image % 2) { 1.0_f32 } else { 0.0 };
    /// let x = Tensor::from_fn(40, 30, dot).reshape(&[1, 6, 5])?;
    /// let data = Dataset::new(x, (0..40).map(|image| image % 2).collect::<Vec<_>>())?;
    /// let mut network =
    ///     Sequential::new().append(Flatten).append(Linear::new(30, 2, &mut rng));
    /// Trainer::new(Adam::new(0.1))
    ///     .batch_size(16)
    ///     .augment(Shift::new(1))
    ///     .augment(AddNoise::new(0.1))
    ///     .fit(&mut network, &CrossEntropyLoss::mean(), &data, None, &mut rng)?;
    /// // It knows dots that it has never been shown where they are now.
    /// let mut moved = data.clone();
    /// moved.augment(&Shift::new(1), &mut rng)?;
    /// assert_eq!(argmax(&network.predict(moved.x())?)?, *moved.y());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn augment(mut self, augmentation: impl Augment<F> + 'a) -> Self {
        self.augmentations.push(Arc::new(augmentation));
        self
    }

    /// Stops when the validation loss has not fallen below its minimum for `patience` epochs. The weights of the best epoch
    /// are restored, even if the training ends without being stopped.
    #[must_use]
    pub fn early_stopping(self, patience: usize) -> Self {
        Trainer { patience: Some(patience), ..self }
    }

    /// Adds a metric, measured on the validation data after each epoch. The closure takes the network's output and the
    /// targets and must name the type of the targets (`&Vec<usize>` or `&Tensor<f32>`). A metric that refuses an output
    /// because it is infinite or NaN is recorded as NaN, as a loss would be.
    #[must_use]
    pub fn metric(
        mut self,
        name: impl Into<String>,
        metric: impl Fn(&Tensor<F>, &T) -> Result<f64, MetricError> + Send + Sync + 'a,
    ) -> Self {
        self.metrics.push((name.into(), Arc::new(metric)));
        self
    }

    /// Sets a function that is called after each epoch, for a log (`|epoch| println!("{epoch}")`) or a progress bar.
    #[must_use]
    pub fn observe(self, observer: impl Fn(&EpochReport<F>) + Send + Sync + 'a) -> Self {
        Trainer { observer: Some(Arc::new(observer)), ..self }
    }

    /// Trains `model` in place, to the end.
    ///
    /// A loss that becomes infinite or NaN is not an error: it is recorded, and so is whether the network itself
    /// [has diverged](History::diverged). [`Trials`](crate::Trials) count it.
    ///
    /// # Errors
    /// Returns [`TrainError`] if the network does not fit the data or the loss, a setting is invalid (an optimiser for
    /// [full batches](Optimizer::needs_full_batches) with smaller ones is), or a metric fails.
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

    /// Checks the settings for training data of this shape, samples first.
    fn check(&self, shape: &[usize], validation: bool) -> Result<(), SettingError> {
        let samples = shape[0];
        let at_least = |name, expected, found| match found {
            Some(0) => Err(SettingError::new("Trainer", name, expected, 0)),
            _ => Ok(()),
        };
        self.optimizer.check()?;
        [&self.schedule, &self.step_schedule]
            .into_iter()
            .flatten()
            .try_for_each(|schedule| schedule.check())?;
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
        at_least("patience of early stopping", "at least 1 epoch", self.patience)?;
        if let Some(Clip::Norm(bound) | Clip::Value(bound)) = self.clip {
            Setting::of::<F>("Trainer", "bound of the gradient", bound).positive()?;
        }
        for (index, (name, _)) in self.metrics.iter().enumerate() {
            let is_new = self.metrics[..index].iter().all(|(other, _)| other != name);
            SettingError::unless(is_new, "Trainer", "metric", "a name of its own for each", name)?;
        }
        for (wanted, why) in [
            (self.patience.is_some(), "a data set: early stopping goes by its loss"),
            (!self.metrics.is_empty(), "a data set: metrics are measured on it"),
        ] {
            SettingError::unless(validation || !wanted, "Trainer", "validation data", why, "missing")?;
        }
        Ok(())
    }
}
