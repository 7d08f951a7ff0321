//! `summary.csv`: one row per set of trials.

use nn_train::statistics::{Interval, Summary};

use crate::experiments::{self, Precision, Settings, TrialSet};

/// The name of the file.
pub(super) const FILE: &str = "summary.csv";

const HEADER: &str = "experiment,trials,samples,epochs,learning_rate,precision,seed,iqm,iqm_low,iqm_high,q1,q3,min,max,\
best_trial,worst_trial,diverged,successes,success_rate,success_low,success_high,score_iqm,score_q1,score_q3,score_min,score_max,\
test_iqm,test_iqm_low,test_iqm_high,test_q1,test_q3,test_min,test_max";

/// The row of a set of trials: its settings, its final training losses, how its trials ended, and its final
/// test losses. Epochs are those of its curve. The fields of successes are empty when there is no goal to
/// reach, those of the score and of test losses when there are none, the ends of intervals for a single
/// trial, and the best trial when all diverged.
pub(super) fn row(set: &TrialSet, settings: &Settings, precision: Precision) -> String {
    let Settings { trials, seed, .. } = settings;
    let TrialSet { name, learning_rate, best, worst, training, .. } = set;
    let (samples, epochs) = (set.samples.unwrap_or(settings.samples), training.curve.len());
    let Summary { iqm, q1, q3, min, max, diverged, .. } = training.last;
    let ends = |interval: Option<Interval>| {
        interval.map_or(",".into(), |Interval { low, high }| format!("{low},{high}"))
    };
    let interval = ends(training.interval);
    let best = best.map_or(String::new(), |best| best.to_string());
    let success = set.success.map_or(",,,".into(), |success| {
        format!("{},{},{}", success.successes, success.rate(), ends(success.interval))
    });
    let score = set.score.as_ref().map_or(",,,,".into(), |score| {
        let Summary { iqm, q1, q3, min, max, .. } = score;
        format!("{iqm},{q1},{q3},{min},{max}")
    });
    let test = set.test.as_ref().map_or(",,,,,,".into(), |test| {
        let Summary { iqm, q1, q3, min, max, .. } = test.last;
        format!("{iqm},{},{q1},{q3},{min},{max}", ends(test.interval))
    });
    format!(
        "{name},{trials},{samples},{epochs},{learning_rate},{precision},{seed},\
         {iqm},{interval},{q1},{q3},{min},{max},{best},{worst},{diverged},{success},{score},{test}"
    )
}

/// Replaces rows of an existing file. A set of trials that was not run this time keeps its row, and all rows follow the
/// order of the table of experiments.
pub(super) fn merge(existing: &str, rows: Vec<String>) -> String {
    let mut lines = existing.lines();
    let kept: Vec<&str> = if lines.next() == Some(HEADER) { lines.collect() } else { Vec::new() };
    let is_of = |row: &str, name: &str| row.split(',').next() == Some(name);
    let of = |&name: &&str| {
        let new = rows.iter().map(String::as_str).find(|row| is_of(row, name));
        new.or_else(|| kept.iter().copied().find(|row| is_of(row, name)))
    };
    let rows: Vec<&str> =
        experiments::ALL.iter().flat_map(|experiment| experiment.sets).filter_map(of).collect();
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_run_keeps_the_other_rows_and_their_order() {
        let old = merge("", vec!["nonlinear-classification,1".into(), "linear-regression,1".into()]);
        assert_eq!(old, format!("{HEADER}\nlinear-regression,1\nnonlinear-classification,1\n"));
        let new = merge(&old, vec!["linear-classification,2".into(), "linear-regression,2".into()]);
        let rows = "linear-regression,2\nlinear-classification,2\nnonlinear-classification,1\n";
        assert_eq!(new, format!("{HEADER}\n{rows}"));
    }

    #[test]
    fn rows_of_another_format_are_not_kept() {
        let new = merge("experiment,old\nlinear-classification,1\n", vec!["linear-regression,2".into()]);
        assert_eq!(new, format!("{HEADER}\nlinear-regression,2\n"));
    }
}
