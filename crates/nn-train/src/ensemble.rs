//! What many trials of one experiment say together.

use std::fmt;

use nn_core::Scalar;

use crate::statistics::{self, Interval, RESAMPLES, Summary};
use crate::{Trial, TrialsError};

/// What one trial returns: its loss curve, whether it succeeded (where that means something), and whatever it wants to
/// keep, such as the trained network.
#[derive(Debug, Clone, PartialEq)]
pub struct Run<F, K = ()> {
    /// The loss of every epoch.
    pub curve: Vec<F>,
    /// Whether the trial reached its goal; `None` if it has none.
    pub success: Option<bool>,
    /// Kept for later.
    pub kept: K,
}

impl<F> Run<F> {
    /// A run with this loss curve.
    pub fn new(curve: Vec<F>) -> Self {
        Run { curve, success: None, kept: () }
    }
}

impl<F, K> Run<F, K> {
    /// Says whether the trial reached its goal.
    #[must_use]
    pub fn success(self, success: bool) -> Self {
        Run { success: Some(success), ..self }
    }

    /// Keeps something for later.
    #[must_use]
    pub fn keep<L>(self, kept: L) -> Run<F, L> {
        Run { curve: self.curve, success: self.success, kept }
    }
}

/// All runs of one experiment, in the order of their trial indices, and what they say together. At least one run, all
/// curves of the same length.
///
/// `Display` prints the final loss of the ensemble, one statement a line.
#[derive(Debug, Clone)]
pub struct Ensemble<F, K = ()> {
    runs: Vec<Run<F, K>>,
    seed: u64,
}

impl<F: Scalar, K> Ensemble<F, K> {
    /// Gathers runs. The seed only serves the bootstrap.
    ///
    /// # Errors
    /// [`TrialsError`] if there are no runs, their curves are empty or of different length, or only some report success.
    pub fn new(runs: Vec<Run<F, K>>, seed: u64) -> Result<Self, TrialsError> {
        let Some(first) = runs.first() else { return Err(TrialsError::NoTrials) };
        for (index, run) in runs.iter().enumerate() {
            let (expected, found) = (first.curve.len(), run.curve.len());
            if found != expected || found == 0 {
                return Err(TrialsError::Curve { index, expected: expected.max(1), found });
            }
            if run.success.is_some() != first.success.is_some() {
                return Err(TrialsError::Success { index });
            }
        }
        Ok(Ensemble { runs, seed })
    }

    /// Every run, in the order of trial indices.
    pub fn runs(&self) -> &[Run<F, K>] {
        &self.runs
    }

    /// Number of epochs: the length of every curve.
    pub fn epochs(&self) -> usize {
        self.runs[0].curve.len()
    }

    /// The statistics of each epoch over all trials: IQM, quartiles, extremes, diverged. A band of them is pointwise: it
    /// is no single run.
    pub fn curve(&self) -> Vec<Summary> {
        let mut losses = vec![0.0; self.runs.len()];
        let epoch = |epoch: usize| {
            for (loss, run) in losses.iter_mut().zip(&self.runs) {
                *loss = run.curve[epoch].to_f64();
            }
            Summary::of(&mut losses).expect("an ensemble has at least one run")
        };
        (0..self.epochs()).map(epoch).collect()
    }

    /// The last loss of each trial.
    pub fn final_losses(&self) -> Vec<f64> {
        self.runs.iter().map(|run| run.curve[self.epochs() - 1].to_f64()).collect()
    }

    /// The statistics of the final losses.
    pub fn summary(&self) -> Summary {
        Summary::of(&mut self.final_losses()).expect("an ensemble has at least one run")
    }

    /// The 95 % bootstrap interval of the final IQM: how uncertain it is, given these trials. Not the spread of trials,
    /// which the quartiles show.
    pub fn iqm_interval(&self) -> Interval {
        let mut rng = Trial { seed: self.seed, index: 0 }.rng("bootstrap");
        statistics::bootstrap_iqm(&self.final_losses(), RESAMPLES, &mut rng)
            .expect("at least one run and resample")
    }

    /// Index of the trial with the lowest final loss; of equals the first.
    pub fn best(&self) -> usize {
        statistics::best(&self.final_losses()).expect("an ensemble has at least one run")
    }

    /// Index of the trial with the highest final loss, diverged ones being highest; of equals the first.
    pub fn worst(&self) -> usize {
        statistics::worst(&self.final_losses()).expect("an ensemble has at least one run")
    }

    /// How many trials ended with a loss that is infinite or NaN.
    pub fn diverged(&self) -> usize {
        statistics::diverged(&self.final_losses())
    }

    /// How many trials reached their goal; `None` if they have none. A diverged trial reached none, whatever it says.
    pub fn success_rate(&self) -> Option<SuccessRate> {
        self.runs[0].success?;
        let losses = self.final_losses();
        let succeeded = |(run, loss): &(&Run<F, K>, &f64)| run.success == Some(true) && loss.is_finite();
        let successes = self.runs.iter().zip(&losses).filter(succeeded).count();
        let interval = statistics::wilson(successes, self.runs.len()).expect("no more successes than runs");
        Some(SuccessRate { successes, trials: self.runs.len(), interval })
    }
}

/// How often an experiment reaches its goal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SuccessRate {
    /// Trials that did.
    pub successes: usize,
    /// Trials in all.
    pub trials: usize,
    /// 95 % Wilson interval of the rate.
    pub interval: Interval,
}

impl SuccessRate {
    /// Successes per trial.
    pub fn rate(&self) -> f64 {
        self.successes as f64 / self.trials as f64
    }
}

impl fmt::Display for SuccessRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Interval { low, high } = self.interval;
        write!(
            f,
            "{} of {} (95 % interval {:.1} % to {:.1} %)",
            self.successes,
            self.trials,
            100.0 * low,
            100.0 * high
        )
    }
}

impl<F: Scalar, K> fmt::Display for Ensemble<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { iqm, q1, q3, min, max, diverged } = self.summary();
        let Interval { low, high } = self.iqm_interval();
        writeln!(f, "final loss of {} trials, {} epochs", self.runs.len(), self.epochs())?;
        writeln!(f, "  IQM      {iqm:.4e}  (95 % interval {low:.4e} to {high:.4e})")?;
        writeln!(f, "  Q1, Q3   {q1:.4e}, {q3:.4e}")?;
        writeln!(f, "  best     {min:.4e}  (trial {})", self.best())?;
        writeln!(f, "  worst    {max:.4e}  (trial {})", self.worst())?;
        write!(f, "  diverged {diverged}")?;
        match self.success_rate() {
            Some(rate) => write!(f, "\n  success  {rate}"),
            None => Ok(()),
        }
    }
}
