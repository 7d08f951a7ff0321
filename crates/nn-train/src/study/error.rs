//! What can go wrong with the shards of a study, and what to do then.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use nn_files::WriteError;

use crate::TrialsError;
use crate::failure::shortened;

/// Why a study cannot be run, or its shards not be merged. Each says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// The trials cannot be run.
    #[error(transparent)]
    Trials(#[from] TrialsError),
    /// The words that say which part of the study to run make no sense.
    #[error("{found}, expected {expected}")]
    Words {
        /// What was found.
        found: String,
        /// What was expected in its place.
        expected: String,
    },
    /// A directory cannot be read or made.
    #[error("cannot use the directory {}: {source}", directory.display())]
    Directory {
        /// The directory.
        directory: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// A shard cannot be written. Nothing has changed; run it again when there is room.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file cannot be read.
    #[error("cannot read {}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// A file is not a whole shard.
    #[error("{} {}; remove it and run its trials again", file.display(), shortened(what, 300))]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, as the end of a sentence.
        what: String,
    },
    /// A file is a shard of another format.
    #[error("{} has the format {format:?}, expected \"nn shard 1\": use the version of nn that wrote it", file.display())]
    Format {
        /// The file.
        file: PathBuf,
        /// Its format.
        format: String,
    },
    /// A file was replaced while it was merged, by a copy of its part that ran longer.
    #[error("{} has changed since it was checked; merge again", file.display())]
    Changed {
        /// The file.
        file: PathBuf,
    },
    /// The experiment did not run the trials that it was given.
    #[error(
        "the experiment ran {found}, expected all of {}..{} with seed {seed}: it should run the trials that it is given, as they are",
        range.start, range.end
    )]
    OtherTrials {
        /// The indices that it was given.
        range: Range<usize>,
        /// The seed that it was given.
        seed: u64,
        /// What it ran.
        found: String,
    },
    /// There is no shard of the study.
    #[error(
        "expected shards of the study {study:?} in {}, found none; run them with --shard",
        list(directories)
    )]
    NoShards {
        /// The name of the study.
        study: String,
        /// The directories that were searched.
        directories: Vec<PathBuf>,
    },
    /// Shards belong to different studies, settings, or versions of nn.
    #[error(
        "{}: {} is {}, expected {} as in {}; a study has one configuration, keep others in directories of their own",
        file.display(), shortened(what, 200), shortened(found, 200), shortened(expected, 200), other.display()
    )]
    Differs {
        /// The file.
        file: PathBuf,
        /// What differs.
        what: String,
        /// Its value in this file.
        found: String,
        /// The value that was expected.
        expected: String,
        /// Where that comes from: another file, or the program.
        other: PathBuf,
    },
    /// Two shards have different results for one trial, which a seed does not allow.
    #[error(
        "trial {index} has other numbers in {} than in {}; one of them is from another program or version: remove it and run its \
         trials again",
        file.display(), other.display()
    )]
    Trial {
        /// The index of the trial.
        index: usize,
        /// A file.
        file: PathBuf,
        /// The other file.
        other: PathBuf,
    },
    /// A trial that was trained again, to get its network, has other numbers than in its shard.
    #[error(
        "trial {index} has other numbers here than in its shard; that is from another program or version: run all shards again \
         with this one"
    )]
    Again {
        /// The index of the trial.
        index: usize,
    },
    /// Trials are in no shard.
    #[error("{} of {trials} trials are missing: {}; run their shards again", missing(ranges), first(ranges))]
    Missing {
        /// The indices that are missing.
        ranges: Vec<Range<usize>>,
        /// The number of all trials.
        trials: usize,
    },
}

fn list(directories: &[PathBuf]) -> String {
    let names: Vec<String> = directories.iter().map(|directory| directory.display().to_string()).collect();
    shortened(names.join(", "), 300)
}

fn missing(ranges: &[Range<usize>]) -> usize {
    ranges.iter().map(Range::len).sum()
}

/// The ranges, of which a message has room for some.
fn first(ranges: &[Range<usize>]) -> impl fmt::Display {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> =
        ranges.iter().take(SHOWN).map(|range| format!("{}..{}", range.start, range.end)).collect();
    if let Some(more @ 1..) = ranges.len().checked_sub(SHOWN) {
        shown.push(format!("{more} more ranges"));
    }
    shown.join(", ")
}
