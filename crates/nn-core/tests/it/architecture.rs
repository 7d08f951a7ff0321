//! What is described is made again: the same module, with the same settings, which computes the same bits.

use crate::common::{Case, assert_same_bits, narrow, random, results, wide};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    AvgPool1d, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d,
    Dropout, Dropout2d, Embedding, GroupNorm, LayerNorm, LeakyRelu, MaxPool1d, MaxPool2d, Module,
    ModuleProblem, Padding, Parameters, PositionEmbedding, PositionalEncoding, Purpose, Residual, RmsNorm,
    Scalar, Sequential, Softplus, StateDict,
};

/// Modules whose settings all differ from the defaults, and from each other where there are several of a kind.
fn unusual<F: Scalar>() -> Vec<Case<F>> {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let case = |name, module: Box<dyn Module<F>>, sample| Case {
        name,
        module,
        sample,
        least: 2,
        compares: true,
        indices: None,
    };
    let conv = Conv2d::<F>::grouped(4, 6, [2, 3], 2, rng);
    let transposed = ConvTranspose2d::<F>::grouped(4, 6, [2, 3], 2, rng);
    let sequence = ConvTranspose1d::<F>::grouped(4, 2, 3, 2, rng);
    vec![
        case("Softplus", Box::new(Softplus { beta: 0.75, threshold: 0.5 }), &[3]),
        case("BatchNorm1d", Box::new(BatchNorm1d::new(3).eps(0.25).momentum(0.75).affine(false)), &[3]),
        case("BatchNorm2d", Box::new(BatchNorm2d::new(2).eps(0.125).momentum(0.625)), &[2, 3, 2]),
        case("GroupNorm", Box::new(GroupNorm::new(2, 4).eps(0.25).affine(false)), &[4, 2]),
        case("LayerNorm", Box::new(LayerNorm::new([2, 3]).eps(0.5).elementwise_affine(false)), &[2, 3]),
        case("RmsNorm", Box::new(RmsNorm::new([2, 3]).eps(0.5).elementwise_affine(false)), &[2, 3]),
        Case {
            indices: Some(7),
            ..case("Embedding", Box::new(Embedding::new(7, 3, rng).padding_index(2)), &[4])
        },
        case("PositionalEncoding", Box::new(PositionalEncoding::new().padding(0.25)), &[4, 3]),
        case("PositionEmbedding", Box::new(PositionEmbedding::new(5, 3, rng).padding(0.25)), &[4, 3]),
        case("Dropout", Box::new(Dropout::new(0.3)), &[3]),
        case("Dropout2d", Box::new(Dropout2d::new(0.2)), &[3, 2]),
        case(
            "Conv2d",
            Box::new(conv.stride([3, 2]).padding([1, 2]).dilation([2, 1]).without_bias()),
            &[4, 7, 6],
        ),
        case("Conv1d", Box::new(Conv1d::new(2, 3, 4, rng).padding(Padding::Same).dilation(2)), &[2, 9]),
        case(
            "ConvTranspose2d",
            Box::new(transposed.stride([3, 2]).padding([0, 1]).output_padding([2, 0]).dilation([1, 3])),
            &[4, 3, 2],
        ),
        case("ConvTranspose1d", Box::new(sequence.stride(2).output_padding(1).without_bias()), &[4, 3]),
        case(
            "MaxPool2d",
            Box::new(MaxPool2d::new([2, 3]).stride([1, 2]).padding([1, 0]).dilation([2, 1]).ceil_mode(true)),
            &[2, 5, 6],
        ),
        case("MaxPool1d", Box::new(MaxPool1d::new(3).stride(2).padding(1).ceil_mode(true)), &[2, 6]),
        case(
            "AvgPool2d",
            Box::new(
                AvgPool2d::new([2, 3])
                    .stride([1, 2])
                    .padding([1, 0])
                    .ceil_mode(true)
                    .count_include_pad(false)
                    .divisor_override(5),
            ),
            &[2, 5, 6],
        ),
        case("AvgPool1d", Box::new(AvgPool1d::new(3).stride(2).padding(1).count_include_pad(false)), &[2, 6]),
    ]
}

#[test]
fn every_module_is_made_again_as_it_is() {
    again::<f32>();
    again::<f64>();
}

fn again<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    for mut case in narrow::<F>().into_iter().chain(wide()).chain(unusual()) {
        let architecture = case.module.architecture().unwrap();
        let mut made = architecture.build::<F>(rng).unwrap();
        assert_eq!(made.architecture().unwrap(), architecture, "{}", case.name);
        assert_eq!(made.to_string(), case.module.to_string(), "{}", case.name);
        made.load_state_dict(&case.module.state_dict()).unwrap();

        let x = case.input(5, rng);
        let dy = random(&case.module.plan(x.shape(), Purpose::Train).unwrap().output, rng);
        let [made, original] = [&mut *made, &mut *case.module].map(|module| results(module, &x, &dy));
        assert_same_bits(&made, &original, case.name);
    }
}

/// The text says all of it.
#[test]
#[cfg(feature = "safetensors")]
fn the_text_of_an_architecture_is_read_as_the_same_architecture() {
    for case in narrow::<f32>().into_iter().chain(wide()).chain(unusual()) {
        let architecture = case.module.architecture().unwrap();
        let json = architecture.to_json();
        let read = nn_core::Architecture::from_json(&json).unwrap();
        assert_eq!(read, architecture, "{json}");
        assert_eq!(read.to_json(), json);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(value["kind"].is_string());
    }
}

#[test]
#[cfg(feature = "safetensors")]
fn numbers_are_read_back_bit_for_bit() {
    let numbers =
        [0.1 + 0.2, 1.0 / 3.0, 5e-324, -2.225_073_858_507_201e-308, f64::MAX, 1e23, 9_007_199_254_740_993.0];
    for number in numbers.into_iter().chain([0.0, -0.0, 1.0, 1e-5, 123_456_789.0]) {
        let layer = LeakyRelu { negative_slope: number };
        let json = Module::<f64>::architecture(&layer).unwrap().to_json();
        let read = nn_core::Architecture::from_json(&json).unwrap();
        assert_eq!(read.to_json(), json);
        let rng = &mut ChaCha8Rng::seed_from_u64(0);
        let made = read.build::<f64>(rng).unwrap();
        let y = made.predict(&nn_core::Tensor::from_column(&[-1.0])).unwrap();
        assert_eq!(y[[0, 0]].to_bits(), (-number).to_bits(), "{json}");
    }
}

#[test]
fn a_setting_that_is_not_finite_has_no_architecture() {
    for (slope, found) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
        let network = Sequential::<f32>::new().append(LeakyRelu { negative_slope: slope });
        let error = network.architecture().unwrap_err();
        let expected = format!("layer 0, LeakyReLU: negative_slope is {found}, expected a finite number");
        assert_eq!(error.to_string(), expected);
    }
}

/// A file that nests deeper could exhaust the stack, so none is written.
#[test]
fn modules_that_nest_too_deep_have_no_architecture() {
    let nested =
        |depth| (1..depth).fold(Sequential::<f32>::new(), |inner, _| Sequential::new().append(inner));
    let deepest = nested(60).architecture().unwrap();
    assert_eq!(
        deepest.build::<f32>(&mut ChaCha8Rng::seed_from_u64(0)).unwrap().architecture().unwrap(),
        deepest
    );
    #[cfg(feature = "safetensors")]
    assert_eq!(nn_core::Architecture::from_json(&deepest.to_json()).unwrap(), deepest);
    let error = nested(61).architecture().unwrap_err();
    let expected = "Architecture: number of modules inside one another is 61, expected at most 60";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_module_of_ones_own_is_named() {
    let inner = Sequential::<f32>::new().append(nn_core::Tanh).append(Own);
    let network = Sequential::new().append(Residual::new(inner));
    let error = network.architecture().unwrap_err();
    assert_eq!(
        error.to_string(),
        "layer 0.fn.1, Own: expected one of nn's own modules, because files hold the architecture of no other"
    );
    assert!(matches!(error.problem, ModuleProblem::NoArchitecture { .. }));
}

/// A module of one's own that wraps others can return their architecture.
#[test]
fn a_box_has_the_architecture_of_what_is_in_it() {
    let boxed: Box<dyn Module<f32>> = Box::new(Dropout::new(0.5));
    assert_eq!(boxed.architecture(), Module::<f32>::architecture(&Dropout::new(0.5)));
    let state: StateDict<f32> = boxed.state_dict();
    assert!(state.entries().is_empty());
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Own;

impl nn_core::Activation for Own {
    #[inline(always)]
    fn f<F: Scalar>(self, x: F) -> F {
        x
    }
    #[inline(always)]
    fn df<F: Scalar>(self, x: F, _: F) -> F {
        x
    }
}

impl std::fmt::Display for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Own")
    }
}
