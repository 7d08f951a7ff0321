//! Many trials of one experiment, in parallel, each with its own random numbers.

mod fit;
mod helpers;
mod jobs;

use std::error::Error;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{iter, thread};

use nn_core::rand::rngs::ChaCha8Rng;
use nn_core::{Scalar, team};

use crate::{Ensemble, Run, Stream, TrialsError};

use helpers::helpers;
use jobs::one_by_one;

pub use fit::Fitted;

/// Runs an experiment many times and keeps every result.
///
/// A trial is a closure from a [`Trial`] to a [`Run`]. For trials of gradient descent, [`fit`](Trials::fit) trains sixteen
/// networks at once. Whole trials run in parallel: nothing is added up across threads, and every random number is a function
/// of (seed, trial index, purpose). The results therefore have the same bits for any number of threads.
///
/// ```
/// use nn_train::prelude::*;
///
/// let ensemble = Trials::new(20).seed(7).run(|trial| {
///     let data = make_xor::<f32>(200, 0.3, &mut trial.rng("data"))?;
///     let mut rng = trial.rng("network");
///     let mut network = Sequential::new()
///         .append(Linear::new(2, 8, &mut rng))
///         .append(Tanh)
///         .append(Linear::new(8, 2, &mut rng));
///     let loss = CrossEntropyLoss::sum();
///     let history = GradientDescent::new(0.01, 1000).fit(&mut network, &loss, &data, &mut rng)?;
///     let accuracy = accuracy(data.y(), &argmax(&network.predict(data.x())?))?;
///     Ok(Run::new(history.per_sample(200)).success(accuracy >= 0.99).keep(network))
/// })?;
///
/// println!("{ensemble}");
/// assert!(ensemble.success_rate().unwrap().successes >= 18);
/// # Ok::<(), nn_train::TrialsError>(())
/// ```
#[derive(Clone)]
pub struct Trials<'a> {
    count: usize,
    seed: u64,
    threads: usize,
    progress: &'a (dyn Fn() + Sync),
}

impl Trials<'_> {
    /// Creates an experiment of `count` trials with seed 0, on all cores.
    pub fn new(count: usize) -> Self {
        Trials { count, seed: 0, threads: 0, progress: &|| () }
    }
}

impl<'a> Trials<'a> {
    /// Sets the seed of the experiment. Another seed gives every trial other data and other initial weights.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Trials { seed, ..self }
    }

    /// Sets the number of threads; 0 means one per core. It affects only the time the trials take.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Trials { threads, ..self }
    }

    /// Sets a function that is called after each trial, on the thread that ran it, for example to move a progress bar.
    #[must_use]
    pub fn progress(self, progress: &'a (dyn Fn() + Sync)) -> Self {
        Trials { progress, ..self }
    }

    /// Runs all trials and gathers what they return, in the order of their indices.
    ///
    /// # Errors
    /// Returns [`TrialsError`] if there are no trials, a trial returns an error, curves do not match, or threads cannot be
    /// started. A loss that is infinite or NaN is not an error but a diverged trial, see [`Ensemble::diverged`].
    pub fn run<F: Scalar, K: Send>(
        &self,
        experiment: impl Fn(Trial) -> Outcome<Run<F, K>> + Sync,
    ) -> Result<Ensemble<F, K>, TrialsError> {
        let job = |indices: Range<usize>| {
            let run = |index| {
                let outcome = experiment(self.trial(index));
                (self.progress)();
                outcome
            };
            indices.map(run).collect()
        };
        self.gather(one_by_one(0..self.count), job, job)
    }

    /// Does the jobs, each a range of trials, and gathers what they return. Every thread, including this one, takes the next
    /// job when it has finished one. This thread does the first job with `first`; all others are done with `other`.
    fn gather<F: Scalar, K: Send>(
        &self,
        jobs: Vec<Range<usize>>,
        first: impl FnOnce(Range<usize>) -> Vec<Outcome<Run<F, K>>>,
        other: impl Fn(Range<usize>) -> Vec<Outcome<Run<F, K>>> + Sync,
    ) -> Result<Ensemble<F, K>, TrialsError> {
        let (next, done) = (AtomicUsize::new(1), Mutex::new(Vec::new()));
        let keep = |outcomes: Vec<_>| done.lock().unwrap_or_else(PoisonError::into_inner).extend(outcomes);
        let take = || jobs.get(next.fetch_add(1, Ordering::Relaxed)).cloned();
        let others =
            || keep(team::alone(|| iter::from_fn(take).map(|job| (job.start, other(job))).collect()));
        let all = || {
            if let Some(job) = jobs.first() {
                keep(vec![(job.start, team::alone(|| first(job.clone())))]);
            }
            others();
        };
        match self.thread_count().min(jobs.len()) {
            0 | 1 => all(),
            threads => helpers(threads - 1)
                .map_err(|error| TrialsError::Threads { threads, reason: error.to_string() })?
                .in_place_scope(|scope| {
                    (1..threads).for_each(|_| scope.spawn(|_| others()));
                    all();
                }),
        }
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|&(start, _)| start);
        let outcomes = done.into_iter().flat_map(|(_, outcomes)| outcomes).enumerate();
        let failed = |(index, outcome): (_, Outcome<_>)| {
            outcome.map_err(|source| TrialsError::Trial { index, source })
        };
        let runs: Result<Vec<_>, _> = outcomes.map(failed).collect();
        Ensemble::new(runs?, self.seed)
    }

    /// Returns the number of threads to use: at most one per trial, because more would have nothing to do.
    fn thread_count(&self) -> usize {
        let cores = || thread::available_parallelism().map_or(1, std::num::NonZero::get);
        if self.threads == 0 { cores() } else { self.threads }.min(self.count.max(1))
    }

    fn trial(&self, index: usize) -> Trial {
        Trial { seed: self.seed, index }
    }
}

/// The result of a trial, or why there is none.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// One trial of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    /// The seed of the experiment.
    pub seed: u64,
    /// The index of the trial, counted from 0.
    pub index: usize,
}

impl Trial {
    /// Returns the random numbers of this trial.
    pub fn stream(self) -> Stream {
        Stream { seed: self.seed, index: self.index as u64 }
    }

    /// Returns the generator of the trial's [`Stream`] for one purpose, such as "data" or "network".
    pub fn rng(self, purpose: &str) -> ChaCha8Rng {
        self.stream().rng(purpose)
    }
}
