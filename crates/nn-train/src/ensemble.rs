//! The results of many trials of one experiment.

mod csv;
mod display;
mod measure;
mod run;
mod runs;
mod success_rate;

use nn_core::Scalar;

pub use measure::Measure;
pub use run::{Run, Score};
pub use runs::Runs;
pub use success_rate::SuccessRate;

pub(crate) use display::{TOO_FEW, readable, signed};

use crate::failure::{Failure, Outcome};
use crate::statistics::{self, Better, Interval, Summary};
use crate::{RunError, TrialsError};

/// All runs of one experiment, in the order of their trial indices, with statistics over them. There is at least one run,
/// and each has at least one epoch.
///
/// Where trials may [fail](crate::Trials::keep_going), the ensemble also has the failures, and a list of values has one for
/// each run. Whatever names a trial does so by its index among all trials: `runs()[index]` is its run.
///
/// Runs may differ in length because of early stopping. In a [curve](Ensemble::curve) a run that has ended keeps the last loss
/// that it recorded, so that the curve never moves where no run did. Its final loss may be another: that of the epoch whose
/// weights were [restored](Run::restored). [`Ensemble::running`] returns how many are still training.
///
/// A run that [has diverged](Run::has_diverged) counts as diverged in every measure, whatever its recorded loss: its final
/// losses and its score are NaN, which ranks worst, and it has no success.
///
/// The best and the worst trial are chosen by the final validation loss or, without validation curves, by the final training
/// loss. The score on test data, which has no part in the choice, says how good the chosen trial is.
///
/// `Display` prints the final losses of the ensemble and its scores, one statistic per line.
#[derive(Debug, Clone)]
pub struct Ensemble<F, K = ()> {
    runs: Runs<F, K>,
    failures: Vec<Failure>,
    seed: u64,
}

impl<F: Scalar, K> Ensemble<F, K> {
    /// Gathers the runs of the trials from index 0 on. The seed is used by the bootstrap, and to check that ensembles can be
    /// [compared](crate::Comparison) in pairs.
    ///
    /// # Errors
    /// Returns [`TrialsError`] if there are no runs; or, with the index of the first such run and its [`RunError`], if a run
    /// has no losses, has another number of validation losses than of training losses, or restored an epoch that it does not
    /// have; if only some runs report validation, a score or success; or if their scores differ in name or direction.
    pub fn new(runs: Vec<Run<F, K>>, seed: u64) -> Result<Self, TrialsError> {
        Ensemble::gather(runs.into_iter().map(|run| Ok(run.checked()?)).enumerate(), seed, false)
    }

    /// Gathers trials, which come in the order of their indices, each with a checked run or a failure. The first failure is an
    /// error, unless the trials kept going.
    pub(crate) fn gather(
        trials: impl IntoIterator<Item = (usize, Outcome<Run<F, K>>)>,
        seed: u64,
        keep_going: bool,
    ) -> Result<Self, TrialsError> {
        let (mut runs, mut failures) = (Runs::new(), Vec::new());
        for (index, outcome) in trials {
            let fitting = outcome.and_then(|run| {
                runs.indexed().next().map_or(Ok(()), |(first, other)| goes_with(&run, first, other))?;
                Ok(run)
            });
            match fitting {
                Ok(run) => runs.push(index, run),
                Err(cause) if keep_going => failures.push(Failure { index, cause: cause.into() }),
                Err(source) => return Err(TrialsError::Trial { index, source }),
            }
        }
        if runs.is_empty() {
            let trials = failures.len();
            let first = failures.into_iter().next();
            return Err(
                first.map_or(TrialsError::NoTrials, |source| TrialsError::AllFailed { trials, source })
            );
        }
        Ok(Ensemble { runs, failures, seed })
    }

    /// Returns the runs of all trials that did not fail, in the order of trial indices.
    pub fn runs(&self) -> &Runs<F, K> {
        &self.runs
    }

    /// Returns the trials that failed, in the order of their indices. There are none unless the trials were told to
    /// [keep going](crate::Trials::keep_going).
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// Returns the number of trials, those that failed included.
    pub fn trials(&self) -> usize {
        self.runs.len() + self.failures.len()
    }

    /// Returns the seed of the experiment.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns the number of epochs of the longest run.
    pub fn epochs(&self) -> usize {
        self.runs.iter().map(|run| run.curve.len()).max().expect("an ensemble has at least one run")
    }

    /// Returns the number of trials that trained in each epoch; the others had ended before.
    pub fn running(&self) -> Vec<usize> {
        let running = |epoch| self.runs.iter().filter(|run| run.curve.len() > epoch).count();
        (0..self.epochs()).map(running).collect()
    }

    /// Returns the statistics of each epoch's training loss over all trials: IQM, quartiles, extremes and the number of
    /// losses that are not finite. A band drawn from them is pointwise; it does not follow any single run. Trials that have
    /// ended keep the last loss of their curve. The statistics of the final losses, where restored weights count and so does
    /// divergence that no curve shows, are those of [`summary`](Ensemble::summary).
    pub fn curve(&self) -> Vec<Summary> {
        self.pointwise(|run| &run.curve)
    }

    /// Returns the same statistics of the validation loss, or `None` without validation curves.
    pub fn validation_curve(&self) -> Option<Vec<Summary>> {
        (!self.runs[0].validation.is_empty()).then(|| self.pointwise(|run| &run.validation))
    }

    fn pointwise(&self, curve: impl Fn(&Run<F, K>) -> &[F]) -> Vec<Summary> {
        let mut losses = vec![0.0; self.runs.len()];
        let epoch = |epoch: usize| {
            for (loss, run) in losses.iter_mut().zip(&self.runs) {
                let curve = curve(run);
                *loss = curve[epoch.min(curve.len() - 1)].to_f64();
            }
            Summary::of(&mut losses).expect("an ensemble has at least one run")
        };
        (0..self.epochs()).map(epoch).collect()
    }

    /// Returns the final training loss of each run: the last one, or that of the epoch whose weights were restored. It is NaN
    /// for each run that [diverged](Run::has_diverged).
    pub fn final_losses(&self) -> Vec<f64> {
        self.finals(|run| Some(run.final_loss()?.to_f64())).expect("checked when gathered")
    }

    /// Returns a value of each run, NaN if it diverged, or `None` if a run has no such value.
    fn finals(&self, value: impl Fn(&Run<F, K>) -> Option<f64>) -> Option<Vec<f64>> {
        let of = |run: &Run<F, K>| value(run).map(|value| if run.has_diverged() { f64::NAN } else { value });
        self.runs.iter().map(of).collect()
    }

    /// Returns the final training losses, with their statistics.
    pub fn training(&self) -> Measure {
        self.measure("final training loss", Better::Lower, self.final_losses())
    }

    /// Returns the final validation losses, with their statistics, or `None` if there are none.
    pub fn validation(&self) -> Option<Measure> {
        let losses = self.finals(|run| Some(run.final_validation_loss()?.to_f64()))?;
        Some(self.measure("final validation loss", Better::Lower, losses))
    }

    /// Returns the scores, with their statistics, or `None` if there are none. Those of trials that
    /// [diverged](Run::has_diverged) are NaN: a network of NaN is right by chance, and that is no score.
    pub fn score(&self) -> Option<Measure> {
        let first = self.first().score.as_ref()?;
        let values = self.finals(|run| Some(run.score.as_ref()?.value))?;
        Some(self.measure(&first.name, first.better, values))
    }

    /// Returns the losses by which the best and the worst trial are chosen: the final validation losses or, if there are
    /// none, the final training losses.
    pub fn criterion(&self) -> Measure {
        self.validation().unwrap_or_else(|| self.training())
    }

    /// Returns the statistics of the final training losses.
    pub fn summary(&self) -> Summary {
        self.training().summary()
    }

    /// Returns the 95 % bootstrap interval of the IQM of the final training losses, or `None` for a single trial. It shows how
    /// uncertain the IQM is, given these trials, not the spread of the trials, which the quartiles show.
    pub fn iqm_interval(&self) -> Option<Interval> {
        self.training().interval()
    }

    /// Returns the index of the trial with the lowest final loss by the [criterion](Ensemble::criterion), the first one in
    /// case of a tie, or `None` if every trial diverged.
    pub fn best(&self) -> Option<usize> {
        statistics::best(self.criterion().values()).map(|best| self.runs.indices()[best])
    }

    /// Returns the index of the trial with the highest final loss by the [criterion](Ensemble::criterion), the first one in
    /// case of a tie. Diverged trials rank highest and tie with each other.
    pub fn worst(&self) -> usize {
        let worst = statistics::worst(self.criterion().values()).expect("an ensemble has at least one run");
        self.runs.indices()[worst]
    }

    /// Returns the number of trials that [diverged](Run::has_diverged).
    pub fn diverged(&self) -> usize {
        self.runs.iter().filter(|run| run.has_diverged()).count()
    }

    /// Returns how many trials reached their goal, or `None` if they have no goal. A diverged trial never counts as a
    /// success, as with the [score](Ensemble::score), and neither does a failed one.
    pub fn success_rate(&self) -> Option<SuccessRate> {
        self.first().success?;
        let trials = self.trials();
        let successes =
            self.runs.iter().filter(|run| run.success == Some(true) && !run.has_diverged()).count();
        let interval = if trials > 1 { statistics::wilson(successes, trials) } else { None };
        Some(SuccessRate { successes, trials, interval })
    }

    /// Returns the run of the lowest index.
    fn first(&self) -> &Run<F, K> {
        self.runs.iter().next().expect("an ensemble has at least one run")
    }

    /// Creates a measure with one value for each run.
    fn measure(&self, name: &str, better: Better, values: Vec<f64>) -> Measure {
        Measure::new(name, better, self.runs.indices().to_vec(), values, self.seed)
    }
}

/// Checks that the run reports what the first one does, which is that of trial `first`.
fn goes_with<F, K>(run: &Run<F, K>, first: usize, other: &Run<F, K>) -> Result<(), RunError> {
    for (what, differ) in [
        ("validation losses", run.validation.is_empty() != other.validation.is_empty()),
        ("a score", run.score.is_some() != other.score.is_some()),
        ("success", run.success.is_some() != other.success.is_some()),
    ] {
        if differ {
            return Err(RunError::Mixture { first, what });
        }
    }
    if let (Some(found), Some(expected)) = (&run.score, &other.score)
        && (&found.name, found.better) != (&expected.name, expected.better)
    {
        let print = |score: &Score| format!("\"{}\" ({})", score.name, score.better);
        return Err(RunError::Score { first, expected: print(expected), found: print(found) });
    }
    Ok(())
}
