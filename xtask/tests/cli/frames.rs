//! `--frames`: recorded trainings, in which every number is one of the experiment.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use nn_core::ndarray::{Array1, Array2};
use nn_core::{Linear, Module, Scalar, Sequential, Softmax, Tanh, Tensor};
use nn_loss::{CrossEntropyLoss, Loss, MseLoss};
use serde_json::Value;
use xtask::experiments::{Settings, nonlinear_classification, spirals};

use crate::{fail, names, small, snapshot, succeed, table};

const NAMES: [&str; 3] = ["linear-regression", "nonlinear-classification", "spirals"];

/// The recordings of the committed figures.
static COMMITTED: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let files = xtask::figures::recordings().unwrap().into_iter();
    files.map(|(path, contents)| (path, String::from_utf8(contents).unwrap())).collect()
});

fn committed(name: &str) -> Value {
    recording(&COMMITTED[&format!("frames/{name}.js")], name)
}

/// Reads what a script assigns.
fn recording(script: &str, name: &str) -> Value {
    let json = script.strip_prefix(&format!("watch.recordings[\"{name}\"] = ")).expect("an assignment");
    serde_json::from_str(json.strip_suffix(";\n").expect("a whole script")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap_or(f64::NAN)).collect()
}

fn index(value: &Value) -> usize {
    value.as_u64().expect("a whole number") as usize
}

/// The network of each frame of a run: linear layers, tanh between them.
fn networks(recording: &Value, run: &Value) -> Vec<Sequential<f64>> {
    let sizes: Vec<usize> = numbers(&recording["layers"]).iter().map(|&size| size as usize).collect();
    let mut parameters: Vec<f64> = Vec::new();
    let mut networks = Vec::new();
    for changes in run["parameters"].as_array().unwrap() {
        let changes = numbers(changes);
        parameters.resize(changes.len(), 0.0);
        parameters.iter_mut().zip(&changes).for_each(|(sum, change)| *sum += change);
        let mut rest: Vec<f64> = parameters.iter().map(|thousandths| thousandths / 1000.0).collect();
        let mut network = Sequential::new();
        for (layer, pair) in sizes.windows(2).enumerate() {
            let &[inputs, outputs] = pair else { unreachable!("pairs") };
            let weight: Vec<f64> = rest.drain(..inputs * outputs).collect();
            let bias: Vec<f64> = rest.drain(..outputs).collect();
            let weight = Array2::from_shape_vec((outputs, inputs), weight).unwrap();
            if layer > 0 {
                network = network.append(Tanh);
            }
            network = network.append(Linear::from_parameters(weight, Array1::from(bias)).unwrap());
        }
        assert!(rest.is_empty());
        networks.push(network);
    }
    networks
}

#[test]
fn scripts_are_written_beside_the_figures_with_the_same_bytes_for_any_number_of_threads() {
    let place = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| place.path().join(name));
    let said = succeed(&format!("{} --frames --threads 1", small(&one))).stdout;
    succeed(&format!("{} --frames --threads 2", small(&two)));
    let frames = one.join("frames");
    assert_eq!(names(&frames), NAMES.map(|name| [format!("{name}.js"), format!("{name}.svg")]).concat());
    let count = names(&one).len() - 1 + names(&frames).len();
    assert!(said.contains(&format!("{count} files written")), "{said}");
    for name in names(&frames) {
        let [a, b] = [&one, &two].map(|out| fs::read(out.join("frames").join(&name)).unwrap());
        assert!(a == b, "{name} depends on the number of threads");
    }
    // The other files are those of a run without frames: no curves, for one.
    succeed(&small(&two));
    let files = |out: &Path| names(out).into_iter().filter(|name| name != "frames").collect::<Vec<_>>();
    assert_eq!(files(&one), files(&two));
    for name in NAMES {
        assert_eq!(
            fs::read(one.join(format!("{name}.svg"))).unwrap(),
            fs::read(frames.join(format!("{name}.svg"))).unwrap()
        );
    }
}

#[test]
fn a_run_that_diverges_is_recorded_while_it_is_finite() {
    let out = tempfile::tempdir().unwrap();
    succeed(&format!("{} --frames --learning-rate 1000 --only linear-regression", small(out.path())));
    let script = fs::read_to_string(out.path().join("frames/linear-regression.js")).unwrap();
    let recording = recording(&script, "linear-regression");
    let frames = recording["runs"][2]["parameters"].as_array().unwrap().len();
    assert!((1..12).contains(&frames), "{frames} of 12");
    let huge = "--precision f64 --learning-rate 1e300 --only spirals --only nonlinear-classification";
    succeed(&format!("{} --frames {huge}", small(out.path())));
}

#[test]
fn wrong_uses_are_explained_and_write_nothing() {
    let out = tempfile::tempdir().unwrap();
    let said = fail(1, &format!("{} --frames --only sequences", small(out.path())));
    assert!(said.contains("linear-regression, nonlinear-classification, spirals"), "{said}");
    for other in ["--check", "--shard 1/2"] {
        let said = fail(2, &format!("{} --frames {other}", small(out.path())));
        assert!(said.contains("cannot be used with"), "{said}");
    }
    fs::write(out.path().join("frames"), "a file").unwrap();
    let before = snapshot(out.path());
    let said = fail(1, &format!("{} --frames", small(out.path())));
    assert!(said.contains("frames: it is a file, not a directory"), "{said}");
    assert!(snapshot(out.path()) == before);
}

#[test]
fn the_trials_are_those_of_the_committed_summary_and_all_fit_300_kilobytes() {
    let (header, rows) = table(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/figures/summary.csv"));
    let column =
        |row: &[String], name: &str| row[header.iter().position(|other| other == name).unwrap()].clone();
    let mut bytes = 0;
    for name in NAMES {
        bytes += COMMITTED[&format!("frames/{name}.js")].len();
        let recording = committed(name);
        let row = rows.iter().find(|row| row[0] == name).expect("a row of the summary");
        let trial = |run: usize| index(&recording["runs"][run]["trial"]);
        let finals = numbers(&recording["finals"]);
        let ends = ["min", "max"].map(|name| column(row, name).parse::<f64>().unwrap());
        let found = [trial(0), trial(2)].map(|trial| finals[trial]);
        // The recording has three digits.
        let same = found.iter().zip(&ends).all(|(found, end)| (found - end).abs() < 0.006 * end);
        assert!(same, "{name}: {found:?}, {ends:?}");
        let below = finals.iter().filter(|&&loss| loss < finals[trial(1)]).count();
        let above = finals.iter().filter(|&&loss| loss > finals[trial(1)]).count();
        assert!(
            finals.len() == 100 && below.abs_diff(above) <= 3,
            "{name}: {below} below, {above} above the median"
        );
        let epochs = numbers(&recording["epochs"]);
        assert!(
            (35..=50).contains(&epochs.len())
                && epochs.starts_with(&[1.0, 2.0, 3.0])
                && epochs.ends_with(&[1000.0])
        );
        for run in recording["runs"].as_array().unwrap() {
            let losses = numbers(&run["losses"]);
            assert_eq!((losses.len(), losses[999]), (1000, finals[index(&run["trial"])]), "{name}");
        }
    }
    assert!(bytes < 300_000, "{bytes} bytes");
}

/// The recorded weights, rounded as they are, have the losses of the curve, which comes from one long training.
#[test]
fn the_weights_of_each_frame_have_the_loss_of_its_epoch() {
    for name in NAMES {
        let recording = committed(name);
        for run in recording["runs"].as_array().unwrap() {
            let width = if name == "linear-regression" { 2 } else { 3 };
            let points = numbers(&run["points"]);
            let samples = points.len() / width;
            let x = Tensor::from_fn(samples, width - 1, |sample, axis| points[sample * width + axis]);
            let last = |sample: usize| points[sample * width + width - 1];
            for (network, epoch) in networks(&recording, run).iter().zip(numbers(&recording["epochs"])) {
                let output = network.predict(&x).unwrap();
                let found = if width == 2 {
                    MseLoss::mean().value(&output, &Tensor::from_fn(samples, 1, |sample, _| last(sample)))
                } else {
                    let labels: Vec<usize> = (0..samples).map(|sample| last(sample) as usize).collect();
                    CrossEntropyLoss::mean().value(&output, &labels)
                };
                let expected = run["losses"][epoch as usize - 1].as_f64().unwrap();
                // What rounding changes. One epoch too early or too late would change more of the first losses.
                let (apart, bound) = ((found.unwrap() - expected).abs(), 0.01 * expected + 0.0005);
                assert!(apart < bound, "{name}, {}, epoch {epoch}: {apart} apart", run["which"]);
            }
        }
    }
}

/// The last frames draw the fields of the trained networks.
#[test]
fn the_last_weights_give_the_field_of_the_network() {
    let settings =
        Settings { trials: 100, samples: 200, epochs: 1000, learning_rate: 0.01, seed: 2025, threads: 0 };
    for name in &NAMES[1..] {
        let recording = committed(name);
        for run in recording["runs"].as_array().unwrap() {
            let trial = index(&run["trial"]);
            let trials = settings.trials(&|| ()).range(trial..trial + 1);
            let learn =
                if *name == "spirals" { spirals::run::<f32> } else { nonlinear_classification::run::<f32> };
            let ensemble = learn(&settings, &trials).unwrap();
            let place = |place: usize, axis: usize| [place / 9, place % 9][axis] as f64 / 4.0 - 1.0;
            let rounded =
                networks(&recording, run).pop().unwrap().predict(&Tensor::from_fn(81, 2, place)).unwrap();
            let rounded = Softmax.predict(&rounded).unwrap();
            let single = Tensor::from_fn(81, 2, |at, axis| place(at, axis) as f32);
            let whole =
                Softmax.predict(&ensemble.runs()[trial].kept.network().predict(&single).unwrap()).unwrap();
            for at in 0..81 {
                let apart = (rounded[[at, 1]] - whole[[at, 1]].to_f64()).abs();
                assert!(apart < 0.03, "{name}, trial {trial}: {apart} apart");
            }
        }
    }
}
