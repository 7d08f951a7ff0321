//! Shapes that do not fit are refused by `plan` with the name of the layer, what it expected and what was found.

use nn_core::ndarray::{Array1, Array2};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    BatchNorm1d, BatchNorm2d, Dropout, Dropout2d, Flatten, GroupNorm, Identity, LayerNorm, Linear, Module,
    ModuleProblem, Purpose, Reshape, Residual, Sequential, ShapeError, Softmax, Tanh, Tensor, Unflatten,
    Upsample,
};

/// A module, an input that it cannot take, and the message.
type Misfit = (Box<dyn Module<f32>>, &'static [usize], &'static str);

#[test]
fn errors_name_the_layer_and_both_shapes() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut linear = |inputs, outputs| Linear::<f32>::new(inputs, outputs, rng);
    let (norm, dropout) = (BatchNorm1d::<f32>::new, Dropout::new);
    let layer_norm = |shape: &[usize]| LayerNorm::<f32>::new(shape);
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
        (Box::new(Flatten), &[5], "Flatten: expected input [n, …], found [5]"),
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
