//! Every number that a user can set in a layer is refused by `plan` if and only if it makes no sense in the precision
//! in use. Constructors and setters accept anything.

use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv1d, Conv2d,
    ConvTranspose1d, ConvTranspose2d, Dropout, Dropout2d, Elu, Embedding, GroupNorm, Gru, Init, LayerNorm,
    LeakyRelu, Linear, Lstm, MaxPool1d, MaxPool2d, Module, ModuleProblem, MultiheadAttention, Padding,
    Permute, PositionEmbedding, PositionalEncoding, Purpose, RmsNorm, Scalar, Select, Sequential, Slice,
    Softplus, TransformerEncoderLayer, Unflatten, Upsample,
};

/// The range of a setting.
#[derive(Clone, Copy, PartialEq)]
enum Range {
    Finite,
    AtLeast0,
    Positive,
    UpTo1,
}

impl Range {
    fn holds(self, x: f64) -> bool {
        match self {
            Range::Finite => x.is_finite(),
            Range::AtLeast0 => x.is_finite() && x >= 0.0,
            Range::Positive => x.is_finite() && x > 0.0,
            Range::UpTo1 => (0.0..=1.0).contains(&x),
        }
    }
}

/// A setting: its owner, its name, its range, and a module that has a given value for it.
type Row<F> = (&'static str, &'static str, Range, fn(f64) -> Box<dyn Module<F>>);

fn initialised<F: Scalar>(init: Init) -> Box<dyn Module<F>> {
    Box::new(Linear::with_init(3, 3, init, Init::ZEROS, &mut ChaCha8Rng::seed_from_u64(0)))
}

fn table<F: Scalar>() -> Vec<Row<F>> {
    use Range::*;
    vec![
        ("Dropout", "p", UpTo1, |x| Box::new(Dropout::new(x))),
        ("BatchNorm1d", "eps", AtLeast0, |x| Box::new(BatchNorm1d::new(3).eps(x))),
        ("BatchNorm1d", "momentum", UpTo1, |x| Box::new(BatchNorm1d::new(3).momentum(x))),
        ("Dropout2d", "p", UpTo1, |x| Box::new(Dropout2d::new(x))),
        ("BatchNorm2d", "eps", AtLeast0, |x| Box::new(BatchNorm2d::new(3).eps(x))),
        ("BatchNorm2d", "momentum", UpTo1, |x| Box::new(BatchNorm2d::new(3).momentum(x))),
        ("GroupNorm", "eps", AtLeast0, |x| Box::new(GroupNorm::new(1, 3).eps(x))),
        ("GRU", "dropout", UpTo1, |x| Box::new(Gru::new(3, 2, &mut ChaCha8Rng::seed_from_u64(0)).dropout(x))),
        ("LSTM", "padding", Finite, |x| {
            Box::new(Lstm::new(3, 2, &mut ChaCha8Rng::seed_from_u64(0)).padding(x))
        }),
        ("MultiheadAttention", "dropout", UpTo1, |x| {
            Box::new(MultiheadAttention::new(3, 1, &mut ChaCha8Rng::seed_from_u64(0)).dropout(x))
        }),
        ("MultiheadAttention", "padding", Finite, |x| {
            Box::new(MultiheadAttention::new(3, 1, &mut ChaCha8Rng::seed_from_u64(0)).padding(x))
        }),
        ("TransformerEncoderLayer", "dropout", UpTo1, |x| {
            Box::new(TransformerEncoderLayer::new(3, 1, 2, &mut ChaCha8Rng::seed_from_u64(0)).dropout(x))
        }),
        ("TransformerEncoderLayer", "padding", Finite, |x| {
            Box::new(TransformerEncoderLayer::new(3, 1, 2, &mut ChaCha8Rng::seed_from_u64(0)).padding(x))
        }),
        ("LayerNorm", "eps", AtLeast0, |x| Box::new(LayerNorm::new([3]).eps(x))),
        ("RmsNorm", "eps", AtLeast0, |x| Box::new(RmsNorm::new([3]).eps(x))),
        ("PositionalEncoding", "padding", Finite, |x| Box::new(PositionalEncoding::new().padding(x))),
        ("PositionEmbedding", "padding", Finite, |x| {
            Box::new(PositionEmbedding::new(2, 3, &mut ChaCha8Rng::seed_from_u64(0)).padding(x))
        }),
        ("LeakyRelu", "negative slope", Finite, |x| Box::new(LeakyRelu { negative_slope: x })),
        ("Elu", "alpha", Finite, |x| Box::new(Elu { alpha: x })),
        ("Softplus", "beta", Positive, |x| Box::new(Softplus { beta: x, ..Softplus::default() })),
        ("Softplus", "threshold", AtLeast0, |x| Box::new(Softplus { threshold: x, ..Softplus::default() })),
        ("Init", "gain of the orthogonal weights", Finite, |gain| initialised(Init::Orthogonal { gain })),
        ("Init", "bound of the uniform distribution", AtLeast0, |x| initialised(Init::Uniform(x))),
        ("Init", "standard deviation of the normal distribution", AtLeast0, |x| initialised(Init::Normal(x))),
        ("Init", "constant", Finite, |x| initialised(Init::Constant(x))),
    ]
}

const VALUES: [f64; 12] =
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -0.25, 0.0, 1e-300, 0.25, 1.0, 1.5, 1e30, 1e300];

/// Returns the number of values that were refused.
fn check<F: Scalar>() -> usize {
    let mut refused = 0;
    for (of, name, range, module) in table::<F>() {
        for value in VALUES {
            let case = format!("{of}, {name} = {value:e}");
            let network = Sequential::new().append(module(value));
            // A probability is used in f64, whatever the precision of the network.
            let seen = if of.starts_with("Dropout") || name == "dropout" {
                value
            } else {
                F::from_f64(value).to_f64()
            };
            let input: &[usize] = match of {
                _ if of.ends_with("2d") => &[5, 3, 1, 1],
                "GRU"
                | "LSTM"
                | "MultiheadAttention"
                | "TransformerEncoderLayer"
                | "PositionalEncoding"
                | "PositionEmbedding" => &[5, 1, 3],
                _ => &[5, 3],
            };
            match network.plan(input, Purpose::Train) {
                Ok(_) => assert!(range.holds(seen), "{case} is accepted"),
                Err(error) => {
                    assert!(!range.holds(seen), "{case} is refused: {error}");
                    assert_eq!(error.path, ["0"], "{case}");
                    let ModuleProblem::Setting(setting) = &error.problem else { panic!("{case}: {error}") };
                    assert_eq!((&setting.of[..], &setting.name[..]), (of, name));
                    assert!(error.to_string().starts_with(&format!("layer 0, {of}: {name} is ")), "{error}");
                    refused += 1;
                }
            }
        }
    }
    refused
}

#[test]
fn settings_that_make_no_sense_are_refused_by_plan() {
    // 1e300 is a number in f64 and infinite in f32; 1e-300 is above 0 in f64 and is 0 in f32.
    assert!(check::<f32>() > check::<f64>());
}

#[test]
fn messages_say_what_is_expected_and_what_the_precision_sees() {
    let message = |module: &dyn Module<f32>| module.plan(&[5, 3], Purpose::Train).unwrap_err().to_string();
    assert_eq!(message(&Dropout::new(1.5)), "Dropout: p is 1.5, expected a number from 0 to 1");
    assert_eq!(
        message(&Softplus { beta: 1e-60, ..Softplus::default() }),
        "Softplus: beta is 1e-60, which is 0 in f32, expected a finite number above 0"
    );
    let groups = "expected a divisor of the 3 channels";
    assert_eq!(message(&GroupNorm::new(2, 3)), format!("GroupNorm: groups is 2, {groups}"));
    assert_eq!(message(&GroupNorm::new(0, 3)), format!("GroupNorm: groups is 0, {groups}"));
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    assert_eq!(
        message(&Embedding::new(4, 2, rng).padding_index(4)),
        "Embedding: padding_index is 4, expected an index from 0 to 3"
    );
    let refused =
        "Init: standard deviation of the normal distribution is -1, expected a finite number of at least 0";
    assert_eq!(message(&Embedding::with_init(4, 2, Init::Normal(-1.0), rng)), refused);
    assert_eq!(message(&PositionEmbedding::with_init(4, 2, Init::Normal(-1.0), rng)), refused);
    let factor = "Upsample: scale factor is 0, expected a whole number of at least 1";
    assert_eq!(message(&Upsample::nearest(0)), factor);
    assert_eq!(message(&Upsample::nearest_by([2, 0])), factor);
    let axis = "axis is 0, expected an axis of a sample, 1 or more";
    assert_eq!(message(&Unflatten::new(0, [5])), format!("Unflatten: {axis}"));
    assert_eq!(message(&Select::new(0, 0)), format!("Select: {axis}"));
    assert_eq!(message(&Slice::new(0, 0, None)), format!("Slice: {axis}"));
    let order = "expected each axis of a sample once, from 1 to";
    for (axes, count) in [(&[0][..], 1), (&[0, 1], 2), (&[1, 1], 2), (&[2], 1), (&[3, 1], 2)] {
        assert_eq!(message(&Permute::new(axes)), format!("Permute: order is {axes:?}, {order} {count}"));
    }
    assert_eq!(
        message(&Permute::new(vec![0; 1000])),
        format!("Permute: order is [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] and 990 more, {order} 1000")
    );
    for (slice, range) in [
        (Slice::new(1, 2, 2), "2..2"),
        (Slice::new(1, 2, 1), "2..1"),
        (Slice::new(1, 0, 0), "0..0"),
        (Slice::new(1, -1, 0), "-1..0"),
        (Slice::new(1, -1, -1), "-1..-1"),
    ] {
        assert_eq!(
            message(&slice),
            format!("Slice: range is {range}, expected one that has at least one value")
        );
    }
    assert_eq!(
        message(&Elu { alpha: 1e300 }),
        "Elu: alpha is 1e300, which is inf in f32, expected a finite number"
    );
}

/// A module, an input that it would take with other settings, and the message.
type Refused<'a> = (Box<dyn Module<f32>>, &'a [usize], String);

#[test]
fn windows_that_make_no_sense_are_refused_by_plan() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let (conv1, conv2) = (Conv1d::<f32>::new(4, 6, 3, rng), Conv2d::<f32>::new(4, 6, 3, rng));
    let (up1, up2) = (ConvTranspose1d::<f32>::new(4, 6, 3, rng), ConvTranspose2d::<f32>::new(4, 6, 3, rng));
    let [images, sequences] = [&[5, 4, 9, 9][..], &[5, 4, 9]];
    let each = "expected a size of at least 1 for each axis";
    let half = "expected at most half of the kernel";
    let less = "expected less than the stride or the dilation";
    let divisor = "the channels of both sides";
    let deviation = Init::Normal(-1.0);
    let cases: [Refused<'_>; 24] = [
        (
            Box::new(Conv2d::new(4, 6, [3, 0], rng)),
            images,
            format!("Conv2d: kernel is 3x0, {each}"),
        ),
        (Box::new(ConvTranspose1d::new(4, 6, 0, rng)), sequences, format!("ConvTranspose1d: kernel is 0, {each}")),
        (Box::new(MaxPool1d::new(0)), sequences, format!("MaxPool1d: kernel is 0, {each}")),
        (Box::new(AvgPool2d::new([0, 2])), images, format!("AvgPool2d: kernel is 0x2, {each}")),
        (Box::new(conv2.clone().stride(0)), images, format!("Conv2d: stride is 0, {each}")),
        (Box::new(up2.clone().stride([1, 0])), images, format!("ConvTranspose2d: stride is 1x0, {each}")),
        (Box::new(AvgPool1d::new(2).stride(0)), sequences, format!("AvgPool1d: stride is 0, {each}")),
        (Box::new(conv1.clone().dilation(0)), sequences, format!("Conv1d: dilation is 0, {each}")),
        (Box::new(MaxPool2d::new(2).dilation(0)), images, format!("MaxPool2d: dilation is 0, {each}")),
        (
            Box::new(Conv2d::grouped(4, 6, 3, 4, rng)),
            images,
            format!("Conv2d: groups is 4, expected a divisor of 6 and of 4, {divisor}"),
        ),
        (
            Box::new(Conv1d::grouped(4, 6, 3, 0, rng)),
            sequences,
            format!("Conv1d: groups is 0, expected a divisor of 6 and of 4, {divisor}"),
        ),
        (
            Box::new(ConvTranspose2d::grouped(4, 6, 3, 3, rng)),
            images,
            format!("ConvTranspose2d: groups is 3, expected a divisor of 4 and of 6, {divisor}"),
        ),
        (
            Box::new(conv2.clone().stride([1, 2]).padding(Padding::Same)),
            images,
            "Conv2d: stride is 1x2, expected 1, because the padding is `same`".into(),
        ),
        (Box::new(MaxPool1d::new(3).padding(2)), sequences, format!("MaxPool1d: padding is 2, {half}")),
        (Box::new(MaxPool2d::new([2, 5]).padding(2)), images, format!("MaxPool2d: padding is 2, {half}")),
        (Box::new(AvgPool2d::new(3).padding([1, 2])), images, format!("AvgPool2d: padding is 1x2, {half}")),
        (Box::new(up1.clone().output_padding(1)), sequences, format!("ConvTranspose1d: output padding is 1, {less}")),
        (
            Box::new(up2.stride([2, 3]).output_padding(2)),
            images,
            format!("ConvTranspose2d: output padding is 2, {less}"),
        ),
        (Box::new(AdaptiveAvgPool1d::new(0)), sequences, format!("AdaptiveAvgPool1d: output is 0, {each}")),
        (Box::new(AdaptiveAvgPool2d::new([2, 0])), images, format!("AdaptiveAvgPool2d: output is 2x0, {each}")),
        (
            Box::new(AvgPool1d::new(2).divisor_override(0)),
            sequences,
            "AvgPool1d: divisor is 0, expected a number of at least 1".into(),
        ),
        (
            Box::new(Conv2d::with_init([4, 6], 3, 1, deviation, Init::ZEROS, rng)),
            images,
            "Init: standard deviation of the normal distribution is -1, expected a finite number of at least 0".into(),
        ),
        (
            Box::new(ConvTranspose1d::with_init([4, 6], 3, 1, Init::FanIn, Init::Constant(f64::NAN), rng)),
            sequences,
            "Init: constant is NaN, expected a finite number".into(),
        ),
        (
            Box::new(Sequential::new().append(conv1).append(up1.stride(0))),
            sequences,
            format!("layer 1, ConvTranspose1d: stride is 0, {each}"),
        ),
    ];
    for (module, input, message) in cases {
        assert_eq!(module.plan(input, Purpose::Train).unwrap_err().to_string(), message);
    }
}
