//! Checks that no crate depends on one above it, against the dependencies that cargo resolves.

use std::collections::BTreeSet;
use std::process::Command;

use crate::paths;

/// Each crate of the workspace and the crates that it may depend on, directly or indirectly.
pub(crate) const FLOORS: [(&str, &[&str]); 7] = [
    ("nn-files", &[]),
    ("nn-core", &["nn-files"]),
    ("nn-loss", &["nn-core", "nn-files"]),
    ("nn-data", &["nn-core", "nn-files"]),
    ("nn-train", &["nn-core", "nn-data", "nn-files", "nn-loss"]),
    ("nn-viz", &["nn-files"]),
    ("byhand", &["nn-core", "nn-data", "nn-files", "nn-loss", "nn-train"]),
];

/// The site is made from documents, not by the crates: it depends on none of them.
const SITE: &str = "nn-site";

/// Checks every crate. Also checks that `xtask` is seen to depend on all of them: otherwise this check would be blind.
pub(super) fn check() -> Result<(), String> {
    for (name, allowed) in FLOORS.into_iter().chain([(SITE, &[][..])]) {
        let allowed: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
        let found = dependencies(name)?;
        if let Some(forbidden) = found.difference(&allowed).next() {
            return Err(format!(
                "{name} depends on {forbidden}, which is not below it: remove the dependency (see docs/architecture.md)"
            ));
        }
    }
    let parts = FLOORS.iter().map(|(name, _)| *name).filter(|name| name.starts_with("nn-"));
    let all: BTreeSet<String> = parts.chain([SITE]).map(str::to_string).collect();
    let seen = dependencies("xtask")?;
    if seen != all {
        return Err(format!(
            "expected xtask to depend on {all:?}, found {seen:?}: the check would miss violations"
        ));
    }
    Ok(())
}

/// The crates of this workspace among the dependencies of `name`.
fn dependencies(name: &str) -> Result<BTreeSet<String>, String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", name, "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(paths::workspace())
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
