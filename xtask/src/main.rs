//! `cargo xtask`: regenerates every figure and runs every check. See `cargo xtask --help`.

use std::process::ExitCode;

use clap::Parser;
use xtask::cli::{self, Command};
use xtask::{ci, compare, figures};

fn main() -> ExitCode {
    let command = match cli::Xtask::try_parse() {
        Ok(xtask) => xtask.command,
        Err(error) => return cli::explain(&error),
    };
    let result = match command {
        Command::Figures(options) => figures::run(&options),
        Command::Compare(options) => compare::run(&options),
        Command::Answer { jobs } => compare::answer_jobs(&jobs),
        Command::Ci => ci::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
