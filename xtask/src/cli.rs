//! The command line of `cargo xtask`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::compare::CompareOptions;
use crate::figures::FigureOptions;

/// Regenerates every figure of nn and runs every check.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub struct Xtask {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// The tasks of `cargo xtask`, each with its options.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Runs the experiments and writes their figures and numbers.
    ///
    /// Writes three files for each experiment NAME: NAME.svg, NAME.png (300 dpi) and NAME.csv (the statistics of every
    /// epoch). An experiment that compares several sets of trials has a CSV file for each of them, such as
    /// optimisers-sgd.csv. All experiments share summary.csv. The results depend on the options below, but not on the
    /// number of threads or the kind of CPU.
    Figures(FigureOptions),
    /// Measures nn and other frameworks on the same work in the same run; writes docs/benchmarks.md.
    ///
    /// The first run builds the Rust peers and installs the Python peers (peers/requirements.txt, some gigabytes) in
    /// target/peers, which takes many minutes. A measurement takes half an hour; nothing else should run on the machine
    /// meanwhile. A peer that cannot be built or installed is left out and named.
    Compare(CompareOptions),
    /// Answers the jobs in a file, as the programs of the peers do.
    #[command(hide = true)]
    Answer {
        /// File of jobs, one per line
        jobs: PathBuf,
    },
    /// Runs every check, cheapest first: format, lints, layering, tests, documentation, benches, figures.
    Ci {
        /// Leaves out the tests, if they have just run
        #[arg(long)]
        no_tests: bool,
    },
}

/// Prints help in full, and an error as a single line that says what to do.
pub fn explain(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
    let text = error.render().to_string();
    if matches!(error.kind(), DisplayHelp | DisplayVersion) {
        print!("{text}");
        return ExitCode::SUCCESS;
    }
    if error.kind() == DisplayHelpOnMissingArgumentOrSubcommand {
        eprint!("{text}");
        return ExitCode::from(2);
    }
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    eprintln!("{} (see --help)", words.join(" "));
    ExitCode::from(2)
}
