//! The committed figures are those of the default options. Other numbers take their place only when `--out` says so.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::{fail, snapshot, succeed};

/// The directory of the committed figures.
fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/figures")
}

#[test]
fn other_numbers_do_not_replace_the_committed_ones() {
    let before = snapshot(&committed());
    // Trials enough for minutes: it must refuse before it computes.
    for options in [
        "--trials 99999",
        "--trials 99999 --samples 201",
        "--trials 99999 --epochs 999",
        "--trials 99999 --learning-rate 0.02",
        "--trials 99999 --seed 7 --only spirals --threads 1 --curves",
        "--trials 99999 --precision f64",
        "--check --trials 99999",
    ] {
        let start = Instant::now();
        let line = fail(1, &format!("figures {options}"));
        assert!(start.elapsed() < Duration::from_secs(10), "{options}: it looked after computing");
        for advice in ["docs/figures holds", "--trials 99999", "--out target/figures", "or say --out "] {
            assert!(line.contains(advice), "{options}: {line}");
        }
        for other in ["--only", "--threads", "--curves", "--check"] {
            assert!(!line.contains(other), "{options}: {line}");
        }
    }
    for option in ["--samples 201", "--epochs 999", "--learning-rate 0.02", "--seed 7", "--precision f64"] {
        let line = fail(1, &format!("figures {option}"));
        assert!(line.contains(&format!("not of {option}; ")), "{line}");
    }
    assert!(snapshot(&committed()) == before);
}

#[test]
fn options_with_their_default_values_are_no_other_numbers() {
    let defaults =
        "--trials 100 --samples 200 --epochs 1000 --learning-rate 1e-2 --seed 2025 --precision f32";
    succeed(&format!("figures --check --only linear-regression --threads 2 {defaults}"));
}

#[test]
fn the_committed_directory_may_be_named() {
    let named = committed();
    // It gets as far as comparing.
    let line =
        fail(1, &format!("figures --check --only linear-regression --seed 7 --out {}", named.display()));
    assert!(line.contains("linear-regression.csv differs"), "{line}");
}
