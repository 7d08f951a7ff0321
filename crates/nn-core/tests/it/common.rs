//! The table that the tests of this crate run over: every layer, every shape of network.

use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, AdaptiveAvgPool1d, AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, BatchNorm1d, BatchNorm2d,
    Branches, Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d, Dropout, Dropout2d, Elu, Embedding, Extent,
    Flatten, Gelu, GeluTanh, Graph, GroupNorm, Gru, Identity, Init, Kind, LayerNorm, LeakyRelu, Linear,
    LogSoftmax, Lstm, MaxPool1d, MaxPool2d, Mode, Module, MultiheadAttention, Padding, Permute,
    PositionEmbedding, PositionalEncoding, Purpose, Relu, Reshape, Residual, RmsNorm, Rnn, Scalar, Select,
    Sequential, Sigmoid, Silu, Slice, Softmax, Softplus, Tanh, Tensor, TransformerEncoderLayer, Unflatten,
    Upsample, Workspace,
};

/// A module and the shape of one sample that it takes.
pub(crate) struct Case<F> {
    pub(crate) name: &'static str,
    pub(crate) module: Box<dyn Module<F>>,
    pub(crate) sample: &'static [usize],
    /// The size of the smallest batch that it can be trained on.
    pub(crate) least: usize,
    /// Whether it has a kink where two values of a sample are equal.
    pub(crate) compares: bool,
    /// The number of rows of the table that its inputs are indices of.
    pub(crate) indices: Option<usize>,
}

impl<F: Scalar> Case<F> {
    /// Returns the batch sizes that it can be trained on.
    pub(crate) fn sizes(&self, all: impl IntoIterator<Item = usize>) -> Vec<usize> {
        all.into_iter().filter(|&samples| samples >= self.least).collect()
    }

    /// Returns an input of this many samples: indices, or values of which none is nearer to 0 (where ReLU has its kink) than 0.1.
    pub(crate) fn input(&self, samples: usize, rng: &mut ChaCha8Rng) -> Tensor<F> {
        let mut x = random(&[&[samples], self.sample].concat(), rng);
        if let Some(rows) = self.indices {
            for feature in 0..x.features() {
                x.feature_mut(feature).fill_with(|| F::from_f64(rng.random_range(0..rows) as f64));
            }
        }
        if self.compares {
            for sample in 0..samples {
                let sizes = (0..x.features()).map(|feature| 0.1 + 1.5 * feature as f64 / x.features() as f64);
                let mut values: Vec<f64> =
                    sizes.map(|size| if rng.random() { size } else { -size }).collect();
                for feature in 0..x.features() {
                    let other = rng.random_range(feature..x.features());
                    values.swap(feature, other);
                    x.feature_mut(feature)[sample] = F::from_f64(values[feature]);
                }
            }
        }
        x
    }
}

/// Returns random values of both signs, between 0.1 and 1.6 in size.
pub(crate) fn random<F: Scalar>(shape: &[usize], rng: &mut ChaCha8Rng) -> Tensor<F> {
    let mut x = Tensor::zeros(shape);
    for feature in 0..x.features() {
        x.feature_mut(feature).fill_with(|| {
            let size = 0.1 + 1.5 * rng.random::<f64>();
            F::from_f64(if rng.random() { size } else { -size })
        });
    }
    x
}

/// Returns all layers and networks that run on this crate's own kernels.
pub(crate) fn narrow<F: Scalar>() -> Vec<Case<F>> {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let mut linear = |inputs, outputs| Linear::<F>::new(inputs, outputs, rng);
    let dropout = |p| Dropout::new(p);
    let conv1 = |c, p, kernel: usize| Conv1d::<F>::new(c, p, kernel, &mut ChaCha8Rng::seed_from_u64(4));
    let conv2 = |c, p, kernel: Extent<2>| Conv2d::<F>::new(c, p, kernel, &mut ChaCha8Rng::seed_from_u64(4));
    let rng2 = &mut ChaCha8Rng::seed_from_u64(5);
    let deep = Sequential::new()
        .append(linear(3, 6))
        .append(Sigmoid)
        .append(Sequential::new().append(linear(6, 5)).append(Sequential::new().append(Tanh)))
        .append(Sequential::new())
        .append(linear(5, 4))
        .append(Softmax);
    vec![
        case("Identity", Identity, &[3]),
        case("Tanh", Tanh, &[3]),
        case("Tanh, rank 3", Tanh, &[2, 3]),
        case("Sigmoid, one feature", Sigmoid, &[1]),
        case("Sigmoid, rank 3", Sigmoid, &[2, 3]),
        case("Relu", Relu, &[3]),
        case("Relu, rank 3", Relu, &[3, 2]),
        case("Relu, rank 1", Relu, &[]),
        case("LeakyRelu", LeakyRelu::default(), &[3]),
        case("LeakyRelu, rising to the left", LeakyRelu { negative_slope: -0.5 }, &[2, 2]),
        case("Elu", Elu::default(), &[3]),
        case("Elu, steep", Elu { alpha: 2.5 }, &[3]),
        case("Gelu", Gelu, &[3]),
        case("GeluTanh", GeluTanh, &[3]),
        case("Silu", Silu, &[2, 2]),
        case("Softplus", Softplus::default(), &[3]),
        case("Softplus, sharp", Softplus { beta: 5.0, ..Softplus::default() }, &[3]),
        case("LogSoftmax", LogSoftmax, &[4]),
        case("LogSoftmax, one class", LogSoftmax, &[1]),
        case("LogSoftmax, rank 4", LogSoftmax, &[2, 1, 3]),
        case("Softmax", Softmax, &[4]),
        case("Softmax, one class", Softmax, &[1]),
        case("Softmax, rank 3", Softmax, &[2, 3]),
        case("Softmax, rank 4", Softmax, &[2, 1, 3]),
        case("Linear 1 1", linear(1, 1), &[1]),
        case("Linear 1 5", linear(1, 5), &[1]),
        case("Linear 4 1", linear(4, 1), &[4]),
        case("Linear 3 7", linear(3, 7), &[3]),
        case("Linear 8 2", linear(8, 2), &[8]),
        case("Linear 3 2, rank 3", linear(3, 2), &[4, 3]),
        case("Linear 2 3, rank 4", linear(2, 3), &[2, 2, 2]),
        case(
            "Linear 3 4, no bias",
            Linear::new(3, 4, &mut ChaCha8Rng::seed_from_u64(2)).without_bias(),
            &[3],
        ),
        case("Linear 65 63, just narrow", linear(65, 63), &[65]),
        case("Dropout", dropout(0.4), &[3]),
        case("Dropout, rank 3", dropout(0.9), &[2, 3]),
        case("Dropout of nothing", dropout(0.0), &[3]),
        case("Dropout of everything", dropout(1.0), &[3]),
        case(
            "Dropout in a chain",
            Sequential::new().append(linear(3, 4)).append(dropout(0.5)).append(linear(4, 2)),
            &[3],
        ),
        case("BatchNorm1d", trained(BatchNorm1d::new(3)), &[3]).least(2),
        case("BatchNorm1d, rank 3", trained(BatchNorm1d::new(2)), &[2, 5]),
        case("BatchNorm1d, one column", trained(BatchNorm1d::new(2).eps(0.5).momentum(1.0)), &[2, 1])
            .least(2),
        case("BatchNorm1d, not affine", trained(BatchNorm1d::new(3).affine(false)), &[3]).least(2),
        case("BatchNorm2d", trained(BatchNorm2d::new(2)), &[2, 3, 4]),
        case("BatchNorm2d, one pixel", trained(BatchNorm2d::new(2).eps(0.5)), &[2, 1, 1]).least(2),
        case("BatchNorm2d, not affine", trained(BatchNorm2d::new(1).affine(false)), &[1, 5, 3]),
        case(
            "BatchNorm1d in a chain",
            Sequential::new()
                .append(linear(2, 5))
                .append(trained(BatchNorm1d::new(5)))
                .append(Tanh)
                .append(linear(5, 2)),
            &[2],
        )
        .least(2),
        case("Dropout2d", Dropout2d::new(0.4), &[3, 2, 2]),
        case("Dropout2d, rank 3", Dropout2d::new(0.5), &[2, 3]),
        case("Dropout2d, one position", Dropout2d::new(0.5), &[2, 1, 1]),
        case("Dropout2d of everything", Dropout2d::new(1.0), &[2, 1, 2]),
        // A large ε, because three values close to each other are normalised in steps too steep for finite differences.
        case("LayerNorm", trained(LayerNorm::new([3]).eps(0.1)), &[3]),
        case("LayerNorm, one feature", trained(LayerNorm::new([1])), &[1]),
        case("LayerNorm, groups", trained(LayerNorm::new([3]).eps(0.1)), &[2, 3]),
        case("LayerNorm, two axes", trained(LayerNorm::new([2, 3]).eps(0.1)), &[2, 2, 3]),
        case("LayerNorm, not affine", LayerNorm::new([9]).elementwise_affine(false), &[9]),
        case("RmsNorm", trained(RmsNorm::new([3])), &[3]),
        case("RmsNorm, one feature", trained(RmsNorm::new([1]).eps(0.5)), &[1]),
        case("RmsNorm, groups", trained(RmsNorm::new([3])), &[2, 3]),
        case("RmsNorm, two axes", trained(RmsNorm::new([2, 3]).eps(0.1)), &[2, 2, 3]),
        case("RmsNorm, not affine", RmsNorm::new([9]).elementwise_affine(false), &[9]),
        case("GroupNorm", trained(GroupNorm::new(2, 4).eps(0.1)), &[4, 2, 3]),
        case("GroupNorm, long channels", trained(GroupNorm::new(1, 2)), &[2, 5, 7]),
        case("GroupNorm, rank 2", trained(GroupNorm::new(2, 6).eps(0.1)), &[6]),
        case("GroupNorm, one value", trained(GroupNorm::new(2, 2)), &[2, 1]),
        case("GroupNorm, each channel", trained(GroupNorm::new(3, 3).eps(0.1)), &[3, 4]),
        case("GroupNorm, not affine", GroupNorm::new(1, 3).eps(0.1).affine(false), &[3, 1, 2]),
        case("Upsample", Upsample::nearest(2), &[2, 3, 2]),
        case("Upsample, rank 3", Upsample::nearest(3), &[2, 3]),
        case("Upsample, higher and wider", Upsample::nearest_by([3, 2]), &[1, 2, 3]),
        case("Upsample, nothing to do", Upsample::nearest(1), &[2, 1, 3]),
        case("Reshape", Reshape::new([3, 1, 2]), &[2, 3]),
        case("Reshape, to no axes", Reshape::new([]), &[1, 1]),
        case("Unflatten", Unflatten::new(1, [2, 3]), &[6]),
        case("Unflatten, an axis in the middle", Unflatten::new(2, [2, 1, 2]), &[3, 4, 2]),
        case(
            "images from rows, upsampled",
            Sequential::new()
                .append(linear(3, 8))
                .append(Reshape::new([2, 2, 2]))
                .append(Upsample::nearest(2))
                .append(Tanh)
                .append(Flatten)
                .append(Unflatten::new(1, [4, 8]))
                .append(linear(8, 1)),
            &[3],
        ),
        case("Flatten", Flatten, &[2, 3]),
        case("Flatten, nothing to do", Flatten, &[2]),
        case(
            "Flatten in a chain",
            Sequential::new().append(Tanh).append(Flatten).append(linear(12, 2)),
            &[2, 3, 2],
        ),
        case("Permute", Permute::new([2, 1]), &[2, 3]),
        case("Permute, rank 4", Permute::new([3, 1, 2]), &[2, 3, 4]),
        case("Permute, the last axis stays", Permute::new([2, 1, 3]), &[3, 2, 2]),
        case("Permute, nothing to do", Permute::new([1, 2]), &[2, 3]),
        case(
            "Permute in a chain",
            Sequential::new()
                .append(linear(2, 3))
                .append(Permute::new([2, 1]))
                .append(Select::new(1, -1))
                .append(linear(4, 2)),
            &[4, 2],
        ),
        case("Select, the last", Select::new(1, -1), &[3, 2]),
        case("Select, the first", Select::new(1, 0), &[3, 2]),
        case("Select, of the last axis", Select::new(2, 1), &[2, 3]),
        case("Select, the only value", Select::new(1, 0), &[1]),
        case("Slice", Slice::new(1, 1, None), &[3, 2]),
        case("Slice, of the last axis", Slice::new(2, 0, -1), &[2, 3]),
        case("Slice, of a middle axis", Slice::new(2, -3, -1), &[2, 4, 2]),
        case("Slice, one value", Slice::new(1, 2, 3), &[3]),
        case("Slice, all", Slice::new(1, 0, None), &[2, 2]),
        case("Residual", Residual::new(linear(3, 3)), &[3]),
        case("Residual, rank 3", Residual::new(Tanh), &[2, 2]),
        case("Residual, random", Residual::new(dropout(0.5)), &[2]),
        case(
            "Residual in a chain",
            Sequential::new()
                .append(linear(2, 4))
                .append(Residual::new(
                    Sequential::new()
                        .append(trained(BatchNorm1d::new(4)))
                        .append(Residual::new(Tanh))
                        .append(linear(4, 4)),
                ))
                .append(Residual::new(Softmax)),
            &[2],
        )
        .least(2),
        // --- Branches and graphs ---
        case(
            "Branches, sum",
            Branches::sum().append(linear(3, 4)).append(Sequential::new().append(Tanh).append(linear(3, 4))),
            &[3],
        ),
        case(
            "Branches, sum with the input",
            Branches::sum().append(Identity).append(linear(3, 3)).append(Tanh).append(Identity),
            &[2, 3],
        ),
        case("Branches, one", Branches::sum().append(linear(3, 2)), &[3]),
        case("Branches, product", Branches::product().append(linear(3, 2)).append(linear(3, 2)), &[3]),
        case(
            "Branches, product with the input",
            Branches::product().append(Sigmoid).append(Identity).append(linear(3, 3)).append(Tanh),
            &[3],
        ),
        case(
            "Branches, concat",
            Branches::concat(1).append(linear(3, 2)).append(Identity).append(linear(3, 4)),
            &[3],
        ),
        case(
            "Branches, concat of the last axis",
            Branches::concat(2).append(linear(3, 2)).append(Identity).append(linear(3, 1)),
            &[2, 3],
        ),
        case("Branches, random", Branches::sum().append(dropout(0.5)).append(Identity), &[2]),
        case(
            "Branches in a chain",
            Sequential::new()
                .append(linear(2, 4))
                .append(
                    Branches::concat(1)
                        .append(trained(BatchNorm1d::new(4)))
                        .append(Branches::product().append(Tanh).append(Residual::new(Sigmoid))),
                )
                .append(linear(8, 2)),
            &[2],
        )
        .least(2),
        case(
            "Graph, diamond",
            Graph::new()
                .input("x", [3])
                .node("a", linear(3, 4), "x")
                .node("left", Tanh, "a")
                .node("right", Sigmoid, "a")
                .sum("sum", ["left", "right", "a"])
                .node("y", linear(4, 2), "sum")
                .output("y"),
            &[3],
        ),
        case(
            "Graph, all joins, backwards",
            Graph::new()
                .output("y")
                .node("y", linear(11, 2), "all")
                .concat("all", 1, ["sum", "product", "x"])
                .sum("sum", ["product", "a", "a"])
                .product("product", ["a", "b", "a"])
                .node("b", Tanh, "same")
                .node("same", Identity, "a")
                .node("a", linear(3, 4), "x")
                .input("x", [3]),
            &[3],
        ),
        case(
            "Graph, shared weights",
            Graph::new()
                .input("x", [3])
                .node("w", Sequential::new().append(linear(3, 3)).append(Tanh), "x")
                .shared("again", "w", "w")
                .shared("third", "w", "sum")
                .sum("sum", ["again", "w"])
                .output("third"),
            &[3],
        ),
        case(
            "Graph, inputs and outputs",
            Graph::new()
                .input("words", [2, 3])
                .input("numbers", [2])
                .node("embedded", linear(3, 2), "words")
                .node("flat", Flatten, "embedded")
                .concat("all", 1, ["flat", "numbers"])
                .node("class", linear(6, 2), "all")
                .output("class")
                .output("embedded"),
            &[8],
        ),
        case(
            "Graph, inputs of one shape",
            Graph::new()
                .input("a", [3])
                .input("b", [3])
                .sum("sum", ["a", "b"])
                .product("product", ["a", "b"])
                .node("of a", linear(3, 3), "a")
                .sum("y", ["sum", "product", "of a"])
                .output("y"),
            &[6],
        ),
        case(
            "Graph, sum alone",
            Graph::new().input("a", [2]).input("b", [2]).sum("y", ["a", "b"]).output("y"),
            &[4],
        ),
        case("Graph, nothing to do", Graph::new().input("x", [2, 2]).output("x"), &[2, 2]),
        case(
            "Graph, BatchNorm1d twice",
            Graph::new()
                .input("x", [3])
                .node("norm", trained(BatchNorm1d::new(3)), "x")
                .node("t", Tanh, "norm")
                .shared("again", "norm", "t")
                .output("again"),
            &[3],
        )
        .least(2),
        case(
            "Graph in a chain",
            Sequential::new()
                .append(linear(2, 3))
                .append(Residual::new(
                    Graph::new()
                        .input("x", [3])
                        .node("inner", Graph::new().input("x", [3]).node("t", Tanh, "x").output("t"), "x")
                        .node("drop", dropout(0.3), "x")
                        .product("y", ["inner", "drop"])
                        .output("y"),
                ))
                .append(linear(3, 1)),
            &[2],
        ),
        // --- Convolution and pooling ---
        case("Conv1d", conv1(2, 3, 3), &[2, 5]),
        case("Conv1d, strided and padded", conv1(2, 2, 3).stride(2).padding(1), &[2, 6]),
        case("Conv2d", conv2(2, 3, [3, 2].into()), &[2, 4, 5]),
        case("Conv2d, one channel", conv2(1, 1, 3.into()), &[1, 3, 3]),
        case("Conv2d, same", conv2(1, 7, [2, 3].into()).padding(Padding::Same), &[1, 4, 3]),
        case("Conv2d, strided", conv2(2, 2, 3.into()).stride([2, 3]).padding([1, 2]), &[2, 5, 6]),
        case("Conv2d, dilated", conv2(2, 4, 2.into()).dilation([2, 1]).padding(1).without_bias(), &[2, 4, 3]),
        case(
            "Conv2d, strided and dilated",
            conv2(1, 2, 3.into()).stride(2).dilation(3).padding(3),
            &[1, 5, 6],
        ),
        case("Conv2d, points", conv2(3, 5, 1.into()), &[3, 2, 3]),
        case("Conv2d, all padding around a point", conv2(1, 2, 3.into()).padding(2), &[1, 1, 1]),
        case("Conv2d, nine channels", conv2(5, 9, 3.into()).padding(1), &[5, 3, 4]),
        case("Conv2d, many channels", conv2(17, 48, [1, 2].into()).stride(2).padding([0, 1]), &[17, 1, 3]),
        case("Conv2d, groups", Conv2d::grouped(4, 6, 3, 2, rng2).padding(1), &[4, 3, 3]),
        case("Conv2d, depthwise", Conv2d::grouped(3, 6, 2, 3, rng2), &[3, 3, 3]),
        case("ConvTranspose1d", ConvTranspose1d::new(2, 3, 3, rng2).stride(2), &[2, 3]),
        case("ConvTranspose2d", ConvTranspose2d::new(3, 2, [2, 3], rng2), &[3, 2, 3]),
        case(
            "ConvTranspose2d, strided",
            ConvTranspose2d::new(2, 3, 3, rng2).stride(2).padding(1).output_padding(1),
            &[2, 3, 2],
        ),
        case(
            "ConvTranspose2d, groups",
            ConvTranspose2d::grouped(4, 2, 2, 2, rng2).stride(3).dilation(2).without_bias(),
            &[4, 2, 2],
        ),
        // --- Sequences ---
        case("Rnn", Rnn::new(3, 4, rng2), &[5, 3]),
        case("Rnn, one step", Rnn::new(2, 3, rng2), &[1, 2]),
        case("Rnn, both directions", Rnn::bidirectional(2, 3, 2, rng2).without_bias(), &[3, 2]),
        case("Lstm", Lstm::new(3, 4, rng2), &[4, 3]),
        case("Lstm, one unit", Lstm::new(1, 1, rng2).last(), &[6, 1]),
        case("Lstm, two layers", Lstm::deep(2, 5, 2, rng2).dropout(0.3).forget_bias(1.0), &[3, 2]),
        case("Lstm, both directions", Lstm::bidirectional(2, 3, 2, rng2).dropout(0.5).last(), &[3, 2]),
        case("Lstm, wide", Lstm::new(9, 17, rng2).padding(7.0), &[3, 9]),
        case("Gru", Gru::new(3, 4, rng2), &[4, 3]),
        case("Gru, last", Gru::deep(2, 3, 2, rng2).without_bias().last(), &[5, 2]),
        case("Gru, both directions", Gru::bidirectional(2, 9, 2, rng2).dropout(1.0), &[3, 2]),
        case(
            "Gru in a chain",
            Sequential::new()
                .append(Linear::new(2, 3, &mut ChaCha8Rng::seed_from_u64(6)))
                .append(Gru::new(3, 4, &mut ChaCha8Rng::seed_from_u64(6)))
                .append(Tanh)
                .append(Linear::new(4, 1, &mut ChaCha8Rng::seed_from_u64(6))),
            &[4, 2],
        ),
        // --- Tokens ---
        case("Embedding", Embedding::new(5, 3, rng2), &[2]).indices(5),
        case("Embedding, one index", Embedding::new(3, 4, rng2), &[]).indices(3),
        case("Embedding, rank 3", Embedding::new(40, 9, rng2), &[3, 2]).indices(40),
        case("Embedding, one row of one feature", Embedding::new(1, 1, rng2), &[2]).indices(1),
        case(
            "Embedding in a chain",
            Sequential::new()
                .append(Embedding::new(7, 4, &mut ChaCha8Rng::seed_from_u64(6)).padding_index(6))
                .append(PositionalEncoding::new().padding(0.0))
                .append(RmsNorm::new([4]).eps(0.1))
                .append(Linear::new(4, 2, &mut ChaCha8Rng::seed_from_u64(6))),
            &[3],
        )
        .indices(6),
        case("PositionalEncoding", PositionalEncoding::new(), &[4, 3]),
        case("PositionalEncoding, one feature", PositionalEncoding::new().padding(7.0), &[2, 1]),
        case("PositionEmbedding", PositionEmbedding::new(4, 3, rng2), &[4, 3]),
        case("PositionEmbedding, one token", PositionEmbedding::new(4, 5, rng2), &[1, 5]),
        case("PositionEmbedding, padded", PositionEmbedding::new(3, 2, rng2).padding(7.0), &[2, 2]),
        // --- Attention ---
        case("MultiheadAttention", MultiheadAttention::new(4, 2, rng2), &[5, 4]),
        case("MultiheadAttention, one token", MultiheadAttention::new(3, 1, rng2).without_bias(), &[1, 3]),
        case(
            "MultiheadAttention, causal",
            MultiheadAttention::new(6, 2, rng2).causal().dropout(0.4),
            &[6, 6],
        ),
        case("MultiheadAttention, cross", MultiheadAttention::new(4, 4, rng2).cross(2).padding(7.0), &[5, 4]),
        case(
            "TransformerEncoderLayer",
            TransformerEncoderLayer::new(4, 2, 5, rng2).gelu().dropout(0.3),
            &[3, 4],
        ),
        case(
            "TransformerEncoderLayer, norm_first",
            TransformerEncoderLayer::new(8, 2, 3, rng2)
                .norm_first()
                .gelu()
                .causal()
                .dropout(0.2)
                .padding(7.0),
            &[3, 8],
        ),
        case(
            "TransformerEncoderLayer in a chain",
            Sequential::new()
                .append(Linear::new(2, 4, &mut ChaCha8Rng::seed_from_u64(6)))
                .append(TransformerEncoderLayer::new(4, 1, 3, &mut ChaCha8Rng::seed_from_u64(6)).gelu())
                .append(Linear::new(4, 1, &mut ChaCha8Rng::seed_from_u64(6))),
            &[4, 2],
        ),
        case("MaxPool1d", MaxPool1d::new(2), &[2, 4]).compares(),
        case("MaxPool2d", MaxPool2d::new(2), &[2, 4, 4]).compares(),
        case("MaxPool2d, overlapping", MaxPool2d::new(3).stride(1).padding(1).dilation(2), &[1, 4, 5])
            .compares(),
        case("MaxPool2d, ceil_mode", MaxPool2d::new([2, 3]).ceil_mode(true), &[2, 3, 4]).compares(),
        case("AvgPool1d", AvgPool1d::new(3).stride(2).padding(1), &[2, 5]),
        case("AvgPool2d", AvgPool2d::new(2), &[2, 4, 4]),
        case(
            "AvgPool2d, ceil_mode",
            AvgPool2d::new([2, 3]).stride([3, 2]).padding(1).ceil_mode(true),
            &[1, 4, 5],
        ),
        case(
            "AvgPool2d, inputs alone",
            AvgPool2d::new(3).stride(2).padding(1).count_include_pad(false),
            &[2, 4, 4],
        ),
        case("AvgPool2d, divided by 3", AvgPool2d::new(2).divisor_override(3), &[1, 4, 4]),
        case("AdaptiveAvgPool1d", AdaptiveAvgPool1d::new(3), &[2, 5]),
        case("AdaptiveAvgPool2d, global", AdaptiveAvgPool2d::new(1), &[2, 3, 4]),
        case("AdaptiveAvgPool2d, larger than the input", AdaptiveAvgPool2d::new([2, 5]), &[1, 3, 3]),
        case(
            "convolutions in a chain",
            Sequential::new()
                .append(conv2(1, 2, 3.into()).padding(1))
                .append(Tanh)
                .append(AvgPool2d::new(2))
                .append(conv2(2, 3, 2.into()))
                .append(Sigmoid)
                .append(Flatten)
                .append(Linear::new(3, 2, rng2)),
            &[1, 4, 4],
        ),
        case("boxed", Box::new(trained(BatchNorm1d::new(3))) as Box<dyn Module<F>>, &[3]).least(2),
        case("empty", Sequential::new(), &[2, 2]),
        case("one layer", Sequential::new().append(linear(2, 3)), &[2]),
        case("blobs", Sequential::new().append(linear(2, 2)), &[2]),
        case("xor", Sequential::new().append(linear(2, 8)).append(Tanh).append(linear(8, 2)), &[2]),
        case("Relu first", Sequential::new().append(Relu).append(linear(3, 4)).append(Tanh), &[3]),
        case("only activations, rank 3", Sequential::new().append(Tanh).append(Sigmoid), &[2, 3]),
        case("nested", deep, &[3]),
        case("one output", Sequential::new().append(linear(3, 5)).append(Gelu).append(linear(5, 1)), &[3]),
        case(
            "one output, rank 3",
            Sequential::new().append(linear(3, 2)).append(Sigmoid).append(linear(2, 1)),
            &[4, 3],
        ),
    ]
}

/// Returns layers that are computed as matrix products, and some that just are not.
pub(crate) fn wide<F: Scalar>() -> Vec<Case<F>> {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    let mut linear = |i, o| Linear::<F>::with_init(i, o, Init::XavierUniform, Init::Constant(0.5), rng);
    vec![
        case("Linear 16 16, just wide", linear(16, 16), &[16]),
        case("Linear 17 19, tokens", linear(17, 19), &[4, 17]),
        case("Linear 16 15, just narrow", linear(16, 15), &[16]),
        case("Linear 64 8", linear(64, 8), &[64]),
        case("Linear 1000 7, long but narrow", linear(1000, 7), &[1000]),
        case("Linear 8 300", linear(8, 300), &[8]),
        case("Linear 300 13, more terms than are packed at a time", linear(300, 13), &[300]),
        case(
            "wide in a chain",
            Sequential::new().append(linear(70, 60)).append(Tanh).append(linear(60, 2)),
            &[70],
        ),
    ]
}

fn case<F: Scalar>(
    name: &'static str,
    module: impl Module<F> + 'static,
    sample: &'static [usize],
) -> Case<F> {
    Case { name, module: Box::new(module), sample, least: 1, compares: false, indices: None }
}

impl<F> Case<F> {
    fn least(self, least: usize) -> Self {
        Case { least, ..self }
    }

    fn compares(self) -> Self {
        Case { compares: true, ..self }
    }

    fn indices(self, rows: usize) -> Self {
        Case { indices: Some(rows), ..self }
    }
}

/// Gives a module parameters and buffers that a fresh layer does not have, all between 0.5 and 1.5.
pub(crate) fn trained<F: Scalar, M: Module<F>>(mut module: M) -> M {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    module.visit_mut(None, &mut |parameter| {
        if parameter.kind != Kind::Counter {
            parameter.value.fill_with(|| F::from_f64(0.5 + rng.random::<f64>()));
        }
    });
    module
}

/// The results of a step, by name.
pub(crate) type Results<F> = Vec<(String, Vec<F>)>;

/// Returns all that one forward and one backward compute, at inference and in training, each with fresh memory.
pub(crate) fn results<F: Scalar>(module: &mut dyn Module<F>, x: &Tensor<F>, dy: &Tensor<F>) -> Results<F> {
    let workspace = || module.plan(x.shape(), Purpose::Train).unwrap().workspace;
    let (mut used, mut trained) = (workspace(), workspace());
    let mut results = step(module, x, dy, false, &mut used);
    results.extend(step(module, x, dy, true, &mut trained));
    results
}

/// Returns all that one forward and one backward compute: output, gradients, and in training the resulting buffers,
/// which are then set back.
pub(crate) fn step<F: Scalar>(
    module: &mut dyn Module<F>,
    x: &Tensor<F>,
    dy: &Tensor<F>,
    training: bool,
    workspace: &mut Workspace<F>,
) -> Results<F> {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (mut mode, when) = if training { (Mode::Train(&mut rng), "trained ") } else { (Mode::Eval, "") };
    let (mut y, mut dx) = (Tensor::zeros(dy.shape()), Tensor::zeros(x.shape()));
    // Both are overwritten: their old values, including the padding, have no effect.
    y.blocks_mut().as_flattened_mut().fill(F::NEG_INFINITY);
    dx.blocks_mut().as_flattened_mut().fill(F::NEG_INFINITY);
    workspace.zero_grad();
    module.forward(x, &mut y, workspace, &mut mode);
    module.backward(x, &y, dy, Some(&mut dx), Accumulate::Replace, workspace);
    let mut results = vec![(format!("{when}y"), values(&y)), (format!("{when}dx"), values(&dx))];
    // Adds to the old values, with the parameters' gradients put aside. The padding has no effect.
    let mut sum = Tensor::zeros(x.shape());
    sum.blocks_mut().as_flattened_mut().fill(F::NEG_INFINITY);
    (0..sum.features()).for_each(|feature| sum.feature_mut(feature).fill(F::ONE));
    module.backward(x, &y, dy, Some(&mut sum), Accumulate::Add, &mut workspace.clone());
    results.push((format!("{when}1 + dx"), values(&sum)));

    let mut before = buffers(module);
    module.absorb(workspace);
    module.visit_mut(Some(workspace), &mut |parameter| {
        let value = match parameter.kind {
            Kind::Learned => parameter.gradient.expect("a gradient").to_vec(),
            Kind::Buffer | Kind::Counter => parameter.value.to_vec(),
        };
        results.push((format!("{when}{}", parameter.name), value));
    });
    let after = buffers(module);
    assert!(training || before == after, "nothing is observed when a network is used");
    let mut before = before.drain(..);
    module.visit_mut(None, &mut |parameter| {
        if parameter.kind != Kind::Learned {
            parameter.value.copy_from_slice(&before.next().unwrap());
        }
    });
    results
}

fn buffers<F: Scalar>(module: &dyn Module<F>) -> Vec<Vec<F>> {
    let mut buffers = Vec::new();
    module.visit(&mut |parameter| {
        if parameter.kind != Kind::Learned {
            buffers.push(parameter.value.to_vec());
        }
    });
    buffers
}

/// Returns all values, feature by feature, without the padding.
pub(crate) fn values<F: Scalar>(x: &Tensor<F>) -> Vec<F> {
    (0..x.features()).flat_map(|feature| x.feature(feature).to_vec()).collect()
}

/// Panics unless both lists hold the same bits: NaN equals NaN, 0 is not −0.
pub(crate) fn assert_same_bits<F: Scalar>(
    got: &[(String, Vec<F>)],
    expected: &[(String, Vec<F>)],
    what: &str,
) {
    let bits = |results: &[(String, Vec<F>)]| -> Vec<(String, Vec<u64>)> {
        let bits = |values: &Vec<F>| values.iter().map(|value| value.to_f64().to_bits()).collect();
        results.iter().map(|(name, values)| (name.clone(), bits(values))).collect()
    };
    for (got, expected) in bits(got).iter().zip(bits(expected)) {
        assert_eq!(got.0, expected.0, "{what}");
        assert!(got.1 == expected.1, "{what}: {} differs", got.0);
    }
    assert_eq!(got.len(), expected.len(), "{what}");
}
