//! The results of a run as a JSON document.

use serde_json::{Value, json};

use crate::experiments::{Experiment, Findings, Precision, Settings, TrialSet};
use crate::json::{cost, interval, statistics};

/// The numbers of every set of trials, by experiment, with the settings that they belong to.
pub(super) fn experiments(
    findings: &[(&Experiment, Findings)],
    settings: &Settings,
    precision: Precision,
) -> Value {
    let experiment = |(experiment, findings): &(&Experiment, Findings)| {
        let sets = findings.sets.iter().map(|found| set(found, settings));
        json!({ "name": experiment.name, "sets": sets.collect::<Vec<Value>>() })
    };
    json!({
        "trials": settings.trials,
        "seed": settings.seed,
        "precision": precision.name(),
        "experiments": findings.iter().map(experiment).collect::<Vec<Value>>(),
    })
}

/// Everything that the tables and `summary.csv` say of a set of trials.
fn set(set: &TrialSet, settings: &Settings) -> Value {
    let success = set.success.map(|success| {
        json!({
            "successes": success.successes,
            "rate": success.rate(),
            "interval": interval(success.interval),
        })
    });
    json!({
        "name": set.name,
        "samples": set.samples.unwrap_or(settings.samples),
        "epochs": set.training.curve.len(),
        "learning_rate": set.learning_rate,
        "final_loss": statistics(&set.training.last, set.training.interval),
        "final_test_loss": set.test.as_ref().map(|test| statistics(&test.last, test.interval)),
        "score": set.score.as_ref().map(|score| statistics(score, set.score_interval)),
        "success": success,
        "best_trial": set.best,
        "worst_trial": set.worst,
        "cost": cost(set.cost),
    })
}
