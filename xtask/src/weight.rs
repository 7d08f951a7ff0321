//! `cargo xtask weight`: what each crate costs those who depend on it, packages and build time, as a document.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Instant;

use serde_json::json;

use crate::ci::FLOORS;
use crate::compare::machine;
use crate::json::{Output, shown};
use crate::paths;

/// Counts the packages of each crate, builds each from nothing, and writes `docs/weight.md`.
///
/// # Errors
/// One line: the crate that cannot be built, or the document that cannot be written.
pub fn run(output: Output) -> Result<(), String> {
    let (mut rows, mut crates) = (String::new(), Vec::new());
    for (name, _) in FLOORS {
        let [all, features] = [&[][..], &["--all-features"][..]].map(|features| packages(name, features));
        let (all, features) = (all?, features?);
        let (all, features, seconds) = (all.len() - 1, features.len() - 1, build(name)?);
        let row = format!("| {name} | {all} | {features} | {seconds:.0} s |\n");
        output.say_early(row.trim_end())?;
        rows += &row;
        crates.push(
            json!({ "name": name, "packages": all, "with_all_features": features, "build_seconds": seconds }),
        );
    }
    let machine = machine::describe();
    let text = format!(
        "# Weight\n\n\
         What each crate costs those who depend on it: the packages that come with it, those of this repository included, and\n\
         the time of a first release build, after all packages were downloaded. `cargo xtask weight` wrote this page.\n\n\
         | crate | packages | with all features | release build |\n\
         |---|--:|--:|--:|\n\
         {rows}\n\
         - {}\n",
        machine.join("\n- ")
    );
    let path = paths::workspace().join("docs/weight.md");
    nn_files::write(&path, text).map_err(|error| error.to_string())?;
    output.say(
        || json!({ "crates": crates, "machine": machine, "written": shown(&path) }),
        || format!("written: {}", path.display()),
    )
}

/// The crate and everything that it is built with, macros and build scripts included.
fn packages(name: &str, features: &[&str]) -> Result<BTreeSet<String>, String> {
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--package", name, "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    let output = tree.args(features).current_dir(paths::workspace()).output();
    let output = output.map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect())
}

/// The seconds of a release build of this crate alone, from nothing.
fn build(name: &str) -> Result<f64, String> {
    let target = paths::target().join("weight");
    if target.exists() {
        fs::remove_dir_all(&target)
            .map_err(|error| format!("cannot remove {}: {error}", target.display()))?;
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--release", "--package", name, "--target-dir"]).arg(&target);
    let start = Instant::now();
    let status = cargo.current_dir(paths::workspace()).status();
    if !status.map_err(|error| format!("cannot start cargo: {error}"))?.success() {
        return Err(format!("{name} cannot be built, see above"));
    }
    let seconds = start.elapsed().as_secs_f64();
    fs::remove_dir_all(&target).map_err(|error| format!("cannot remove {}: {error}", target.display()))?;
    Ok(seconds)
}
