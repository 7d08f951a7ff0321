//! `--json`: one document on standard output and nothing else there, with the numbers of the CSV files.

use serde_json::{Value, json};

use crate::{fail, names, set_names, small, succeed, table, with_trials};

/// Runs the program, which must print a single document and nothing else on standard output.
fn document(words: &str) -> Value {
    serde_json::from_str(&succeed(&format!("{words} --json")).stdout).expect("a JSON document")
}

#[test]
fn the_document_of_figures_has_the_numbers_of_the_summary() {
    let out = tempfile::tempdir().unwrap();
    let found = document(&small(out.path()));
    assert_eq!(
        (&found["trials"], &found["seed"], &found["precision"]),
        (&json!(7), &json!(2025), &json!("f32"))
    );
    let mut files: Vec<&str> =
        found["files"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
    files.sort_unstable();
    assert_eq!(files, names(out.path()));
    assert_eq!((&found["written"], found["directory"].as_str()), (&json!(true), out.path().to_str()));
    let experiments = found["experiments"].as_array().unwrap();
    let sets: Vec<&Value> = experiments.iter().flat_map(|one| one["sets"].as_array().unwrap()).collect();
    let (header, rows) = table(&out.path().join("summary.csv"));
    assert_eq!(sets.iter().map(|set| set["name"].as_str().unwrap()).collect::<Vec<_>>(), set_names());
    for (set, row) in sets.into_iter().zip(rows) {
        let field = |name: &str| row[header.iter().position(|found| found == name).unwrap()].as_str();
        let number = |name: &str| field(name).parse::<f64>().ok();
        let loss = &set["final_loss"];
        for (found, column) in [
            (&loss["iqm"], "iqm"),
            (&loss["iqm_interval"]["low"], "iqm_low"),
            (&loss["iqm_interval"]["high"], "iqm_high"),
            (&loss["q1"], "q1"),
            (&loss["max"], "max"),
            (&loss["diverged"], "diverged"),
            (&set["samples"], "samples"),
            (&set["epochs"], "epochs"),
            (&set["learning_rate"], "learning_rate"),
            (&set["best_trial"], "best_trial"),
            (&set["success"]["rate"], "success_rate"),
            (&set["success"]["interval"]["high"], "success_high"),
            (&set["score"]["q3"], "score_q3"),
            (&set["final_test_loss"]["iqm"], "test_iqm"),
            (&set["final_test_loss"]["iqm_interval"]["low"], "test_iqm_low"),
        ] {
            assert_eq!(found.as_f64(), number(column), "{}: {column}", set["name"]);
        }
        assert_eq!(set["cost"]["trials"], 7);
    }
}

#[test]
fn a_check_and_a_shard_print_a_document_too() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("all");
    let words = format!("{} --only linear-regression", small(&out));
    succeed(&words);
    assert_eq!(document(&format!("{words} --check"))["written"], false);
    let shards = place.path().join("shards");
    let found = document(&format!("{} --only linear-regression --shard 1/2", with_trials(7, &shards)));
    assert_eq!((&found["part"], found["directory"].as_str()), (&json!("1/2"), shards.to_str()));
    assert_eq!(names(&shards).len(), 1);
}

#[test]
fn what_is_not_finite_is_null_and_counted() {
    let out = tempfile::tempdir().unwrap();
    let place = out.path().display();
    let found =
        document(&format!("figures --only linear-regression --trials 5 --learning-rate 10 --out {place}"));
    let set = &found["experiments"][0]["sets"][0];
    let loss = &set["final_loss"];
    assert_eq!((&loss["iqm"], &loss["max"], &loss["diverged"]), (&Value::Null, &Value::Null, &json!(5)));
    assert_eq!((&set["best_trial"], &set["worst_trial"]), (&Value::Null, &json!(0)));
}

#[test]
fn an_error_leaves_standard_output_empty() {
    let out = tempfile::tempdir().unwrap();
    // Nothing is there to compare with.
    fail(1, &format!("{} --only spirals --check --json", small(out.path())));
    assert!(fail(2, "compare --setup --json").contains("--json"));
    assert!(fail(2, "ci --json").contains("--json"), "its checks print what they like");
}
