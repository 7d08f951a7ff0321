//! One value per trial, with statistics over all.

use crate::Stream;
use crate::statistics::{self, Better, Interval, RESAMPLES, Summary};

/// One value per trial: its final loss or its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    name: String,
    better: Better,
    values: Vec<f64>,
    seed: u64,
}

impl Measure {
    /// Creates a measure of at least one value.
    pub(super) fn new(name: &str, better: Better, values: Vec<f64>, seed: u64) -> Self {
        Measure { name: name.to_owned(), better, values, seed }
    }

    /// Returns what was measured: "final training loss", "final validation loss" or the name of the [`Score`](crate::Score).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether higher or lower values are better.
    pub fn better(&self) -> Better {
        self.better
    }

    /// Returns the values, in the order of trial indices.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Returns the statistics of the values. Values that are not finite rank worst.
    pub fn summary(&self) -> Summary {
        Summary::of_scores(&mut self.values.clone(), self.better).expect("an ensemble has at least one run")
    }

    /// Returns the 95 % bootstrap interval of the IQM. It shows how uncertain the IQM is, given these trials, not the
    /// spread of the trials, which the quartiles show.
    pub fn interval(&self) -> Interval {
        let mut rng = Stream { seed: self.seed, index: 0 }.rng("bootstrap");
        statistics::bootstrap_iqm_of_scores(&self.values, self.better, RESAMPLES, &mut rng)
            .expect("at least one run and resample")
    }
}
