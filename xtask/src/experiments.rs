//! The experiments, one file each: what a trial does, and what its figure shows. Three are the report's.

pub mod classification;
pub mod linear_classification;
pub mod linear_regression;
mod loss_panel;
pub mod nonlinear_classification;
pub mod optimisers;
pub mod spirals;

use std::fmt;

use nn_core::Scalar;
use nn_train::statistics::{Interval, Summary};
use nn_train::{Ensemble, SuccessRate, TrialsError};
use nn_viz::{Figure, VizError};
use optimisers::Optimiser;

/// An experiment by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Experiment {
    /// A line through points around a line.
    LinearRegression,
    /// Two overlapping clouds, told apart by a linear network.
    LinearClassification,
    /// XOR, which takes a hidden layer.
    NonlinearClassification,
    /// Two spirals, told apart by a deep network.
    Spirals,
    /// XOR again, learned by four optimisers.
    Optimisers,
}

impl Experiment {
    /// All of them, those of the report first and in its order.
    pub const ALL: [Experiment; 5] = [
        Experiment::LinearRegression,
        Experiment::LinearClassification,
        Experiment::NonlinearClassification,
        Experiment::Spirals,
        Experiment::Optimisers,
    ];

    /// As it is called in file names and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Experiment::LinearRegression => "linear-regression",
            Experiment::LinearClassification => "linear-classification",
            Experiment::NonlinearClassification => "nonlinear-classification",
            Experiment::Spirals => "spirals",
            Experiment::Optimisers => "optimisers",
        }
    }

    /// The names of its sets of trials.
    pub fn series(self) -> &'static [&'static str] {
        match self {
            Experiment::LinearRegression => &["linear-regression"],
            Experiment::LinearClassification => &["linear-classification"],
            Experiment::NonlinearClassification => &["nonlinear-classification"],
            Experiment::Spirals => &["spirals"],
            Experiment::Optimisers => {
                &["optimisers-sgd", "optimisers-momentum", "optimisers-adam", "optimisers-lbfgs"]
            }
        }
    }

    /// The experiment of this name.
    ///
    /// # Errors
    /// The names that there are.
    pub fn parse(name: &str) -> Result<Self, String> {
        Experiment::ALL
            .into_iter()
            .find(|experiment| experiment.name() == name)
            .ok_or_else(|| format!("expected one of {}", Experiment::ALL.map(Experiment::name).join(", ")))
    }

    /// Runs all trials and draws the figure; keeps the curves of single trials only if asked, as they are many.
    ///
    /// # Errors
    /// [`ExperimentError`], if a trial cannot run or the figure cannot be drawn.
    pub fn run(
        self,
        settings: &Settings,
        precision: Precision,
        keep_curves: bool,
        progress: &(dyn Fn() + Sync),
    ) -> Result<Outcome, ExperimentError> {
        match precision {
            Precision::F32 => self.run_in::<f32>(settings, keep_curves, progress),
            Precision::F64 => self.run_in::<f64>(settings, keep_curves, progress),
        }
    }

    fn run_in<F: Scalar>(
        self,
        settings: &Settings,
        keep_curves: bool,
        progress: &(dyn Fn() + Sync),
    ) -> Result<Outcome, ExperimentError> {
        let name = self.name();
        let rate = settings.learning_rate;
        let alone = |series, figure| Ok(Outcome { series: vec![series], figure });
        match self {
            Experiment::LinearRegression => {
                let ensemble = linear_regression::run::<F>(settings, progress)?;
                let figure = linear_regression::figure(&ensemble, settings);
                alone(Series::new(name, &ensemble, rate, keep_curves), figure)
            }
            Experiment::LinearClassification => {
                let ensemble = linear_classification::run::<F>(settings, progress)?;
                let figure = linear_classification::figure(&ensemble, settings)?;
                alone(Series::new(name, &ensemble, rate, keep_curves), figure)
            }
            Experiment::NonlinearClassification => {
                let ensemble = nonlinear_classification::run::<F>(settings, progress)?;
                let figure = nonlinear_classification::figure(&ensemble, settings)?;
                alone(Series::new(name, &ensemble, rate, keep_curves), figure)
            }
            Experiment::Spirals => {
                let ensemble = spirals::run::<F>(settings, progress)?;
                let figure = spirals::figure(&ensemble, settings)?;
                alone(Series::new(name, &ensemble, rate, keep_curves), figure)
            }
            Experiment::Optimisers => {
                let run = |optimiser: Optimiser| optimiser.run::<F>(settings, progress);
                let [sgd, momentum, adam, lbfgs] = Optimiser::ALL.map(run);
                let ensembles = [sgd?, momentum?, adam?, lbfgs?];
                let series = self.series().iter().zip(Optimiser::ALL).zip(&ensembles);
                let series = series.map(|((name, optimiser), ensemble)| {
                    Series::new(name, ensemble, optimiser.learning_rate(settings), keep_curves)
                });
                Ok(Outcome { series: series.collect(), figure: optimisers::figure(&ensembles, settings) })
            }
        }
    }
}

/// The numbers that every experiment takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// How many trials.
    pub trials: usize,
    /// How many samples each trial draws.
    pub samples: usize,
    /// How many updates, or passes over the data.
    pub epochs: usize,
    /// η.
    pub learning_rate: f64,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Threads; 0 for one on each core.
    pub threads: usize,
}

/// The number type that an experiment computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Single.
    F32,
    /// Double.
    F64,
}

impl Precision {
    /// `f32` or `f64`.
    ///
    /// # Errors
    /// The names that there are.
    pub fn parse(name: &str) -> Result<Self, String> {
        match name {
            "f32" => Ok(Precision::F32),
            "f64" => Ok(Precision::F64),
            _ => Err("expected f32 or f64".into()),
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Precision::F32 => "f32",
            Precision::F64 => "f64",
        })
    }
}

/// What an experiment shows: its numbers and its figure.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The numbers of each set of trials; most experiments have one.
    pub series: Vec<Series>,
    /// The figure.
    pub figure: Figure,
}

/// The numbers of one set of trials.
#[derive(Debug, Clone)]
pub struct Series {
    /// As it is called in file names and tables.
    pub name: &'static str,
    /// η, which need not be that of the settings.
    pub learning_rate: f64,
    /// Statistics over trials, for every epoch.
    pub curve: Vec<Summary>,
    /// The loss curve of every trial, if asked for; each number printed so that it reads back the same.
    pub curves: Vec<Vec<String>>,
    /// 95 % bootstrap interval of the final IQM.
    pub interval: Interval,
    /// Index of the best trial.
    pub best: usize,
    /// Index of the worst trial.
    pub worst: usize,
    /// How many trials reached the goal, where there is one.
    pub success: Option<SuccessRate>,
}

impl Series {
    fn new<F: Scalar, K>(
        name: &'static str,
        ensemble: &Ensemble<F, K>,
        learning_rate: f64,
        keep_curves: bool,
    ) -> Self {
        let printed = |curve: &Vec<F>| curve.iter().map(F::to_string).collect();
        let kept = if keep_curves { ensemble.runs() } else { &[] };
        Series {
            name,
            learning_rate,
            curve: ensemble.curve(),
            curves: kept.iter().map(|run| printed(&run.curve)).collect(),
            interval: ensemble.iqm_interval(),
            best: ensemble.best(),
            worst: ensemble.worst(),
            success: ensemble.success_rate(),
        }
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
