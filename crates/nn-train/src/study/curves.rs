//! The curves of all runs, read from many shards some epochs at a time.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::agreement::{Trial, all_trials, missing, same_report, same_study};
use super::error::StudyError;
use super::shard::{Losses, Record, Shard};
use crate::statistics::Summary;
use crate::{Failure, TrialsError};

/// The number of losses that are in memory at a time, unless there are so many trials that it would be those of few epochs.
const BLOCK: usize = 1 << 21;

/// The number of epochs that are in memory at least, because every shard is opened for each block of them.
const FEWEST_EPOCHS: usize = 16;

/// The curves of all runs, in the order of their trials.
#[derive(Debug, Clone)]
pub(super) struct Curves {
    pub(super) shards: Vec<Shard>,
    /// For each run the first shard that has it, and its position there.
    pub(super) runs: Vec<(usize, usize)>,
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

impl Curves {
    /// Puts the shards of all trials in order, and returns the trials that failed.
    pub(super) fn of(mut shards: Vec<Shard>) -> Result<(Self, Vec<Failure>), StudyError> {
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
    pub(super) fn summarise(&self, which: Losses) -> Result<(Vec<Summary>, Vec<f64>), StudyError> {
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

    /// Calls `with` for every epoch, with its number and a loss of each run. A run that has ended keeps its last.
    pub(super) fn each_epoch(
        &self,
        which: Losses,
        mut with: impl FnMut(usize, &[f64]),
    ) -> Result<(), StudyError> {
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
