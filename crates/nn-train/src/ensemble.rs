//! What many trials of one experiment say together.

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

/// All runs of one experiment, in the order of their trial indices, and what they say together. At least one run, each with
/// at least one epoch.
///
/// Runs may differ in length, as early stopping makes them. One that has ended is carried forward in the statistics of
/// later epochs with its final loss: the last of its curve, or that of the epoch whose weights were
/// [restored](Run::restored). [`Ensemble::running`] says how many are still training.
///
/// With validation curves, the best and the worst trial are chosen by the final validation loss, otherwise by the final
/// training loss; what the chosen trial is worth is said by its score on test data, which has no part in the choice.
///
/// `Display` prints the final losses of the ensemble and its scores, one statement a line.
#[derive(Debug, Clone)]
pub struct Ensemble<F, K = ()> {
    runs: Vec<Run<F, K>>,
    seed: u64,
}

impl<F: Scalar, K> Ensemble<F, K> {
    /// Gathers runs. The seed serves the bootstrap, and to tell which ensembles can be [compared](crate::Comparison) in
    /// pairs.
    ///
    /// # Errors
    /// [`TrialsError`] if there are no runs, one has no losses, has not one validation loss for each training loss or
    /// restored an epoch it did not have, or only some report validation, score or success.
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

    /// Every run, in the order of trial indices.
    pub fn runs(&self) -> &[Run<F, K>] {
        &self.runs
    }

    /// The seed of the experiment.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of epochs of the longest run.
    pub fn epochs(&self) -> usize {
        self.runs.iter().map(|run| run.curve.len()).max().expect("an ensemble has at least one run")
    }

    /// How many trials trained in each epoch; the others had ended before.
    pub fn running(&self) -> Vec<usize> {
        let running = |epoch| self.runs.iter().filter(|run| run.curve.len() > epoch).count();
        (0..self.epochs()).map(running).collect()
    }

    /// The statistics of each epoch's training loss over all trials: IQM, quartiles, extremes, diverged. A band of them is
    /// pointwise: it is no single run. Trials that have ended keep their final loss.
    pub fn curve(&self) -> Vec<Summary> {
        self.pointwise(&self.final_losses(), |run| &run.curve)
    }

    /// The same of the validation loss; `None` if there is none.
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

    /// The final training loss of each trial: the last one, or that of the epoch whose weights were restored.
    pub fn final_losses(&self) -> Vec<f64> {
        let last = |run: &Run<F, K>| run.final_loss().expect("checked when gathered").to_f64();
        self.runs.iter().map(last).collect()
    }

    /// The final training losses, with their statistics.
    pub fn training(&self) -> Measure {
        Measure::new("final training loss", Better::Lower, self.final_losses(), self.seed)
    }

    /// The final validation losses, with their statistics; `None` if there are none.
    pub fn validation(&self) -> Option<Measure> {
        let losses = self.runs.iter().map(|run| Some(run.final_validation_loss()?.to_f64()));
        Some(Measure::new("final validation loss", Better::Lower, losses.collect::<Option<_>>()?, self.seed))
    }

    /// The scores, with their statistics; `None` if there are none. That of a diverged trial is NaN, whatever it says, also
    /// if only the final validation loss is NaN: the last update came after the last training loss was computed.
    pub fn score(&self) -> Option<Measure> {
        let first = self.runs[0].score.as_ref()?;
        let of = |run: &Run<F, K>| {
            let score = run.score.as_ref()?;
            Some(if is_sound(run) { score.value } else { f64::NAN })
        };
        let values = self.runs.iter().map(of).collect::<Option<_>>()?;
        Some(Measure::new(&first.name, first.better, values, self.seed))
    }

    /// What the best and the worst trial are chosen by: the final validation losses, or without any the final training losses.
    pub fn criterion(&self) -> Measure {
        self.validation().unwrap_or_else(|| self.training())
    }

    /// The statistics of the final training losses.
    pub fn summary(&self) -> Summary {
        self.training().summary()
    }

    /// The 95 % bootstrap interval of the IQM of the final training losses: how uncertain it is, given these trials. Not the
    /// spread of trials, which the quartiles show.
    pub fn iqm_interval(&self) -> Interval {
        self.training().interval()
    }

    /// Index of the trial with the lowest final loss by the [criterion](Ensemble::criterion); of equals the first.
    pub fn best(&self) -> usize {
        statistics::best(self.criterion().values()).expect("an ensemble has at least one run")
    }

    /// Index of the trial with the highest final loss by the [criterion](Ensemble::criterion), diverged ones being highest; of
    /// equals the first.
    pub fn worst(&self) -> usize {
        statistics::worst(self.criterion().values()).expect("an ensemble has at least one run")
    }

    /// How many trials ended with a training loss that is infinite or NaN.
    pub fn diverged(&self) -> usize {
        statistics::diverged(&self.final_losses())
    }

    /// How many trials reached their goal; `None` if they have none. A diverged trial reached none, whatever it says, as with
    /// the [score](Ensemble::score).
    pub fn success_rate(&self) -> Option<SuccessRate> {
        self.runs[0].success?;
        let successes = self.runs.iter().filter(|run| run.success == Some(true) && is_sound(run)).count();
        let interval = statistics::wilson(successes, self.runs.len()).expect("no more successes than runs");
        Some(SuccessRate { successes, trials: self.runs.len(), interval })
    }
}

/// Whether the network can have been worth what is said of it. With NaN in it every sample has the first class, and some of
/// them rightly.
fn is_sound<F: Scalar, K>(run: &Run<F, K>) -> bool {
    run.final_loss().is_some_and(|loss| loss.to_f64().is_finite())
        && run.final_validation_loss().is_none_or(|loss| !loss.to_f64().is_nan())
}
