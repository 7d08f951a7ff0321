//! The results of many trials of one experiment.

mod csv;
mod display;
mod measure;
mod outcomes;
mod run;
mod runs;
mod success_rate;

use nn_core::Scalar;

pub use measure::Measure;
pub use outcomes::Outcomes;
pub use run::{Run, Score};
pub use runs::Runs;
pub use success_rate::SuccessRate;

pub(crate) use csv::curves_to_csv;
pub(crate) use display::{TOO_FEW, readable, signed};
pub(crate) use outcomes::Ended;

use crate::failure::{Failure, Outcome};
use crate::statistics::{Interval, Summary};
use crate::{Cost, RunError, TrialsError};

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
    outcomes: Outcomes,
    cost: Cost,
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
            let first = failures.first().cloned();
            return Err(
                first.map_or(TrialsError::NoTrials, |source| TrialsError::AllFailed { source, failures })
            );
        }
        let ended = runs.indexed().map(|(index, run)| Ended::of(index, run)).collect();
        Ok(Ensemble { outcomes: Outcomes::new(ended, failures, seed), runs, cost: Cost::NOTHING })
    }

    /// Notes what the trials cost.
    pub(crate) fn costing(self, cost: Cost) -> Self {
        Ensemble { cost, ..self }
    }

    /// Returns the runs of all trials that did not fail, in the order of trial indices.
    pub fn runs(&self) -> &Runs<F, K> {
        &self.runs
    }

    /// Takes the runs out of the ensemble.
    pub fn into_runs(self) -> Runs<F, K> {
        self.runs
    }

    /// Returns what is left of the runs when their curves and what they keep are left out.
    pub fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    /// Returns what the trials cost; nothing if they were not run by [`Trials`](crate::Trials).
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Returns the trials that failed; see [`Outcomes::failures`].
    pub fn failures(&self) -> &[Failure] {
        self.outcomes.failures()
    }

    /// Returns the number of trials, those that failed included.
    pub fn trials(&self) -> usize {
        self.outcomes.trials()
    }

    /// Returns the seed of the experiment.
    pub fn seed(&self) -> u64 {
        self.outcomes.seed()
    }

    /// Returns the number of epochs of the longest run.
    pub fn epochs(&self) -> usize {
        self.outcomes.epochs()
    }

    /// Returns the number of trials that trained in each epoch; the others had ended before.
    pub fn running(&self) -> Vec<usize> {
        self.outcomes.running()
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

    /// Returns the final training losses; see [`Outcomes::final_losses`].
    pub fn final_losses(&self) -> Vec<f64> {
        self.outcomes.final_losses()
    }

    /// Returns the final training losses, with their statistics.
    pub fn training(&self) -> Measure {
        self.outcomes.training()
    }

    /// Returns the final validation losses, with their statistics, or `None` if there are none.
    pub fn validation(&self) -> Option<Measure> {
        self.outcomes.validation()
    }

    /// Returns the scores, with their statistics, or `None` if there are none; see [`Outcomes::score`].
    pub fn score(&self) -> Option<Measure> {
        self.outcomes.score()
    }

    /// Returns the losses by which the best and the worst trial are chosen; see [`Outcomes::criterion`].
    pub fn criterion(&self) -> Measure {
        self.outcomes.criterion()
    }

    /// Returns the statistics of the final training losses.
    pub fn summary(&self) -> Summary {
        self.outcomes.summary()
    }

    /// Returns the 95 % bootstrap interval of the IQM of the final training losses; see [`Outcomes::iqm_interval`].
    pub fn iqm_interval(&self) -> Option<Interval> {
        self.outcomes.iqm_interval()
    }

    /// Returns the index of the best trial, or `None` if every trial diverged; see [`Outcomes::best`].
    pub fn best(&self) -> Option<usize> {
        self.outcomes.best()
    }

    /// Returns the index of the worst trial; see [`Outcomes::worst`].
    pub fn worst(&self) -> usize {
        self.outcomes.worst()
    }

    /// Returns the number of trials that [diverged](Run::has_diverged).
    pub fn diverged(&self) -> usize {
        self.outcomes.diverged()
    }

    /// Returns how many trials reached their goal, or `None` if they have no goal; see [`Outcomes::success_rate`].
    pub fn success_rate(&self) -> Option<SuccessRate> {
        self.outcomes.success_rate()
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
