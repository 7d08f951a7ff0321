//! Training with mini-batches, any optimiser, a schedule, validation and early stopping.

mod batches;
mod check;
mod checkpoint;
mod early_stopping;
mod epoch_loss;
mod metric;
mod non_finite;
mod rate;
mod report;
mod resume;
mod stacked;
mod start;
mod training;
mod validation;

use std::sync::Arc;

use nn_core::{Scalar, Tensor};
use nn_data::Target;
use nn_data::augment::Augment;

use crate::metrics::MetricError;
use crate::optim::Optimizer;
use crate::schedule::{ReduceLrOnPlateau, Schedule};

pub use checkpoint::{Checkpoint, CheckpointError};
pub use early_stopping::EarlyStopping;
pub use non_finite::NonFinite;
pub use report::EpochReport;
pub use training::Training;

use batches::Clip;
use metric::Metric;
use rate::Rate;

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
/// 4. Stops if their loss, or a metric, has not improved for as many epochs as [early stopping](EarlyStopping) allows, and
///    restores the best weights.
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
    rate: Rate,
    clip: Option<Clip>,
    non_finite: NonFinite,
    augmentations: Vec<Augmentation<'a, F>>,
    early_stopping: Option<EarlyStopping>,
    metrics: Vec<(String, Metric<'a, F, T>)>,
    training_metrics: bool,
    observer: Option<Observer<'a, F>>,
}

/// A function that is called after every epoch.
type Observer<'a, F> = Arc<dyn Fn(&EpochReport<F>) + Send + Sync + 'a>;

/// A random change of each training batch.
type Augmentation<'a, F> = Arc<dyn Augment<F> + 'a>;

/// The same settings, with an optimiser that remembers nothing.
impl<F: Scalar, T> Clone for Trainer<'_, F, T> {
    fn clone(&self) -> Self {
        Trainer {
            optimizer: self.optimizer.fresh(),
            rate: self.rate.clone(),
            augmentations: self.augmentations.clone(),
            early_stopping: self.early_stopping.clone(),
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
            rate: Rate::Constant,
            clip: None,
            non_finite: NonFinite::Continue,
            augmentations: Vec::new(),
            early_stopping: None,
            metrics: Vec::new(),
            training_metrics: false,
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
    /// [makes batches](nn_data::Dataset::batches).
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Trainer { batch_size: Some(batch_size), ..self }
    }

    /// Leaves out the last, smaller batch of each epoch: for batch normalisation, which learns nothing from one sample.
    #[must_use]
    pub fn drop_last(self) -> Self {
        Trainer { drop_last: true, ..self }
    }

    /// Sets the learning rate as a function of the epoch, starting from the optimiser's. Replaces any other schedule.
    #[must_use]
    pub fn schedule(self, schedule: impl Schedule + 'static) -> Self {
        Trainer { rate: Rate::Epochs(Arc::new(schedule)), ..self }
    }

    /// Sets the learning rate as a function of the step (the batch), counted over all epochs. Replaces any other schedule.
    #[must_use]
    pub fn step_schedule(self, schedule: impl Schedule + 'static) -> Self {
        Trainer { rate: Rate::Steps(Arc::new(schedule)), ..self }
    }

    /// Lowers the learning rate, starting from the optimiser's, whenever the validation loss (or a
    /// [metric](ReduceLrOnPlateau::metric), or the [training loss](ReduceLrOnPlateau::training_loss)) has not improved for some
    /// epochs. Replaces any other schedule.
    #[must_use]
    pub fn reduce_lr_on_plateau(self, plateau: ReduceLrOnPlateau) -> Self {
        Trainer { rate: Rate::Plateau(plateau), ..self }
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

    /// Sets the reaction to a step whose loss or gradient (before it is clipped) is infinite or NaN. By default the training
    /// takes it like any other.
    ///
    /// The loss of such a step stays part of the epoch's, which shows it.
    /// [`History::skipped_steps`](crate::History::skipped_steps) counts the steps that were not taken: they leave no trace in the
    /// parameters, in the buffers (running statistics) or in what the optimiser remembers, but they do count for a schedule of
    /// steps.
    ///
    /// ```
    /// use nn_train::NonFinite;
    /// use nn_train::prelude::*;
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(1);
    /// let data = make_xor::<f32>(100, 0.3, &mut rng)?;
    /// let mut network = Linear::new(2, 2, &mut rng);
    /// // The first steps are so long that a later loss is infinite.
    /// let history = Trainer::new(Sgd::new(1e37))
    ///     .epochs(50)
    ///     .on_non_finite(NonFinite::Stop)
    ///     .fit(&mut network, &CrossEntropyLoss::sum(), &data, None, &mut rng)?;
    /// assert!(history.epochs() < 50 && history.skipped_steps == 1);
    /// assert!(!history.loss.last().unwrap().is_finite());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_non_finite(self, reaction: NonFinite) -> Self {
        Trainer { non_finite: reaction, ..self }
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
    ///
    /// In place of the number, [`EarlyStopping`] has more settings: another criterion, a minimum improvement, a first epoch.
    #[must_use]
    pub fn early_stopping(self, patience: impl Into<EarlyStopping>) -> Self {
        Trainer { early_stopping: Some(patience.into()), ..self }
    }

    /// Adds a metric, measured on the validation data after each epoch. The closure takes the network's output and the
    /// targets and must name the type of the targets (`&Vec<usize>` or `&Tensor<f32>`). A metric that refuses an output
    /// because it is infinite or NaN is recorded as NaN, as a loss would be.
    ///
    /// The values are found in [`History::metric`](crate::History::metric).
    #[must_use]
    pub fn metric(
        mut self,
        name: impl Into<String>,
        metric: impl Fn(&Tensor<F>, &T) -> Result<f64, MetricError> + Send + Sync + 'a,
    ) -> Self {
        self.metrics.push((name.into(), Arc::new(metric)));
        self
    }

    /// Measures all metrics on the training data as well, in [`Mode::Eval`](nn_core::Mode::Eval) after each epoch, which costs one
    /// more forward pass over them. The values are found in [`History::training_metric`](crate::History::training_metric).
    ///
    /// ```
    /// use nn_train::prelude::*;
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(1);
    /// let data = make_xor::<f32>(100, 0.3, &mut rng)?;
    /// let mut network = Sequential::new()
    ///     .append(Linear::new(2, 8, &mut rng))
    ///     .append(Tanh)
    ///     .append(Linear::new(8, 2, &mut rng));
    /// let history = Trainer::new(Adam::new(0.05))
    ///     .metric("accuracy", |output, labels: &Vec<usize>| {
    ///         accuracy(labels, &argmax(output)?)
    ///     })
    ///     .training_metrics()
    ///     .fit(&mut network, &CrossEntropyLoss::mean(), &data, None, &mut rng)?;
    /// assert!(history.training_metric("accuracy").unwrap()[99] > 0.97);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn training_metrics(self) -> Self {
        Trainer { training_metrics: true, ..self }
    }

    /// Sets a function that is called after each epoch, for a log (`|epoch| println!("{epoch}")`) or a progress bar.
    #[must_use]
    pub fn observe(self, observer: impl Fn(&EpochReport<F>) + Send + Sync + 'a) -> Self {
        Trainer { observer: Some(Arc::new(observer)), ..self }
    }
}
