//! `cargo xtask`: regenerates every figure and runs every check. See `cargo xtask --help`.

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use xtask::cli::{self, Task};
use xtask::{ci, compare, completions, doc, figures, list, print, site, weight};

fn main() -> ExitCode {
    let task = match cli::Xtask::try_parse() {
        Ok(xtask) => xtask.task,
        Err(error) => return cli::explain(&error),
    };
    print::finish(match task {
        Task::Figures(options) => figures::run(&options),
        Task::Compare(options) => compare::run(&options),
        Task::Answer { jobs, options } => compare::answer_jobs(&jobs, options),
        Task::Doc { open } => doc::run(open),
        Task::Site(options) => site::run(&options),
        Task::List(output) => list::run(output),
        Task::Completions { shell } => completions::run(shell, &cli::Xtask::command()),
        Task::Weight(output) => weight::run(output),
        Task::Ci { no_tests } => ci::run(no_tests),
    })
}
