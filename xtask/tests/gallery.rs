//! Checks that the gallery shows everything, and that its numbers are those of the experiments and of the
//! examples.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use xtask::experiments;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(path)).unwrap()
}

/// The cells of a row of a table.
fn cells(line: &str) -> Vec<&str> {
    let inner = line.trim().trim_start_matches('|').trim_end_matches('|');
    // A bar within a cell is written with a backslash; none of these tables has one.
    inner.split('|').map(str::trim).collect()
}

/// The rows of a document whose first cell holds a name, each with the head of its table.
fn rows_of_names(document: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let mut rows = Vec::new();
    let mut lines = document.lines().peekable();
    let mut head = Vec::new();
    while let Some(line) = lines.next() {
        if lines.peek().is_some_and(|next| next.starts_with("|--")) {
            head = cells(line);
        } else if line.starts_with("| `") || line.starts_with("| [`") {
            rows.push((head.clone(), cells(line)));
        }
    }
    rows
}

/// The table of summary.csv: the columns of each set of trials by name.
fn summary() -> BTreeMap<String, BTreeMap<String, String>> {
    let text = read("docs/figures/summary.csv");
    let mut lines = csv::Reader::from_reader(text.as_bytes());
    lines
        .deserialize::<BTreeMap<String, String>>()
        .map(|row| row.unwrap())
        .map(|row| (row["experiment"].clone(), row))
        .collect()
}

/// What the gallery has to say about a set of trials in a column.
fn expected(set: &BTreeMap<String, String>, column: &str) -> String {
    let number = |name: &str| set[name].parse::<f64>().unwrap();
    match column {
        "trials of" => format!("`{}`", set["experiment"]),
        "samples" | "epochs" => set[column].clone(),
        // The losses of these curves are measured between updates.
        "measurements" => set["epochs"].clone(),
        "final loss, IQM" => format!("{:.2e}", number("iqm")),
        "its 95 % interval" => format!("{:.2e} – {:.2e}", number("iqm_low"), number("iqm_high")),
        "success" if set["successes"].is_empty() => "–".into(),
        "success" => format!("{} of {}", set["successes"], set["trials"]),
        "score, IQM" if set["score_iqm"].is_empty() => "–".into(),
        "score, IQM" => format!("{:.3}", number("score_iqm")),
        _ => panic!("summary.csv says nothing about the column `{column}`"),
    }
}

#[test]
fn the_numbers_of_the_experiments_are_those_of_the_summary() {
    let (gallery, summary) = (read("docs/gallery.md"), summary());
    let mut wrong = Vec::new();
    let mut shown = Vec::new();
    for (head, row) in rows_of_names(&gallery) {
        let Some(set) = summary.get(row[0].trim_matches('`')) else { continue };
        shown.push(set["experiment"].as_str());
        let right: Vec<String> = head.iter().map(|column| expected(set, column)).collect();
        if row != right {
            wrong.push(format!("expected\n| {} |\nfound\n| {} |", right.join(" | "), row.join(" | ")));
        }
    }
    assert!(wrong.is_empty(), "docs/gallery.md differs from docs/figures/summary.csv:\n{}", wrong.join("\n"));
    let sets: Vec<&str> = experiments::ALL.iter().flat_map(|experiment| experiment.sets).copied().collect();
    assert_eq!(shown, sets, "each set of trials has a row, in the order of the experiments");
}

#[test]
fn every_experiment_has_its_picture_and_its_program() {
    let gallery = read("docs/gallery.md");
    for experiment in experiments::ALL {
        let (name, file) = (experiment.name, experiment.name.replace('-', "_"));
        for link in
            [format!("](figures/{name}.svg)](figures/{name}.svg)"), format!("/experiments/{file}.rs)")]
        {
            assert!(gallery.contains(&link), "docs/gallery.md has no {link}");
        }
        assert!(
            gallery.contains(&format!("--only {name} ")),
            "docs/gallery.md does not say how to run {name}"
        );
    }
}

/// The names of the files with this extension directly in a folder of the workspace, sorted.
fn names(folder: &str, extension: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let files = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|found| found == extension));
    let mut names: Vec<String> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().into()).collect();
    names.sort();
    names
}

/// What they show and quote is compared with the programs by a test of each, which must not be forgotten.
#[test]
fn every_example_has_its_section_its_row_and_a_test_of_both() {
    let (gallery, readme) = (read("docs/gallery.md"), read("examples/README.md"));
    let listed: Vec<String> =
        rows_of_names(&readme).iter().map(|(_, row)| row[0].split('`').nth(1).unwrap().into()).collect();
    let mut sorted = listed.clone();
    sorted.sort();
    let examples = names("examples", "rs");
    assert_eq!(sorted, examples, "each example has one row in examples/README.md");

    let programs: Vec<&str> = gallery
        .lines()
        .filter_map(|line| line.strip_prefix("The program: [`")?.split_once("`](../examples/"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        programs, listed,
        "each example has a section of docs/gallery.md, in the order of examples/README.md"
    );
    for name in &examples {
        assert!(
            [format!("example {name}`"), format!("example {name} -- ")]
                .iter()
                .any(|end| gallery.contains(end)),
            "docs/gallery.md does not say how to run {name}"
        );
        assert!(
            read(&format!("examples/{name}.rs")).contains(&format!("nn_examples::check_gallery(\"{name}\"")),
            "no test compares {name} with its section"
        );
    }
}

#[test]
fn every_picture_of_an_example_is_shown_twice_and_every_example_that_draws_has_one() {
    let gallery = read("docs/gallery.md");
    let pictures = names("docs/figures/examples", "svg");
    for name in &pictures {
        let file = format!("](figures/examples/{name}.svg)");
        for link in [format!("{file}<br>"), format!("{file}{file}\n")] {
            assert!(gallery.contains(&link), "docs/gallery.md has no {link}");
        }
    }
    let draws = |name: &String| read(&format!("examples/{name}.rs")).contains("nn_examples::save(");
    // Its data are not in this repository.
    let examples = names("examples", "rs").into_iter().filter(|name| name != "mnist");
    assert_eq!(examples.filter(draws).collect::<Vec<_>>(), pictures);
}
