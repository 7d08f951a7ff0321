//! The options of `cargo xtask figures`.

use std::path::PathBuf;

use clap::Args;

use crate::experiments::{self, Experiment, Precision};
use crate::values::{at_least_one, at_least_two, positive, whole};

/// Options of `cargo xtask figures`.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub struct FigureOptions {
    /// Runs only this experiment; can be repeated
    #[arg(long, value_name = "NAME", value_parser = experiments::find)]
    pub(super) only: Vec<&'static Experiment>,
    /// Number of trials of each experiment
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = at_least_one, allow_negative_numbers = true)]
    pub(super) trials: usize,
    /// Number of samples of each trial
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = at_least_two, allow_negative_numbers = true)]
    pub(super) samples: usize,
    /// Number of updates of each trial
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = at_least_one, allow_negative_numbers = true)]
    pub(super) epochs: usize,
    /// Learning rate η of gradient descent, and of Adam in spirals. In optimisers, three rates are multiples of it
    #[arg(long, value_name = "RATE", default_value_t = 0.01, value_parser = positive, allow_negative_numbers = true)]
    pub(super) learning_rate: f64,
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 2025, value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) seed: u64,
    /// Floating-point type to compute with: f32 or f64
    #[arg(long, value_name = "TYPE", default_value = "f32", value_parser = Precision::parse)]
    pub(super) precision: Precision,
    /// Number of threads, or 0 for one per core; the results do not depend on it
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) threads: usize,
    /// Directory to write to or, with --check, to compare with [default: the committed figures]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Also writes the loss curve of every trial: NAME-curves.csv beside each NAME.csv
    #[arg(long)]
    pub(super) curves: bool,
    /// Writes nothing; fails if a CSV or SVG file differs from what would be written
    #[arg(long, conflicts_with = "curves")]
    pub(super) check: bool,
}

fn after_help() -> String {
    let line = |experiment: &Experiment| format!("  {:26}{}\n", experiment.name, experiment.about);
    let experiments: String = experiments::ALL.iter().map(line).collect();
    format!("Experiments:\n{experiments}\n{EXAMPLES}")
}

const EXAMPLES: &str = "Examples:
  cargo xtask figures                                     writes the committed figures
  cargo xtask figures --check                             are the committed figures up to date?
  cargo xtask figures --only linear-regression --learning-rate 0.1 --out target/faster
  cargo xtask figures --trials 1000 --seed 7 --curves --out target/thousand";
