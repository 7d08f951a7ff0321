//! `cargo xtask figures` from outside: the built program, run with few trials in directories of its own.

mod check;
mod committed;
mod completions;
mod divergence;
mod files;
mod frames;
mod interrupted;
mod json;
mod list;
mod numbers;
mod printing;
mod shards;
mod suggestions;
mod wrong_use;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use xtask::experiments;

/// The names of all experiments.
fn experiment_names() -> Vec<&'static str> {
    experiments::ALL.iter().map(|experiment| experiment.name).collect()
}

/// The names of all sets of trials, each of which has a CSV file of its own.
fn set_names() -> Vec<&'static str> {
    experiments::ALL.iter().flat_map(|experiment| experiment.sets).copied().collect()
}

/// The status and the output of a run.
struct Finished {
    status: i32,
    stdout: String,
    /// Without the progress.
    stderr: String,
    /// The lines of standard error that say that an experiment is done.
    progress: Vec<String>,
}

/// The program with these words, separated by spaces.
fn command(words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(words.split(' ').filter(|word| !word.is_empty()));
    command
}

/// Runs the program with these words, separated by spaces.
fn xtask(words: &str) -> Finished {
    xtask_into(words, Stdio::piped())
}

/// Runs the program and lets it print to `stdout`.
fn xtask_into(words: &str, stdout: impl Into<Stdio>) -> Finished {
    let program = command(words).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    let output = program.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let is_progress =
        |line: &&str| experiment_names().iter().any(|name| line.starts_with(&format!("{name}: ")));
    let stderr = text(output.stderr);
    let (progress, rest): (Vec<&str>, Vec<&str>) = stderr.split_inclusive('\n').partition(is_progress);
    Finished {
        status: output.status.code().expect("it ends by itself"),
        stdout: text(output.stdout),
        stderr: rest.concat(),
        progress: progress.into_iter().map(str::to_string).collect(),
    }
}

/// The words for a short run that writes to this directory.
fn small(out: &Path) -> String {
    with_trials(7, out)
}

/// The words for a short run with this number of trials.
fn with_trials(trials: usize, out: &Path) -> String {
    format!("figures --trials {trials} --samples 20 --epochs 12 --out {}", out.display())
}

/// Runs the program and expects it to succeed.
fn succeed(words: &str) -> Finished {
    let finished = xtask(words);
    assert_eq!((finished.status, finished.stderr.as_str()), (0, ""), "{words}");
    finished
}

/// Runs the program, expects this exit status and a single line on standard error beside the progress, and returns the line.
fn fail(status: i32, words: &str) -> String {
    let finished = xtask(words);
    assert_eq!(finished.status, status, "{words}: {}", finished.stderr);
    assert_eq!(finished.stdout, "", "{words}");
    let line = finished.stderr.strip_suffix('\n').expect("a whole line");
    assert!(line.starts_with("error: ") && !line.contains('\n'), "{words}: {line}");
    line.to_string()
}

/// Everything in a directory, including hidden files: the contents, and the time when they were last written.
fn snapshot(directory: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let entry = |entry: fs::DirEntry| {
        let written = entry.metadata().unwrap().modified().unwrap();
        let contents = if entry.path().is_dir() { Vec::new() } else { fs::read(entry.path()).unwrap() };
        (entry.file_name().into_string().unwrap(), (contents, written))
    };
    fs::read_dir(directory).unwrap().map(|found| entry(found.unwrap())).collect()
}

/// The names of everything in a directory, in alphabetical order.
fn names(directory: &Path) -> Vec<String> {
    snapshot(directory).into_keys().collect()
}

/// Reads the header and the rows of a CSV file.
fn table(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let row = |record: &csv::StringRecord| record.iter().map(str::to_string).collect::<Vec<_>>();
    let header = row(reader.headers().unwrap());
    let rows = reader.records().map(|record| row(&record.unwrap())).collect();
    (header, rows)
}
