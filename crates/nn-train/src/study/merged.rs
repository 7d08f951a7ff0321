//! The results of a study.

use std::fmt;

use super::curves::Curves;
use super::error::StudyError;
use super::shard::{Losses, Record, Shard};
use crate::ensemble::{Ended, curves_to_csv};
use crate::statistics::{Better, Summary};
use crate::{Cost, Outcomes, Run, Runs, Score};

/// The results of all trials of a study, merged from its shards: statistics over all, and the runs of the best and the worst. They
/// are the same, to the last bit, for whatever shards there were, and equal to those of the [`Ensemble`](crate::Ensemble) of all
/// trials.
///
/// The memory that a merge takes does not grow with trials times epochs: quantiles need all losses of an epoch, but those of one
/// epoch only, so shards keep them by epoch, and a few epochs of all shards are in memory at a time.
///
/// `Display` prints the [`Outcomes`].
#[derive(Debug, Clone)]
pub struct Merged<F, K = ()> {
    curves: Curves,
    outcomes: Outcomes,
    curve: Vec<Summary>,
    validation: Option<Vec<Summary>>,
    cost: Cost,
    /// The runs of the best and the worst trial.
    runs: Runs<F, K>,
}

/// The final losses, as far as they have been read.
struct Finals {
    training: Vec<f64>,
    validation: Option<Vec<f64>>,
}

impl<F, K> Merged<F, K> {
    /// Merges the shards, in any order. Trials may be in several shards, if they have the same bits. `runs` makes the runs of the
    /// [`chosen`] trials.
    pub(super) fn of(
        shards: Vec<Shard>,
        runs: impl FnOnce(&Outcomes) -> Result<Runs<F, K>, StudyError>,
    ) -> Result<Self, StudyError> {
        let (curves, failures) = Curves::of(shards)?;
        let shards = &curves.shards;
        let has_validation =
            shards.iter().any(|shard| shard.header.runs > 0 && shard.header.report.validation);
        let (curve, training) = curves.summarise(Losses::Training)?;
        let (validation, validation_finals) = if has_validation {
            curves.summarise(Losses::Validation).map(|(a, b)| (Some(a), Some(b)))?
        } else {
            (None, None)
        };
        let finals = Finals { training, validation: validation_finals };
        let ended = curves.runs.iter().enumerate().map(|(run, &(shard, at))| {
            let shard = &shards[shard];
            finals.ended(run, &shard.records[at], shard.header.report.score.as_ref())
        });
        let outcomes = Outcomes::new(ended.collect(), failures, shards[0].header.study.seed);
        let cost = shards.iter().map(|shard| shard.header.cost).sum();
        let runs = runs(&outcomes)?;
        Ok(Merged { curves, outcomes, curve, validation, cost, runs })
    }

    /// Returns how the trials ended, and the statistics of that.
    pub fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    /// Returns the index of the best trial, and its run; if all trials diverged, those of the first one.
    pub fn best(&self) -> (usize, &Run<F, K>) {
        let (best, _) = chosen(&self.outcomes);
        (best, &self.runs[best])
    }

    /// Returns the index of the worst trial, and its run.
    pub fn worst(&self) -> (usize, &Run<F, K>) {
        let (_, worst) = chosen(&self.outcomes);
        (worst, &self.runs[worst])
    }

    /// Returns the statistics of each epoch's training loss, as [`Ensemble::curve`](crate::Ensemble::curve) does.
    pub fn curve(&self) -> &[Summary] {
        &self.curve
    }

    /// Returns the same statistics of the validation loss, or `None` without validation curves.
    pub fn validation_curve(&self) -> Option<&[Summary]> {
        self.validation.as_deref()
    }

    /// Returns what the trials cost, in all processes.
    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Returns the statistics of every epoch as the text of a CSV file, as [`Ensemble::to_csv`](crate::Ensemble::to_csv) does.
    pub fn to_csv(&self) -> String {
        curves_to_csv(&self.outcomes.running(), &self.curve, self.validation.as_deref())
    }

    /// Calls `with` for every epoch, with its number from 0 and the training losses of all runs in the order of their trials.
    /// Runs that have ended keep the last loss of their curve.
    ///
    /// # Errors
    /// [`StudyError::Read`] if a shard cannot be read any more, [`StudyError::Changed`] if another has taken its place.
    pub fn for_each_epoch(&self, with: impl FnMut(usize, &[f64])) -> Result<(), StudyError> {
        self.curves.each_epoch(Losses::Training, with)
    }

    /// Calls `with` in the same way with the validation losses; never without validation curves.
    ///
    /// # Errors
    /// The same as those of [`for_each_epoch`](Merged::for_each_epoch).
    pub fn for_each_validation_epoch(&self, with: impl FnMut(usize, &[f64])) -> Result<(), StudyError> {
        if self.validation.is_none() {
            return Ok(());
        }
        self.curves.each_epoch(Losses::Validation, with)
    }
}

impl Finals {
    fn ended(&self, run: usize, record: &Record, score: Option<&(Better, String)>) -> Ended {
        let (loss, validation) = (self.training[run], self.validation.as_ref().map(|losses| losses[run]));
        let score = score.zip(record.score);
        let score = score.map(|((better, name), value)| Score { name: name.clone(), better: *better, value });
        let finite = [Some(loss), validation, record.score].into_iter().flatten().all(f64::is_finite);
        Ended {
            index: record.index,
            epochs: record.epochs,
            loss,
            validation,
            score,
            success: record.success,
            diverged: record.diverged || !finite,
        }
    }
}

/// The best trial, or the first one if all diverged, and the worst.
pub(super) fn chosen(outcomes: &Outcomes) -> (usize, usize) {
    (outcomes.best().unwrap_or_else(|| outcomes.indices()[0]), outcomes.worst())
}

impl<F, K> fmt::Display for Merged<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcomes.fmt(f)
    }
}
