//! The numbers in the CSV files: complete, readable, and what the statistics say they are.

use std::fs;
use std::path::Path;

use crate::{experiment_names, names, set_names, small, succeed, table, with_trials};

/// `scipy.stats.trim_mean(x, 0.25)`: the mean without the lowest and the highest quarter, rounded down.
fn trimmed_mean(sorted: &[f64]) -> f64 {
    let middle: Vec<f64> =
        sorted.iter().copied().skip(sorted.len() / 4).take(sorted.len() - 2 * (sorted.len() / 4)).collect();
    middle.iter().sum::<f64>() / middle.len() as f64
}

/// The quantile of Hyndman and Fan's type 7, the default of NumPy: linear between the ranks around (n − 1) q, counted from 0.
fn type_7(sorted: &[f64], q: f64) -> f64 {
    let rank = (sorted.len() - 1) as f64 * q;
    let (below, above) = (sorted[rank.floor() as usize], sorted[rank.ceil() as usize]);
    below * (1.0 - rank.fract()) + above * rank.fract()
}

/// The columns of NAME.csv, computed from the losses of one epoch.
fn statistics(losses: &[f64]) -> [f64; 5] {
    let mut sorted = losses.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (q1, q3) = (type_7(&sorted, 0.25), type_7(&sorted, 0.75));
    [trimmed_mean(&sorted), q1, q3, sorted[0], sorted[sorted.len() - 1]]
}

/// Reads the header and the numbers of a CSV file.
fn numbers(path: &Path) -> (Vec<String>, Vec<Vec<f64>>) {
    let (header, rows) = table(path);
    let row = |row: Vec<String>| row.iter().map(|field| field.parse().expect("a number")).collect();
    (header, rows.into_iter().map(row).collect())
}

/// Reads the same from numbers that were computed and printed in single precision.
fn singles(path: &Path) -> (Vec<String>, Vec<Vec<f64>>) {
    let (header, rows) = table(path);
    let row = |row: Vec<String>| row.iter().map(|field| f64::from(field.parse::<f32>().unwrap())).collect();
    (header, rows.into_iter().map(row).collect())
}

fn is_close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-12 * expected.abs()
}

/// The number of epochs of a set of trials, given that of the settings.
fn epochs_of(set: &str, epochs: usize) -> usize {
    match set.split('-').next() {
        Some("convolution") => epochs.div_ceil(10),
        // Half as many updates, with a measurement after every twenty.
        Some("sequences") => epochs.div_ceil(2).div_ceil(20),
        // A quarter as many updates, with a measurement after every ten.
        Some("attention") => epochs.div_ceil(4).div_ceil(10),
        _ => epochs,
    }
}

/// Whether a set of trials is also measured on test data.
fn has_test(set: &str) -> bool {
    ["linear-regression", "linear-classification", "nonlinear-classification", "spirals"].contains(&set)
}

/// The number of samples of a set of trials, given that of the settings.
fn samples_of(set: &str, samples: usize) -> usize {
    let parts = [("8th", 8), ("4th", 4), ("half", 2)];
    samples / parts.iter().find(|(name, _)| set.ends_with(name)).map_or(1, |(_, part)| *part)
}

#[test]
fn the_statistics_are_those_of_the_single_curves() {
    // 10 and 9 trials cannot be divided into quarters.
    for (precision, trials) in [("f32", 10), ("f64", 9)] {
        let out = tempfile::tempdir().unwrap();
        succeed(&format!("{} --curves --precision {precision}", with_trials(trials, out.path())));
        for name in set_names() {
            let (header, rows) = numbers(&out.path().join(format!("{name}.csv")));
            let names = ["iqm", "q1", "q3", "min", "max"];
            let prefixes = if has_test(name) { &["", "test_"][..] } else { &[""] };
            let names = prefixes.iter().flat_map(|prefix| names.map(|name| format!("{prefix}{name}")));
            assert_eq!(header, ["epoch".to_string()].into_iter().chain(names).collect::<Vec<_>>());
            let read = if precision == "f32" { singles } else { numbers };
            for (kind, prefix) in ["curves", "test-curves"].iter().zip(prefixes) {
                let (columns, curves) = read(&out.path().join(format!("{name}-{kind}.csv")));
                let numbered: Vec<String> = (0..trials).map(|trial| format!("trial_{trial}")).collect();
                assert_eq!((columns[0].as_str(), &columns[1..]), ("epoch", &numbered[..]));
                let epochs = epochs_of(name, 12);
                assert_eq!((rows.len(), curves.len()), (epochs, epochs));
                let first = header.iter().position(|column| *column == format!("{prefix}iqm")).unwrap();
                for (index, (row, curve)) in rows.iter().zip(curves).enumerate() {
                    assert_eq!([row[0], curve[0]], [(index + 1) as f64; 2]);
                    let expected = statistics(&curve[1..]);
                    for (column, (&found, expected)) in row[first..].iter().zip(expected).enumerate() {
                        let column = &header[first + column];
                        assert!(is_close(found, expected), "{name}, {column}: {found}, not {expected}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_summary_repeats_the_last_epoch_and_the_settings() {
    let out = tempfile::tempdir().unwrap();
    succeed(&format!("{} --curves --learning-rate 0.02 --seed 3", small(out.path())));
    let (header, rows) = table(&out.path().join("summary.csv"));
    let expected = "experiment trials samples epochs learning_rate precision seed iqm iqm_low iqm_high q1 q3 min max \
                    best_trial worst_trial diverged successes success_rate success_low success_high \
                    score_iqm score_q1 score_q3 score_min score_max \
                    test_iqm test_iqm_low test_iqm_high test_q1 test_q3 test_min test_max";
    assert_eq!(header.join(" "), expected);
    assert_eq!(rows.len(), set_names().len());
    for (name, row) in set_names().into_iter().zip(&rows) {
        let field = |name: &str| row[header.iter().position(|found| found == name).unwrap()].as_str();
        let number = |name: &str| field(name).parse::<f64>().unwrap();
        let rate = field("learning_rate");
        assert_eq!(
            row[..7].join(" "),
            format!("{name} 7 {} {} {rate} f32 3", samples_of(name, 20), epochs_of(name, 12))
        );
        // The regression has no accuracy.
        let scored = name.starts_with("convolution") || has_test(name) && name != "linear-regression";
        assert_eq!((field("score_iqm").is_empty(), field("score_max").is_empty()), (!scored, !scored));
        assert!(!scored || number("score_q1") <= number("score_q3") && number("score_max") <= 1.0, "{row:?}");

        let (columns, curve) = numbers(&out.path().join(format!("{name}.csv")));
        for (column, last) in columns.iter().zip(curve.last().unwrap()).skip(1) {
            assert_eq!(number(column), *last, "{name}, {column}");
        }
        // The losses that choose the best and the worst trial.
        let (kind, prefix) = if has_test(name) { ("test-curves", "test_") } else { ("curves", "") };
        let (_, curves) = singles(&out.path().join(format!("{name}-{kind}.csv")));
        let finals = &curves.last().unwrap()[1..];
        assert_eq!(finals[number("best_trial") as usize], number(&format!("{prefix}min")));
        assert_eq!(finals[number("worst_trial") as usize], number(&format!("{prefix}max")));
        for prefix in if has_test(name) { &["", "test_"][..] } else { &[""] } {
            let [low, iqm, high] =
                ["iqm_low", "iqm", "iqm_high"].map(|end| number(&format!("{prefix}{end}")));
            assert!(low <= iqm && iqm <= high, "{name}");
        }
        assert_eq!(field("test_iqm").is_empty(), !has_test(name));
        assert_eq!(number("diverged"), 0.0);
        if field("successes").is_empty() {
            assert_eq!(row[17..21], ["", "", "", ""], "{name} has no goal to reach");
        } else {
            assert!(is_close(number("success_rate"), number("successes") / 7.0));
            assert!(number("success_low") < number("success_high"));
        }
    }
    for (name, rate, has_goal) in [
        ("linear-regression", "0.02", true),
        ("linear-classification", "0.02", false),
        ("nonlinear-classification", "0.02", true),
        ("spirals", "0.02", true),
        ("optimisers-sgd", "0.04", true),
        ("optimisers-momentum", "0.02", true),
        ("optimisers-adam", "0.4", true),
        ("optimisers-lbfgs", "1", true),
    ] {
        let row = rows.iter().find(|row| row[0] == name).unwrap();
        assert_eq!((row[4].as_str(), !row[17].is_empty()), (rate, has_goal), "{name}");
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let contents = |threads: usize| {
        let out = tempfile::tempdir().unwrap();
        succeed(&format!("{} --curves --threads {threads}", small(out.path())));
        let read = |name: String| (fs::read(out.path().join(&name)).unwrap(), name);
        names(out.path()).into_iter().map(read).collect::<Vec<_>>()
    };
    let one = contents(1);
    let tested = set_names().into_iter().filter(|name| has_test(name)).count();
    assert_eq!(one.len(), 2 * experiment_names().len() + 2 * set_names().len() + tested + 1);
    for threads in [2, 3, 1_000_000_000] {
        for ((expected, name), (found, _)) in one.iter().zip(contents(threads)) {
            assert!(*expected == found, "{name} differs with {threads} threads");
        }
    }
}

#[test]
fn another_seed_or_precision_gives_other_numbers() {
    let curve = |options: &str| {
        let out = tempfile::tempdir().unwrap();
        let place = out.path().display();
        succeed(&format!("figures --only linear-regression --trials 7 --epochs 12 --out {place} {options}"));
        fs::read(out.path().join("linear-regression.csv")).unwrap()
    };
    let usual = curve("");
    assert_eq!(usual, curve("--seed 2025 --precision f32 --learning-rate 0.01 --samples 200"));
    for options in ["--seed 2026", "--precision f64", "--learning-rate 0.011", "--samples 201"] {
        assert!(usual != curve(options), "{options} changes nothing");
    }
}

#[test]
fn a_single_trial_of_two_samples_and_one_epoch_is_enough() {
    let out = tempfile::tempdir().unwrap();
    succeed(&format!("figures --trials 1 --samples 2 --epochs 1 --out {}", out.path().display()));
    for name in set_names().into_iter().filter(|name| *name != "linear-regression") {
        let (_, rows) = numbers(&out.path().join(format!("{name}.csv")));
        assert_eq!(rows.len(), 1);
        let same = |kind: &[f64]| kind.iter().all(|&statistic| statistic == kind[0] && statistic > 0.0);
        assert!(rows[0][1..].chunks_exact(5).all(same), "{name}: {rows:?}");
    }
    // One trial has no interval.
    let (header, rows) = table(&out.path().join("summary.csv"));
    for row in rows {
        for end in ["iqm_low", "iqm_high", "success_low", "success_high", "test_iqm_low", "test_iqm_high"] {
            let place = header.iter().position(|found| found == end).unwrap();
            assert_eq!(row[place], "", "{}: {end}", row[0]);
        }
    }
}
