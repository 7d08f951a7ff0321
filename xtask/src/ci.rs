//! `cargo xtask ci`: runs every check, cheapest first, and stops at the first one that fails.

mod layering;
mod packages;

use std::process::Command;
use std::time::Instant;

use crate::cli::{Task, Xtask};
use crate::print::say;
use crate::{doc, figures, paths};

pub(crate) use layering::FLOORS;

/// Runs every check, except the tests if they have just run.
///
/// # Errors
/// One line: the check that failed, and the command that runs it alone.
pub fn run(no_tests: bool) -> Result<(), String> {
    check("format", || cargo(&["fmt", "--all", "--check"]))?;
    // Of all targets: examples and benches compile.
    check("lints", || cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    check("layering", layering::check)?;
    if !no_tests {
        check("tests", || cargo(&["test", "--workspace", "--quiet"]))?;
    }
    check("documentation", || doc::run(false))?;
    check("packages", packages::check)?;
    check("figures", || {
        use clap::Parser;
        match Xtask::parse_from(["xtask", "figures", "--check"]).task {
            Task::Figures(options) => figures::run(&options),
            _ => unreachable!("these arguments ask for figures"),
        }
    })
}

fn check(name: &str, run: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    say(format_args!("== {name}"))?;
    let start = Instant::now();
    run().map_err(|error| format!("check '{name}' failed: {error}"))?;
    say(format_args!("== {name}: passed in {:.1} s", start.elapsed().as_secs_f64()))
}

/// Runs cargo in the workspace.
fn cargo(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO"));
    let status = command
        .args(arguments)
        .current_dir(paths::workspace())
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("see above; to run it alone: cargo {}", arguments.join(" ")))
    }
}
