//! `cargo xtask list`: names what `cargo xtask figures` writes, and how long that took.

use serde_json::Value;

use xtask::experiments::{self, Experiment};

use crate::{command, names, small, succeed};

#[test]
fn it_names_every_experiment_with_its_files() {
    let text = succeed("list").stdout;
    for Experiment { name, about, .. } in experiments::ALL {
        assert!(text.contains(&format!("{name:26}")) && text.contains(about), "{name}: {text}");
    }
    let out = tempfile::tempdir().unwrap();
    succeed(&small(out.path()));
    let document: Value = serde_json::from_str(&succeed("list --json").stdout).unwrap();
    let experiments = document["experiments"].as_array().unwrap();
    let files = experiments.iter().flat_map(|experiment| experiment["files"].as_array().unwrap());
    let mut files: Vec<&str> = files.map(|file| file.as_str().unwrap()).collect();
    assert!(files.iter().all(|file| text.contains(file)), "{text}");
    files.push("summary.csv");
    files.sort_unstable();
    assert_eq!(files, names(out.path()), "the files of a run");
}

#[test]
fn it_tells_how_long_the_last_run_with_the_default_options_took() {
    let target = tempfile::tempdir().unwrap();
    let run = |words: &str| {
        let output = command(words).env("CARGO_TARGET_DIR", target.path()).output().unwrap();
        assert!(output.status.success(), "{words}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(!run("list").contains("took"));
    let words = format!("figures --only linear-regression --out {}", target.path().join("out").display());
    run(&format!("{words} --trials 3"));
    assert!(!run("list").contains("took"), "other options take another time");
    run(&words);
    let text = run("list");
    let line = text.lines().find(|line| line.contains("took")).unwrap();
    assert!(line.starts_with("linear-regression "), "{text}");
    assert_eq!(text.matches("took").count(), 1, "{text}");
    let document: Value = serde_json::from_str(&run("list --json")).unwrap();
    assert!(document["experiments"][0]["seconds"].as_f64().unwrap() > 0.0);
    assert!(document["experiments"][1]["seconds"].is_null());
}
