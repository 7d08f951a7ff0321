//! Shapes, scalers and splits compared with scikit-learn, and IDX files written by Python. The expected values are in
//! `oracle/data.json`, made by `scripts/data_oracle.py`.

use approx::{abs_diff_eq, assert_abs_diff_eq};
use nn_core::Tensor;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_data::{
    Dataset, Idx, MinMaxScaler, StandardScaler, StratifiedKFold, make_circles, make_moons,
    stratified_train_test_split,
};
use serde_json::Value;

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Returns the cases of one kind; there must be at least one.
fn cases(kind: &str) -> Vec<Value> {
    let oracle: Value = serde_json::from_str(include_str!("../oracle/data.json")).unwrap();
    let cases = oracle[kind].as_array().unwrap().clone();
    assert!(!cases.is_empty(), "{kind}");
    cases
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn counts(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap() as usize).collect()
}

fn tensor(value: &Value) -> Tensor<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    Tensor::from_fn(rows.len(), rows[0].len(), |sample, feature| rows[sample][feature])
}

#[track_caller]
fn close(ours: &Tensor<f64>, theirs: &Tensor<f64>, tolerance: f64, what: &str) {
    assert_eq!(ours.shape(), theirs.shape(), "{what}");
    for (a, b) in ours.view().iter().zip(theirs.view()) {
        let tolerance = tolerance * b.abs().max(1.0);
        assert!(abs_diff_eq!(a, b, epsilon = tolerance), "{what}: {a} is not {b}");
    }
}

/// As many samples of each class as its size, in the order of the classes.
fn mixture(sizes: &[usize]) -> Dataset<f64, Vec<usize>> {
    let labels: Vec<usize> = (0..sizes.len()).flat_map(|class| vec![class; sizes[class]]).collect();
    Dataset::new(Tensor::zeros(&[labels.len(), 1]), labels).unwrap()
}

fn count(labels: &[usize], classes: usize) -> Vec<usize> {
    (0..classes).map(|class| labels.iter().filter(|&&label| label == class).count()).collect()
}

#[test]
fn moons_and_circles_have_the_same_points() {
    for case in cases("shapes") {
        let (name, samples) = (case["name"].as_str().unwrap(), case["samples"].as_u64().unwrap() as usize);
        let made = match name {
            "moons" => make_moons::<f64>(samples, 0.0, &mut seeded(0)),
            _ => make_circles(samples, 0.0, 0.3, &mut seeded(0)),
        }
        .unwrap();
        for class in 0..2 {
            let members: Vec<usize> = (0..samples).filter(|&sample| made.y()[sample] == class).collect();
            close(made.select(&members).unwrap().x(), &tensor(&case["classes"][class]), 1e-15, name);
        }
    }
}

#[test]
fn scalers_give_the_same_numbers_there_and_back() {
    for case in cases("scales") {
        let name = case["name"].as_str().unwrap();
        let (train, other) = (tensor(&case["train"]), tensor(&case["other"]));
        let (z, back) = if name == "standard" {
            let scaler = StandardScaler::fit(&train).unwrap();
            let z = scaler.transform(&other).unwrap();
            (z.clone(), scaler.inverse_transform(&z).unwrap())
        } else {
            let range = numbers(&case["range"]);
            let scaler = MinMaxScaler::fit_range(&train, range[0], range[1]).unwrap();
            let z = scaler.transform(&other).unwrap();
            (z.clone(), scaler.inverse_transform(&z).unwrap())
        };
        close(&z, &tensor(&case["z"]), 1e-12, name);
        close(&back, &tensor(&case["back"]), 1e-12, name);
        close(&back, &other, 1e-12, name);
    }
}

#[test]
fn stratified_test_parts_have_as_many_of_each_class() {
    for case in cases("splits") {
        let sizes = counts(&case["sizes"]);
        let test_size = case["test_size"].as_f64().unwrap();
        let split = stratified_train_test_split(&mixture(&sizes), test_size, &mut seeded(0));
        match (case["test"].is_null(), split) {
            (true, split) => assert!(split.is_err(), "{sizes:?}, {test_size}"),
            (false, split) => {
                let (_, test) = split.unwrap();
                assert_eq!(count(test.y(), sizes.len()), counts(&case["test"]), "{sizes:?}, {test_size}");
            }
        }
    }
}

#[test]
fn stratified_folds_have_as_many_of_each_class() {
    for case in cases("folds") {
        let sizes = counts(&case["sizes"]);
        let theirs: Vec<Vec<usize>> = case["folds"].as_array().unwrap().iter().map(counts).collect();
        let data = mixture(&sizes);
        let folds = StratifiedKFold::new(theirs.len()).split(&data, &mut seeded(0)).unwrap();
        let ours: Vec<Vec<usize>> = folds.map(|(_, test)| count(test.y(), sizes.len())).collect();
        assert_eq!(ours, theirs, "{sizes:?}");
    }
}

#[test]
fn idx_files_of_every_type_are_read() {
    let bytes = |text: &Value| -> Vec<u8> {
        let text = text.as_str().unwrap();
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
    };
    for case in cases("files") {
        for form in ["file", "packed"] {
            let idx = Idx::from_reader(&bytes(&case[form])[..]).unwrap();
            assert_eq!(idx.shape(), counts(&case["shape"]), "{}", case["type"]);
            let read = idx.tensor::<f64>().unwrap();
            assert_eq!(read.shape(), idx.shape());
            // The JSON reader may be off by the last bit.
            let (single, values) = (idx.tensor::<f32>().unwrap(), numbers(&case["values"]));
            assert_eq!((read.view().len(), single.view().len()), (values.len(), values.len()));
            for ((&double, &single), value) in read.view().iter().zip(single.view()).zip(values) {
                assert_abs_diff_eq!(double, value, epsilon = 2e-16 * value.abs());
                assert_eq!(single, double as f32);
            }
        }
    }
}
