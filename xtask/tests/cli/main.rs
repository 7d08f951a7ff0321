//! `cargo xtask figures` from outside: the built program, run with few trials in directories of its own.

mod check;
mod divergence;
mod files;
mod numbers;
mod wrong_use;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

const EXPERIMENTS: [&str; 5] =
    ["linear-regression", "linear-classification", "nonlinear-classification", "spirals", "optimisers"];

/// The sets of trials: what has numbers of its own.
const SERIES: [&str; 8] = [
    "linear-regression",
    "linear-classification",
    "nonlinear-classification",
    "spirals",
    "optimisers-sgd",
    "optimisers-momentum",
    "optimisers-adam",
    "optimisers-lbfgs",
];

/// What a run said.
struct Outcome {
    status: i32,
    stdout: String,
    stderr: String,
}

/// Runs the program with these words, separated by spaces.
fn xtask(words: &str) -> Outcome {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(words.split(' ').filter(|word| !word.is_empty()))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Outcome {
        status: output.status.code().expect("it ends by itself"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// Options of a run that takes no time, into this directory.
fn small(out: &Path) -> String {
    with_trials(7, out)
}

/// The same with another number of trials.
fn with_trials(trials: usize, out: &Path) -> String {
    format!("figures --trials {trials} --samples 20 --epochs 12 --out {}", out.display())
}

/// Runs it and expects it to go well.
fn succeed(words: &str) -> Outcome {
    let outcome = xtask(words);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{words}");
    outcome
}

/// Runs it, expects this exit status and one line on standard error, and returns the line.
fn fail(status: i32, words: &str) -> String {
    let outcome = xtask(words);
    assert_eq!(outcome.status, status, "{words}: {}", outcome.stderr);
    assert_eq!(outcome.stdout, "", "{words}");
    let line = outcome.stderr.strip_suffix('\n').expect("a whole line");
    assert!(line.starts_with("error: ") && !line.contains('\n'), "{words}: {line}");
    line.to_string()
}

/// Everything in a directory, hidden files too: contents, and when they were last written.
fn snapshot(directory: &Path) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let entry = |entry: fs::DirEntry| {
        let written = entry.metadata().unwrap().modified().unwrap();
        let contents = if entry.path().is_dir() { Vec::new() } else { fs::read(entry.path()).unwrap() };
        (entry.file_name().into_string().unwrap(), (contents, written))
    };
    fs::read_dir(directory).unwrap().map(|found| entry(found.unwrap())).collect()
}

/// The names alone, in alphabetical order.
fn names(directory: &Path) -> Vec<String> {
    snapshot(directory).into_keys().collect()
}

/// A CSV file: its header, and its rows.
fn table(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let row = |record: &csv::StringRecord| record.iter().map(str::to_string).collect::<Vec<_>>();
    let header = row(reader.headers().unwrap());
    let rows = reader.records().map(|record| row(&record.unwrap())).collect();
    (header, rows)
}
