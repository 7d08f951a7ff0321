//! The settings that all experiments share.

use std::fmt;

use nn_train::{Study, Trials};

/// The numbers that every experiment is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Number of trials.
    pub trials: usize,
    /// Number of samples that each trial draws.
    pub samples: usize,
    /// Number of updates, or of passes over the data.
    pub epochs: usize,
    /// The learning rate η.
    pub learning_rate: f64,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Number of threads, or 0 for one per core.
    pub threads: usize,
}

impl Settings {
    /// The trials of each set. They call `progress` when they end.
    pub fn trials<'a>(&self, progress: &'a (dyn Fn() + Sync)) -> Trials<'a> {
        Trials::new(self.trials).seed(self.seed).threads(self.threads).progress(progress)
    }

    /// The study of a set of trials.
    pub(super) fn study(&self, set: &str, learning_rate: f64) -> Study {
        let study = Study::new(set).setting("samples", self.samples).setting("epochs", self.epochs);
        study.setting("learning_rate", learning_rate)
    }
}

/// The floating-point type that an experiment computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

impl Precision {
    /// Both types.
    pub const ALL: [Precision; 2] = [Precision::F32, Precision::F64];

    /// Returns the name on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Precision::F32 => "f32",
            Precision::F64 => "f64",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
