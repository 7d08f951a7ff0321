//! Many trials of one experiment, in parallel, each with its own random numbers.

mod fit;
mod helpers;
mod jobs;

use std::error::Error;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{iter, thread};

use nn_core::rand::SeedableRng;
use nn_core::rand::rngs::ChaCha8Rng;
use nn_core::{Scalar, team};

use crate::{Ensemble, Run, TrialsError};

use helpers::helpers;
use jobs::one_by_one;

pub use fit::Fitted;

/// Runs an experiment many times and keeps every result.
///
/// A trial is a closure from its [`Trial`] to a [`Run`]; where it descends a gradient, [`fit`](Trials::fit) trains sixteen at
/// once. Trials are what runs in parallel: nothing is added up across threads, and every random number is a function of
/// (seed, trial index, purpose). So the results are the same bits for any number of threads.
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
    /// `count` trials, seed 0, on all cores.
    pub fn new(count: usize) -> Self {
        Trials { count, seed: 0, threads: 0, progress: &|| () }
    }
}

impl<'a> Trials<'a> {
    /// The seed of the experiment. Another seed gives other data and other initial weights in every trial.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Trials { seed, ..self }
    }

    /// How many threads to use; 0 for as many as there are cores. Changes the time it takes and nothing else.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Trials { threads, ..self }
    }

    /// Called after each trial, from the thread that ran it: for a progress bar.
    #[must_use]
    pub fn progress(self, progress: &'a (dyn Fn() + Sync)) -> Self {
        Trials { progress, ..self }
    }

    /// Runs them all and gathers what they return, in the order of their indices.
    ///
    /// # Errors
    /// [`TrialsError`]: no trials, a trial that returned an error, curves that do not match, no threads to be had. A loss
    /// that is infinite or NaN is not an error but a diverged trial, see [`Ensemble::diverged`].
    pub fn run<F: Scalar, K: Send>(
        &self,
        experiment: impl Fn(Trial) -> Outcome<Run<F, K>> + Sync,
    ) -> Result<Ensemble<F, K>, TrialsError> {
        self.gather(
            |_| one_by_one(0..self.count),
            |indices| {
                let run = |index| {
                    let outcome = experiment(self.trial(index));
                    (self.progress)();
                    outcome
                };
                indices.map(run).collect()
            },
        )
    }

    /// Works on the jobs for so many threads, each the trials from one index to another, and gathers what comes out. Every
    /// thread, this one among them, takes the next job when it is done with one.
    fn gather<F: Scalar, K: Send>(
        &self,
        jobs: impl FnOnce(usize) -> Vec<Range<usize>>,
        work: impl Fn(Range<usize>) -> Vec<Outcome<Run<F, K>>> + Sync,
    ) -> Result<Ensemble<F, K>, TrialsError> {
        // More threads than trials would have nothing to do.
        let cores = || thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if self.threads == 0 { cores() } else { self.threads }.min(self.count.max(1));
        let (jobs, next, done) = (jobs(threads), AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            let take = || jobs.get(next.fetch_add(1, Ordering::Relaxed)).cloned();
            let mine: Vec<_> =
                team::alone(|| iter::from_fn(take).map(|job| (job.start, work(job))).collect());
            done.lock().unwrap_or_else(PoisonError::into_inner).extend(mine);
        };
        match threads.min(jobs.len()) {
            0 | 1 => work(),
            threads => helpers(threads - 1)
                .map_err(|error| TrialsError::Threads { threads, reason: error.to_string() })?
                .in_place_scope(|scope| {
                    (1..threads).for_each(|_| scope.spawn(|_| work()));
                    work();
                }),
        }
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|&(first, _)| first);
        let outcomes = done.into_iter().flat_map(|(_, outcomes)| outcomes).enumerate();
        let failed = |(index, outcome): (_, Outcome<_>)| {
            outcome.map_err(|source| TrialsError::Trial { index, source })
        };
        let runs: Result<Vec<_>, _> = outcomes.map(failed).collect();
        Ensemble::new(runs?, self.seed)
    }

    fn trial(&self, index: usize) -> Trial {
        Trial { seed: self.seed, index }
    }
}

/// What a trial comes to, or why it cannot.
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// One trial: where its random numbers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    /// The seed of the experiment.
    pub seed: u64,
    /// Which trial, counted from 0.
    pub index: usize,
}

impl Trial {
    /// A generator that depends on the experiment's seed, the trial's index and `purpose`, and on nothing else. Give each
    /// use a purpose of its own ("data", "network"): then drawing more numbers for one does not change the other.
    ///
    /// The 256-bit key of ChaCha8 is seed, index, FNV-1a hash of the purpose (64 bits each, little-endian) and a word that
    /// is the same for all.
    pub fn rng(&self, purpose: &str) -> ChaCha8Rng {
        let hash = purpose.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut key = [0; 32];
        let words = [self.seed, self.index as u64, hash, u64::from_le_bytes(*b"nn-trial")];
        for (place, word) in key.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        ChaCha8Rng::from_seed(key)
    }
}
