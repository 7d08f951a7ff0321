//! Many trials of one experiment, in parallel, each with its own random numbers.

mod data;
mod fit;
mod helpers;
mod jobs;
mod report;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use nn_core::rand::rngs::ChaCha8Rng;
use nn_core::{Scalar, team};

use crate::cost::Clock;
use crate::failure::Outcome;
use crate::{Ensemble, Panicked, Run, Stream, TrialsError};

use helpers::with_helpers;
use jobs::Jobs;

pub use data::{Split, TrialData};
pub use fit::Fitted;
pub use report::{CellReport, TrialReport};

/// The number of threads that are started at most, on a machine with fewer cores. More would only wait for a core.
const MOST_THREADS: usize = 64;

/// Runs an experiment many times and keeps every result.
///
/// A trial is a closure from a [`Trial`] to a [`Run`]. If a trial is a training and nothing else, [`fit`](Trials::fit) trains
/// sixteen small networks at once. Whole trials run in parallel: nothing is added up across threads, and every random number is a function
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
///     let history = GradientDescent::new(0.01, 1000).fit(
///         &mut network,
///         &loss,
///         &data,
///         &mut rng,
///     )?;
///     let output = network.predict(data.x())?;
///     let accuracy = or_nan(|| accuracy(data.y(), &argmax(&output)?))?;
///     Ok(Run::from(history.per_sample(200))
///         .success(accuracy >= 0.99)
///         .keep(network))
/// })?;
///
/// println!("{ensemble}");
/// assert!(ensemble.success_rate().unwrap().successes >= 18);
/// # Ok::<(), nn_train::TrialsError>(())
/// ```
#[derive(Clone)]
pub struct Trials<'a> {
    count: usize,
    /// Those to run, of the `count` of the whole experiment.
    range: Range<usize>,
    seed: u64,
    threads: usize,
    keep_going: bool,
    progress: &'a (dyn Fn() + Sync),
    observer: Option<&'a (dyn Fn(&TrialReport) + Sync)>,
    /// The cell of a grid that the trials belong to.
    cell: Option<CellReport>,
}

impl Trials<'_> {
    /// Creates an experiment of `count` trials with seed 0, on all cores.
    pub fn new(count: usize) -> Self {
        Trials {
            count,
            range: 0..count,
            seed: 0,
            threads: 0,
            keep_going: false,
            progress: &|| (),
            observer: None,
            cell: None,
        }
    }
}

impl<'a> Trials<'a> {
    /// Sets the seed of the experiment. Another seed gives every trial other data and other initial weights.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Trials { seed, ..self }
    }

    /// Runs only the trials with these indices, which count from 0 among all trials of the experiment. A trial has the same
    /// bits in whatever range it is run, and its index names it in the [`Ensemble`] and in errors: so the parts of an
    /// experiment can be run anywhere, see [`Study`](crate::Study).
    ///
    /// ```
    /// use nn_train::{Run, Trials};
    ///
    /// let trials = Trials::new(100).seed(7);
    /// let part = trials.range(30..33).run(|trial| {
    ///     Ok(Run::new(vec![1.0_f64]).keep(trial.index))
    /// })?;
    /// assert_eq!(part.runs().indices(), [30, 31, 32]);
    /// assert_eq!(part.runs()[31].kept, 31);
    /// # Ok::<(), nn_train::TrialsError>(())
    /// ```
    #[must_use]
    pub fn range(&self, range: Range<usize>) -> Self {
        Trials { range, ..self.clone() }
    }

    /// Returns the number of trials of the whole experiment.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns the seed of the experiment.
    pub(crate) fn its_seed(&self) -> u64 {
        self.seed
    }

    /// Returns trials with `count` in the place of each.
    pub(crate) fn times(&self, count: usize) -> Self {
        let times = |trials: usize| trials.saturating_mul(count);
        let range = times(self.range.start)..times(self.range.end);
        Trials { count: times(self.count), range, ..self.clone() }
    }

    /// Sets the number of threads; 0 means one per core. It affects only the time the trials take. No more threads are used
    /// than there are trials, nor more than 64 on a machine with fewer cores. Where the system cannot start so many, fewer
    /// do the work.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Trials { threads, ..self }
    }

    /// Runs all trials even if some fail. The [`Ensemble`] then has the runs of the others, each under the index of its
    /// trial, and the [failures](Ensemble::failures), which it also prints. Only if every trial fails, that is an error.
    ///
    /// The statistics are those of the runs; a success rate counts a failed trial as one that did not succeed.
    ///
    /// ```
    /// use nn_train::prelude::*;
    ///
    /// let ensemble = Trials::new(20).keep_going().run(|trial| {
    ///     if trial.index == 3 {
    ///         return Err("no data".into());
    ///     }
    ///     let data = make_xor::<f32>(40, 0.3, &mut trial.rng("data"))?;
    ///     let mut rng = trial.rng("network");
    ///     let mut network = Linear::new(2, 2, &mut rng);
    ///     let loss = CrossEntropyLoss::mean();
    ///     let history = GradientDescent::new(0.1, 10).fit(
    ///         &mut network,
    ///         &loss,
    ///         &data,
    ///         &mut rng,
    ///     )?;
    ///     Ok(Run::from(history).keep(network))
    /// })?;
    /// assert_eq!(ensemble.runs().len(), 19);
    /// let failure = &ensemble.failures()[0];
    /// assert_eq!(
    ///     (failure.index, failure.cause.to_string()),
    ///     (3, "no data".to_owned())
    /// );
    /// assert!(ensemble.to_string().ends_with("\n  failed   1  (trial 3: no data)"));
    /// # Ok::<(), nn_train::TrialsError>(())
    /// ```
    #[must_use]
    pub fn keep_going(self) -> Self {
        Trials { keep_going: true, ..self }
    }

    /// Sets a function that is called after each trial, whether it failed or not, on the thread that ran it, for example to
    /// move a progress bar.
    #[must_use]
    pub fn progress(self, progress: &'a (dyn Fn() + Sync)) -> Self {
        Trials { progress, ..self }
    }

    /// Sets a function that is called after each trial with its [report](TrialReport), on the thread that ran it, for a log
    /// (`&|trial: &TrialReport| println!("{trial}")`) or for the progress that the feature `progress` shows.
    ///
    /// ```
    /// use nn_train::{Run, TrialReport, Trials};
    ///
    /// let log = |trial: &TrialReport| println!("{trial}");
    /// Trials::new(3).observe(&log).run(|_| Ok(Run::new(vec![1.0_f64])))?;
    /// # Ok::<(), nn_train::TrialsError>(())
    /// ```
    #[must_use]
    pub fn observe(self, observer: &'a (dyn Fn(&TrialReport) + Sync)) -> Self {
        Trials { observer: Some(observer), ..self }
    }

    /// Says that the trials belong to a cell of a grid.
    pub(crate) fn of_cell(&self, name: &str, index: usize, of: usize) -> Self {
        Trials { cell: Some(CellReport { name: name.into(), index, of }), ..self.clone() }
    }

    /// Runs all trials and gathers what they return, in the order of their indices.
    ///
    /// # Errors
    /// Returns [`TrialsError`] if there are no trials, too many for the memory, or fewer than the range says; if a trial fails, that is if it returns
    /// an error, panics (where panics unwind), or returns a run that [cannot be summarised](crate::RunError); with
    /// [`keep_going`](Trials::keep_going), only if all fail. A loss that is infinite or NaN is not an error but a diverged
    /// trial, see [`Ensemble::diverged`].
    pub fn run<F: Scalar, K: Send>(
        &self,
        experiment: impl Fn(Trial) -> Outcome<Run<F, K>> + Sync,
    ) -> Result<Ensemble<F, K>, TrialsError> {
        let run = |index| attempt(|| Ok(experiment(self.trial(index))?.checked()?));
        self.gather(self.room()?, Jobs::one_by_one(&self.range), |trials| trials.map(run).collect())
    }

    /// Does the jobs and gathers what they return in `room`. Every thread, including this one, takes the next job when it has
    /// finished one. A job returns the outcomes of its trials in order, and may leave out those after a failed one unless
    /// trials keep going.
    fn gather<F: Scalar, K: Send>(
        &self,
        room: Vec<(usize, Outcome<Run<F, K>>)>,
        jobs: Jobs,
        job: impl Fn(Range<usize>) -> Vec<Outcome<Run<F, K>>> + Sync,
    ) -> Result<Ensemble<F, K>, TrialsError> {
        let clock = Clock::start();
        let done = Mutex::new(room);
        // Jobs are taken in order, and each that is taken is done. So when one fails, all trials below it have been run in the
        // end, whichever thread ran them.
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let ended = AtomicUsize::new(0);
        let take = || {
            let more = !stop.load(Ordering::Relaxed);
            more.then(|| jobs.get(next.fetch_add(1, Ordering::Relaxed))).flatten()
        };
        with_helpers(self.thread_count().min(jobs.len()).saturating_sub(1), || {
            while let Some(trials) = take() {
                let outcomes = team::alone(|| job(trials.clone()));
                if !self.keep_going && outcomes.iter().any(Result::is_err) {
                    stop.store(true, Ordering::Relaxed);
                }
                for (index, outcome) in trials.clone().zip(&outcomes) {
                    (self.progress)();
                    if let Some(observer) = self.observer {
                        let number = ended.fetch_add(1, Ordering::Relaxed) + 1;
                        let places = [index, number, self.range.len()];
                        observer(&TrialReport::new(places, self.cell.clone(), outcome));
                    }
                }
                done.lock().unwrap_or_else(PoisonError::into_inner).extend(trials.zip(outcomes));
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_unstable_by_key(|&(index, _)| index);
        let cost = clock.stop(done.len());
        Ok(Ensemble::gather(done, self.seed, self.keep_going)?.costing(cost))
    }

    /// Returns an empty list with room for all trials of the range, so that a number of trials whose runs cannot fit into memory is
    /// refused before the first one.
    fn room<T>(&self) -> Result<Vec<T>, TrialsError> {
        let (Range { start, end }, trials) = (self.range.clone(), self.count);
        if end > trials || start > end {
            return Err(TrialsError::Range { start, end, trials });
        }
        let mut room = Vec::new();
        let reserved = room.try_reserve_exact(end - start);
        reserved.map_err(|_| TrialsError::TooMany { trials: end - start }).map(|()| room)
    }

    /// Returns the number of threads to use.
    fn thread_count(&self) -> usize {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = if self.threads == 0 { cores } else { self.threads };
        threads.min(MOST_THREADS.max(cores)).min(self.range.len().max(1))
    }

    fn trial(&self, index: usize) -> Trial {
        Trial { seed: self.seed, index }
    }
}

/// Does a trial or a part of it, and turns a panic into its failure. The message and the place of the panic have been
/// printed by then, as with every panic.
fn attempt<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    // What a panic can leave half changed belongs to this trial and is dropped with it, except what the user's closures
    // share among trials. They are `Sync`, so that is behind a lock or atomic, as it is for threads that panic.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Panicked::new(&*panic).into()))
}

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
