//! Ten epochs of the report's three experiments, and five steps of networks of images, sequences, tokens and attention, give PyTorch's
//! losses and parameters after each of them.
//!
//! The data, the initial weights and PyTorch's results are in the files of `oracle`, each written by the script that it names.

use approx::relative_eq;
use nn_train::nn_core::ndarray::ArrayD;
use nn_train::nn_core::{
    AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Embedding, Flatten, Gru, LayerNorm, Lstm, MaxPool2d,
    MultiheadAttention, PositionEmbedding, PositionalEncoding, RmsNorm, Rnn, Select, TransformerEncoderLayer,
};
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

#[test]
fn a_convolutional_network_is_trained_as_by_pytorch() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let network = Sequential::new()
        .append(Conv2d::new(1, 2, 3, &mut rng).padding(1))
        .append(BatchNorm2d::new(2))
        .append(Relu)
        .append(MaxPool2d::new(2))
        .append(Conv2d::new(2, 4, 2, &mut rng))
        .append(AdaptiveAvgPool2d::new(1))
        .append(Flatten)
        .append(Linear::new(4, 3, &mut rng));
    let oracle: Value = serde_json::from_str(include_str!("../oracle/images.json")).unwrap();
    five_steps(network, &oracle["cases"][0]);
}

#[test]
fn recurrent_networks_are_trained_as_by_pytorch() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let oracle: Value = serde_json::from_str(include_str!("../oracle/sequences.json")).unwrap();
    let [rnn, lstm, gru] = [0, 1, 2].map(|index| &oracle["cases"][index]);
    let network = Sequential::new();
    five_steps(network.append(Rnn::deep(3, 4, 2, rng).last()).append(Linear::new(4, 3, rng)), rnn);
    let network = Sequential::new();
    five_steps(network.append(Lstm::bidirectional(3, 4, 1, rng).last()).append(Linear::new(8, 3, rng)), lstm);
    let network = Sequential::new();
    five_steps(network.append(Gru::deep(3, 4, 2, rng).last()).append(Linear::new(4, 3, rng)), gru);
}

#[test]
fn networks_of_tokens_are_trained_as_by_pytorch() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let oracle: Value = serde_json::from_str(include_str!("../oracle/tokens.json")).unwrap();
    let [learned, fixed] = [0, 1].map(|index| &oracle["cases"][index]);
    let network = Sequential::new()
        .append(Embedding::new(7, 4, rng).padding_index(2))
        .append(PositionEmbedding::new(5, 4, rng))
        .append(RmsNorm::new([4]));
    five_steps(network.append(Flatten).append(Linear::new(20, 3, rng)), learned);
    let network = Sequential::new()
        .append(Embedding::new(7, 4, rng))
        .append(PositionalEncoding::new())
        .append(RmsNorm::new([4]).eps(0.01));
    five_steps(network.append(Flatten).append(Linear::new(20, 3, rng)), fixed);
}

#[test]
fn networks_with_attention_are_trained_as_by_pytorch() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let oracle: Value = serde_json::from_str(include_str!("../oracle/attention.json")).unwrap();
    let [attention, post, pre] = [0, 1, 2].map(|index| &oracle["cases"][index]);
    let network = Sequential::new().append(MultiheadAttention::new(4, 2, rng).causal());
    five_steps(network.append(Select::new(1, -1)).append(Linear::new(4, 3, rng)), attention);
    let network = Sequential::new()
        .append(TransformerEncoderLayer::new(4, 2, 6, rng))
        .append(TransformerEncoderLayer::new(4, 2, 6, rng));
    five_steps(network.append(Select::new(1, 0)).append(Linear::new(4, 3, rng)), post);
    let network = Sequential::new()
        .append(TransformerEncoderLayer::new(4, 2, 6, rng).norm_first().gelu())
        .append(LayerNorm::new([4]));
    five_steps(network.append(Select::new(1, 0)).append(Linear::new(4, 3, rng)), pre);
}

/// Compares five steps of gradient descent with those of PyTorch.
fn five_steps(mut network: Sequential<f64>, case: &Value) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    load(&mut network, &case["before"]);
    let (x, loss) = (tensor(&case["x"]), CrossEntropyLoss::mean());
    let labels: Vec<usize> = numbers(&case["target"]).iter().map(|&label| label as usize).collect();
    let mut sgd = Sgd::new(case["learning_rate"].as_f64().unwrap());
    let mut step = Step::plan(&network, &loss, &x, &labels).unwrap();
    let losses = numbers(&case["losses"]);
    assert_eq!(losses.len(), 5);
    for (index, (&theirs, after)) in losses.iter().zip(case["after"].as_array().unwrap()).enumerate() {
        let of = format!("step {index} of {}", case["layers"]);
        let ours = step.run(&network, &loss, &x, &labels, &mut rng).unwrap();
        assert_close("loss", ours, theirs, 1e-11, &of);
        sgd.step(&mut network, step.workspace()).unwrap();
        network.absorb(step.workspace());
        assert_parameters(&network, after, 1e-11, &of);
    }
}

fn compare<T: Target>(network: &mut dyn Module<f64>, loss: &dyn Loss<f64, T>, y: T, case: &Value) {
    let data = Dataset::new(tensor(&case["x"]), y).unwrap();
    assert_eq!(data.samples(), 200);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let losses = numbers(&case["losses"]);
    let of = |epoch: usize| format!("epoch {epoch} of {}", case["name"]);

    // Epoch by epoch, with `Step` and `Sgd`.
    load(network, &case["parameters"]);
    let mut step = Step::plan(network, loss, data.x(), data.y()).unwrap();
    for (epoch, (&theirs, after)) in losses.iter().zip(case["after"].as_array().unwrap()).enumerate() {
        let ours = step.run(network, loss, data.x(), data.y(), &mut rng).unwrap();
        assert_close("loss", ours, theirs, 1e-10, &of(epoch));
        Sgd::new(LEARNING_RATE).step(network, step.workspace()).unwrap();
        assert_parameters(network, after, 1e-10, &of(epoch));
    }

    // The same in one call of `fit`.
    load(network, &case["parameters"]);
    let history =
        GradientDescent::new(LEARNING_RATE, losses.len()).fit(network, loss, &data, &mut rng).unwrap();
    assert_eq!(history.loss.len(), 10);
    for (epoch, (&ours, &theirs)) in history.loss.iter().zip(&losses).enumerate() {
        assert_close("loss of fit", ours, theirs, 1e-10, &of(epoch));
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

/// Compares every parameter and buffer.
fn assert_parameters(network: &dyn Module<f64>, theirs: &Value, tolerance: f64, of: &str) {
    let mut count = 0;
    network.visit(&mut |parameter| {
        let theirs = numbers(named(theirs, &parameter.name.to_string()));
        assert_eq!(parameter.value.len(), theirs.len());
        for (&ours, theirs) in parameter.value.iter().zip(theirs) {
            assert_close(&parameter.name.to_string(), ours, theirs, tolerance, of);
        }
        count += 1;
    });
    assert_eq!(count, theirs.as_object().unwrap().len());
}

fn assert_close(what: &str, ours: f64, theirs: f64, tolerance: f64, of: &str) {
    let close = relative_eq!(ours, theirs, epsilon = tolerance, max_relative = tolerance);
    assert!(close, "{what} in {of}: {ours:e}, PyTorch has {theirs:e}");
}

fn tensor(value: &Value) -> Tensor<f64> {
    Tensor::from_array(ArrayD::from_shape_vec(shape(value), numbers(value)).unwrap().view())
}

fn shape(value: &Value) -> Vec<usize> {
    value.as_array().map_or_else(Vec::new, |items| [vec![items.len()], shape(&items[0])].concat())
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        _ => vec![value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))],
    }
}
