//! The command line of `cargo xtask`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::compare;
use crate::experiments::{Experiment, Precision};

/// Regenerates every figure of nn and runs every check.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub struct Xtask {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `cargo xtask` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the experiments and writes their figures and numbers.
    ///
    /// For each experiment NAME it writes NAME.svg, NAME.png (300 dpi) and NAME.csv (the statistics of every epoch;
    /// optimisers has one for each of its four, optimisers-sgd.csv and so on), and for all of them summary.csv. The numbers
    /// depend on the options below but not on the number of threads or the kind of CPU.
    ///
    /// Experiments: linear-regression, linear-classification, nonlinear-classification, spirals, optimisers.
    #[command(after_help = FIGURES_HELP)]
    Figures(Figures),
    /// Measures nn beside other frameworks, on the same work in the same run; writes docs/benchmarks.md.
    ///
    /// Builds the Rust peers and installs the Python ones (peers/requirements.txt, some gigabytes) below target/peers
    /// the first time, which takes many minutes; a measurement takes half an hour. What cannot be had is left out and
    /// named. Keep the machine quiet.
    ///
    /// Peers: torch, torch-hand, torch-compile, jax, jax-columns, numpy, burn, candle.
    #[command(after_help = COMPARE_HELP)]
    Compare(Compare),
    /// Answers the jobs in a file, as the peers' programs do.
    #[command(hide = true)]
    Answer {
        /// The jobs, one a line
        jobs: PathBuf,
    },
    /// Runs every check, cheapest first: format, lints, layering, tests, documentation, benches, figures.
    Ci,
}

const FIGURES_HELP: &str = "Examples:
  cargo xtask figures                                     all of them, as committed
  cargo xtask figures --check                             are the committed ones up to date?
  cargo xtask figures --only linear-regression --learning-rate 0.1 --out target/faster
  cargo xtask figures --trials 1000 --seed 7 --curves --out target/thousand";

/// Options of `cargo xtask figures`.
#[derive(Debug, Args)]
pub struct Figures {
    /// Only this experiment; may be repeated
    #[arg(long, value_name = "NAME", value_parser = Experiment::parse)]
    pub only: Vec<Experiment>,
    /// Trials of each experiment
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_least_one, allow_negative_numbers = true)]
    pub trials: usize,
    /// Samples of each trial
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = at_least_two, allow_negative_numbers = true)]
    pub samples: usize,
    /// Updates of each trial
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = at_least_one, allow_negative_numbers = true)]
    pub epochs: usize,
    /// Learning rate η: of gradient descent, and of Adam in spirals; in optimisers, three rates are multiples of it
    #[arg(long, value_name = "RATE", default_value_t = 0.01, value_parser = positive, allow_negative_numbers = true)]
    pub learning_rate: f64,
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 2025, value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub seed: u64,
    /// Numbers to compute with: f32 or f64
    #[arg(long, value_name = "TYPE", default_value = "f32", value_parser = Precision::parse)]
    pub precision: Precision,
    /// Threads to use, 0 for one on each core; changes no number
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub threads: usize,
    /// Directory to write to, or to compare with; the committed figures by default
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Also writes NAME-curves.csv, beside each NAME.csv, with the loss curve of every single trial
    #[arg(long)]
    pub curves: bool,
    /// Writes nothing; fails if a CSV or SVG file differs from what would be written
    #[arg(long, conflicts_with = "curves")]
    pub check: bool,
}

const COMPARE_HELP: &str = "Examples:
  cargo xtask compare --setup                             builds and installs the peers
  cargo xtask compare                                     measures, writes docs/benchmarks.md
  cargo xtask compare --quick                             prints a rough table in a few minutes
  cargo xtask compare --quick --only jax --python venv/bin/python";

/// Options of `cargo xtask compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// Two short rounds in two settings; builds and installs nothing, prints instead of writing
    #[arg(long, conflicts_with = "setup")]
    pub quick: bool,
    /// nn and this peer only; may be repeated. Prints instead of writing
    #[arg(long, value_name = "PEER", value_parser = compare::parse)]
    pub only: Vec<&'static str>,
    /// Builds and installs the peers and measures nothing
    #[arg(long)]
    pub setup: bool,
    /// How often to go through all programs; 5, or 2 if quick, by default
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub rounds: Option<usize>,
    /// A Python that has the packages of peers/requirements.txt, instead of a virtual environment of their own
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
    /// File to write to
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// More trials, samples or epochs are taken for a mistake: no memory holds what they take.
const MOST: usize = 1_000_000;

fn at_least(least: usize, text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if (least..=MOST).contains(&n) => Ok(n),
        _ => Err(format!("expected a whole number from {least} to {MOST}")),
    }
}

fn whole<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "expected a whole number, such as 0 or 7".into())
}

fn at_least_one(text: &str) -> Result<usize, String> {
    at_least(1, text)
}

/// A line through a single point has no slope to find.
fn at_least_two(text: &str) -> Result<usize, String> {
    at_least(2, text)
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if x.is_finite() && x > 0.0 => Ok(x),
        _ => Err("expected a number greater than 0, such as 0.01".into()),
    }
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
