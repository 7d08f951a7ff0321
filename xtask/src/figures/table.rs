//! The tables that are printed at the end of a run. They are several, because a terminal of 80 columns does
//! not hold one with all numbers.

use nn_train::statistics::{Interval, Summary};

use crate::experiments::{Experiment, Findings, Losses, TrialSet};

/// The final losses of every set of trials, and how many of its trials diverged or succeeded, for a person to
/// read.
pub(super) fn tables(findings: &[(&Experiment, Findings)], trials: usize) -> String {
    let header =
        |title: &str| format!("{title:24} {:>9} {:>21} {:>21}", "IQM", "its 95 % interval", "Q1 – Q3");
    let mut training = header("final training loss");
    let mut test = header("final test loss");
    let mut outcomes = format!(
        "{:24} {:>9} {:>9} {:>9} {:>8} {:>15}",
        format!("of {trials} trials"),
        "lowest",
        "highest",
        "diverged",
        "success",
        "95 % interval"
    );
    let sets = || findings.iter().flat_map(|(_, findings)| &findings.sets);
    for set in sets() {
        training += &row(set.name, &set.training);
        test += &set.test.as_ref().map_or(String::new(), |losses| row(set.name, losses));
        outcomes += &outcome(set);
    }
    if sets().all(|set| set.test.is_none()) {
        return format!("{training}\n\n{outcomes}\n");
    }
    format!("{training}\n\n{test}\n\n{outcomes}\n")
}

fn row(name: &str, Losses { last: Summary { iqm, q1, q3, .. }, interval, .. }: &Losses) -> String {
    let interval = interval.map_or("none".into(), |Interval { low, high }| range(low, high));
    format!("\n{name:24} {iqm:>9.2e} {interval:>21} {:>21}", range(*q1, *q3))
}

/// The extremes are those of the training loss.
fn outcome(TrialSet { name, training, success, .. }: &TrialSet) -> String {
    let Summary { min, max, diverged, .. } = training.last;
    let (successes, rates) = success.map_or(("no goal".into(), String::new()), |success| {
        let rate = |Interval { low, high }| format!("{:.1} – {:.1} %", 100.0 * low, 100.0 * high);
        (success.successes.to_string(), success.interval.map_or("none".into(), rate))
    });
    let outcome = format!("\n{name:24} {min:>9.2e} {max:>9.2e} {diverged:>9} {successes:>8} {rates:>15}");
    outcome.trim_end().into()
}

fn range(low: f64, high: f64) -> String {
    format!("{low:.2e} – {high:.2e}")
}
