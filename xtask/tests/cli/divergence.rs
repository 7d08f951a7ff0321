//! A learning rate that is too high. The run succeeds, reports the number of diverged trials, and draws what is finite.

use std::fs;
use std::path::Path;

use xtask::experiments;

use crate::{names, succeed, table};

/// Runs one experiment. Returns its row of the summary by column, its figure, and the printed text.
fn run(out: &Path, experiment: &str, options: &str) -> (impl Fn(&str) -> String, String, String) {
    let words = format!("figures --only {experiment} --trials 5 --out {} {options}", out.display());
    let said = succeed(&words).stdout;
    let sets = experiments::ALL.iter().find(|known| known.name == experiment).unwrap().sets.len();
    assert_eq!(names(out).len(), 3 + sets, "{words}");
    let (header, rows) = table(&out.join("summary.csv"));
    let field = move |name: &str| rows[0][header.iter().position(|found| found == name).unwrap()].clone();
    (field, fs::read_to_string(out.join(format!("{experiment}.svg"))).unwrap(), said)
}

/// The column `diverged` of this experiment in the printed table.
fn diverged_in_table(said: &str, experiment: &str) -> String {
    let mut lines = said.lines().skip_while(|line| !line.contains("diverged"));
    let header = lines.next().unwrap();
    let line = lines.find(|line| line.starts_with(experiment)).unwrap();
    let end = header.find("diverged").unwrap() + "diverged".len();
    let end = header[..end].chars().count();
    line.chars().take(end).skip(end - "diverged".len()).collect::<String>().trim().to_string()
}

#[test]
fn lines_that_all_diverge_are_counted_and_not_drawn() {
    for precision in ["f32", "f64"] {
        let out = tempfile::tempdir().unwrap();
        let options = format!("--learning-rate 10 --precision {precision}");
        let (field, svg, said) = run(out.path(), "linear-regression", &options);
        assert_eq!(["diverged", "successes", "iqm", "max", "q3"].map(field), ["5", "0", "inf", "inf", "inf"]);
        assert_eq!(diverged_in_table(&said, "linear-regression"), "5");
        for text in [
            "(η = 10 on the mean), 5 diverged",
            "Best of 5: test MSE diverged",
            "Worst of 5: test MSE diverged",
            "true line",
        ] {
            assert!(svg.contains(text), "{precision}: no {text:?}");
        }
        assert!(!svg.contains("\"fitted line\""), "{precision}");
        let (_, rows) = table(&out.path().join("linear-regression.csv"));
        assert_eq!(rows.len(), 1000);
        assert!(rows[0][1].parse::<f64>().unwrap() < 100.0);
        assert_eq!(rows[999][1..], ["inf"; 10]);
    }
}

#[test]
fn a_run_without_divergence_says_nothing_of_it_in_the_figure() {
    let out = tempfile::tempdir().unwrap();
    let (field, svg, said) = run(out.path(), "linear-regression", "--learning-rate 0.1");
    assert_eq!(field("diverged"), "0");
    assert_eq!(diverged_in_table(&said, "linear-regression"), "0");
    assert!(svg.contains("\"fitted line\"") && !svg.contains("diverged"));
}

#[test]
fn a_classifier_without_finite_logits_shows_its_points_alone() {
    for (experiment, precision, rate) in [
        ("linear-classification", "f32", "1e38"),
        ("nonlinear-classification", "f32", "1e38"),
        ("spirals", "f32", "1e38"),
        ("linear-classification", "f64", "1e306"),
        ("nonlinear-classification", "f64", "1e306"),
        ("spirals", "f64", "1e306"),
    ] {
        let out = tempfile::tempdir().unwrap();
        let options = format!("--learning-rate {rate} --epochs 50 --precision {precision}");
        let (field, svg, _) = run(out.path(), experiment, &options);
        assert!(svg.contains("\"class 1\""), "{experiment} {precision}");
        if precision == "f32" {
            assert_eq!(field("diverged"), "5", "{experiment}");
            assert!(svg.contains("diverged") && !svg.contains("P(class 1)"), "{experiment}");
        }
    }
}

#[test]
fn an_optimiser_that_diverges_says_so_and_leaves_the_others_their_place() {
    let out = tempfile::tempdir().unwrap();
    let (field, svg, said) = run(out.path(), "optimisers", "--learning-rate 1e36 --epochs 50");
    assert_eq!(field("diverged"), "5");
    assert_eq!(diverged_in_table(&said, "optimisers-sgd"), "5");
    assert_eq!(diverged_in_table(&said, "optimisers-lbfgs"), "0");
    assert!(svg.contains("Adam, η = 2e37, 5 diverged") && svg.contains("L-BFGS, line search"));
}

#[test]
fn losses_of_exactly_zero_have_a_place_on_the_logarithmic_axis() {
    let out = tempfile::tempdir().unwrap();
    let (field, svg, _) = run(out.path(), "nonlinear-classification", "--learning-rate 16 --epochs 300");
    assert_eq!(["q1", "min", "diverged"].map(field), ["0", "0", "0"]);
    assert!(svg.contains("training: IQM, Q1–Q3 band"));
}
