//! `cargo xtask ci`: every check, cheapest first; stops at the first that fails.

mod layering;

use std::process::Command;
use std::time::Instant;

use crate::cli::{Command as Task, Xtask};
use crate::figures;

/// Runs every check.
///
/// # Errors
/// Which check failed, and how to run it alone.
pub fn run() -> Result<(), String> {
    check("format", || cargo("", &["fmt", "--all", "--check"]))?;
    check("lints", || {
        cargo("", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
    })?;
    check("layering", layering::check)?;
    check("tests", || cargo("", &["test", "--workspace", "--quiet"]))?;
    check("documentation", || cargo("-D warnings", &["doc", "--workspace", "--no-deps", "--quiet"]))?;
    check("benches compile", || cargo("", &["bench", "--workspace", "--no-run", "--quiet"]))?;
    check("figures", || {
        use clap::Parser;
        match Xtask::parse_from(["xtask", "figures", "--check"]).command {
            Task::Figures(options) => figures::run(&options),
            _ => unreachable!("the words above ask for figures"),
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

/// Runs cargo with these flags for rustdoc.
fn cargo(rustdoc_flags: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    if !rustdoc_flags.is_empty() {
        command.env("RUSTDOCFLAGS", rustdoc_flags);
    }
    let status = command.status().map_err(|error| format!("cannot start cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("see above; alone: cargo {}", arguments.join(" "))) }
}
