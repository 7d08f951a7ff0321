//! What an experiment finds, in a form that no longer depends on the precision.

use nn_core::Scalar;
use nn_train::statistics::{Interval, Summary};
use nn_train::{Ensemble, SuccessRate, TrialsError};
use nn_viz::{Figure, VizError};

use super::settings::Settings;

/// The numbers and the figure of an experiment.
#[derive(Debug, Clone)]
pub struct Findings {
    /// The numbers of each set of trials.
    pub sets: Vec<TrialSet>,
    /// The figure.
    pub figure: Figure,
}

impl Findings {
    /// The findings of an experiment with a single set of trials, which learn at the rate of the settings.
    pub(super) fn of_one_set<F: Scalar, K>(
        name: &'static str,
        ensemble: &Ensemble<F, K>,
        settings: &Settings,
        keep_curves: bool,
        figure: impl Fn(&Ensemble<F, K>, &Settings) -> Result<Figure, VizError>,
    ) -> Result<Self, ExperimentError> {
        let set = TrialSet::new(name, ensemble, settings.learning_rate, keep_curves);
        Ok(Findings { sets: vec![set], figure: figure(ensemble, settings)? })
    }
}

/// An experiment that cannot be run or drawn.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// The trials failed.
    #[error(transparent)]
    Trials(#[from] TrialsError),
    /// The figure cannot be drawn.
    #[error(transparent)]
    Viz(#[from] VizError),
}

/// The numbers of one set of trials.
#[derive(Debug, Clone)]
pub struct TrialSet {
    /// The name in file names and tables.
    pub name: &'static str,
    /// The learning rate η, which can differ from that of the settings.
    pub learning_rate: f64,
    /// Statistics over trials, for every epoch.
    pub curve: Vec<Summary>,
    /// Statistics of the final losses. A trial whose last update made it diverge is counted here, and in no curve.
    pub last: Summary,
    /// The index and the loss curve of every trial if they were asked for, each number printed so that it reads back the
    /// same.
    pub curves: Vec<(usize, Vec<String>)>,
    /// 95 % bootstrap interval of the final IQM; a single trial has none.
    pub interval: Option<Interval>,
    /// Index of the best trial, unless all diverged.
    pub best: Option<usize>,
    /// Index of the worst trial.
    pub worst: usize,
    /// The number of trials that reached the goal, if there is a goal.
    pub success: Option<SuccessRate>,
}

impl TrialSet {
    /// The numbers of these trials; the curves of single trials only when `keep_curves` is set.
    pub(super) fn new<F: Scalar, K>(
        name: &'static str,
        ensemble: &Ensemble<F, K>,
        learning_rate: f64,
        keep_curves: bool,
    ) -> Self {
        let printed = |curve: &Vec<F>| curve.iter().map(F::to_string).collect();
        let curves = || ensemble.runs().indexed().map(|(trial, run)| (trial, printed(&run.curve))).collect();
        TrialSet {
            name,
            learning_rate,
            curve: ensemble.curve(),
            last: ensemble.summary(),
            curves: if keep_curves { curves() } else { Vec::new() },
            interval: ensemble.iqm_interval(),
            best: ensemble.best(),
            worst: ensemble.worst(),
            success: ensemble.success_rate(),
        }
    }
}
