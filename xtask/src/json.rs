//! The other form of every table: one JSON document on standard output, for programs.
//!
//! Numbers have as many digits as are needed to read the same bits back. A number that is infinite or NaN is
//! `null`, as in the files of nn-train, because JSON has no word for it; the member `diverged` beside it
//! tells how many trials ended so. What does not exist, such as the interval of a single trial, is `null` as
//! well.

use std::path::Path;

use clap::Args;
use nn_train::Cost;
use nn_train::statistics::{Interval, Summary};
use serde_json::{Value, json};

use crate::print::{complain, say};

/// The option that all tasks with tables share.
#[derive(Debug, Clone, Copy, Args)]
pub struct Output {
    /// Prints one JSON document with all digits instead; a number that is infinite or NaN is null
    #[arg(long)]
    pub(crate) json: bool,
}

impl Output {
    /// Prints a result in the form that was asked for.
    pub(crate) fn say(
        self,
        json: impl FnOnce() -> Value,
        text: impl FnOnce() -> String,
    ) -> Result<(), String> {
        if self.json { say(format_args!("{:#}", json())) } else { say(text()) }
    }

    /// Prints a part of a table that is not complete yet. Where standard output belongs to the document, it
    /// goes to standard error.
    pub(crate) fn say_early(self, line: &str) -> Result<(), String> {
        if self.json {
            complain(line);
            return Ok(());
        }
        say(line)
    }
}

/// The statistics of one value per trial, with the interval of their IQM.
pub(crate) fn statistics(summary: &Summary, of_iqm: Option<Interval>) -> Value {
    let Summary { iqm, q1, q3, min, max, mean, std, diverged } = summary;
    json!({
        "iqm": iqm, "iqm_interval": interval(of_iqm), "q1": q1, "q3": q3, "min": min, "max": max,
        "mean": mean, "std": std, "diverged": diverged,
    })
}

/// The ends of an interval.
pub(crate) fn interval(interval: Option<Interval>) -> Option<Value> {
    interval.map(|Interval { low, high }| json!({ "low": low, "high": high }))
}

/// A path as text. What is not Unicode in it is replaced, because JSON is Unicode.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// What trials cost.
pub(crate) fn cost(cost: Cost) -> Value {
    let cpu = cost.cpu.map(|cpu| cpu.as_secs_f64());
    json!({ "trials": cost.trials, "seconds": cost.wall.as_secs_f64(), "cpu_seconds": cpu })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_the_same_and_what_is_not_finite_is_null() {
        let losses = [0.1, 1.0 / 3.0, f64::MIN_POSITIVE, f64::INFINITY];
        let summary = Summary::of(&mut losses.to_vec()).unwrap();
        let text = statistics(&summary, Some(Interval { low: 0.1, high: f64::INFINITY })).to_string();
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["min"].as_f64(), Some(f64::MIN_POSITIVE));
        assert_eq!(read["iqm"].as_f64(), Some(summary.iqm));
        assert_eq!((&read["max"], &read["mean"], &read["diverged"]), (&Value::Null, &Value::Null, &json!(1)));
        assert_eq!(read["iqm_interval"], json!({ "low": 0.1, "high": null }));
        assert_eq!(interval(None), None);
    }
}
