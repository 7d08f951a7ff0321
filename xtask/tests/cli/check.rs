//! `--check`: passes right after writing, writes nothing, and names whatever has changed.

use std::fs;
use std::path::Path;

use xtask::experiments;

use crate::{experiment_names, fail, set_names, small, snapshot, succeed};

/// Changes one byte of a line. Lines are counted from 1.
fn spoil(path: &Path, line: usize) {
    let mut contents = fs::read(path).unwrap();
    let start: usize = contents.split_inclusive(|&byte| byte == b'\n').take(line - 1).map(<[u8]>::len).sum();
    contents[start + 2] ^= 1;
    fs::write(path, contents).unwrap();
}

#[test]
fn the_committed_figures_are_up_to_date() {
    let said = succeed("figures --check").stdout;
    let files = experiment_names().len() + set_names().len() + 1;
    assert!(said.contains(&format!("{files} files up to date")), "{said}");
}

#[test]
fn it_passes_right_after_writing_and_writes_nothing() {
    let out = tempfile::tempdir().unwrap();
    succeed(&small(out.path()));
    let before = snapshot(out.path());
    succeed(&format!("{} --check", small(out.path())));
    succeed(&format!("{} --check --threads 1", small(out.path())));
    assert!(snapshot(out.path()) == before);
    fail(1, &format!("{} --check --seed 1", small(out.path())));
    assert!(snapshot(out.path()) == before);
}

#[test]
fn it_names_the_file_and_the_line_that_changed() {
    let out = tempfile::tempdir().unwrap();
    let check = format!("{} --check", small(out.path()));
    succeed(&small(out.path()));
    // One set of trials of each experiment, because every change costs two runs.
    let sets = experiments::ALL.iter().filter_map(|experiment| experiment.sets.first());
    let numbers = sets.map(|name| (format!("{name}.csv"), 2));
    let drawings = experiment_names().into_iter().map(|name| (format!("{name}.svg"), 9));
    let changes = numbers.chain(drawings).chain([("summary.csv".to_string(), 3)]);
    for (name, line) in changes {
        let path = out.path().join(&name);
        let sound = fs::read(&path).unwrap();
        spoil(&path, line);
        let spoilt = snapshot(out.path());
        let message = fail(1, &check);
        assert!(message.contains(&format!("{name} differs from line {line};")), "{name}: {message}");
        assert!(message.ends_with("run the same command without --check"), "{message}");
        assert!(message.contains(&out.path().display().to_string()), "{message}");
        assert!(snapshot(out.path()) == spoilt, "{name} was written to");
        fs::write(&path, &sound[..sound.len() - 1]).unwrap();
        assert!(fail(1, &check).contains(&format!("{name} differs from line ")), "{name} is cut short");
        fs::write(path, sound).unwrap();
    }
    succeed(&check);
}

#[test]
fn it_names_every_missing_file() {
    let out = tempfile::tempdir().unwrap();
    succeed(&small(out.path()));
    fs::remove_file(out.path().join("linear-regression.csv")).unwrap();
    fs::remove_file(out.path().join("nonlinear-classification.svg")).unwrap();
    let message = fail(1, &format!("{} --check", small(out.path())));
    let missing = "linear-regression.csv is missing, nonlinear-classification.svg is missing;";
    assert!(message.contains(missing), "{message}");

    let nowhere = out.path().join("nowhere");
    assert!(fail(1, &format!("{} --check", small(&nowhere))).contains("summary.csv is missing"));
    assert!(!nowhere.exists());
}

#[test]
fn it_looks_only_at_the_chosen_experiment() {
    let out = tempfile::tempdir().unwrap();
    succeed(&small(out.path()));
    spoil(&out.path().join("linear-regression.csv"), 4);
    spoil(&out.path().join("linear-regression.svg"), 4);
    succeed(&format!("{} --check --only nonlinear-classification", small(out.path())));
    fail(1, &format!("{} --check --only linear-regression", small(out.path())));
    // Its row of the summary is one of its numbers.
    spoil(&out.path().join("summary.csv"), 4);
    let message = fail(1, &format!("{} --check --only nonlinear-classification", small(out.path())));
    assert!(message.contains("summary.csv differs"), "{message}");
}
