//! One number of each trial, and what they say together.

use crate::Stream;
use crate::statistics::{self, Better, Interval, RESAMPLES, Summary};

/// One number of each trial: its final loss, or its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    name: String,
    better: Better,
    values: Vec<f64>,
    seed: u64,
}

impl Measure {
    /// At least one value.
    pub(super) fn new(name: &str, better: Better, values: Vec<f64>, seed: u64) -> Self {
        Measure { name: name.to_owned(), better, values, seed }
    }

    /// What was measured: "final training loss", "final validation loss" or the name of the [`Score`](crate::Score).
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is to be high or low.
    pub fn better(&self) -> Better {
        self.better
    }

    /// The numbers, in the order of trial indices.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Their statistics. What is not finite ranks worst.
    pub fn summary(&self) -> Summary {
        Summary::of_scores(&mut self.values.clone(), self.better).expect("an ensemble has at least one run")
    }

    /// The 95 % bootstrap interval of their IQM: how uncertain it is, given these trials. Not the spread of trials, which the
    /// quartiles show.
    pub fn interval(&self) -> Interval {
        let mut rng = Stream { seed: self.seed, index: 0 }.rng("bootstrap");
        statistics::bootstrap_iqm_of_scores(&self.values, self.better, RESAMPLES, &mut rng)
            .expect("at least one run and resample")
    }
}
