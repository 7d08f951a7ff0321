//! Every wrong use prints a single line that says what to do, and leaves every file as it was.

use std::fs;
use std::time::{Duration, Instant};

use crate::{experiment_names, fail, names, small, snapshot, succeed};

#[test]
fn a_wrong_word_is_answered_with_the_right_ones() {
    let out = tempfile::tempdir().unwrap();
    let names = experiment_names().join(", ");
    let (count, two) = ("a whole number from 1 to 1000000", "a whole number from 2 to 1000000");
    let (whole, rate) = ("a whole number, such as", "a number greater than 0, such as 0.01");
    let mistakes = [
        ("--only xor", "--only", names.as_str()),
        ("--only Linear-Regression", "--only", &names),
        ("--trials 0", "--trials", count),
        ("--trials -1", "--trials", count),
        ("--trials 1.5", "--trials", count),
        ("--trials 1000001", "--trials", count),
        ("--trials 18446744073709551615", "--trials", count),
        ("--samples 1", "--samples", two),
        ("--samples 18446744073709551616", "--samples", two),
        ("--epochs 0", "--epochs", count),
        ("--epochs ten", "--epochs", count),
        ("--learning-rate NaN", "--learning-rate", rate),
        ("--learning-rate 0", "--learning-rate", rate),
        ("--learning-rate -0.1", "--learning-rate", rate),
        ("--learning-rate fast", "--learning-rate", rate),
        ("--learning-rate inf", "--learning-rate", rate),
        ("--learning-rate 1e999", "--learning-rate", rate),
        ("--seed -1", "--seed", whole),
        ("--seed x", "--seed", whole),
        ("--threads -1", "--threads", whole),
        ("--threads all", "--threads", whole),
        ("--precision f16", "--precision", "expected one of f32, f64"),
        ("--precision", "--precision", "a value is required"),
        ("--precision", "--precision", "expected one of f32, f64"),
        ("--check --curves", "--curves", "cannot be used with"),
        ("--trails 3", "--trails", "unexpected"),
        ("linear-regression", "linear-regression", "unexpected"),
    ];
    for (words, option, advice) in mistakes {
        let line = fail(2, &format!("figures --out {}/new {words}", out.path().display()));
        assert!(line.contains(option) && line.contains(advice), "{words}: {line}");
        assert!(line.ends_with("(see --help)"), "{words}: {line}");
    }
    let peers = "torch, torch-loader, torch-hand, torch-compile, jax, jax-columns, numpy, scikit-learn, burn, candle, rustyml, \
                 pandas, polars";
    let parts = "epochs, ensembles, data, experiments, steps, images, sequences, attention, growth";
    for (words, option, advice) in [
        ("--only nn", "--only", peers),
        ("--only Torch", "--only", peers),
        ("--works epoch", "--works", parts),
        ("--rounds 0", "--rounds", count),
        ("--rounds -1", "--rounds", count),
        ("--quick --setup", "--setup", "cannot be used with"),
    ] {
        let line = fail(2, &format!("compare {words}"));
        assert!(line.contains(option) && line.contains(advice), "{words}: {line}");
    }
    assert!(fail(2, "figure").contains("figure"));
    assert!(fail(2, "ci --fast").contains("--fast"));
    assert!(crate::names(out.path()).is_empty(), "something was written");
}

#[test]
fn a_directory_that_cannot_be_written_to_is_named_before_anything_is_computed() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "not a directory").unwrap();
    for out in [file.clone(), file.join("below")] {
        // The updates would take minutes; a check of the directory takes no time.
        let start = Instant::now();
        let line = fail(1, &format!("figures --trials 1000 --epochs 10000 --out {}", out.display()));
        assert!(start.elapsed() < Duration::from_secs(10), "it looked after computing");
        assert!(line.contains(&out.display().to_string()) && line.contains("--out DIR"), "{line}");
        assert!(line.contains("is a file, not a directory"), "{line}");
    }
    assert_eq!(names(place.path()), ["file"]);
    assert_eq!(fs::read_to_string(file).unwrap(), "not a directory");
}

#[test]
fn a_comparison_looks_at_its_file_before_it_builds_and_measures() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file.md");
    fs::write(&file, "no marks").unwrap();
    for (out, message) in [
        (file.clone(), "put them back or choose another file with --out"),
        (file.join("below.md"), "Not a directory"),
        (place.path().to_path_buf(), "Is a directory"),
    ] {
        let line = fail(1, &format!("compare --quick --only numpy --out {}", out.display()));
        assert!(line.contains(&out.display().to_string()) && line.contains(message), "{line}");
    }
    assert_eq!(names(place.path()), ["file.md"]);
}

#[test]
fn a_summary_that_cannot_be_read_is_not_replaced() {
    let out = tempfile::tempdir().unwrap();
    succeed(&small(out.path()));
    // Bytes that are not UTF-8.
    fs::write(out.path().join("summary.csv"), [0xff, 0xfe]).unwrap();
    let before = snapshot(out.path());
    let line = fail(1, &format!("{} --only spirals", small(out.path())));
    assert!(line.contains("cannot read ") && line.contains("summary.csv"), "{line}");
    assert!(snapshot(out.path()) == before);
}

#[test]
fn a_file_that_cannot_be_replaced_keeps_the_others_as_they_are() {
    let out = tempfile::tempdir().unwrap();
    succeed(&small(out.path()));
    let blocked = out.path().join("nonlinear-classification.png");
    fs::remove_file(&blocked).unwrap();
    fs::create_dir(&blocked).unwrap();
    let before = snapshot(out.path());
    let line = fail(1, &format!("{} --seed 4", small(out.path())));
    assert!(line.contains(&blocked.display().to_string()) && line.contains("--out DIR"), "{line}");
    assert!(snapshot(out.path()) == before, "{:?}", names(out.path()));
}
