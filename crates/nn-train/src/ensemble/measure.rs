//! One value per run, with statistics over all.

use crate::Stream;
use crate::statistics::{self, Better, Interval, RESAMPLES, Summary};

/// One value for each run of an ensemble: its final loss or its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    name: String,
    better: Better,
    /// Of the trials, ascending, one for each value.
    indices: Vec<usize>,
    values: Vec<f64>,
    seed: u64,
}

impl Measure {
    /// Creates a measure of at least one value.
    pub(super) fn new(name: &str, better: Better, indices: Vec<usize>, values: Vec<f64>, seed: u64) -> Self {
        Measure { name: name.to_owned(), better, indices, values, seed }
    }

    /// Returns what was measured: "final training loss", "final validation loss" or the name of the [`Score`](crate::Score).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether higher or lower values are better.
    pub fn better(&self) -> Better {
        self.better
    }

    /// Returns the values, one for each run, in the order of trial indices: NaN for each run that
    /// [diverged](crate::Run::has_diverged).
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Returns the indices of the trials, one for each value, in ascending order. Those that failed are missing.
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    /// Returns the value of the trial with this index, or `None` if it failed or there is no such trial.
    pub fn of(&self, index: usize) -> Option<f64> {
        self.indices.binary_search(&index).ok().map(|position| self.values[position])
    }

    /// Returns the statistics of the values. Values that are not finite rank worst.
    pub fn summary(&self) -> Summary {
        Summary::of_scores(&mut self.values.clone(), self.better).expect("an ensemble has at least one run")
    }

    /// Returns the 95 % bootstrap interval of the IQM, or `None` for a single trial, which says nothing about others. It
    /// shows how uncertain the IQM is, given these trials, not the spread of the trials, which the quartiles show.
    pub fn interval(&self) -> Option<Interval> {
        let mut rng = Stream { seed: self.seed, index: 0 }.rng("bootstrap");
        statistics::bootstrap_iqm_of_scores(&self.values, self.better, RESAMPLES, &mut rng)
    }
}
