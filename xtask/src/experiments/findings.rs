//! What an experiment finds, in a form that no longer depends on the precision.

use nn_core::Scalar;
use nn_train::statistics::{Interval, Summary};
use nn_train::{Cost, Ensemble, Merged, StudyError, SuccessRate, Trials, TrialsError};
use nn_viz::{Figure, VizError};

use super::experiment::{Found, Request};
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
        request: &Request<'_>,
        run: impl Fn(&Settings, &Trials<'_>) -> Result<Ensemble<F, K>, TrialsError>,
        figure: impl Fn(&Merged<F, K>, &Settings) -> Result<Figure, VizError>,
    ) -> Found {
        let settings = request.settings;
        let run = |trials: &Trials<'_>| run(settings, trials);
        let Some(merged) = study(name, settings.learning_rate, request, run)? else { return Ok(None) };
        let set = TrialSet::new(name, &merged, settings.learning_rate, request.keep_curves)?;
        Ok(Some(Findings { sets: vec![set], figure: figure(&merged, settings)? }))
    }

    /// The findings of an experiment with a set of trials for each case, all of which learn at one rate.
    pub(super) fn of_sets<F: Scalar, K, C: Copy, const N: usize>(
        names: [&'static str; N],
        cases: impl Iterator<Item = C>,
        rate: f64,
        request: &Request<'_>,
        run: impl Fn(&Settings, C, &Trials<'_>) -> Result<Ensemble<F, K>, TrialsError>,
        figure: impl Fn(&[Merged<F, K>; N], &Settings) -> Result<Figure, StudyError>,
    ) -> Found {
        let settings = request.settings;
        let (mut sets, mut all) = (Vec::new(), Vec::new());
        for (name, case) in names.into_iter().zip(cases) {
            let run = |trials: &Trials<'_>| run(settings, case, trials);
            if let Some(merged) = study(name, rate, request, run)? {
                sets.push(TrialSet::new(name, &merged, rate, request.keep_curves)?);
                all.push(merged);
            }
        }
        match <[Merged<F, K>; N]>::try_from(all) {
            Ok(all) => Ok(Some(Findings { sets, figure: figure(&all, settings)? })),
            Err(_) => Ok(None),
        }
    }
}

/// Does what is asked of a set of trials.
pub(super) fn study<F: Scalar, K>(
    set: &str,
    learning_rate: f64,
    request: &Request<'_>,
    run: impl Fn(&Trials<'_>) -> Result<Ensemble<F, K>, TrialsError>,
) -> Result<Option<Merged<F, K>>, StudyError> {
    let study = request.settings.study(set, learning_rate).task(request.task.clone());
    study.run(&request.settings.trials(request.progress), run)
}

/// An experiment that cannot be run or drawn.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// The trials failed, or their shards cannot be written or merged.
    #[error(transparent)]
    Study(#[from] StudyError),
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
    /// The number of samples, where it differs from that of the settings.
    pub samples: Option<usize>,
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
    /// Statistics of the scores, if there are any.
    pub score: Option<Summary>,
    /// What the trials cost.
    pub cost: Cost,
}

impl TrialSet {
    /// The numbers of these trials; the curves of single trials only when `keep_curves` is set.
    pub(super) fn new<F: Scalar, K>(
        name: &'static str,
        merged: &Merged<F, K>,
        learning_rate: f64,
        keep_curves: bool,
    ) -> Result<Self, StudyError> {
        let outcomes = merged.outcomes();
        let mut curves = Vec::new();
        if keep_curves {
            curves = outcomes.indices().into_iter().map(|index| (index, Vec::new())).collect();
            merged.for_each_epoch(|_, losses| {
                for ((_, curve), &loss) in curves.iter_mut().zip(losses) {
                    curve.push(F::from_f64(loss).to_string());
                }
            })?;
        }
        Ok(TrialSet {
            name,
            learning_rate,
            samples: None,
            curve: merged.curve().to_vec(),
            last: outcomes.summary(),
            curves,
            interval: outcomes.iqm_interval(),
            best: outcomes.best(),
            worst: outcomes.worst(),
            success: outcomes.success_rate(),
            score: outcomes.score().map(|score| score.summary()),
            cost: merged.cost(),
        })
    }
}
