//! The table that a run ends with.

use std::fmt::Write;

use nn_train::statistics::{Interval, Summary};

use crate::experiments::{Experiment, Outcome, Series};

/// Final loss of every experiment, for a person to read.
pub(super) fn table(outcomes: &[(Experiment, Outcome)]) -> String {
    let mut table = format!(
        "{:26} {:>9} {:>19} {:>19} {:>9} {:>9} {:>8}  {}\n",
        "final loss", "IQM", "its 95 % interval", "Q1 – Q3", "best", "worst", "diverged", "success"
    );
    for Series { name, curve, interval, success, .. } in
        outcomes.iter().flat_map(|(_, outcome)| &outcome.series)
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
