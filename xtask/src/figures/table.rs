//! The table that is printed at the end of a run.

use std::fmt::Write;

use nn_train::statistics::{Interval, Summary};

use crate::experiments::{Experiment, Findings, TrialSet};

/// The final loss of every set of trials, for a person to read.
pub(super) fn table(findings: &[(&Experiment, Findings)]) -> String {
    let mut table = format!(
        "{:26} {:>9} {:>19} {:>19} {:>9} {:>9} {:>8}  {}\n",
        "final loss", "IQM", "its 95 % interval", "Q1 – Q3", "best", "worst", "diverged", "success"
    );
    for TrialSet { name, curve, interval, success, .. } in
        findings.iter().flat_map(|(_, findings)| &findings.sets)
    {
        let Summary { iqm, q1, q3, min, max, diverged } = curve[curve.len() - 1];
        let Interval { low, high } = *interval;
        let success = success.map_or("no goal".into(), |success| success.to_string());
        writeln!(
            table,
            "{name:26} {iqm:>9.2e} {:>19} {:>19} {min:>9.2e} {max:>9.2e} {diverged:>8}  {success}",
            format!("{low:.2e} – {high:.2e}"),
            format!("{q1:.2e} – {q3:.2e}"),
        )
        .expect("strings can be written to");
    }
    table
}
