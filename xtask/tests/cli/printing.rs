//! What is printed fits into a terminal of 80 columns, and a closed or a full standard output causes no panic.

use std::fs::{self, File};
use std::io;

use xtask::experiments::{self, Experiment};

use crate::{Finished, command, names, set_names, small, succeed, xtask_into};

/// The status that shells report for a program that SIGPIPE has ended.
const CLOSED_PIPE: i32 = 141;

/// Calls `run` with commands that print, and with the directory that the last one writes to.
fn with_commands_that_print(run: impl Fn(&str)) {
    let place = tempfile::tempdir().unwrap();
    let jobs = place.path().join("jobs.txt");
    fs::write(&jobs, "").unwrap();
    let out = place.path().join("out");
    for words in [
        "--help",
        "--version",
        "figures -h",
        "ci --no-tests",
        "list",
        "list --json",
        "completions bash",
        &format!("answer {}", jobs.display()),
        &small(&out),
    ] {
        run(words);
    }
    assert!(names(&out).contains(&"summary.csv".into()), "what is computed is written before it prints");
}

#[test]
fn it_ends_quietly_when_nobody_reads_what_it_prints() {
    with_commands_that_print(|words| {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let Finished { status, stderr, .. } = xtask_into(words, writer);
        assert_eq!((status, stderr.as_str()), (CLOSED_PIPE, ""), "{words}");
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_one_line_on_standard_error() {
    with_commands_that_print(|words| {
        let Finished { status, stderr, .. } = xtask_into(words, File::create("/dev/full").unwrap());
        assert_eq!(status, 1, "{words}: {stderr}");
        assert!(
            stderr.contains("cannot write to standard output: No space left on device"),
            "{words}: {stderr}"
        );
        assert!(stderr.starts_with("error: ") && stderr.lines().count() == 1, "{words}: {stderr}");
    });
}

#[test]
#[cfg(target_os = "linux")]
fn an_error_that_cannot_be_printed_still_fails() {
    for (words, status) in [("figurs", 2), ("", 2), ("figures --seed 7", 1)] {
        let full = File::create("/dev/full").unwrap();
        assert_eq!(command(words).stderr(full).status().unwrap().code(), Some(status), "{words}");
    }
}

/// Expects every line to fit into 80 columns.
fn fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
    }
}

#[test]
fn help_fits_into_80_columns() {
    for words in ["", "figures ", "compare ", "list ", "completions ", "weight ", "ci ", "answer "] {
        for help in ["-h", "--help"] {
            fits(&succeed(&format!("{words}{help}")).stdout);
        }
    }
}

#[test]
fn the_list_fits_into_80_columns() {
    fits(&succeed("list").stdout);
}

#[test]
fn tables_fit_into_80_columns_and_name_every_set_of_trials() {
    let out = tempfile::tempdir().unwrap();
    // The largest and the smallest numbers have the longest exponents.
    for options in ["", "--learning-rate 1e36 --precision f64", "--learning-rate 1e-300 --precision f64"] {
        let said = succeed(&format!("{} {options}", small(out.path()))).stdout;
        // The last line names the directory, which may be long.
        let (tables, _) = said.trim_end().rsplit_once('\n').unwrap();
        fits(tables);
        for name in set_names() {
            let rows = tables.lines().filter(|line| line.split(' ').next() == Some(name)).count();
            // Two tables, and a third of test losses.
            let tested = ["linear-", "nonlinear-", "spirals"].iter().any(|start| name.starts_with(start));
            assert_eq!(rows, 2 + usize::from(tested), "{name}: {tables}");
        }
    }
}

#[test]
fn without_a_terminal_every_experiment_is_a_line_of_progress() {
    let out = tempfile::tempdir().unwrap();
    let progress = succeed(&small(out.path())).progress;
    assert_eq!(progress.len(), experiments::ALL.len(), "{progress:?}");
    for (line, Experiment { name, sets, .. }) in progress.iter().zip(experiments::ALL.iter()) {
        let trials = 7 * sets.len();
        let seconds = line.strip_prefix(&format!("{name}: {trials} trials in ")).unwrap_or_default();
        assert!(seconds.strip_suffix(" s\n").is_some_and(|number| number.parse::<f64>().is_ok()), "{line:?}");
    }
}

#[test]
fn it_tells_its_version() {
    assert_eq!(succeed("--version").stdout, format!("cargo xtask {}\n", env!("CARGO_PKG_VERSION")));
}
