//! Models go from PyTorch to nn and back with the same names, the same values and the same outputs.
//!
//! The files are in `oracle/safetensors`. `scripts/safetensors_oracle.py` writes `torch_*`, and reads `nn_*` into PyTorch to
//! compare. A test in this file, which is ignored by default, writes `nn_*`.

#![cfg(feature = "safetensors")]

use std::path::{Path, PathBuf};

use crate::common::random;
use approx::relative_eq;
use nn_core::ndarray::ArrayViewD;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv1d, Conv2d,
    ConvTranspose1d, ConvTranspose2d, Dropout, Dropout2d, Elu, Entry, Flatten, Gelu, GeluTanh, Graph,
    GroupNorm, Gru, Identity, Kind, LayerNorm, LeakyRelu, Linear, LogSoftmax, Lstm, MaxPool1d, MaxPool2d,
    Mode, Module, Padding, Parameters, Plan, Purpose, Relu, Reshape, Residual, Rnn, Scalar, Sequential,
    Sigmoid, Silu, Softmax, Softplus, StateDict, Tanh, Tensor, TransformerEncoderLayer, Unflatten, Upsample,
};

/// The models of the script, with the shapes of their inputs. Those with batch normalisation have seen three batches.
fn models<F: Scalar>() -> [(&'static str, Sequential<F>, &'static [usize]); 5] {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let mlp = Sequential::new().append(Linear::new(3, 5, rng)).append(Tanh).append(Linear::new(5, 2, rng));
    let mut normalised = Sequential::new()
        .append(Linear::new(3, 5, rng))
        .append(BatchNorm1d::new(5))
        .append(Tanh)
        .append(Linear::new(5, 2, rng));
    observe(&mut normalised, &[20, 3], rng);
    let mut cnn = Sequential::new()
        .append(Conv2d::new(1, 2, 3, rng).padding(1))
        .append(BatchNorm2d::new(2))
        .append(Relu)
        .append(MaxPool2d::new(2))
        .append(Conv2d::grouped(2, 4, 2, 2, rng).without_bias())
        .append(Flatten)
        .append(Linear::new(16, 2, rng));
    observe(&mut cnn, &[20, 1, 6, 6], rng);
    let lstm = Sequential::new().append(Lstm::bidirectional(3, 4, 2, rng)).append(Linear::new(8, 2, rng));
    // The names of `nn.TransformerEncoder` with a norm at its end.
    let mut layer = || TransformerEncoderLayer::new(8, 2, 6, rng).norm_first().gelu();
    let encoder = Graph::new()
        .input("x", [5, 8])
        .node("layers", Sequential::new().append(layer()).append(layer()), "x")
        .node("norm", LayerNorm::new([8]), "layers")
        .output("norm");
    let transformer = Sequential::new().append(encoder).append(Linear::new(8, 2, rng));
    [
        ("mlp", mlp, &[20, 3]),
        ("batch_norm", normalised, &[20, 3]),
        ("cnn", cnn, &[20, 1, 6, 6]),
        ("lstm", lstm, &[20, 5, 3]),
        ("transformer", transformer, &[20, 5, 8]),
    ]
}

/// Networks of every module, with settings that are not the defaults: PyTorch makes them from their architecture alone.
fn described() -> [(&'static str, Sequential<f64>, &'static [usize]); 4] {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    let mut images = Sequential::new()
        .append(Conv2d::grouped(2, 4, [2, 3], 2, rng).stride([1, 2]).padding([1, 2]).dilation([2, 1]))
        .append(BatchNorm2d::new(4).eps(0.25).momentum(0.75))
        .append(Relu)
        .append(MaxPool2d::new([2, 3]).stride([1, 2]).padding([1, 0]).dilation([2, 1]).ceil_mode(true))
        .append(
            ConvTranspose2d::grouped(4, 2, [2, 3], 2, rng)
                .stride([3, 2])
                .padding([0, 1])
                .output_padding([2, 0])
                .dilation([1, 3])
                .without_bias(),
        )
        .append(Upsample::nearest_by([1, 2]))
        .append(AvgPool2d::new([2, 3]).stride([1, 2]).padding([1, 0]).ceil_mode(true).divisor_override(5))
        .append(Dropout2d::new(0.3))
        .append(AdaptiveAvgPool2d::new([3, 2]))
        .append(Flatten)
        .append(Linear::new(12, 6, rng).without_bias())
        .append(Unflatten::new(1, [2, 3]))
        .append(LayerNorm::new([2, 3]).eps(0.5))
        .append(LogSoftmax);
    let mut sequences = Sequential::new()
        .append(Conv1d::new(2, 4, 4, rng).padding(Padding::Same).dilation(2))
        .append(GroupNorm::new(2, 4).eps(0.25))
        .append(MaxPool1d::new(3).stride(2).padding(1))
        .append(ConvTranspose1d::new(4, 3, 3, rng).stride(2).output_padding(1))
        .append(BatchNorm1d::new(3).affine(false))
        .append(AvgPool1d::new(3).stride(2).padding(1).count_include_pad(false))
        .append(Upsample::nearest(2))
        .append(AdaptiveAvgPool1d::new(4))
        .append(Reshape::new([12]))
        .append(Linear::new(12, 5, rng));
    let activations = Sequential::new()
        .append(LeakyRelu { negative_slope: 0.125 })
        .append(Elu { alpha: 0.75 })
        .append(Softplus { beta: 0.5, threshold: 1.5 })
        .append(Linear::new(3, 4, rng))
        .append(Gelu)
        .append(Linear::new(4, 4, rng))
        .append(GeluTanh)
        .append(Residual::new(Sequential::new().append(Linear::new(4, 4, rng)).append(Silu)))
        .append(Dropout::new(0.4))
        .append(Tanh)
        .append(Sigmoid)
        .append(Identity)
        .append(LayerNorm::new([4]).elementwise_affine(false))
        .append(GroupNorm::new(2, 4).affine(false))
        .append(Softmax);
    observe(&mut images, &[20, 2, 7, 6], rng);
    observe(&mut sequences, &[20, 2, 9], rng);
    let recurrent = Sequential::new()
        .append(Rnn::deep(3, 4, 2, rng).relu().dropout(0.2))
        .append(Gru::bidirectional(4, 3, 1, rng).without_bias())
        .append(Lstm::new(6, 2, rng).padding(-0.5).last());
    [
        ("images", images, &[20, 2, 7, 6]),
        ("sequences", sequences, &[20, 2, 9]),
        ("activations", activations, &[20, 3]),
        ("recurrent", recurrent, &[20, 5, 3]),
    ]
}

/// Shows a model three batches.
fn observe<F: Scalar>(model: &mut Sequential<F>, input: &[usize], rng: &mut ChaCha8Rng) {
    let Plan { output, mut workspace } = model.plan(input, Purpose::Train).unwrap();
    for _ in 0..3 {
        let (x, mut y) = (random(input, rng), Tensor::zeros(&output));
        model.forward(&x, &mut y, &mut workspace, &mut Mode::Train(rng));
        model.absorb(&workspace);
    }
}

#[test]
fn a_model_saved_by_pytorch_gives_the_same_outputs() {
    fn check<F: Scalar>(bits: &str, tolerance: f64) {
        for (name, mut network, _) in models::<F>() {
            network.load_safetensors(file(&format!("torch_{name}_{bits}"))).unwrap();
            let (x, y) = io::<F>(&format!("torch_{name}_{bits}_io"));
            assert_close(&network.predict(&x).unwrap(), &y, tolerance, name);
        }
    }
    check::<f32>("f32", 1e-6);
    check::<f64>("f64", 1e-14);
    // Each file loaded into the other precision, which rounds.
    check::<f32>("f64", 1e-6);
    check::<f64>("f32", 1e-6);
}

#[test]
fn a_file_of_the_reference_is_written_again_byte_for_byte() {
    for name in ["mlp", "batch_norm", "cnn", "lstm", "transformer"] {
        let single = std::fs::read(file(&format!("torch_{name}_f32"))).unwrap();
        let state = StateDict::<f32>::from_safetensors(&single).unwrap();
        assert_eq!(state.metadata()["format"], "pt");
        assert_eq!(state.to_safetensors().unwrap(), single, "{name}");
        let double = std::fs::read(file(&format!("torch_{name}_f64"))).unwrap();
        let state = StateDict::<f64>::from_safetensors(&double).unwrap();
        assert_eq!(state.to_safetensors().unwrap(), double, "{name}");
    }
    let state = StateDict::<f32>::load_safetensors(file("torch_batch_norm_f32")).unwrap();
    let count =
        Entry { name: "1.num_batches_tracked".into(), kind: Kind::Counter, shape: vec![], value: vec![3.0] };
    assert_eq!(state.get("1.num_batches_tracked"), Some(&count));
}

#[test]
fn every_type_is_read_exactly() {
    let state = StateDict::<f64>::load_safetensors(file("torch_types")).unwrap();
    for dtype in ["F16", "BF16", "F32", "I64"] {
        let bits = |name: &str| -> Vec<u64> {
            state.get(name).unwrap().value.iter().map(|value| value.to_bits()).collect()
        };
        assert_eq!(bits(dtype), bits(&format!("{dtype} as F64")));
    }
}

#[test]
fn the_committed_files_are_what_nn_saves() {
    for (name, bytes) in ours() {
        assert!(std::fs::read(file(&name)).unwrap() == bytes, "{name} differs from what nn saves now");
    }
}

/// The committed files are made into networks without knowing what they are.
#[test]
fn the_committed_models_are_loaded_by_their_files_alone() {
    for (name, network, _) in described() {
        let loaded = nn_core::load_model::<f64>(file(&format!("nn_{name}"))).unwrap();
        assert_eq!(loaded.to_string(), network.to_string());
        let (x, y) = io::<f64>(&format!("nn_{name}_io"));
        assert_eq!(loaded.predict(&x).unwrap(), y, "{name}");
    }
}

#[test]
#[ignore = "rewrites the committed files; then run scripts/safetensors_oracle.py"]
fn rewrite_the_committed_files() {
    for (name, bytes) in ours() {
        std::fs::write(file(&name), bytes).unwrap();
    }
}

/// Every file that nn saves for PyTorch, with its name: the models, and inputs with outputs.
fn ours() -> Vec<(String, Vec<u8>)> {
    fn files<F: Scalar>(bits: &str) -> Vec<(String, Vec<u8>)> {
        let models = models::<F>().into_iter();
        let files = models.flat_map(|(name, network, input)| {
            let x = random(input, &mut ChaCha8Rng::seed_from_u64(4));
            let y = network.predict(&x).unwrap();
            let io = StateDict::from_iter([entry("x", &x), entry("y", &y)]);
            [
                (format!("nn_{name}_{bits}"), network.state_dict().to_safetensors().unwrap()),
                (format!("nn_{name}_{bits}_io"), io.to_safetensors().unwrap()),
            ]
        });
        files.collect()
    }
    let described = described().into_iter().flat_map(|(name, network, input)| {
        let x = random(input, &mut ChaCha8Rng::seed_from_u64(6));
        let y = network.predict(&x).unwrap();
        let io = StateDict::from_iter([entry("x", &x), entry("y", &y)]);
        [
            (format!("nn_{name}"), StateDict::from_network(&network).to_safetensors().unwrap()),
            (format!("nn_{name}_io"), io.to_safetensors().unwrap()),
        ]
    });
    [files::<f32>("f32"), files::<f64>("f64"), described.collect()].concat()
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/oracle/safetensors/{name}.safetensors"))
}

/// Loads the tensors `x` and `y`.
fn io<F: Scalar>(name: &str) -> (Tensor<F>, Tensor<F>) {
    let state = StateDict::<F>::load_safetensors(file(name)).unwrap();
    let tensor = |name: &str| {
        let Entry { shape, value, .. } = state.get(name).unwrap();
        Tensor::from_array(ArrayViewD::from_shape(&shape[..], value).unwrap())
    };
    (tensor("x"), tensor("y"))
}

fn entry<F: Scalar>(name: &str, tensor: &Tensor<F>) -> Entry<F> {
    let (shape, value) = (tensor.shape().to_vec(), tensor.view().iter().copied().collect());
    Entry { name: name.into(), kind: Kind::Buffer, shape, value }
}

fn assert_close<F: Scalar>(ours: &Tensor<F>, theirs: &Tensor<F>, tolerance: f64, name: &str) {
    assert_eq!(ours.shape(), theirs.shape());
    for (ours, theirs) in ours.view().iter().zip(theirs.view()) {
        let (ours, theirs) = (ours.to_f64(), theirs.to_f64());
        let close = relative_eq!(ours, theirs, epsilon = tolerance, max_relative = tolerance);
        assert!(close, "{name}: {ours:e}, PyTorch has {theirs:e}");
    }
}
