//! A row of the table of experiments.

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

/// Runs all trials of an experiment and draws its figure; see [`Experiment::run`] for the arguments.
pub(super) type Runner = fn(&Settings, bool, &(dyn Fn() + Sync)) -> Found;

/// What a [`Runner`] returns.
pub(super) type Found = Result<Findings, ExperimentError>;

impl Experiment {
    /// Runs all trials and draws the figure. Keeps the loss curves of single trials only when `keep_curves` is set,
    /// because they are large. Calls `progress` after every trial.
    ///
    /// # Errors
    /// [`ExperimentError`], if a trial cannot run or the figure cannot be drawn.
    pub fn run(
        &self,
        settings: &Settings,
        precision: Precision,
        keep_curves: bool,
        progress: &(dyn Fn() + Sync),
    ) -> Result<Findings, ExperimentError> {
        let run = match precision {
            Precision::F32 => self.single,
            Precision::F64 => self.double,
        };
        run(settings, keep_curves, progress)
    }
}
