//! A row of the table of experiments.

use nn_train::Task;

use super::findings::{ExperimentError, Findings};
use super::settings::{Precision, Settings};

/// An experiment: its names, and the functions that run it.
#[derive(Debug)]
pub struct Experiment {
    /// The name in file names and on the command line.
    pub name: &'static str,
    /// One line about it for `--help`.
    pub about: &'static str,
    /// The names of its sets of trials. Most experiments have a single one, named like the experiment.
    pub sets: &'static [&'static str],
    /// Runs it in single precision.
    pub(super) single: Runner,
    /// Runs it in double precision.
    pub(super) double: Runner,
}

/// Runs an experiment; see [`Experiment::run`].
pub(super) type Runner = fn(&Request<'_>) -> Found;

/// What a [`Runner`] returns.
pub(super) type Found = Result<Option<Findings>, ExperimentError>;

/// What is asked of an experiment.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The settings of its trials.
    pub settings: &'a Settings,
    /// Whether to run all trials, or a part of them, or to merge what the parts have left.
    pub task: &'a Task,
    /// Whether to keep the loss curves of single trials, which are large.
    pub keep_curves: bool,
    /// Is called after every trial.
    pub progress: &'a (dyn Fn() + Sync),
}

impl Experiment {
    /// Returns the names of its files: the figure as SVG and as PNG, and the numbers of each set of trials.
    pub fn files(&self) -> Vec<String> {
        let figures = ["svg", "png"].map(|ending| format!("{}.{ending}", self.name));
        let numbers = self.sets.iter().map(|set| format!("{set}.csv"));
        figures.into_iter().chain(numbers).collect()
    }

    /// Runs the trials and draws the figure. Returns `None` if only a part of the trials was asked for.
    ///
    /// # Errors
    /// [`ExperimentError`], if a trial cannot run, shards cannot be written or merged, or the figure cannot be drawn.
    pub fn run(
        &self,
        precision: Precision,
        request: &Request<'_>,
    ) -> Result<Option<Findings>, ExperimentError> {
        let run = match precision {
            Precision::F32 => self.single,
            Precision::F64 => self.double,
        };
        run(request)
    }
}
