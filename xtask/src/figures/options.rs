//! The options of `cargo xtask figures`.

use std::path::{Path, PathBuf};

use clap::Args;
use nn_train::{Part, Task};

use crate::experiments::{self, Experiment, Precision, Settings};
use crate::json::Output;
use crate::paths;
use crate::values::{at_least_one, at_least_two, one_of, positive, whole};

/// The settings of the committed figures, and of a run without options.
pub(super) const COMMITTED: Settings =
    Settings { trials: 100, samples: 200, epochs: 1000, learning_rate: 0.01, seed: 2025, threads: 0 };

/// The precision of the committed figures, and of a run without options.
pub(super) const COMMITTED_PRECISION: Precision = Precision::F32;

/// Options of `cargo xtask figures`.
#[derive(Debug, Args)]
#[command(after_help = after_help())]
pub struct FigureOptions {
    /// Runs only this experiment; can be repeated
    #[arg(long, value_name = "NAME", value_parser = one_of(experiments::ALL, |experiment| experiment.name), hide_possible_values = true)]
    pub(super) only: Vec<&'static Experiment>,
    /// Number of trials of each experiment
    #[arg(long, value_name = "N", default_value_t = COMMITTED.trials, value_parser = at_least_one, allow_negative_numbers = true)]
    pub(super) trials: usize,
    /// Number of samples of each trial
    #[arg(long, value_name = "N", default_value_t = COMMITTED.samples, value_parser = at_least_two, allow_negative_numbers = true)]
    pub(super) samples: usize,
    /// Number of updates of each trial
    #[arg(long, value_name = "N", default_value_t = COMMITTED.epochs, value_parser = at_least_one, allow_negative_numbers = true)]
    pub(super) epochs: usize,
    /// Learning rate η of gradient descent, and of Adam in spirals; in optimisers, three rates are multiples of it
    #[arg(long, value_name = "RATE", default_value_t = COMMITTED.learning_rate, value_parser = positive, allow_negative_numbers = true)]
    pub(super) learning_rate: f64,
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = COMMITTED.seed, value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub(super) seed: u64,
    /// Floating-point type to compute with
    #[arg(long, value_name = "TYPE", default_value_t = COMMITTED_PRECISION, value_parser = one_of(Precision::ALL, |precision| precision.name()))]
    pub(super) precision: Precision,
    /// Number of threads, or 0 for one per core; the results do not depend on it
    #[arg(long, value_name = "N", default_value_t = COMMITTED.threads, value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub(super) threads: usize,
    /// Directory to write to or, with --check, to compare with; must be given when other options change the numbers [default: docs/figures]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Also writes the loss curves of every trial: NAME-curves.csv and, of test data, NAME-test-curves.csv
    #[arg(long)]
    pub(super) curves: bool,
    /// Also records the best, the median and the worst trial of linear-regression, nonlinear-classification and spirals for the page that replays them: frames/NAME.js
    #[arg(long)]
    pub(super) frames: bool,
    /// Runs only a part of the trials, such as 3/10, and writes shards to merge; slurm takes the part of a task of Slurm's array job
    #[arg(long, value_name = "PART", value_parser = part, requires = "out", conflicts_with_all = ["check", "curves", "frames", "merge"])]
    pub(super) shard: Option<Part>,
    /// Runs only the best and the worst trials again, and takes all others from the shards in these directories
    #[arg(long, value_name = "DIR", num_args = 1..)]
    pub(super) merge: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) output: Output,
    /// Writes nothing; fails if a CSV or SVG file differs from what would be written
    #[arg(long, conflicts_with_all = ["curves", "frames"])]
    pub(super) check: bool,
}

impl FigureOptions {
    /// The settings of the experiments.
    pub(super) fn settings(&self) -> Settings {
        let &FigureOptions { trials, samples, epochs, learning_rate, seed, .. } = self;
        // More threads than trials would only take time to start.
        Settings { trials, samples, epochs, learning_rate, seed, threads: self.threads.min(trials) }
    }

    /// What to do with the trials.
    pub(super) fn task(&self) -> Task {
        match (self.shard, &self.out) {
            (Some(part), Some(out)) => Task::Shard { part, directory: out.clone() },
            _ if self.merge.is_empty() => Task::Whole,
            _ => Task::Merge { directories: self.merge.clone() },
        }
    }

    /// The directory to write to or to compare with. Other numbers than those of the committed figures need `--out`.
    pub(super) fn directory(&self) -> Result<PathBuf, String> {
        let committed = as_seen_from_here(paths::figures());
        let others = self.other_numbers();
        match &self.out {
            Some(out) => Ok(out.clone()),
            None if others.is_empty() => Ok(committed),
            None => Err(format!(
                "{0} holds the numbers of the default options, not of {1}; choose another directory with --out DIR, \
                 such as --out target/figures, or say --out {0} if it is meant",
                committed.display(),
                others.join(" ")
            )),
        }
    }

    /// The options, as they are typed, whose values give other numbers than those of the committed figures.
    pub(super) fn other_numbers(&self) -> Vec<String> {
        // Names every field, so that whoever adds an option decides whether it changes numbers.
        let FigureOptions {
            only: _,
            trials,
            samples,
            epochs,
            learning_rate,
            seed,
            precision,
            threads: _,
            out: _,
            curves: _,
            frames: _,
            shard: _,
            merge: _,
            output: _,
            check: _,
        } = self;
        let options = [
            ("trials", trials.to_string(), COMMITTED.trials.to_string()),
            ("samples", samples.to_string(), COMMITTED.samples.to_string()),
            ("epochs", epochs.to_string(), COMMITTED.epochs.to_string()),
            ("learning-rate", format!("{learning_rate:?}"), format!("{:?}", COMMITTED.learning_rate)),
            ("seed", seed.to_string(), COMMITTED.seed.to_string()),
            ("precision", precision.to_string(), COMMITTED_PRECISION.to_string()),
        ];
        let others = options.into_iter().filter(|(_, value, committed)| value != committed);
        others.map(|(name, value, _)| format!("--{name} {value}")).collect()
    }
}

fn part(text: &str) -> Result<Part, String> {
    let part = if text == "slurm" { Part::from_slurm() } else { text.parse() };
    part.map_err(|error| error.to_string())
}

/// Returns the path relative to the current directory if it lies below it.
fn as_seen_from_here(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).map(Path::to_path_buf).ok()).unwrap_or(path)
}

fn after_help() -> String {
    let line = |experiment: &Experiment| format!("  {:26}{}\n", experiment.name, experiment.about);
    let experiments: String = experiments::ALL.iter().map(line).collect();
    format!("Experiments:\n{experiments}\n{EXAMPLES}")
}

const EXAMPLES: &str = "Examples:
  cargo xtask figures            writes the committed figures
  cargo xtask figures --check    are the committed figures up to date?
  cargo xtask figures --only spirals --learning-rate 0.1 --out target/fast
  cargo xtask figures --trials 1000 --seed 7 --curves --out target/thousand
  cargo xtask figures --frames --out target/figures
  cargo xtask figures --check --json > numbers.json
  cargo xtask figures --shard 3/10 --out target/shards
  cargo xtask figures --merge target/shards --out target/merged";
