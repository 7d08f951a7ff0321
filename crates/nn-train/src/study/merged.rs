//! Merges shards, an epoch at a time.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::error::StudyError;
use super::shard::{Losses, Record, Shard};
use crate::ensemble::{Ended, curves_to_csv};
use crate::statistics::Summary;
use crate::{Cost, Failure, Outcomes, Score, TrialsError};

/// The number of losses that are in memory at a time, unless there are more trials.
const BLOCK: usize = 1 << 21;

/// The results of all trials of a study, merged from its shards. They are the same, to the last bit, for whatever shards there
/// were, and equal to those of the [`Ensemble`](crate::Ensemble) of all trials.
///
/// The memory that this takes does not grow with trials times epochs: quantiles need all losses of an epoch, but those of one
/// epoch only, so shards keep them by epoch, and a few epochs of all shards are in memory at a time.
///
/// `Display` prints the [`Outcomes`].
#[derive(Debug, Clone)]
pub struct Merged {
    curves: Curves,
    outcomes: Outcomes,
    curve: Vec<Summary>,
    validation: Option<Vec<Summary>>,
    cost: Cost,
}

/// The curves of all runs, in the order of their trials.
#[derive(Debug, Clone)]
struct Curves {
    shards: Vec<Shard>,
    /// Where the runs of each shard are in that order.
    places: Vec<Vec<Place>>,
    /// The length of the curve of each run.
    lengths: Vec<usize>,
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
    validation: Vec<f64>,
}

impl Merged {
    /// Merges the shards, in any order. Trials may be in several shards, if they have the same bits.
    pub(super) fn of(mut shards: Vec<Shard>) -> Result<Self, StudyError> {
        shards.sort_by_key(|shard| (shard.header.range.start, shard.header.range.end, shard.name()));
        let first = shards.first().expect("the caller has found shards");
        let (first_name, study) = (first.name(), first.header.study.clone());
        for shard in &shards {
            same_study(shard, &study.lines(), first_name.clone())?;
        }
        let trials = all_trials(&shards)?;
        let missing = missing(trials.keys().copied(), study.trials);
        if !missing.is_empty() {
            return Err(StudyError::Missing { ranges: missing, trials: study.trials });
        }
        same_report(&shards)?;

        let mut failures = Vec::new();
        let (mut runs, mut run_of) = (Vec::new(), BTreeMap::new());
        for (index, trial) in trials {
            match trial {
                Trial::Run(shard, record) => {
                    run_of.insert(index, (runs.len(), shard));
                    runs.push((shard, record));
                }
                Trial::Failure(cause) => {
                    failures.push(Failure {
                        index,
                        cause: Arc::from(Box::<dyn std::error::Error + Send + Sync>::from(cause)),
                    });
                }
            }
        }
        if runs.is_empty() {
            let failure = failures.first().cloned();
            return Err(failure
                .map_or(TrialsError::NoTrials, |source| TrialsError::AllFailed { source, failures })
                .into());
        }
        let place = |shard: usize| {
            let of = |record: &Record| {
                let &(run, owner) = &run_of[&record.index];
                Place { run, again: owner != shard }
            };
            shards[shard].records.iter().map(of).collect()
        };
        let places = (0..shards.len()).map(place).collect();
        let lengths = runs.iter().map(|(_, record)| record.epochs).collect();
        let final_epochs: Vec<usize> =
            runs.iter().map(|(_, record)| record.restored.unwrap_or(record.epochs - 1)).collect();
        let runs: Vec<(Record, Option<Score>)> = runs
            .iter()
            .map(|&(shard, record)| {
                let name = shards[shard].header.report.score.clone();
                let score =
                    name.zip(record.score).map(|((better, name), value)| Score { name, better, value });
                (record.clone(), score)
            })
            .collect();
        let cost = shards.iter().map(|shard| shard.header.cost).sum();
        let has_validation = shards.iter().any(|shard| shard.header.report.validation);

        let curves = Curves { shards, places, lengths };
        let summarise = |which| -> Result<(Vec<Summary>, Vec<f64>), StudyError> {
            let (mut curve, mut finals) = (Vec::new(), vec![0.0; runs.len()]);
            let mut scratch = vec![0.0; runs.len()];
            curves.each_epoch(which, |epoch, losses| {
                scratch.copy_from_slice(losses);
                curve.push(Summary::of(&mut scratch).expect("there is at least one run"));
                for (run, last) in final_epochs.iter().enumerate() {
                    if *last == epoch {
                        finals[run] = losses[run];
                    }
                }
            })?;
            Ok((curve, finals))
        };
        let (curve, training) = summarise(Losses::Training)?;
        let (validation, validation_finals) = if has_validation {
            let (curve, finals) = summarise(Losses::Validation)?;
            (Some(curve), finals)
        } else {
            (None, Vec::new())
        };
        let finals = Finals { training, validation: validation_finals };
        let ended =
            runs.into_iter().enumerate().map(|(run, (record, score))| finals.ended(run, record, score));
        let outcomes = Outcomes::new(ended.collect(), failures, study.seed);
        Ok(Merged { curves, outcomes, curve, validation, cost })
    }

    /// Returns how the trials ended, and the statistics of that.
    pub fn outcomes(&self) -> &Outcomes {
        &self.outcomes
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
    fn each_epoch(&self, which: Losses, mut with: impl FnMut(usize, &[f64])) -> Result<(), StudyError> {
        let runs = self.lengths.len();
        let epochs = self.lengths.iter().copied().max().unwrap_or(0);
        let at_a_time = (BLOCK / runs).clamp(1, epochs.max(1));
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
                    if self.lengths[run] > epoch {
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
        let (runs, start) = (self.lengths.len(), epochs.start);
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
    fn ended(&self, run: usize, record: Record, score: Option<Score>) -> Ended {
        let (loss, validation) = (self.training[run], self.validation.get(run).copied());
        let finite = loss.is_finite()
            && validation.is_none_or(f64::is_finite)
            && score.as_ref().is_none_or(|score| score.value.is_finite());
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

/// A trial, as the first shard that has it says.
enum Trial<'a> {
    Run(usize, &'a Record),
    Failure(&'a str),
}

/// Returns every trial under its index.
fn all_trials(shards: &[Shard]) -> Result<BTreeMap<usize, Trial<'_>>, StudyError> {
    let mut trials: BTreeMap<usize, (usize, Trial)> = BTreeMap::new();
    for (position, shard) in shards.iter().enumerate() {
        let runs = shard.records.iter().map(|record| (record.index, Trial::Run(position, record)));
        let failures = shard.header.failures.iter().map(|(index, cause)| (*index, Trial::Failure(cause)));
        for (index, trial) in runs.chain(failures) {
            if let Some((other, before)) = trials.get(&index) {
                if !alike(before, &trial) {
                    let [file, other] = [position, *other].map(|shard| shards[shard].name());
                    return Err(StudyError::Trial { index, file, other });
                }
                continue;
            }
            trials.insert(index, (position, trial));
        }
    }
    Ok(trials.into_iter().map(|(index, (_, trial))| (index, trial)).collect())
}

/// Whether two shards say the same of a trial, apart from its curves.
fn alike(a: &Trial, b: &Trial) -> bool {
    match (a, b) {
        (Trial::Run(_, a), Trial::Run(_, b)) => {
            let bits = |record: &Record| record.score.map(f64::to_bits);
            let rest = |record: &Record| (record.epochs, record.restored, record.success, record.diverged);
            bits(a) == bits(b) && rest(a) == rest(b)
        }
        (Trial::Failure(a), Trial::Failure(b)) => a == b,
        _ => false,
    }
}

/// Returns the ranges that are missing, of trials in ascending order.
pub(super) fn missing(there: impl Iterator<Item = usize>, trials: usize) -> Vec<Range<usize>> {
    let (mut missing, mut next) = (Vec::new(), 0);
    for index in there.chain([trials]) {
        if index > next {
            missing.push(next..index);
        }
        next = index + 1;
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

impl fmt::Display for Merged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcomes.fmt(f)
    }
}
