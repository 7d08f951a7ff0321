//! Trials of a training, sixteen at once.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use nn_core::lanes::LANES;
use nn_core::rand::{Rng, rngs::ChaCha8Rng};
use nn_core::{Module, Scalar, team};
use nn_data::Target;
use nn_loss::Loss;

use super::jobs::Jobs;
use super::{Trial, TrialData, Trials, attempt};
use crate::failure::Outcome;
use crate::stream::as_dyn;
use crate::{Ensemble, Fit, History, Run, TrialsError};

/// A trial after its training.
#[derive(Debug, Clone)]
pub struct Fitted<F, M, D> {
    /// The trial.
    pub trial: Trial,
    /// The trained network.
    pub network: M,
    /// The data that `prepare` made.
    pub data: D,
    /// The loss of every epoch.
    pub history: History<F>,
}

impl Trials<'_> {
    /// Runs trials of a training, [`GradientDescent`](crate::GradientDescent) or a [`Trainer`](crate::Trainer): `prepare` makes
    /// the network and the data of each, and `finish` makes a [`Run`] of the result. The bits are those of [`run`](Trials::run)
    /// with [`Fit::fit_one`], but small networks take a fraction of the time, because sixteen of them are
    /// [trained at once](Fit::fit_stack). This happens when the layers and the loss support it, networks and data have the same
    /// shapes, one network needs no more than 32 KiB for its activations, nor for its parameters with what the optimiser keeps,
    /// and there are enough trials to keep all threads busy. A trainer must besides have an optimiser that works element by
    /// element, which is each but L-BFGS, and must not clip by norm, augment, observe or validate.
    ///
    /// `prepare` may make data for each trial or return a reference to shared data. With a
    /// [`Split`](crate::Split), the loss is measured after every epoch on data that are not learned from.
    /// Other data that belong to a trial can be made again in `finish`, or travel with the training data in a
    /// type of your own that implements `AsRef<Dataset<F, T>>`. Modules that are random in training, such as
    /// dropout, draw from the trial's generator for "fit".
    ///
    /// ```
    /// use nn_train::prelude::*;
    ///
    /// let (descent, loss) =
    ///     (GradientDescent::new(0.01, 1000), CrossEntropyLoss::sum());
    /// let prepare = |trial: Trial| {
    ///     let mut rng = trial.rng("network");
    ///     let network = Sequential::new()
    ///         .append(Linear::new(2, 8, &mut rng))
    ///         .append(Tanh)
    ///         .append(Linear::new(8, 2, &mut rng));
    ///     Ok((network, make_xor::<f32>(200, 0.3, &mut trial.rng("data"))?))
    /// };
    /// let ensemble =
    ///     Trials::new(20).seed(7).fit(&descent, &loss, prepare, |fitted| {
    ///         let output = fitted.network.predict(fitted.data.x())?;
    ///         let accuracy = or_nan(|| accuracy(fitted.data.y(), &argmax(&output)?))?;
    ///         let run =
    ///             Run::from(fitted.history.per_sample(200)).success(accuracy >= 0.99);
    ///         Ok(run.keep(fitted.network))
    ///     })?;
    /// assert!(ensemble.success_rate().unwrap().successes >= 18);
    /// # Ok::<(), nn_train::TrialsError>(())
    /// ```
    ///
    /// # Errors
    /// The same as those of [`run`](Trials::run).
    pub fn fit<F, T, M, D, K>(
        &self,
        training: &dyn Fit<F, T>,
        loss: &dyn Loss<F, T>,
        prepare: impl Fn(Trial) -> Outcome<(M, D)> + Sync,
        finish: impl Fn(Fitted<F, M, D>) -> Outcome<Run<F, K>> + Sync,
    ) -> Result<Ensemble<F, K>, TrialsError>
    where
        F: Scalar,
        T: Target,
        M: Module<F>,
        D: TrialData<F, T> + Send,
        K: Send,
    {
        let room = self.room()?;
        let prepare = |index| attempt(|| prepare(self.trial(index)));
        // The first trial that can be prepared decides whether all are stacked.
        let mut early = Vec::new();
        let first = self.range.start;
        let most = self.range.len().min(if self.keep_going { LANES } else { 1 });
        while early.len() < most && !matches!(early.last(), Some(Ok(_))) {
            let prepared = team::alone(|| prepare(first + early.len()));
            early.push(prepared);
        }
        let stacks = match early.last() {
            // A panic says no: only a trial alone can be blamed for it.
            Some(Ok((network, data))) => {
                let stacks = || training.stacks(network, loss, data.training(), data.validation());
                attempt(|| Ok(stacks())).unwrap_or(false)
            }
            _ => false,
        };
        let early = Mutex::new(early.into_iter().map(Some).collect::<Vec<_>>());
        let take_or_prepare = |index: usize| {
            let mut early = early.lock().unwrap_or_else(PoisonError::into_inner);
            let prepared = early.get_mut(index - first).and_then(Option::take);
            drop(early);
            prepared.unwrap_or_else(|| prepare(index))
        };

        // A network that diverged is counted, even if `finish` makes its run of the losses alone.
        let end = |index, (network, data), history: History<F>| {
            let diverged = history.diverged;
            let run = finish(Fitted { trial: self.trial(index), network, data, history })?.checked()?;
            Ok(Run { diverged: run.diverged || diverged, ..run })
        };
        let alone = |(index, prepared): (usize, Outcome<(M, D)>)| {
            let (mut network, data) = prepared?;
            attempt(|| {
                let rng = &mut self.trial(index).rng("fit");
                let (training_data, validation) = (data.training(), data.validation());
                let history = training.fit_one(&mut network, loss, training_data, validation, as_dyn(rng))?;
                end(index, (network, data), history)
            })
        };
        let train = |trials: Range<usize>| -> Vec<Outcome<Run<F, K>>> {
            let mut prepared = self.up_to_a_failure(trials.clone().map(take_or_prepare));
            let rngs = trials.clone().map(|index| self.trial(index).rng("fit"));
            match attempt(|| Ok(fit_stack(training, loss, &mut prepared, rngs))) {
                Ok(Some(histories)) => {
                    let all = trials.zip(prepared).zip(histories);
                    self.up_to_a_failure(
                        all.map(|((index, prepared), history)| attempt(|| end(index, prepared?, history))),
                    )
                }
                Ok(None) => self.up_to_a_failure(trials.zip(prepared).map(alone)),
                // One of the trials panicked, and the networks may be half trained. They are made again, to find out which.
                Err(_) => self.up_to_a_failure(trials.map(|index| alone((index, prepare(index))))),
            }
        };
        let jobs = if stacks {
            Jobs::in_stacks(&self.range, self.thread_count())
        } else {
            Jobs::one_by_one(&self.range)
        };
        self.gather(room, jobs, train)
    }

    /// Collects the outcomes up to the first failure, or all if trials keep going.
    fn up_to_a_failure<T>(&self, outcomes: impl Iterator<Item = Outcome<T>>) -> Vec<Outcome<T>> {
        let mut collected = Vec::new();
        for outcome in outcomes {
            let last = outcome.is_err() && !self.keep_going;
            collected.push(outcome);
            if last {
                break;
            }
        }
        collected
    }
}

/// Trains the networks at once; `None` unless there are sixteen that can be stacked.
fn fit_stack<F: Scalar, T: Target, M: Module<F>, D: TrialData<F, T>>(
    training: &dyn Fit<F, T>,
    loss: &dyn Loss<F, T>,
    prepared: &mut [Outcome<(M, D)>],
    rngs: impl Iterator<Item = ChaCha8Rng>,
) -> Option<[History<F>; LANES]> {
    let (mut models, mut data) = (Vec::with_capacity(LANES), Vec::with_capacity(LANES));
    let mut validation = Vec::with_capacity(LANES);
    for prepared in prepared {
        let (network, samples) = prepared.as_mut().ok()?;
        models.push(network as &mut dyn Module<F>);
        data.push(samples.training());
        validation.extend(samples.validation());
    }
    let mut rngs: Vec<ChaCha8Rng> = rngs.collect();
    let rngs: Vec<&mut dyn Rng> = rngs.iter_mut().map(as_dyn).collect();
    // All or none.
    let validation = if validation.is_empty() { None } else { Some(validation.try_into().ok()?) };
    let (models, data) = (models.try_into().ok()?, data.try_into().ok()?);
    training.fit_stack(models, loss, data, validation, rngs.try_into().ok()?)
}
