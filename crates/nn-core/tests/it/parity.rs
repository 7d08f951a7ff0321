//! Every layer computes what PyTorch computes: outputs, the gradient of the input, the gradients of the parameters.
//!
//! The values are in `oracle/parity.json`, written by `scripts/parity.py`, those of images in `oracle/images.json` and
//! `oracle/convolution.json`, written by `scripts/images_parity.py`, those of sequences in `oracle/sequences.json`, written by
//! `scripts/sequences_parity.py`, those of attention in `oracle/attention.json`, written by `scripts/attention_parity.py`, those of
//! tokens in `oracle/tokens.json`, written by `scripts/tokens_parity.py`, and those of branches and graphs in `oracle/graphs.json`,
//! written by `scripts/graphs_parity.py`.

use std::fmt::Display;

use crate::attention::attention;
use crate::recurrent::recurrent;
use crate::windowed::{Settings, windowed};
use approx::relative_eq;
use nn_core::ndarray::ArrayD;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, BatchNorm1d, BatchNorm2d, Dropout, Dropout2d, Elu, Embedding, Flatten, Gelu, GeluTanh,
    GroupNorm, Identity, LayerNorm, LeakyRelu, Linear, LogSoftmax, Mode, Module, Parameters, Permute, Plan,
    PositionEmbedding, PositionalEncoding, Purpose, Relu, Reshape, Residual, RmsNorm, Select, Sequential,
    Sigmoid, Silu, Slice, Softmax, Softplus, Tanh, Tensor, Unflatten, Upsample, Workspace,
};
use serde_json::Value;

#[test]
fn layers_are_those_of_pytorch() {
    let cases = [
        (LAYERS, "cases"),
        (IMAGES, "cases"),
        (CONVOLUTION, "convolutions"),
        (CONVOLUTION, "poolings"),
        (SEQUENCES, "cases"),
        (TOKENS, "cases"),
        (ATTENTION, "cases"),
    ]
    .map(|(file, name)| oracle(file, name));
    assert_eq!(cases.each_ref().map(Vec::len), [39, 15, 27, 23, 20, 17, 17]);
    for case in cases.iter().flatten() {
        let mut network = network(&case["layers"]);
        load(&mut network, &case["parameters"]);
        compare(&mut network, case, &mut Mode::Eval);
    }
}

#[test]
fn training_is_that_of_pytorch_and_so_is_use_after_it() {
    let cases = [oracle(LAYERS, "modes"), oracle(IMAGES, "modes"), oracle(TOKENS, "modes")];
    assert_eq!(cases.each_ref().map(Vec::len), [13, 11, 3]);
    for case in cases.iter().flatten() {
        let mut network = network(&case["layers"]);
        load(&mut network, &case["before"]);
        for step in case["trained"].as_array().unwrap() {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let workspace = compare(&mut network, step, &mut Mode::Train(&mut rng));
            network.absorb(&workspace);
            let mut count = 0;
            network.visit(&mut |p| {
                let name = p.name.to_string();
                assert_close(&name, p.value, &step["after"][&name], &case["layers"]);
                count += 1;
            });
            assert_eq!(count, step["after"].as_object().unwrap().len());
        }
        compare(&mut network, &case["used"], &mut Mode::Eval);
    }
}

/// Networks are made from the texts that the script makes its own from.
#[test]
#[cfg(feature = "safetensors")]
fn branches_and_graphs_are_those_of_pytorch() {
    let cases = oracle(include_str!("../oracle/graphs.json"), "cases");
    assert_eq!(cases.len(), 9);
    for case in &cases {
        let architecture = nn_core::Architecture::from_json(&case["architecture"].to_string()).unwrap();
        let rng = &mut ChaCha8Rng::seed_from_u64(1);
        let mut network = Sequential::new().append(architecture.build::<f64>(rng).unwrap());
        load(&mut network, &inside(&case["before"]));
        let case_inside = serde_json::json!({
            "x": case["x"], "y": case["y"], "dy": case["dy"], "dx": case["dx"],
            "gradients": inside(&case["gradients"]),
        });
        let workspace = compare(&mut network, &case_inside, &mut Mode::Train(rng));
        network.absorb(&workspace);
        let after = inside(&case["after"]);
        network.visit(&mut |p| {
            assert_close(&p.name.to_string(), p.value, &after[p.name.to_string()], &case["architecture"]);
        });
    }
}

/// The names that parameters have in a chain of one module.
#[cfg(feature = "safetensors")]
fn inside(named: &Value) -> Value {
    named.as_object().unwrap().iter().map(|(name, value)| (format!("0.{name}"), value.clone())).collect()
}

const LAYERS: &str = include_str!("../oracle/parity.json");
const IMAGES: &str = include_str!("../oracle/images.json");
const SEQUENCES: &str = include_str!("../oracle/sequences.json");
const TOKENS: &str = include_str!("../oracle/tokens.json");
const ATTENTION: &str = include_str!("../oracle/attention.json");
const CONVOLUTION: &str = include_str!("../oracle/convolution.json");

fn oracle(file: &str, name: &str) -> Vec<Value> {
    let oracle: Value = serde_json::from_str(file).unwrap();
    oracle[name].as_array().unwrap().clone()
}

/// Compares one forward and one backward with those of PyTorch.
fn compare(network: &mut Sequential<f64>, step: &Value, mode: &mut Mode<'_>) -> Workspace<f64> {
    let (x, dy) = (tensor(&step["x"]), tensor(&step["dy"]));
    let Plan { output, mut workspace } = network.plan(x.shape(), Purpose::Train).unwrap();
    let (mut y, mut dx) = (Tensor::zeros(&output), Tensor::zeros(x.shape()));
    network.forward(&x, &mut y, &mut workspace, mode);
    network.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);

    let what = network.to_string();
    assert_eq!(y.shape(), dy.shape(), "{what}");
    assert_close("y", &values(&y), &step["y"], &what);
    assert_close("dx", &values(&dx), &step["dx"], &what);
    let gradients = gradients(network, &workspace);
    assert_eq!(gradients.len(), step["gradients"].as_object().unwrap().len(), "{what}");
    for (name, gradient) in gradients {
        assert_close(&name, &gradient, &step["gradients"][&name], &what);
    }
    workspace
}

/// Returns `["Linear 2 8", "Tanh", ["Softmax"], {"Residual": ["Tanh"]}]` as nested Sequentials.
fn network(layers: &Value) -> Sequential<f64> {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    layers.as_array().unwrap().iter().fold(Sequential::new(), |network, layer| {
        let nested = if layer.is_object() { "Residual" } else { "[]" };
        let words: Vec<_> = layer.as_str().unwrap_or(nested).split(' ').collect();
        match words[..] {
            ["[]"] => network.append(self::network(layer)),
            ["Identity"] => network.append(Identity),
            ["Tanh"] => network.append(Tanh),
            ["Sigmoid"] => network.append(Sigmoid),
            ["ReLU"] => network.append(Relu),
            ["Softmax"] => network.append(Softmax),
            ["LeakyReLU"] => network.append(LeakyRelu::default()),
            ["LeakyReLU", "negative_slope=0.2"] => network.append(LeakyRelu { negative_slope: 0.2 }),
            ["ELU"] => network.append(Elu::default()),
            ["ELU", "alpha=1.7"] => network.append(Elu { alpha: 1.7 }),
            ["GELU"] => network.append(Gelu),
            ["GELU", "approximate=tanh"] => network.append(GeluTanh),
            ["SiLU"] => network.append(Silu),
            ["Softplus"] => network.append(Softplus::default()),
            ["Softplus", "beta=3", "threshold=2"] => network.append(Softplus { beta: 3.0, threshold: 2.0 }),
            ["LogSoftmax"] => network.append(LogSoftmax),
            ["Residual"] => network.append(Residual::new(self::network(&layer["Residual"]))),
            ["LayerNorm", size] => network.append(LayerNorm::new([size.parse().unwrap()])),
            ["LayerNorm", "2", "3", "eps=0.1"] => network.append(LayerNorm::new([2, 3]).eps(0.1)),
            ["LayerNorm", size, "elementwise_affine=false"] => {
                network.append(LayerNorm::new([size.parse().unwrap()]).elementwise_affine(false))
            }
            [
                kind @ ("Embedding" | "PositionalEncoding" | "PositionEmbedding" | "RMSNorm"),
                ref words @ ..,
            ] => network.append(tokens(kind, &Settings(words))),
            ["BatchNorm2d", c] => network.append(BatchNorm2d::new(number(c))),
            ["BatchNorm2d", c, "affine=false"] => network.append(BatchNorm2d::new(number(c)).affine(false)),
            ["BatchNorm2d", c, "momentum=0.5", "eps=0.01"] => {
                network.append(BatchNorm2d::new(number(c)).momentum(0.5).eps(0.01))
            }
            ["GroupNorm", groups, c] => network.append(GroupNorm::new(number(groups), number(c))),
            ["GroupNorm", groups, c, "eps=0.1"] => {
                network.append(GroupNorm::new(number(groups), number(c)).eps(0.1))
            }
            ["GroupNorm", groups, c, "affine=false"] => {
                network.append(GroupNorm::new(number(groups), number(c)).affine(false))
            }
            ["Dropout2d", p] => network.append(Dropout2d::new(p.parse().unwrap())),
            ["Upsample", "scale_factor=2"] => network.append(Upsample::nearest(2)),
            ["Upsample", "scale_factor=3"] => network.append(Upsample::nearest(3)),
            ["Upsample", "scale_factor=[3,2]"] => network.append(Upsample::nearest_by([3, 2])),
            ["Reshape", ref sizes @ ..] => network.append(Reshape::new(numbers_of(sizes))),
            ["Unflatten", axis, ref sizes @ ..] => {
                network.append(Unflatten::new(number(axis), numbers_of(sizes)))
            }
            ["Permute", ref axes @ ..] => network.append(Permute::new(numbers_of(axes))),
            ["Select", axis, index] => network.append(Select::new(number(axis), index.parse().unwrap())),
            ["Slice", axis, start] => {
                network.append(Slice::new(number(axis), start.parse::<isize>().unwrap(), None))
            }
            ["Slice", axis, start, end] => network.append(Slice::new(
                number(axis),
                start.parse::<isize>().unwrap(),
                end.parse::<isize>().unwrap(),
            )),
            ["Flatten"] => network.append(Flatten),
            ["Dropout", p] => network.append(Dropout::new(p.parse().unwrap())),
            ["BatchNorm1d", c] => network.append(BatchNorm1d::new(c.parse().unwrap())),
            ["BatchNorm1d", c, "affine=false"] => {
                network.append(BatchNorm1d::new(c.parse().unwrap()).affine(false))
            }
            ["BatchNorm1d", c, "momentum=0.5", "eps=0.01"] => {
                network.append(BatchNorm1d::new(c.parse().unwrap()).momentum(0.5).eps(0.01))
            }
            ["Linear", inputs, outputs] => {
                network.append(Linear::new(inputs.parse().unwrap(), outputs.parse().unwrap(), rng))
            }
            [kind @ ("RNN" | "LSTM" | "GRU"), ref words @ ..] => {
                network.append(recurrent(kind, &Settings(words)))
            }
            [kind @ ("MultiheadAttention" | "TransformerEncoderLayer"), ref words @ ..] => {
                network.append(attention(kind, &Settings(words)))
            }
            [kind, ref words @ ..] => network.append(windowed(kind, &Settings(words))),
            [] => panic!("unknown layer {layer}"),
        }
    })
}

/// Returns the layer of tokens that `scripts/tokens.py` calls `kind`.
fn tokens(kind: &str, settings: &Settings<'_>) -> Box<dyn Module<f64>> {
    settings.check_names(&["padding_idx", "padding_value", "eps", "elementwise_affine"]);
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let sizes: Vec<usize> =
        settings.0.iter().filter(|word| !word.contains('=')).map(|word| number(word)).collect();
    let padding = settings.get("padding_value").map(|value| value.as_f64().unwrap());
    match kind {
        "Embedding" => {
            let layer = Embedding::new(sizes[0], sizes[1], rng);
            match settings.number("padding_idx") {
                Some(index) => Box::new(layer.padding_index(index)),
                None => Box::new(layer),
            }
        }
        "PositionalEncoding" => {
            let layer = PositionalEncoding::new();
            Box::new(padding.map_or(layer, |value| layer.padding(value)))
        }
        "PositionEmbedding" => {
            let layer = PositionEmbedding::new(sizes[0], sizes[1], rng);
            match padding {
                Some(value) => Box::new(layer.padding(value)),
                None => Box::new(layer),
            }
        }
        _ => {
            let layer =
                RmsNorm::new(sizes).elementwise_affine(settings.is("elementwise_affine") != Some(false));
            match settings.get("eps") {
                Some(eps) => Box::new(layer.eps(eps.as_f64().unwrap())),
                None => Box::new(layer),
            }
        }
    }
}

fn number(word: &str) -> usize {
    word.parse().unwrap()
}

fn numbers_of(words: &[&str]) -> Vec<usize> {
    words.iter().copied().map(number).collect()
}

/// Sets every parameter to the value of the same name.
fn load(network: &mut Sequential<f64>, parameters: &Value) {
    let mut count = 0;
    network.visit_mut(None, &mut |parameter| {
        parameter.value.copy_from_slice(&numbers(&parameters[parameter.name.to_string()]));
        count += 1;
    });
    assert_eq!(count, parameters.as_object().unwrap().len());
}

fn gradients(network: &mut Sequential<f64>, workspace: &Workspace<f64>) -> Vec<(String, Vec<f64>)> {
    let mut gradients = Vec::new();
    network.visit_mut(Some(workspace), &mut |parameter| {
        if let Some(gradient) = parameter.gradient {
            gradients.push((parameter.name.to_string(), gradient.to_vec()));
        }
    });
    gradients
}

fn assert_close(what: &str, ours: &[f64], theirs: &Value, of: &dyn Display) {
    let theirs = numbers(theirs);
    assert_eq!(ours.len(), theirs.len(), "{what} of {of}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        let close = relative_eq!(*ours, theirs, epsilon = 1e-12, max_relative = 1e-12);
        assert!(close, "{what} of {of}: {ours:e}, PyTorch has {theirs:e}");
    }
}

// --- Nested lists as tensors, and back in the same order ---

fn tensor(value: &Value) -> Tensor<f64> {
    Tensor::from_array(ArrayD::from_shape_vec(shape(value), numbers(value)).unwrap().view())
}

fn values(tensor: &Tensor<f64>) -> Vec<f64> {
    tensor.view().iter().copied().collect()
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
