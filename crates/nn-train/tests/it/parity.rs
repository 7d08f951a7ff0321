//! Ten epochs of the report's three experiments give PyTorch's losses and parameters after each epoch.
//!
//! The data, the initial weights and PyTorch's results are in `oracle/parity.json`, written by `scripts/parity.py`.

use approx::relative_eq;
use nn_train::nn_core::ndarray::ArrayD;
use nn_train::optim::{Optimizer, Sgd};
use nn_train::prelude::*;
use nn_train::{Step, nn_data::Target};
use serde_json::Value;

const LEARNING_RATE: f64 = 0.01;

#[test]
fn trainings_are_those_of_pytorch() {
    let oracle: Value = serde_json::from_str(include_str!("../oracle/parity.json")).unwrap();
    let cases = oracle["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for case in cases {
        let target = || numbers(&case["target"]);
        let labels = || target().iter().map(|&label| label as usize).collect::<Vec<_>>();
        match case["name"].as_str().unwrap() {
            "regression" => {
                compare(&mut Linear::new(1, 1, &mut rng), &MseLoss::mean(), tensor(&case["target"]), case);
            }
            "blobs" => compare(&mut Linear::new(2, 2, &mut rng), &CrossEntropyLoss::sum(), labels(), case),
            "xor" => {
                let mut network = Sequential::new()
                    .append(Linear::new(2, 8, &mut rng))
                    .append(Tanh)
                    .append(Linear::new(8, 2, &mut rng));
                compare(&mut network, &CrossEntropyLoss::sum(), labels(), case);
            }
            other => panic!("unknown experiment {other}"),
        }
    }
}

fn compare<T: Target>(network: &mut dyn Module<f64>, loss: &dyn Loss<f64, T>, y: T, case: &Value) {
    let data = Dataset::new(tensor(&case["x"]), y).unwrap();
    assert_eq!(data.samples(), 200);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let losses = numbers(&case["losses"]);

    // Epoch by epoch, with `Step` and `Sgd`.
    load(network, &case["parameters"]);
    let mut step = Step::plan(network, loss, data.x(), data.y()).unwrap();
    for (epoch, (&theirs, after)) in losses.iter().zip(case["after"].as_array().unwrap()).enumerate() {
        let ours = step.run(network, loss, data.x(), data.y(), &mut rng).unwrap();
        assert_close("loss", ours, theirs, epoch, case);
        Sgd::new(LEARNING_RATE).step(network, step.workspace()).unwrap();
        network.visit(&mut |parameter| {
            let theirs = numbers(named(after, &parameter.name.to_string()));
            assert_eq!(parameter.value.len(), theirs.len());
            for (&ours, theirs) in parameter.value.iter().zip(theirs) {
                assert_close(&parameter.name.to_string(), ours, theirs, epoch, case);
            }
        });
    }

    // The same in one call of `fit`.
    load(network, &case["parameters"]);
    let history =
        GradientDescent::new(LEARNING_RATE, losses.len()).fit(network, loss, &data, &mut rng).unwrap();
    assert_eq!(history.loss.len(), 10);
    for (epoch, (&ours, &theirs)) in history.loss.iter().zip(&losses).enumerate() {
        assert_close("loss of fit", ours, theirs, epoch, case);
    }
}

fn load(network: &mut dyn Module<f64>, parameters: &Value) {
    network.visit_mut(None, &mut |parameter| {
        parameter.value.copy_from_slice(&numbers(named(parameters, &parameter.name.to_string())));
    });
}

/// Returns the parameter of this name. All networks in PyTorch are `Sequential`, whereas a single layer here is just that
/// layer.
fn named<'a>(parameters: &'a Value, name: &str) -> &'a Value {
    parameters.get(name).unwrap_or_else(|| &parameters[format!("0.{name}")])
}

fn assert_close(what: &str, ours: f64, theirs: f64, epoch: usize, case: &Value) {
    let close = relative_eq!(ours, theirs, epsilon = 1e-10, max_relative = 1e-10);
    assert!(close, "{what} in epoch {epoch} of {}: {ours:e}, PyTorch has {theirs:e}", case["name"]);
}

fn tensor(value: &Value) -> Tensor<f64> {
    let rows = value.as_array().unwrap();
    let shape = vec![rows.len(), rows[0].as_array().unwrap().len()];
    Tensor::from_array(ArrayD::from_shape_vec(shape, numbers(value)).unwrap().view())
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        _ => vec![value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))],
    }
}
