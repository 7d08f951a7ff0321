//! `cargo xtask ci`: runs every check, cheapest first, and stops at the first one that fails.

mod layering;

use std::process::Command;
use std::time::Instant;

use crate::cli::{Task, Xtask};
use crate::{figures, paths};

/// Runs every check, except the tests if they have just run.
///
/// # Errors
/// One line: the check that failed, and the command that runs it alone.
pub fn run(no_tests: bool) -> Result<(), String> {
    check("format", || cargo("", &["fmt", "--all", "--check"]))?;
    check("lints", || {
        cargo("", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
    })?;
    check("layering", layering::check)?;
    if !no_tests {
        check("tests", || cargo("", &["test", "--workspace", "--quiet"]))?;
    }
    check("documentation", || cargo("-D warnings", &["doc", "--workspace", "--no-deps", "--quiet"]))?;
    // With the profile of the tests, whose libraries are there already: that of the benches builds all of them again.
    check("benches compile", || cargo("", &["test", "--workspace", "--benches", "--no-run", "--quiet"]))?;
    check("figures", || {
        use clap::Parser;
        match Xtask::parse_from(["xtask", "figures", "--check"]).task {
            Task::Figures(options) => figures::run(&options),
            _ => unreachable!("these arguments ask for figures"),
        }
    })
}

fn check(name: &str, run: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    println!("== {name}");
    let start = Instant::now();
    run().map_err(|error| format!("check '{name}' failed: {error}"))?;
    println!("== {name}: passed in {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Runs cargo in the workspace, with these flags for rustdoc.
fn cargo(rustdoc_flags: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(paths::workspace());
    if !rustdoc_flags.is_empty() {
        command.env("RUSTDOCFLAGS", rustdoc_flags);
    }
    let status = command.status().map_err(|error| format!("cannot start cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("see above; to run it alone: cargo {}", arguments.join(" ")))
    }
}
