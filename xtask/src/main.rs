//! `cargo xtask`: regenerates every figure and runs every check. See `cargo xtask --help`.

use std::process::ExitCode;

use clap::Parser;
use xtask::cli::{self, Task};
use xtask::{ci, compare, figures};

fn main() -> ExitCode {
    let task = match cli::Xtask::try_parse() {
        Ok(xtask) => xtask.task,
        Err(error) => return cli::explain(&error),
    };
    let result = match task {
        Task::Figures(options) => figures::run(&options),
        Task::Compare(options) => compare::run(&options),
        Task::Answer { jobs } => compare::answer_jobs(&jobs),
        Task::Ci { no_tests } => ci::run(no_tests),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
