//! A training step allocates nothing: `Step::plan` allocates all memory.
//!
//! The exception is work large enough to be shared with other threads, which needs memory to hand over their parts.

#![expect(clippy::disallowed_methods, reason = "made-up inputs")]

use crate::counting::allocations;
use nn_train::nn_core::rand::Rng;
use nn_train::nn_core::team::alone;
use nn_train::nn_core::{
    AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, BatchNorm1d, BatchNorm2d, Branches, Conv1d, Conv2d,
    ConvTranspose2d, Dropout, Dropout2d, Elu, Embedding, Flatten, Gelu, GeluTanh, Graph, GroupNorm, Gru,
    Identity, LayerNorm, LeakyRelu, LogSoftmax, Lstm, MaxPool1d, MaxPool2d, MultiheadAttention, Permute,
    PositionEmbedding, PositionalEncoding, Reshape, Residual, RmsNorm, Rnn, Select, Silu, Slice, Softplus,
    TransformerEncoderLayer, Unflatten, Upsample,
};
use nn_train::nn_core::{Scalar, Softmax};
use nn_train::nn_data::Target;
use nn_train::nn_data::one_hot;
use nn_train::nn_loss::{CategoricalCrossEntropy, PairLoss};
use nn_train::optim::{Optimizer, Sgd};
use nn_train::prelude::*;
use nn_train::{Fit, Step};

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| 1 + 1), 0);
    assert_eq!(allocations(|| Box::new(1)), 1);
    assert_eq!(allocations(|| vec![0_u8; 100]), 1);
    let mut full = vec![1_u8];
    assert_eq!(allocations(|| full.reserve_exact(1000)), 1);
    assert!(allocations(|| Step::plan(&Tanh, &MseLoss::mean(), &input::<f32>(1), &input(1))) > 2);
}

#[test]
fn steps_of_the_three_experiments_allocate_nothing() {
    experiments::<f32>();
    experiments::<f64>();
}

#[test]
fn steps_of_wide_layers_allocate_nothing() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut wide =
        Sequential::new().append(Linear::new(64, 48, rng)).append(Relu).append(Linear::new(48, 10, rng));
    let labels: Vec<usize> = (0..200).map(|sample| sample % 10).collect();
    steps(&mut wide, &CrossEntropyLoss::mean(), &input::<f32>(64), &labels);
}

#[test]
fn steps_of_sixteen_networks_at_once_allocate_nothing() {
    let data = make_xor::<f32>(100, 0.3, &mut ChaCha8Rng::seed_from_u64(0)).unwrap();
    let allocated = |training: &dyn Fit<f32, Vec<usize>>, validation: Option<_>| {
        let rng = &mut ChaCha8Rng::seed_from_u64(1);
        let mut networks: [Sequential<f32>; 16] = std::array::from_fn(|_| {
            Sequential::new().append(Linear::new(2, 8, rng)).append(Tanh).append(Linear::new(8, 2, rng))
        });
        let models = networks.each_mut().map(|network| network as &mut dyn Module<f32>);
        let mut rngs = [(); 16].map(|()| ChaCha8Rng::seed_from_u64(2));
        let rngs = rngs.each_mut().map(|rng| rng as &mut dyn Rng);
        // As trials do it, on one thread: to share the strips of a validation takes memory.
        let fit = || training.fit_stack(models, &CrossEntropyLoss::sum(), [&data; 16], validation, rngs);
        alone(|| allocations(|| fit().unwrap()))
    };
    let descent = |epochs| GradientDescent::new(0.01, epochs);
    for validation in [None, Some([&data; 16])] {
        assert_eq!(allocated(&descent(50), validation), allocated(&descent(2), validation));
    }
    // Two batches or thirty in the one epoch, and a smaller one.
    let trainer = |size| Trainer::new(Adam::new(0.01)).epochs(1).batch_size(size);
    assert_eq!(allocated(&trainer(3), None), allocated(&trainer(40), None));
}

fn experiments<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let labels: Vec<usize> = (0..200).map(|sample| sample % 2).collect();
    let rows = one_hot(&labels, 2).unwrap();

    steps(&mut Linear::new(1, 1, rng), &MseLoss::mean(), &input::<F>(1), &input(1));

    let mut blobs = Linear::new(2, 2, rng);
    steps(&mut blobs, &CrossEntropyLoss::sum(), &input::<F>(2), &labels);
    steps(&mut blobs, &CrossEntropyLoss::sum(), &input::<F>(2), &rows);

    let mut xor =
        Sequential::new().append(Linear::new(2, 8, rng)).append(Tanh).append(Linear::new(8, 2, rng));
    steps(&mut xor, &CrossEntropyLoss::sum(), &input::<F>(2), &labels);
    steps(&mut xor, &CrossEntropyLoss::mean(), &input::<F>(2), &rows);

    // Nested, with a softmax layer as in the report's algorithm.
    let mut with_softmax = Sequential::new().append(xor).append(Softmax);
    steps(&mut with_softmax, &CategoricalCrossEntropy::sum(), &input::<F>(2), &labels);
    steps(&mut with_softmax, &CategoricalCrossEntropy::mean(), &input::<F>(2), &rows);
}

#[test]
fn steps_of_every_other_layer_allocate_nothing() {
    every_layer::<f32>();
    every_layer::<f64>();
}

fn every_layer<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let inner = Sequential::new().append(LayerNorm::new([6])).append(Gelu).append(Linear::new(6, 6, rng));
    let mut network = Sequential::new()
        .append(Linear::new(3, 6, rng))
        .append(BatchNorm1d::new(6))
        .append(LeakyRelu::default())
        .append(Residual::new(inner))
        .append(Dropout::new(0.5))
        .append(Elu::default())
        .append(GeluTanh)
        .append(Silu)
        .append(Softplus::default())
        .append(Flatten)
        .append(Box::new(Linear::new(6, 2, rng)) as Box<dyn Module<F>>)
        .append(LogSoftmax);
    steps(&mut network, &MseLoss::mean(), &input::<F>(3), &input(2));
}

#[test]
fn steps_of_graphs_allocate_nothing() {
    graphs::<f32>();
    graphs::<f64>();
}

fn graphs<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let gated = Branches::product().append(Linear::new(4, 4, rng)).append(Tanh).append(Identity);
    let mut graph = Graph::new()
        .input("a", [2])
        .input("b", [2])
        .node("first", Linear::new(2, 4, rng), "a")
        .shared("second", "first", "b")
        .sum("sum", ["first", "second", "first"])
        .product("product", ["sum", "first", "second"])
        .concat("all", 1, ["sum", "product", "b"])
        .node("y", Linear::new(10, 3, rng), "all")
        .node("gated", gated, "product")
        .output("y")
        .output("gated");
    steps(&mut graph, &MseLoss::mean(), &input::<F>(4), &input(7));
    let pair = PairLoss::new(CrossEntropyLoss::mean(), [3], MseLoss::mean(), [4]);
    let labels: Vec<usize> = (0..200).map(|sample| sample % 3).collect();
    steps(&mut graph, &pair, &input(4), &(labels, input(4)));
}

#[test]
fn steps_of_convolutional_networks_allocate_nothing() {
    convolutional::<f32>();
    convolutional::<f64>();
}

fn convolutional<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let labels: Vec<usize> = (0..200).map(|sample| sample % 3).collect();
    let mut images = Sequential::new()
        .append(Reshape::new([1, 6, 6]))
        .append(Conv2d::new(1, 2, 3, rng).padding(1))
        .append(BatchNorm2d::new(2))
        .append(Relu)
        .append(MaxPool2d::new(2))
        .append(Conv2d::grouped(2, 4, 2, 2, rng).stride([1, 2]).padding(1))
        .append(GroupNorm::new(2, 4))
        .append(Dropout2d::new(0.2))
        .append(ConvTranspose2d::new(4, 2, 2, rng).stride(2))
        .append(AvgPool2d::new(2))
        .append(Upsample::nearest(2))
        .append(AdaptiveAvgPool2d::new(1))
        .append(Flatten)
        .append(Linear::new(2, 3, rng));
    steps(&mut images, &CrossEntropyLoss::mean(), &input::<F>(36), &labels);
    let mut sequences = Sequential::new()
        .append(Unflatten::new(1, [2, 10]))
        .append(Conv1d::new(2, 3, 3, rng).dilation(2))
        .append(MaxPool1d::new(2))
        .append(AvgPool1d::new(2).stride(1))
        .append(Permute::new([2, 1]))
        .append(Slice::new(1, 1, None))
        .append(Select::new(1, -1))
        .append(Flatten);
    steps(&mut sequences, &CrossEntropyLoss::mean(), &input::<F>(20), &labels);
}

#[test]
fn steps_of_recurrent_networks_allocate_nothing() {
    recurrent::<f32>();
    recurrent::<f64>();
}

fn recurrent<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let labels: Vec<usize> = (0..200).map(|sample| sample % 3).collect();
    let mut network = Sequential::new()
        .append(Unflatten::new(1, [5, 3]))
        .append(Permute::new([2, 1]))
        .append(Slice::new(2, 0, 4))
        .append(Permute::new([2, 1]))
        .append(Rnn::new(3, 9, rng))
        .append(Lstm::bidirectional(9, 4, 2, rng).dropout(0.2))
        .append(Gru::new(8, 3, rng).padding(7.0))
        .append(Select::new(1, -1));
    steps(&mut network, &CrossEntropyLoss::mean(), &input::<F>(15), &labels);
}

#[test]
fn steps_of_networks_of_tokens_allocate_nothing() {
    tokens::<f32>();
    tokens::<f64>();
}

fn tokens<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let labels: Vec<usize> = (0..200).map(|sample| sample % 3).collect();
    let mut network = Sequential::new()
        .append(Embedding::new(7, 5, rng).padding_index(0))
        .append(PositionEmbedding::new(4, 5, rng).padding(0.0))
        .append(PositionalEncoding::new().padding(0.0))
        .append(RmsNorm::new([5]))
        .append(Linear::new(5, 4, rng))
        .append(TransformerEncoderLayer::new(4, 2, 6, rng).padding(0.0).dropout(0.1))
        .append(TransformerEncoderLayer::new(4, 2, 6, rng).norm_first().causal())
        .append(MultiheadAttention::new(4, 1, rng).cross(1).dropout(0.2))
        .append(Flatten)
        .append(Linear::new(4, 3, rng));
    let indices = Tensor::from_fn(200, 4, |sample, token| F::from_f64(((sample + 3 * token) % 7) as f64));
    steps(&mut network, &CrossEntropyLoss::mean(), &indices, &labels);
}

fn steps<F: Scalar, T: Target>(network: &mut dyn Module<F>, loss: &dyn Loss<F, T>, x: &Tensor<F>, y: &T) {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut step = Step::plan(network, loss, x, y).unwrap();
    let count = allocations(|| {
        for _ in 0..3 {
            step.run(network, loss, x, y, rng).unwrap();
            Sgd::new(0.01).step(network, step.workspace()).unwrap();
            network.absorb(step.workspace());
        }
    });
    assert_eq!(count, 0, "{network}, {loss}");
}

fn input<F: Scalar>(features: usize) -> Tensor<F> {
    Tensor::from_fn(200, features, |sample, feature| F::from_f64((sample as f64 + feature as f64).sin()))
}
