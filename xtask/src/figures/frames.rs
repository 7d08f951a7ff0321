//! Recorded trainings, for a page on which networks learn before the reader's eyes: of three experiments the best, the
//! median and the worst trial, with the weights at some epochs.

mod replay;
mod script;

use nn_core::Scalar;
use nn_train::{Task, TrialsError};

use super::files::File;
use crate::experiments::{self, Experiment, Findings, Precision, Request, Settings, TrialSet};
use replay::{REPLAYS, Replay, Snapshot};

/// The name of the directory, beside the figures or in the site.
pub(super) const DIRECTORY: &str = "frames";

/// Number of frames before duplicates are removed: the first ones are less than one epoch apart.
const FRAMES: usize = 48;

/// The recorded trials of an experiment, ready to be written.
struct Recording {
    /// The name of the experiment.
    name: &'static str,
    /// The number of inputs, of units of each hidden layer, and of outputs.
    layers: Vec<usize>,
    /// The epochs of the frames, counted from 1.
    epochs: Vec<usize>,
    /// The final loss of every trial.
    finals: Vec<f64>,
    /// The best, the median and the worst trial.
    runs: Vec<Run>,
}

/// A recorded trial.
struct Run {
    which: &'static str,
    trial: usize,
    /// The loss of every epoch.
    losses: Vec<f64>,
    /// One row for each point: its coordinates and its class, or x and y.
    points: Vec<Vec<f64>>,
    /// The slope and the intercept behind the points of a regression.
    truth: Vec<f64>,
    /// The parameters that each epoch of `epochs` begins with. The loss of the epoch is theirs.
    parameters: Vec<Vec<f64>>,
}

/// Returns whether an experiment is recorded.
pub(super) fn records(experiment: &Experiment) -> bool {
    REPLAYS.iter().any(|replay| replay.experiment == experiment.name)
}

/// Returns the names of the experiments that are recorded.
pub(super) fn names() -> String {
    REPLAYS.map(|replay| replay.experiment).join(", ")
}

/// Runs the experiments that are recorded, and makes the files of [`render`].
pub(super) fn run(settings: &Settings, precision: Precision) -> Result<Vec<File>, String> {
    let request = Request { settings, task: &Task::Whole, keep_curves: true, progress: &|| () };
    let mut findings = Vec::new();
    for experiment in experiments::ALL.iter().filter(|experiment| records(experiment)) {
        let found = experiment.run(precision, &request);
        let found = found.map_err(|error| format!("{}: {error}", experiment.name))?;
        findings.extend(found.map(|found| (experiment, found)));
    }
    render(&findings, settings, precision)
}

/// Makes the files of these findings: for each recorded experiment a script with its recording, and its figure for
/// readers without scripts. The findings must have the curves of all trials.
pub(super) fn render(
    findings: &[(&Experiment, Findings)],
    settings: &Settings,
    precision: Precision,
) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for replay in &REPLAYS {
        let of_replay = |(experiment, _): &&(&Experiment, Findings)| experiment.name == replay.experiment;
        let Some((experiment, findings)) = findings.iter().find(of_replay) else { continue };
        let name = experiment.name;
        let recording = record(replay, &findings.sets[0], settings, precision)
            .map_err(|error| format!("cannot record {name}: {error}"))?;
        let drawing = findings.figure.draw().map_err(|error| format!("cannot draw {name}: {error}"))?;
        files.push(File::new(name, "js", script::script(&recording)));
        files.push(File::new(name, "svg", drawing.svg()));
    }
    Ok(files)
}

/// Records the best, the median and the worst trial.
fn record(
    replay: &Replay,
    set: &TrialSet,
    settings: &Settings,
    precision: Precision,
) -> Result<Recording, TrialsError> {
    let loss = |text: &String| text.parse().unwrap_or(f64::NAN);
    let finals: Vec<f64> =
        set.training.curves.iter().map(|(_, curve)| curve.last().map_or(f64::NAN, loss)).collect();
    let epochs = frames(settings.epochs);
    let mut runs = Vec::new();
    let mut layers = Vec::new();
    for (which, trial) in chosen(&finals) {
        let snapshots = epochs.iter().map(|&epoch| replay.at(epoch, trial, settings, precision));
        let mut snapshots: Vec<Snapshot> = snapshots.collect::<Result<_, _>>()?;
        // When a network diverges, only the frames before that are kept.
        let finite = |snapshot: &Snapshot| snapshot.parameters.iter().all(|value| value.abs() < 1e6);
        let shown = snapshots.iter().take_while(|snapshot| finite(snapshot)).count();
        let parameters = snapshots.iter().take(shown).map(|snapshot| snapshot.parameters.clone()).collect();
        let losses = set.training.curves[trial].1.iter().map(loss).collect();
        let Snapshot { layers: sizes, points, truth, .. } = snapshots.swap_remove(0);
        layers = sizes;
        runs.push(Run { which, trial, losses, points, truth, parameters });
    }
    Ok(Recording { name: replay.experiment, layers, epochs, finals, runs })
}

/// Returns the epochs to record, from the first to the last at equal ratios, because most happens at the start.
fn frames(epochs: usize) -> Vec<usize> {
    let ratio = Scalar::ln(epochs as f64) / (FRAMES - 1) as f64;
    let mut frames: Vec<usize> =
        (0..FRAMES).map(|frame| Scalar::exp(ratio * frame as f64).round() as usize).collect();
    frames.dedup();
    frames
}

/// Returns the trials with the lowest, the median and the highest final loss; of two in the middle, the lower one. Trials
/// that diverged rank last. The losses are those that the page shows, of the training samples.
fn chosen(finals: &[f64]) -> [(&'static str, usize); 3] {
    let mut trials: Vec<usize> = (0..finals.len()).collect();
    let rank = |trial: usize| if finals[trial].is_finite() { finals[trial] } else { f64::INFINITY };
    trials.sort_by(|&a, &b| rank(a).total_cmp(&rank(b)));
    let last = trials.len() - 1;
    [("best", trials[0]), ("median", trials[last / 2]), ("worst", trials[last])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_dense_at_the_start_and_hold_both_ends() {
        for epochs in [1, 2, 12, 1000, 1_000_000] {
            let frames = frames(epochs);
            assert_eq!((frames[0], frames[frames.len() - 1]), (1, epochs));
            assert!(frames.windows(2).all(|pair| pair[0] < pair[1]), "{frames:?}");
        }
        assert!((38..=46).contains(&frames(1000).len()), "{}", frames(1000).len());
        assert_eq!(frames(1000)[..5], [1, 2, 3, 4, 5]);
    }

    #[test]
    fn trials_are_chosen_by_their_final_losses_and_those_that_diverged_rank_last() {
        let trials = |finals: &[f64]| chosen(finals).map(|(_, trial)| trial);
        assert_eq!(trials(&[0.3]), [0, 0, 0]);
        assert_eq!(trials(&[0.3, 0.1, 0.2]), [1, 2, 0]);
        assert_eq!(trials(&[0.3, 0.1, 0.2, f64::NAN]), [1, 2, 3]);
        assert_eq!(trials(&[f64::NAN, f64::INFINITY, 0.2]), [2, 0, 1]);
    }

    #[test]
    fn what_is_recorded_is_an_experiment_with_one_set_of_trials() {
        for replay in &REPLAYS {
            let experiment = experiments::ALL.iter().find(|experiment| experiment.name == replay.experiment);
            assert_eq!(experiment.map(|experiment| experiment.sets.len()), Some(1), "{}", replay.experiment);
        }
    }
}
