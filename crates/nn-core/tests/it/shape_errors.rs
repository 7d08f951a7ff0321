//! Shapes that do not fit are refused by `plan` with the name of the layer, what it expected and what was found.

use nn_core::ndarray::{Array1, Array2, ArrayD};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv1d, Conv2d, ConvTranspose1d,
    ConvTranspose2d, Dropout, Dropout2d, Embedding, Flatten, GroupNorm, Gru, Identity, LayerNorm, Linear,
    Lstm, MaxPool1d, MaxPool2d, Module, ModuleProblem, MultiheadAttention, Padding, Permute,
    PositionEmbedding, PositionalEncoding, Purpose, Reshape, Residual, RmsNorm, Rnn, Select, Sequential,
    ShapeError, Slice, Softmax, Tanh, Tensor, TransformerEncoderLayer, Unflatten, Upsample,
};

/// A module, an input that it cannot take, and the message.
type Misfit = (Box<dyn Module<f32>>, &'static [usize], &'static str);

#[test]
fn errors_name_the_layer_and_both_shapes() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut linear = |inputs, outputs| Linear::<f32>::new(inputs, outputs, rng);
    let (norm, dropout) = (BatchNorm1d::<f32>::new, Dropout::new);
    let layer_norm = |shape: &[usize]| LayerNorm::<f32>::new(shape);
    let mut seeds = (0..).map(ChaCha8Rng::seed_from_u64);
    let mut rng = || seeds.next().expect("a seed");
    let (conv1, conv2) = (Conv1d::new(3, 2, 3, &mut rng()), Conv2d::new(3, 2, [3, 4], &mut rng()));
    let nothing = Conv1d::new(0, 2, 1, &mut rng());
    let up1 = ConvTranspose1d::new(3, 2, 1, &mut rng()).padding(2);
    let up2 = ConvTranspose2d::new(3, 2, 2, &mut rng());
    let network = Sequential::new().append(linear(2, 8)).append(Tanh).append(linear(8, 2));
    let misfit = Sequential::new().append(linear(2, 8)).append(Tanh).append(linear(5, 2));
    let inner = Sequential::new().append(linear(4, 2)).append(Softmax);
    let nested = Sequential::new().append(Identity).append(linear(2, 3)).append(inner);
    let deep = Sequential::new().append(Tanh).append(Sequential::new().append(Tanh).append(nested));
    let cases: Vec<Misfit> = vec![
        (Box::new(linear(3, 2)), &[200, 4], "Linear(3 → 2): expected input [n, …, 3], found [200, 4]"),
        (Box::new(linear(3, 2)), &[200], "Linear(3 → 2): expected input [n, …, 3], found [200]"),
        (Box::new(linear(3, 2)), &[5, 3, 1], "Linear(3 → 2): expected input [n, …, 3], found [5, 3, 1]"),
        (Box::new(linear(3, 2)), &[5, 0, 3], "Linear(3 → 2): expected input [n, …, 3], found [5, 0, 3]"),
        (Box::new(linear(3, 2)), &[0, 3], "Linear(3 → 2): expected at least one sample, found [0, 3]"),
        (Box::new(linear(3, 2)), &[], "Linear(3 → 2): expected at least one sample, found []"),
        (
            Box::new(linear(0, 2)),
            &[5, 0],
            "Linear(0 → 2): expected a layer with at least one input and one output, found [0, 2]",
        ),
        (
            Box::new(linear(3, 0)),
            &[5, 3],
            "Linear(3 → 0): expected a layer with at least one input and one output, found [3, 0]",
        ),
        (Box::new(Tanh), &[0, 3], "Tanh: expected at least one sample, found [0, 3]"),
        (Box::new(Identity), &[], "Identity: expected at least one sample, found []"),
        (
            Box::new(Softmax),
            &[7],
            "Softmax: expected input [n, …, classes] with at least one class, found [7]",
        ),
        (
            Box::new(Softmax),
            &[7, 2, 0],
            "Softmax: expected input [n, …, classes] with at least one class, found [7, 2, 0]",
        ),
        (Box::new(Softmax), &[0, 2], "Softmax: expected at least one sample, found [0, 2]"),
        (Box::new(dropout(0.5)), &[0, 3], "Dropout(p=0.5): expected at least one sample, found [0, 3]"),
        (Box::new(norm(3)), &[0, 3], "BatchNorm1d(3): expected at least one sample, found [0, 3]"),
        (Box::new(norm(3)), &[5, 4], "BatchNorm1d(3): expected input [n, 3] or [n, 3, l], found [5, 4]"),
        (Box::new(norm(3)), &[5], "BatchNorm1d(3): expected input [n, 3] or [n, 3, l], found [5]"),
        (
            Box::new(norm(3)),
            &[5, 3, 0],
            "BatchNorm1d(3): expected input [n, 3] or [n, 3, l], found [5, 3, 0]",
        ),
        (
            Box::new(norm(3)),
            &[5, 3, 1, 1],
            "BatchNorm1d(3): expected input [n, 3] or [n, 3, l], found [5, 3, 1, 1]",
        ),
        (Box::new(norm(0)), &[5, 0], "BatchNorm1d(0): expected a layer with at least one channel, found [0]"),
        (Box::new(layer_norm(&[4])), &[5, 3], "LayerNorm([4]): expected input [n, …, 4], found [5, 3]"),
        (Box::new(layer_norm(&[4])), &[4], "LayerNorm([4]): expected input [n, …, 4], found [4]"),
        (
            Box::new(layer_norm(&[2, 3])),
            &[2, 3],
            "LayerNorm([2, 3]): expected input [n, …, 2, 3], found [2, 3]",
        ),
        (
            Box::new(layer_norm(&[])),
            &[5, 3],
            "LayerNorm([]): expected a normalized shape without axes of size 0, found []",
        ),
        (
            Box::new(layer_norm(&[2, 0])),
            &[5, 2, 0],
            "LayerNorm([2, 0]): expected a normalized shape without axes of size 0, found [2, 0]",
        ),
        (
            Box::new(BatchNorm2d::new(3)),
            &[5, 3, 4],
            "BatchNorm2d(3): expected input [n, 3, h, w], found [5, 3, 4]",
        ),
        (
            Box::new(BatchNorm2d::new(3)),
            &[5, 4, 2, 2],
            "BatchNorm2d(3): expected input [n, 3, h, w], found [5, 4, 2, 2]",
        ),
        (
            Box::new(BatchNorm2d::new(3)),
            &[5, 3, 2, 0],
            "BatchNorm2d(3): expected input [n, 3, h, w], found [5, 3, 2, 0]",
        ),
        (
            Box::new(BatchNorm2d::new(0)),
            &[5, 0, 1, 1],
            "BatchNorm2d(0): expected a layer with at least one channel, found [0]",
        ),
        (
            Box::new(GroupNorm::new(2, 4)),
            &[5, 3, 2],
            "GroupNorm(2, 4): expected input [n, 4, …], found [5, 3, 2]",
        ),
        (Box::new(GroupNorm::new(2, 4)), &[4], "GroupNorm(2, 4): expected input [n, 4, …], found [4]"),
        (
            Box::new(GroupNorm::new(2, 4)),
            &[5, 4, 0],
            "GroupNorm(2, 4): expected input [n, 4, …], found [5, 4, 0]",
        ),
        (
            Box::new(GroupNorm::new(0, 0)),
            &[5, 0],
            "GroupNorm(0, 0): expected a layer with at least one channel, found [0]",
        ),
        (
            Box::new(Dropout2d::new(0.5)),
            &[5, 3],
            "Dropout2d(p=0.5): expected input [n, c, h, w] or [n, c, l], found [5, 3]",
        ),
        (
            Box::new(Lstm::new(3, 8, &mut rng())),
            &[5, 3],
            "LSTM(3 → 8): expected input [n, t, 3], found [5, 3]",
        ),
        (
            Box::new(MultiheadAttention::new(8, 2, &mut rng())),
            &[5, 8],
            "MultiheadAttention(8, heads=2): expected input [n, t, 8], found [5, 8]",
        ),
        (
            Box::new(MultiheadAttention::new(8, 2, &mut rng())),
            &[5, 0, 8],
            "MultiheadAttention(8, heads=2): expected input [n, t, 8], found [5, 0, 8]",
        ),
        (
            Box::new(MultiheadAttention::new(8, 2, &mut rng()).cross(3)),
            &[5, 3, 8],
            "MultiheadAttention(8, heads=2, queries=3): expected input [n, 3 queries + t, 8], found [5, 3, 8]",
        ),
        (
            Box::new(MultiheadAttention::new(8, 2, &mut rng()).cross(0)),
            &[5, 3, 8],
            "MultiheadAttention(8, heads=2, queries=0): expected at least one query, found [5, 3, 8]",
        ),
        (
            Box::new(TransformerEncoderLayer::new(8, 2, 3, &mut rng())),
            &[5, 3, 7],
            "TransformerEncoderLayer(8, heads=2, hidden=3): expected input [n, t, 8], found [5, 3, 7]",
        ),
        (
            Box::new(Gru::new(3, 8, &mut rng())),
            &[5, 7, 4],
            "GRU(3 → 8): expected input [n, t, 3], found [5, 7, 4]",
        ),
        (
            Box::new(Rnn::new(3, 8, &mut rng())),
            &[5, 0, 3],
            "RNN(3 → 8): expected input [n, t, 3], found [5, 0, 3]",
        ),
        (
            Box::new(Gru::deep(3, 8, 0, &mut rng())),
            &[5, 7, 3],
            "GRU(3 → 8, layers=0): expected at least one input, unit and layer, found [3, 8, 0]",
        ),
        (
            Box::new(Rnn::new(3, 0, &mut rng())),
            &[5, 7, 3],
            "RNN(3 → 0): expected at least one input, unit and layer, found [3, 0, 1]",
        ),
        (
            Box::new(Upsample::nearest(2)),
            &[5, 3],
            "Upsample(scale_factor=2, mode=nearest): expected input [n, c, h, w] or [n, c, l], found [5, 3]",
        ),
        (
            Box::new(Upsample::nearest_by([2, 3])),
            &[5, 3, 4],
            "Upsample(scale_factor=[2, 3], mode=nearest): expected input [n, c, h, w], found [5, 3, 4]",
        ),
        (
            Box::new(Upsample::nearest(usize::MAX)),
            &[5, 3, 4],
            "Upsample(scale_factor=18446744073709551615, mode=nearest): \
             expected a shape that fits into memory, found [5, 3, 4]",
        ),
        (
            Box::new(Reshape::new([2, 2])),
            &[5, 3],
            "Reshape([2, 2]): expected input of 4 values a sample, found [5, 3]",
        ),
        (
            Box::new(Reshape::new([1 << 40, 1 << 40])),
            &[5, 3],
            "Reshape([1099511627776, 1099511627776]): expected a shape that fits into memory, \
             found [1099511627776, 1099511627776]",
        ),
        (
            Box::new(Unflatten::new(2, [2, 2])),
            &[5, 4],
            "Unflatten(2, [2, 2]): expected input with 4 values along axis 2, found [5, 4]",
        ),
        (
            Box::new(Unflatten::new(1, [2, 3])),
            &[5, 4],
            "Unflatten(1, [2, 3]): expected input with 6 values along axis 1, found [5, 4]",
        ),
        (
            Box::new(Unflatten::new(1, [1 << 40, 1 << 40])),
            &[5, 4],
            "Unflatten(1, [1099511627776, 1099511627776]): expected a shape that fits into memory, \
             found [1099511627776, 1099511627776]",
        ),
        (
            Box::new(conv2.clone()),
            &[5, 3, 2, 4],
            "Conv2d(3 → 2, kernel=3x4): expected an image with h of at least 3 and w of at least 4, \
             found [5, 3, 2, 4]",
        ),
        (
            Box::new(conv2.clone().padding([1, 9])),
            &[5, 3, 1, 0],
            "Conv2d(3 → 2, kernel=3x4, padding=1x9): expected an image with h of at least 1 and w of at least 1, \
             found [5, 3, 1, 0]",
        ),
        (
            Box::new(conv2.clone().padding(Padding::Same)),
            &[5, 3, 0, 2],
            "Conv2d(3 → 2, kernel=3x4, padding=same): expected an image with h of at least 1 and w of at least 1, \
             found [5, 3, 0, 2]",
        ),
        (
            Box::new(conv2.clone()),
            &[5, 2, 8, 8],
            "Conv2d(3 → 2, kernel=3x4): expected input [n, 3, h, w], found [5, 2, 8, 8]",
        ),
        (
            Box::new(conv2.clone()),
            &[5, 3, 8],
            "Conv2d(3 → 2, kernel=3x4): expected input [n, 3, h, w], found [5, 3, 8]",
        ),
        (
            Box::new(conv2),
            &[0, 3, 8, 8],
            "Conv2d(3 → 2, kernel=3x4): expected at least one sample, found [0, 3, 8, 8]",
        ),
        (
            Box::new(conv1.clone().padding(1).dilation(2)),
            &[5, 3, 2],
            "Conv1d(3 → 2, kernel=3, padding=1, dilation=2): expected a sequence with l of at least 3, found [5, 3, 2]",
        ),
        (
            Box::new(conv1),
            &[5, 3, 8, 8],
            "Conv1d(3 → 2, kernel=3): expected input [n, 3, l], found [5, 3, 8, 8]",
        ),
        (
            Box::new(nothing),
            &[5, 0, 8],
            "Conv1d(0 → 2, kernel=1): expected at least one channel on both sides, found [2, 0]",
        ),
        (
            Box::new(up2.clone()),
            &[5, 2, 4, 4],
            "ConvTranspose2d(3 → 2, kernel=2): expected input [n, 3, h, w], found [5, 2, 4, 4]",
        ),
        (
            Box::new(up2.clone().padding(1)),
            &[5, 3, 4, 1],
            "ConvTranspose2d(3 → 2, kernel=2, padding=1): expected an image of which the padding leaves something, \
             found [5, 3, 4, 1]",
        ),
        (
            Box::new(up2),
            &[5, 3, 0, 4],
            "ConvTranspose2d(3 → 2, kernel=2): expected an image without axes of size 0, found [5, 3, 0, 4]",
        ),
        (
            Box::new(up1),
            &[5, 3, 1],
            "ConvTranspose1d(3 → 2, kernel=1, padding=2): expected a sequence of which the padding leaves something, \
             found [5, 3, 1]",
        ),
        (
            Box::new(MaxPool2d::new([2, 3])),
            &[5, 3, 1, 8],
            "MaxPool2d(kernel=2x3): expected an image with h of at least 2 and w of at least 3, found [5, 3, 1, 8]",
        ),
        (
            Box::new(MaxPool2d::new(2)),
            &[5, 3, 8],
            "MaxPool2d(kernel=2): expected input [n, c, h, w], found [5, 3, 8]",
        ),
        (
            Box::new(MaxPool1d::new(2).stride(1).padding(1).dilation(3)),
            &[5, 3, 2],
            "MaxPool1d(kernel=2, stride=1, padding=1, dilation=3): \
             expected an input of which every window sees something, found [5, 3, 2]",
        ),
        (
            Box::new(AvgPool1d::new(4).padding(1)),
            &[5, 3, 1],
            "AvgPool1d(kernel=4, padding=1): expected a sequence with l of at least 2, found [5, 3, 1]",
        ),
        (
            Box::new(AvgPool2d::new(2)),
            &[5, 0, 8, 8],
            "AvgPool2d(kernel=2): expected input [n, c, h, w], found [5, 0, 8, 8]",
        ),
        (
            Box::new(AdaptiveAvgPool2d::new(1)),
            &[5, 3],
            "AdaptiveAvgPool2d(output=1): expected input [n, c, h, w], found [5, 3]",
        ),
        (
            Box::new(AdaptiveAvgPool2d::new(1)),
            &[5, 3, 0, 2],
            "AdaptiveAvgPool2d(output=1): expected input [n, c, h, w], found [5, 3, 0, 2]",
        ),
        (Box::new(Flatten), &[5], "Flatten: expected input [n, …], found [5]"),
        (
            Box::new(RmsNorm::new([2, 3])),
            &[5, 3, 2],
            "RmsNorm([2, 3]): expected input [n, …, 2, 3], found [5, 3, 2]",
        ),
        (
            Box::new(RmsNorm::new([2, 0])),
            &[5, 2, 0],
            "RmsNorm([2, 0]): expected a normalized shape without axes of size 0, found [2, 0]",
        ),
        (
            Box::new(Embedding::new(3, 2, &mut rng())),
            &[0, 4],
            "Embedding(3 → 2): expected at least one sample, found [0, 4]",
        ),
        (
            Box::new(Embedding::new(3, 2, &mut rng())),
            &[5, 0],
            "Embedding(3 → 2): expected at least one index in each sample, found [5, 0]",
        ),
        (
            Box::new(Embedding::new(0, 2, &mut rng())),
            &[5, 4],
            "Embedding(0 → 2): expected a table with at least one row and one feature, found [0, 2]",
        ),
        (
            Box::new(Embedding::new(3, 0, &mut rng())),
            &[5, 4],
            "Embedding(3 → 0): expected a table with at least one row and one feature, found [3, 0]",
        ),
        (
            Box::new(PositionalEncoding::new()),
            &[5, 4],
            "PositionalEncoding: expected input [n, t, d] with at least one token of at least one feature, found [5, 4]",
        ),
        (
            Box::new(PositionalEncoding::new()),
            &[5, 4, 0],
            "PositionalEncoding: expected input [n, t, d] with at least one token of at least one feature, found [5, 4, 0]",
        ),
        (
            Box::new(PositionEmbedding::new(4, 3, &mut rng())),
            &[5, 5, 3],
            "PositionEmbedding(4, 3): expected input [n, 1 to 4, 3], found [5, 5, 3]",
        ),
        (
            Box::new(PositionEmbedding::new(4, 3, &mut rng())),
            &[5, 4, 2],
            "PositionEmbedding(4, 3): expected input [n, 1 to 4, 3], found [5, 4, 2]",
        ),
        (
            Box::new(PositionEmbedding::new(4, 3, &mut rng())),
            &[5, 0, 3],
            "PositionEmbedding(4, 3): expected input [n, 1 to 4, 3], found [5, 0, 3]",
        ),
        (
            Box::new(PositionEmbedding::new(0, 3, &mut rng())),
            &[5, 1, 3],
            "PositionEmbedding(0, 3): expected a layer with at least one position and one feature, found [0, 3]",
        ),
        (
            Box::new(Permute::new([2, 1])),
            &[5, 2],
            "Permute([2, 1]): expected input with 2 axes behind that of the samples, found [5, 2]",
        ),
        (
            Box::new(Permute::new([2, 1])),
            &[0, 2, 3],
            "Permute([2, 1]): expected at least one sample, found [0, 2, 3]",
        ),
        (
            Box::new(Select::new(1, 3)),
            &[5, 3],
            "Select(1, 3): expected input with at least 4 values along axis 1, found [5, 3]",
        ),
        (
            Box::new(Select::new(1, -4)),
            &[5, 3],
            "Select(1, -4): expected input with at least 4 values along axis 1, found [5, 3]",
        ),
        (
            Box::new(Select::new(2, 0)),
            &[5, 3],
            "Select(2, 0): expected input with at least 1 values along axis 2, found [5, 3]",
        ),
        (
            Box::new(Select::new(usize::MAX, isize::MIN)),
            &[5, 3],
            "Select(18446744073709551615, -9223372036854775808): expected input with at least 9223372036854775808 \
             values along axis 18446744073709551615, found [5, 3]",
        ),
        (
            Box::new(Slice::new(1, 1, 4)),
            &[5, 3],
            "Slice(1, 1..4): expected input with at least 4 values along axis 1, found [5, 3]",
        ),
        (
            Box::new(Slice::new(1, -4, None)),
            &[5, 3],
            "Slice(1, -4..): expected input with at least 4 values along axis 1, found [5, 3]",
        ),
        (
            Box::new(Slice::new(2, 1, -1)),
            &[5, 3, 2],
            "Slice(2, 1..-1): expected input with at least 3 values along axis 2, found [5, 3, 2]",
        ),
        (
            Box::new(Slice::new(1, -2, 3)),
            &[5, 5],
            "Slice(1, -2..3): expected input with 3 to 4 values along axis 1, found [5, 5]",
        ),
        (
            Box::new(Slice::new(3, 0, None)),
            &[5, 3],
            "Slice(3, 0..): expected input with at least 1 values along axis 3, found [5, 3]",
        ),
        (Box::new(Flatten), &[0, 2], "Flatten: expected at least one sample, found [0, 2]"),
        (
            Box::new(Residual::new(linear(2, 3))),
            &[5, 2],
            "Residual: expected a module inside that gives back the shape [5, 2], found [5, 3]",
        ),
        (
            Box::new(Sequential::new().append(Residual::new(linear(4, 4)))),
            &[5, 2],
            "layer 0.fn, Linear(4 → 4): expected input [n, …, 4], found [5, 2]",
        ),
        (Box::new(network), &[200, 5], "layer 0, Linear(2 → 8): expected input [n, …, 2], found [200, 5]"),
        (Box::new(misfit), &[200, 2], "layer 2, Linear(5 → 2): expected input [n, …, 5], found [200, 8]"),
        (Box::new(deep), &[9, 2], "layer 1.1.2.0, Linear(4 → 2): expected input [n, …, 4], found [9, 3]"),
    ];
    for (module, input, message) in cases {
        let error = module.plan(input, Purpose::Train).unwrap_err();
        assert_eq!(error.to_string(), message);
        if !input.is_empty() {
            assert_eq!(module.predict(&nn_core::Tensor::zeros(input)).unwrap_err(), error);
        }
    }
}

/// Its states take more memory than its input and its output.
#[test]
fn a_sequence_that_is_too_long_to_be_remembered_is_refused() {
    let layer = Lstm::<f64>::new(3, 8, &mut ChaCha8Rng::seed_from_u64(0));
    for purpose in [Purpose::Train, Purpose::Predict] {
        let error = layer.plan(&[5, 1 << 51, 3], purpose).unwrap_err();
        let message = "LSTM(3 → 8): expected a shape that fits into memory, found [5, 2251799813685248, 3]";
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn errors_can_be_taken_apart() {
    let layer = Linear::<f64>::new(4, 2, &mut ChaCha8Rng::seed_from_u64(0));
    let network = Sequential::new().append(Tanh).append(Sequential::new().append(layer));
    let error = network.plan(&[1, 3], Purpose::Train).unwrap_err();
    assert_eq!(error.path, ["1", "0"]);
    let ModuleProblem::Shape(ShapeError { layer, expected, found }) = error.problem else {
        panic!("expected a shape error, found {error:?}");
    };
    assert_eq!((&layer[..], &expected[..], &found[..]), ("Linear(4 → 2)", "input [n, …, 4]", &[1, 3][..]));
}

#[test]
fn a_layer_of_parameters_that_do_not_fit_is_refused() {
    let (four, three) = (ArrayD::<f64>::zeros(vec![4, 3, 2, 2]), ArrayD::<f64>::zeros(vec![4, 3, 2]));
    let error = Conv2d::from_parameters(four.clone(), Array1::zeros(3)).unwrap_err();
    assert_eq!(error.to_string(), "Conv2d: expected bias [4], found [3]");
    let error = ConvTranspose2d::from_parameters(four.clone(), Array1::zeros(4)).unwrap_err();
    assert_eq!(error.to_string(), "ConvTranspose2d: expected bias [3], found [4]");
    let error = Conv1d::from_parameters(four, Array1::zeros(4)).unwrap_err();
    assert_eq!(error.to_string(), "Conv1d: expected a weight with 3 axes, found [4, 3, 2, 2]");
    let error = Conv2d::from_parameters(three, Array1::zeros(4)).unwrap_err();
    assert_eq!(error.to_string(), "Conv2d: expected a weight with 4 axes, found [4, 3, 2]");
    let error = Linear::from_parameters(Array2::<f64>::zeros((3, 2)), Array1::zeros(2)).unwrap_err();
    assert_eq!(error.to_string(), "Linear(2 → 3): expected bias [3], found [2]");
}

#[test]
fn an_empty_network_takes_every_shape() {
    let empty = Sequential::<f64>::new();
    assert_eq!(empty.plan(&[3, 1, 2], Purpose::Train).unwrap().output, [3, 1, 2]);
}

#[test]
fn one_value_a_channel_can_be_used_but_not_trained_on() {
    let network = Sequential::new().append(Tanh).append(BatchNorm1d::<f32>::new(2));
    let error = network.plan(&[1, 2], Purpose::Train).unwrap_err();
    let message =
        "layer 1, BatchNorm1d(2): expected at least two values per channel to train on, found [1, 2]";
    assert_eq!(error.to_string(), message);
    assert!(BatchNorm1d::<f32>::new(2).plan(&[1, 2, 2], Purpose::Train).is_ok());
    let images = BatchNorm2d::<f32>::new(2);
    let error = images.plan(&[1, 2, 1, 1], Purpose::Train).unwrap_err();
    let message = "BatchNorm2d(2): expected at least two values per channel to train on, found [1, 2, 1, 1]";
    assert_eq!(error.to_string(), message);
    assert!(images.plan(&[1, 2, 1, 2], Purpose::Train).is_ok());
    assert!(images.plan(&[1, 2, 1, 1], Purpose::Predict).is_ok());
    let y = network.predict(&Tensor::from_rows(&[[0.0, 0.0]])).unwrap();
    assert_eq!(y, Tensor::from_rows(&[[0.0, 0.0]]));
}
