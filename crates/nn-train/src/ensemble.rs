//! The results of many trials of one experiment.

mod display;
mod measure;
mod run;
mod success_rate;

use nn_core::Scalar;

pub use measure::Measure;
pub use run::{Run, Score};
pub use success_rate::SuccessRate;

pub(crate) use display::{readable, signed};

use crate::TrialsError;
use crate::statistics::{self, Better, Interval, Summary};

/// All runs of one experiment, in the order of their trial indices, with statistics over them. There is at least one run,
/// and each has at least one epoch.
///
/// Runs may differ in length because of early stopping. A run that has ended enters the statistics of later epochs with its
/// final loss: the last of its curve, or that of the epoch whose weights were [restored](Run::restored).
/// [`Ensemble::running`] returns how many are still training.
///
/// The best and the worst trial are chosen by the final validation loss or, without validation curves, by the final training
/// loss. The score on test data, which has no part in the choice, says how good the chosen trial is.
///
/// `Display` prints the final losses of the ensemble and its scores, one statistic per line.
#[derive(Debug, Clone)]
pub struct Ensemble<F, K = ()> {
    runs: Vec<Run<F, K>>,
    seed: u64,
}

impl<F: Scalar, K> Ensemble<F, K> {
    /// Gathers runs. The seed is used by the bootstrap, and to check that ensembles can be [compared](crate::Comparison) in
    /// pairs.
    ///
    /// # Errors
    /// Returns [`TrialsError`] if there are no runs; if a run has no losses, has another number of validation losses than
    /// of training losses, or restored an epoch that it does not have; if only some runs report validation, a score or
    /// success; or if their scores differ in name or direction.
    pub fn new(runs: Vec<Run<F, K>>, seed: u64) -> Result<Self, TrialsError> {
        let Some(first) = runs.first() else { return Err(TrialsError::NoTrials) };
        for (index, run) in runs.iter().enumerate() {
            let epochs = run.curve.len();
            if epochs == 0 {
                return Err(TrialsError::Curve { index });
            }
            let found = run.validation.len();
            if found != 0 && found != epochs {
                return Err(TrialsError::Validation { index, expected: epochs, found });
            }
            if let Some(epoch) = run.restored.filter(|&epoch| epoch >= epochs) {
                return Err(TrialsError::Restored { index, epoch, epochs });
            }
            for (what, differ) in [
                ("validation losses", run.validation.is_empty() != first.validation.is_empty()),
                ("a score", run.score.is_some() != first.score.is_some()),
                ("success", run.success.is_some() != first.success.is_some()),
            ] {
                if differ {
                    return Err(TrialsError::Mixture { index, what });
                }
            }
            if let (Some(score), Some(first)) = (&run.score, &first.score)
                && (&score.name, score.better) != (&first.name, first.better)
            {
                let print = |score: &Score| format!("\"{}\" ({})", score.name, score.better);
                return Err(TrialsError::Score { index, expected: print(first), found: print(score) });
            }
        }
        Ok(Ensemble { runs, seed })
    }

    /// Returns all runs, in the order of trial indices.
    pub fn runs(&self) -> &[Run<F, K>] {
        &self.runs
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
    /// diverged trials. A band drawn from them is pointwise; it does not follow any single run. Trials that have ended keep
    /// their final loss.
    pub fn curve(&self) -> Vec<Summary> {
        self.pointwise(&self.final_losses(), |run| &run.curve)
    }

    /// Returns the same statistics of the validation loss, or `None` without validation curves.
    pub fn validation_curve(&self) -> Option<Vec<Summary>> {
        Some(self.pointwise(self.validation()?.values(), |run| &run.validation))
    }

    fn pointwise(&self, finals: &[f64], curve: impl Fn(&Run<F, K>) -> &[F]) -> Vec<Summary> {
        let mut losses = vec![0.0; self.runs.len()];
        let epoch = |epoch: usize| {
            for ((loss, run), carried) in losses.iter_mut().zip(&self.runs).zip(finals) {
                *loss = curve(run).get(epoch).map_or(*carried, |loss| loss.to_f64());
            }
            Summary::of(&mut losses).expect("an ensemble has at least one run")
        };
        (0..self.epochs()).map(epoch).collect()
    }

    /// Returns the final training loss of each trial: the last one, or that of the epoch whose weights were restored.
    pub fn final_losses(&self) -> Vec<f64> {
        let last = |run: &Run<F, K>| run.final_loss().expect("checked when gathered").to_f64();
        self.runs.iter().map(last).collect()
    }

    /// Returns the final training losses, with their statistics.
    pub fn training(&self) -> Measure {
        Measure::new("final training loss", Better::Lower, self.final_losses(), self.seed)
    }

    /// Returns the final validation losses, with their statistics, or `None` if there are none.
    pub fn validation(&self) -> Option<Measure> {
        let losses = self.runs.iter().map(|run| Some(run.final_validation_loss()?.to_f64()));
        Some(Measure::new("final validation loss", Better::Lower, losses.collect::<Option<_>>()?, self.seed))
    }

    /// Returns the scores, with their statistics, or `None` if there are none. The score of a diverged trial is replaced by
    /// NaN, even if only its final validation loss is NaN, because the last update follows the last computed training loss.
    pub fn score(&self) -> Option<Measure> {
        let first = self.runs[0].score.as_ref()?;
        let of = |run: &Run<F, K>| {
            let score = run.score.as_ref()?;
            Some(if is_sound(run) { score.value } else { f64::NAN })
        };
        let values = self.runs.iter().map(of).collect::<Option<_>>()?;
        Some(Measure::new(&first.name, first.better, values, self.seed))
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

    /// Returns the 95 % bootstrap interval of the IQM of the final training losses. It shows how uncertain the IQM is, given
    /// these trials, not the spread of the trials, which the quartiles show.
    pub fn iqm_interval(&self) -> Interval {
        self.training().interval()
    }

    /// Returns the index of the trial with the lowest final loss by the [criterion](Ensemble::criterion), the first one in
    /// case of a tie.
    pub fn best(&self) -> usize {
        statistics::best(self.criterion().values()).expect("an ensemble has at least one run")
    }

    /// Returns the index of the trial with the highest final loss by the [criterion](Ensemble::criterion), the first one in
    /// case of a tie. Diverged trials rank highest.
    pub fn worst(&self) -> usize {
        statistics::worst(self.criterion().values()).expect("an ensemble has at least one run")
    }

    /// Returns the number of trials that ended with a training loss that is infinite or NaN.
    pub fn diverged(&self) -> usize {
        statistics::diverged(&self.final_losses())
    }

    /// Returns how many trials reached their goal, or `None` if they have no goal. A diverged trial never counts as a
    /// success, as with the [score](Ensemble::score).
    pub fn success_rate(&self) -> Option<SuccessRate> {
        self.runs[0].success?;
        let successes = self.runs.iter().filter(|run| run.success == Some(true) && is_sound(run)).count();
        let interval = statistics::wilson(successes, self.runs.len()).expect("no more successes than runs");
        Some(SuccessRate { successes, trials: self.runs.len(), interval })
    }
}

/// Returns whether what the run reports can be trusted. A network with NaN assigns every sample to the first class, which is
/// right for some of them.
fn is_sound<F: Scalar, K>(run: &Run<F, K>) -> bool {
    run.final_loss().is_some_and(|loss| loss.to_f64().is_finite())
        && run.final_validation_loss().is_none_or(|loss| !loss.to_f64().is_nan())
}
