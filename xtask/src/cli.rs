//! The command line of `cargo xtask`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{Parser, Subcommand};

use crate::compare::{AnswerOptions, CompareOptions};
use crate::completions::{self, Shell};
use crate::figures::FigureOptions;
use crate::json::Output;
use crate::print::{complain, finish, say};
use crate::site::SiteOptions;
use crate::values::one_of;
use crate::wrap::{COLUMNS, wrap};

/// Regenerates every figure of nn and runs every check.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
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
    /// Writes three files for each experiment NAME: NAME.svg, NAME.png (300 dpi) and NAME.csv (the statistics
    /// of every epoch, of the training loss and, where there are test data, of the test loss). An experiment
    /// that compares several sets of trials has a CSV file for each of them, such as optimisers-sgd.csv. All
    /// experiments share summary.csv. The results depend on the options below, but not on the number of
    /// threads or the kind of CPU.
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
        /// How nn computes.
        #[command(flatten)]
        options: AnswerOptions,
    },
    /// Makes the pages of the API in target/doc, with the links between the crates.
    Doc {
        /// Opens them in a browser
        #[arg(long)]
        open: bool,
    },
    /// Makes the site in target/site from the documents, and checks every link.
    ///
    /// The pages need neither a network nor a script; open index.html. They are written only if every link, every anchor
    /// and every formula is sound.
    Site(SiteOptions),
    /// Lists the experiments: what each shows, its sets of trials, its files and how long it takes.
    List(Output),
    /// Counts the packages that come with each crate, times a first build of each, and writes docs/weight.md.
    Weight(Output),
    /// Prints a script with which a shell completes `cargo xtask`.
    ///
    /// Completes tasks, options and values, such as the names of experiments after --only. Whatever else the
    /// shell completes for cargo stays.
    #[command(after_help = completions::INSTALL)]
    Completions {
        /// The shell that reads the script
        #[arg(value_parser = one_of(Shell::ALL, Shell::name))]
        shell: Shell,
    },
    /// Runs every check, cheapest first: format, lints, layering, tests, documentation, packages, benches, figures.
    Ci {
        /// Leaves out the tests, if they have just run
        #[arg(long)]
        no_tests: bool,
    },
}

/// The length of an error after which it is cut off: it repeats words of the command line, which may be of any length.
const LONGEST: usize = 400;

/// Prints help in full, and an error as a single line that says what to do.
pub fn explain(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
    let text = error.render().to_string();
    let help = wrap(text.trim_end(), COLUMNS);
    match error.kind() {
        DisplayHelp | DisplayVersion => return finish(say(help)),
        DisplayHelpOnMissingArgumentOrSubcommand => complain(help),
        _ => complain(format_args!("{} (see --help)", in_one_line(error, &text))),
    }
    ExitCode::from(2)
}

/// What was found, which words were expected if there is a list of them, and the nearest.
fn in_one_line(error: &clap::Error, text: &str) -> String {
    let expected = words(error, ContextKind::ValidValue);
    // clap's own list of expected words is a line of its own.
    let found = text.split(if expected.is_empty() { "\n\n" } else { "\n" }).next().unwrap_or_default();
    let mut line: String =
        found.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    if !expected.is_empty() {
        line += &format!(": expected one of {}", expected.join(", "));
    }
    let suggestions =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    // Where clap suggests several words, the nearest is the last.
    if let Some(nearest) = suggestions.iter().find_map(|&kind| words(error, kind).pop()) {
        line += &format!("; did you mean '{nearest}'?");
    }
    line
}

/// The words that clap gives beside an error.
fn words(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        _ => Vec::new(),
    }
}
