//! The tables that are printed at the end of a run. They are two, because a terminal of 80 columns does not hold one with
//! all numbers.

use nn_train::statistics::{Interval, Summary};

use crate::experiments::{Experiment, Findings, TrialSet};

/// The final loss of every set of trials, and how many of its trials diverged or succeeded, for a person to read.
pub(super) fn tables(findings: &[(&Experiment, Findings)], trials: usize) -> String {
    let mut losses =
        format!("{:24} {:>9} {:>21} {:>21}", "final loss", "IQM", "its 95 % interval", "Q1 – Q3");
    let mut outcomes = format!(
        "{:24} {:>9} {:>9} {:>9} {:>8} {:>15}",
        format!("of {trials} trials"),
        "best",
        "worst",
        "diverged",
        "success",
        "95 % interval"
    );
    for TrialSet { name, last, interval, success, .. } in
        findings.iter().flat_map(|(_, findings)| &findings.sets)
    {
        let Summary { iqm, q1, q3, min, max, diverged, .. } = last;
        let interval = interval.map_or("none".into(), |Interval { low, high }| range(low, high));
        losses += &format!("\n{name:24} {iqm:>9.2e} {interval:>21} {:>21}", range(*q1, *q3));
        let (successes, rates) = success.map_or(("no goal".into(), String::new()), |success| {
            let rate = |Interval { low, high }| format!("{:.1} – {:.1} %", 100.0 * low, 100.0 * high);
            (success.successes.to_string(), success.interval.map_or("none".into(), rate))
        });
        let outcome = format!("{name:24} {min:>9.2e} {max:>9.2e} {diverged:>9} {successes:>8} {rates:>15}");
        outcomes += &format!("\n{}", outcome.trim_end());
    }
    format!("{losses}\n\n{outcomes}\n")
}

fn range(low: f64, high: f64) -> String {
    format!("{low:.2e} – {high:.2e}")
}
