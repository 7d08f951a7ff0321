//! The files that a run writes, and those that it leaves alone.

use std::fs;
use std::path::Path;

use xtask::experiments::{self, Experiment};

use crate::{experiment_names, names, set_names, small, snapshot, succeed, table, xtask};

/// The names of the figures of these experiments, of the files of these sets of trials, and of the summary.
fn expected(experiments: &[&str], sets: &[&str], endings: &[&str]) -> Vec<String> {
    let files = |names: &[&str], endings: &[&str]| -> Vec<String> {
        let of_one = |name: &&str| endings.iter().map(|ending| format!("{name}{ending}")).collect::<Vec<_>>();
        names.iter().flat_map(of_one).collect()
    };
    let mut names = [files(experiments, &[".png", ".svg"]), files(sets, endings)].concat();
    names.push("summary.csv".into());
    names.sort();
    names
}

#[test]
fn each_experiment_has_a_figure_and_its_numbers_and_all_share_a_summary() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("made/on/the/way");
    let said = succeed(&small(&out)).stdout;
    assert_eq!(names(&out), expected(&experiment_names(), &set_names(), &[".csv"]));
    assert!(set_names().iter().all(|name| said.contains(name)), "{said}");
    assert!(said.contains(&format!("{} files written in {}", names(&out).len(), out.display())), "{said}");
}

#[test]
fn curves_are_written_when_asked_for() {
    let out = tempfile::tempdir().unwrap();
    succeed(&format!("{} --curves", small(out.path())));
    let mut files = expected(&experiment_names(), &set_names(), &["-curves.csv", ".csv"]);
    let tested = ["linear-regression", "linear-classification", "nonlinear-classification", "spirals"];
    files.extend(tested.map(|name| format!("{name}-test-curves.csv")));
    files.sort();
    assert_eq!(names(out.path()), files);
}

#[test]
fn only_may_be_repeated() {
    let out = tempfile::tempdir().unwrap();
    let chosen = [experiment_names()[0], experiment_names()[2]];
    succeed(&format!("{} --only {} --only {}", small(out.path()), chosen[1], chosen[0]));
    assert_eq!(names(out.path()), expected(&chosen, &chosen, &[".csv"]));
    let (_, rows) = table(&out.path().join("summary.csv"));
    assert_eq!(
        rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
        chosen,
        "in the order of the table"
    );
}

#[test]
fn a_partial_run_replaces_its_row_of_the_summary_and_no_other_file() {
    let out = tempfile::tempdir().unwrap();
    succeed(&small(out.path()));
    let (old_files, (header, old)) = (snapshot(out.path()), table(&out.path().join("summary.csv")));
    succeed(&format!("{} --only linear-classification --seed 7", small(out.path())));
    let (new_files, (same_header, new)) = (snapshot(out.path()), table(&out.path().join("summary.csv")));
    assert_eq!(header, same_header);
    assert_eq!((&new[0], &new[2..]), (&old[0], &old[2..]));
    assert_ne!(new[1], old[1]);
    let seed = header.iter().position(|name| name == "seed").unwrap();
    assert_eq!([&new[0][seed], &new[1][seed]], ["2025", "7"]);
    for (name, file) in &old_files {
        let is_concerned = name.starts_with("linear-classification") || name == "summary.csv";
        assert_eq!(file != &new_files[name], is_concerned, "{name}");
    }
}

/// Width, height, and pixels per metre in both directions, read from the file's chunks.
fn png_header(path: &Path) -> [u32; 4] {
    let bytes = fs::read(path).unwrap();
    assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let chunk =
        bytes.windows(4).position(|window| window == b"pHYs").expect("a PNG that knows its resolution");
    assert_eq!(bytes[chunk + 12], 1, "the unit is the metre");
    [number(16), number(20), number(chunk + 4), number(chunk + 8)]
}

#[test]
fn figures_are_png_of_300_dpi_and_svg() {
    let out = tempfile::tempdir().unwrap();
    succeed(&small(out.path()));
    for name in experiment_names() {
        let per_metre = (300.0_f64 / 0.0254).round() as u32;
        let height = match name {
            "convolution" => 1500,
            "convolution-matrix" => 1320,
            "sequences" => 2760,
            "optimisers" => 2340,
            "attention" => 2880,
            _ => 1680,
        };
        let header = png_header(&out.path().join(format!("{name}.png")));
        assert_eq!(header, [2160, height, per_metre, per_metre], "{name}");
        let svg = fs::read_to_string(out.path().join(format!("{name}.svg"))).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{name}");
    }
}

#[test]
fn help_names_every_option_experiment_and_peer() {
    let general = succeed("--help").stdout;
    assert!(["figures", "ci"].iter().all(|command| general.contains(&format!("\n  {command}"))), "{general}");
    let figures = succeed("figures --help").stdout;
    let options =
        "only trials samples epochs learning-rate seed precision threads out curves frames check".split(' ');
    for option in options {
        assert!(figures.contains(&format!("\n      --{option}")), "{option} is missing:\n{figures}");
    }
    for Experiment { name, about, .. } in experiments::ALL {
        assert!(figures.contains(&format!("\n  {name:26}{about}\n")), "{name} is missing:\n{figures}");
    }
    let compare = succeed("compare --help").stdout;
    for peer in ["torch", "torch-loader", "jax-columns", "numpy", "scikit-learn", "rustyml", "polars"] {
        assert!(compare.contains(&format!("\n  {peer:15}")), "{peer} is missing:\n{compare}");
    }
}

#[test]
fn without_a_command_it_shows_its_help() {
    let finished = xtask("");
    assert_eq!((finished.status, finished.stdout.as_str()), (2, ""));
    assert_eq!(finished.stderr, succeed("--help").stdout);
}
