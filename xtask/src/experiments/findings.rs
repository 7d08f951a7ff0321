//! What an experiment finds, in a form that no longer depends on the precision.

use nn_core::Scalar;
use nn_train::statistics::{Interval, Summary};
use nn_train::{Cost, Ensemble, Measure, Merged, StudyError, SuccessRate, Trials, TrialsError};
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
    /// The training losses.
    pub training: Losses,
    /// The losses on test data, if the trials have any.
    pub test: Option<Losses>,
    /// Index of the best trial, by the final test loss if there is one and else by the training loss, unless
    /// all diverged.
    pub best: Option<usize>,
    /// Index of the worst trial, in the same sense.
    pub worst: usize,
    /// The number of trials that reached the goal, if there is a goal.
    pub success: Option<SuccessRate>,
    /// Statistics of the scores, if there are any.
    pub score: Option<Summary>,
    /// 95 % bootstrap interval of the IQM of the scores.
    pub score_interval: Option<Interval>,
    /// What the trials cost.
    pub cost: Cost,
}

/// The losses of a set of trials.
#[derive(Debug, Clone)]
pub struct Losses {
    /// Statistics over trials, for every epoch.
    pub curve: Vec<Summary>,
    /// Statistics of the final losses. A trial whose last update made it diverge is counted here, and in no curve.
    pub last: Summary,
    /// 95 % bootstrap interval of the final IQM; a single trial has none.
    pub interval: Option<Interval>,
    /// The index and the loss curve of every trial if they were asked for, each number printed so that it reads back the
    /// same.
    pub curves: Vec<(usize, Vec<String>)>,
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
        let mut columns = [Vec::new(), Vec::new()];
        if keep_curves {
            let empty = || outcomes.indices().into_iter().map(|index| (index, Vec::new())).collect();
            columns = [empty(), empty()];
            let push = |columns: &mut Vec<(usize, Vec<String>)>, losses: &[f64]| {
                for ((_, curve), &loss) in columns.iter_mut().zip(losses) {
                    curve.push(F::from_f64(loss).to_string());
                }
            };
            merged.for_each_epoch(|_, losses| push(&mut columns[0], losses))?;
            merged.for_each_validation_epoch(|_, losses| push(&mut columns[1], losses))?;
        }
        let [training, test] = columns;
        let losses = |curve: &[Summary], measure: &Measure, curves| Losses {
            curve: curve.to_vec(),
            last: measure.summary(),
            interval: measure.interval(),
            curves,
        };
        let validation = merged.validation_curve().zip(outcomes.validation());
        Ok(TrialSet {
            name,
            learning_rate,
            samples: None,
            training: losses(merged.curve(), &outcomes.training(), training),
            test: validation.map(|(curve, measure)| losses(curve, &measure, test)),
            best: outcomes.best(),
            worst: outcomes.worst(),
            success: outcomes.success_rate(),
            score: outcomes.score().map(|score| score.summary()),
            score_interval: outcomes.score().and_then(|score| score.interval()),
            cost: merged.cost(),
        })
    }
}
