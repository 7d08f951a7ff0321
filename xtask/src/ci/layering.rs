//! No crate knows what is above it: the architecture's invariants, checked against what cargo resolves.

use std::collections::BTreeSet;
use std::process::Command;

/// Each crate of the workspace and the ones that it may depend on, directly or not.
const FLOORS: [(&str, &[&str]); 5] = [
    ("nn-core", &[]),
    ("nn-loss", &["nn-core"]),
    ("nn-data", &["nn-core"]),
    ("nn-train", &["nn-core", "nn-data", "nn-loss"]),
    ("nn-viz", &[]),
];

/// Checks every floor; and, so that the check itself can fail, that `xtask` is seen to depend on all of them.
pub(super) fn check() -> Result<(), String> {
    for (name, allowed) in FLOORS {
        let allowed: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
        let found = dependencies(name)?;
        if let Some(forbidden) = found.difference(&allowed).next() {
            return Err(format!(
                "{name} depends on {forbidden}, which is not below it (see docs/architecture.md)"
            ));
        }
    }
    let all: BTreeSet<String> = FLOORS.iter().map(|(name, _)| (*name).to_string()).collect();
    let seen = dependencies("xtask")?;
    if seen != all {
        return Err(format!(
            "the check sees xtask depend on {seen:?} only: it would see no violation either"
        ));
    }
    Ok(())
}

/// The crates of this workspace among the dependencies of `name`.
fn dependencies(name: &str) -> Result<BTreeSet<String>, String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", name, "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo tree failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let packages = text.lines().filter_map(|line| line.split_whitespace().next());
    Ok(packages
        .filter(|package| package.starts_with("nn-") && *package != name)
        .map(str::to_string)
        .collect())
}
