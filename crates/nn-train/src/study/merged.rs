//! Merges shards, an epoch at a time.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::error::StudyError;
use super::shard::{Losses, Record, Shard};
use crate::ensemble::{Ended, curves_to_csv};
use crate::statistics::{Better, Summary};
use crate::{Cost, Failure, Outcomes, Run, Runs, Score, TrialsError};

/// The number of losses that are in memory at a time, unless there are so many trials that it would be those of few epochs.
const BLOCK: usize = 1 << 21;

/// The number of epochs that are in memory at least, because every shard is opened for each block of them.
const FEWEST_EPOCHS: usize = 16;

/// The results of all trials of a study, merged from its shards: statistics over all, and the runs of the best and the worst. They
/// are the same, to the last bit, for whatever shards there were, and equal to those of the [`Ensemble`](crate::Ensemble) of all
/// trials.
///
/// The memory that this takes does not grow with trials times epochs: quantiles need all losses of an epoch, but those of one
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

/// The curves of all runs, in the order of their trials.
#[derive(Debug, Clone)]
struct Curves {
    shards: Vec<Shard>,
    /// For each run the first shard that has it, and its position there.
    runs: Vec<(usize, usize)>,
    /// Where the runs of each shard are in the order of all.
    places: Vec<Vec<Place>>,
}

/// Where a run is in the order of all.
#[derive(Debug, Clone, Copy)]
struct Place {
    run: usize,
    /// Whether an earlier shard has the run as well.
    again: bool,
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
    /// [`StudyError::Read`] if a shard cannot be read any more.
    pub fn for_each_epoch(&self, with: impl FnMut(usize, &[f64])) -> Result<(), StudyError> {
        self.curves.each_epoch(Losses::Training, with)
    }
}

impl Curves {
    /// Puts the shards of all trials in order, and returns the trials that failed.
    fn of(mut shards: Vec<Shard>) -> Result<(Self, Vec<Failure>), StudyError> {
        shards.sort_by_key(|shard| (shard.header.range.start, shard.header.range.end, shard.name()));
        let first = shards.first().expect("the caller has found shards");
        for shard in &shards {
            same_study(shard, &first.header.study.lines(), first.name())?;
        }
        same_report(&shards)?;
        let (all, trials) = (all_trials(&shards)?, first.header.study.trials);
        let missing = missing(all.keys().copied(), trials);
        if !missing.is_empty() {
            return Err(StudyError::Missing { ranges: missing, trials });
        }
        let (mut runs, mut failures, mut run_of) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (index, trial) in all {
            match trial {
                Trial::Run { shard, at } => {
                    run_of.insert(index, (runs.len(), shard));
                    runs.push((shard, at));
                }
                Trial::Failure(cause) => {
                    let cause: Box<dyn std::error::Error + Send + Sync> = cause.into();
                    failures.push(Failure { index, cause: Arc::from(cause) });
                }
            }
        }
        if runs.is_empty() {
            let first = failures.first().cloned();
            let error =
                first.map_or(TrialsError::NoTrials, |source| TrialsError::AllFailed { source, failures });
            return Err(error.into());
        }
        let places = |(position, shard): (usize, &Shard)| {
            let place = |record: &Record| {
                let (run, first) = run_of[&record.index];
                Place { run, again: first != position }
            };
            shard.records.iter().map(place).collect()
        };
        let places = shards.iter().enumerate().map(places).collect();
        Ok((Curves { shards, runs, places }, failures))
    }

    /// The record of each run.
    fn records(&self) -> impl Iterator<Item = &Record> {
        self.runs.iter().map(|&(shard, at)| &self.shards[shard].records[at])
    }

    /// Returns the statistics of each epoch, and the final loss of each run.
    fn summarise(&self, which: Losses) -> Result<(Vec<Summary>, Vec<f64>), StudyError> {
        let last: Vec<usize> =
            self.records().map(|record| record.restored.unwrap_or(record.epochs - 1)).collect();
        let (mut curve, mut finals, mut scratch) = (Vec::new(), vec![0.0; last.len()], vec![0.0; last.len()]);
        self.each_epoch(which, |epoch, losses| {
            scratch.copy_from_slice(losses);
            curve.push(Summary::of(&mut scratch).expect("there is at least one run"));
            for run in 0..last.len() {
                if last[run] == epoch {
                    finals[run] = losses[run];
                }
            }
        })?;
        Ok((curve, finals))
    }

    fn each_epoch(&self, which: Losses, mut with: impl FnMut(usize, &[f64])) -> Result<(), StudyError> {
        let lengths: Vec<usize> = self.records().map(|record| record.epochs).collect();
        let (runs, epochs) = (lengths.len(), lengths.iter().copied().max().unwrap_or(0));
        let at_a_time = (BLOCK / runs).max(FEWEST_EPOCHS).min(epochs);
        let mut bits = vec![0; at_a_time * runs];
        let mut losses = vec![0.0; runs];
        for start in (0..epochs).step_by(at_a_time) {
            let block = start..epochs.min(start + at_a_time);
            for (shard, places) in self.shards.iter().zip(&self.places) {
                self.fill(shard, places, which, block.clone(), &mut bits)?;
            }
            // All shards have one precision.
            let shard = &self.shards[0];
            for epoch in block {
                let bits = &bits[(epoch - start) * runs..][..runs];
                for run in 0..runs {
                    if lengths[run] > epoch {
                        losses[run] = shard.loss(bits[run]);
                    }
                }
                with(epoch, &losses);
            }
        }
        Ok(())
    }

    /// Puts the losses of a shard, in these epochs, where they belong.
    fn fill(
        &self,
        shard: &Shard,
        places: &[Place],
        which: Losses,
        epochs: Range<usize>,
        bits: &mut [u64],
    ) -> Result<(), StudyError> {
        let (runs, start) = (self.runs.len(), epochs.start);
        let mut read = shard.losses(which, epochs.clone())?;
        for epoch in epochs {
            for (record, &Place { run, again }) in shard.records.iter().zip(places) {
                if record.epochs <= epoch {
                    continue;
                }
                let loss = read.next().expect("one for each run that has not ended");
                let place = &mut bits[(epoch - start) * runs + run];
                if again && *place != loss {
                    return Err(self.conflict(shard, record.index));
                }
                *place = loss;
            }
        }
        Ok(())
    }

    fn conflict(&self, shard: &Shard, index: usize) -> StudyError {
        let has = |other: &&Shard| other.records.iter().any(|record| record.index == index);
        let other = self.shards.iter().find(has).unwrap_or(shard);
        StudyError::Trial { index, file: shard.name(), other: other.name() }
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

/// A trial, as the first shard that has it says.
#[derive(Clone, Copy)]
enum Trial<'a> {
    /// Where its record is.
    Run {
        shard: usize,
        at: usize,
    },
    Failure(&'a str),
}

/// Returns every trial under its index, and refuses two that differ in more than their curves.
fn all_trials(shards: &[Shard]) -> Result<BTreeMap<usize, Trial<'_>>, StudyError> {
    let mut trials: BTreeMap<usize, (usize, Trial)> = BTreeMap::new();
    let alike = |a: Trial, b: Trial| match (a, b) {
        (Trial::Run { shard, at }, Trial::Run { shard: other, at: there }) => {
            shards[shard].records[at].is(&shards[other].records[there])
        }
        (Trial::Failure(a), Trial::Failure(b)) => a == b,
        _ => false,
    };
    for (shard, one) in shards.iter().enumerate() {
        let runs =
            one.records.iter().enumerate().map(|(at, record)| (record.index, Trial::Run { shard, at }));
        let failures = one.header.failures.iter().map(|(index, cause)| (*index, Trial::Failure(cause)));
        for (index, trial) in runs.chain(failures) {
            let &mut (other, before) = trials.entry(index).or_insert((shard, trial));
            if !alike(before, trial) {
                let [file, other] = [shard, other].map(|shard| shards[shard].name());
                return Err(StudyError::Trial { index, file, other });
            }
        }
    }
    Ok(trials.into_iter().map(|(index, (_, trial))| (index, trial)).collect())
}

/// Returns the ranges that are missing, of trials in ascending order.
pub(super) fn missing(there: impl Iterator<Item = usize>, trials: usize) -> Vec<Range<usize>> {
    let (mut missing, mut next) = (Vec::new(), 0);
    for index in there.chain([trials]) {
        if index > next {
            missing.push(next..index);
        }
        next = index.saturating_add(1);
    }
    missing
}

/// Checks that a shard belongs to the study of these lines, which come from `other`.
pub(super) fn same_study(
    shard: &Shard,
    expected: &[(String, String)],
    other: PathBuf,
) -> Result<(), StudyError> {
    let found = shard.header.study.lines();
    let value = |lines: &[(String, String)], name: &str| {
        let line = lines.iter().find(|(other, _)| other == name);
        line.map_or("not given".to_owned(), |(_, value)| value.clone())
    };
    let names = expected.iter().chain(&found).map(|(name, _)| name);
    for name in names {
        let (found, expected) = (value(&found, name), value(expected, name));
        if found != expected {
            let file = shard.name();
            return Err(StudyError::Differs { file, what: name.clone(), found, expected, other });
        }
    }
    // Names that come twice.
    if found != expected {
        let [found, expected] = [&found[..], expected].map(|lines| format!("{lines:?}"));
        return Err(StudyError::Differs {
            file: shard.name(),
            what: "settings".into(),
            found,
            expected,
            other,
        });
    }
    Ok(())
}

/// Checks that the runs of all shards that have some report the same.
fn same_report(shards: &[Shard]) -> Result<(), StudyError> {
    let mut with_runs = shards.iter().filter(|shard| shard.header.runs > 0);
    let Some(first) = with_runs.next() else { return Ok(()) };
    for shard in with_runs {
        let [found, expected] = [shard, first].map(|shard| shard.header.report.in_words());
        if found != expected {
            let [file, other] = [shard, first].map(Shard::name);
            return Err(StudyError::Differs {
                file,
                what: "what runs report".into(),
                found,
                expected,
                other,
            });
        }
    }
    Ok(())
}

impl<F, K> fmt::Display for Merged<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcomes.fmt(f)
    }
}
