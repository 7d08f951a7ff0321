//! Which shards go together: one study, one kind of report, and the same of every trial that several of them have.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use super::error::StudyError;
use super::shard::Shard;

/// A trial, as the first shard that has it says.
#[derive(Clone, Copy)]
pub(super) enum Trial<'a> {
    /// Where its record is.
    Run {
        shard: usize,
        at: usize,
    },
    Failure(&'a str),
}

/// Returns every trial under its index, and refuses two that differ in more than their curves.
pub(super) fn all_trials(shards: &[Shard]) -> Result<BTreeMap<usize, Trial<'_>>, StudyError> {
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
pub(super) fn same_report(shards: &[Shard]) -> Result<(), StudyError> {
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
