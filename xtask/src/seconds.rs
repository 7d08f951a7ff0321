//! How long each experiment took when it was last run with the default options on this machine, for
//! `cargo xtask list`.
//!
//! The times are kept in the target directory. A time that cannot be read or written is unknown, which is no
//! error.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::paths;

/// Returns the seconds by the name of the experiment, for those that have been run.
pub(crate) fn known() -> BTreeMap<String, f64> {
    let text = fs::read_to_string(path()).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Keeps the seconds of an experiment.
pub(crate) fn keep(experiment: &str, seconds: f64) {
    let mut known = known();
    known.insert(experiment.into(), seconds);
    let _ = nn_files::write(path(), format!("{:#}\n", serde_json::json!(known)));
}

fn path() -> PathBuf {
    paths::target().join("seconds.json")
}
