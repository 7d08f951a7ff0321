//! Shapes that do not fit are refused by `plan`, in words that say which layer, what it expected and what came.

use nn_core::ndarray::{Array1, Array2};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    BatchNorm1d, Dropout, Flatten, Identity, LayerNorm, Linear, Module, Purpose, Residual, Sequential,
    Softmax, Tanh, Tensor,
};

/// A module, an input that it cannot take, and what it says.
type Misfit = (Box<dyn Module<f32>>, &'static [usize], &'static str);

#[test]
fn errors_name_the_layer_and_both_shapes() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let mut linear = |inputs, outputs| Linear::<f32>::new(inputs, outputs, rng);
    let (norm, dropout) = (BatchNorm1d::<f32>::new, |p| Dropout::new(p).unwrap());
    let layer_norm = |shape: &[usize]| LayerNorm::<f32>::new(shape);
    let network = Sequential::new().append(linear(2, 8)).append(Tanh).append(linear(8, 2));
    let misfit = Sequential::new().append(linear(2, 8)).append(Tanh).append(linear(5, 2));
    let inner = Sequential::new().append(linear(4, 2)).append(Softmax);
    let nested = Sequential::new().append(Identity).append(linear(2, 3)).append(inner);
    let deep = Sequential::new().append(Tanh).append(Sequential::new().append(Tanh).append(nested));
    let cases: Vec<Misfit> = vec![
        (Box::new(linear(3, 2)), &[200, 4], "Linear(3 → 2): expected input [n, 3], got [200, 4]"),
        (Box::new(linear(3, 2)), &[200], "Linear(3 → 2): expected input [n, 3], got [200]"),
        (Box::new(linear(3, 2)), &[5, 1, 3], "Linear(3 → 2): expected input [n, 3], got [5, 1, 3]"),
        (Box::new(linear(3, 2)), &[0, 3], "Linear(3 → 2): expected at least one sample, got [0, 3]"),
        (Box::new(linear(3, 2)), &[], "Linear(3 → 2): expected at least one sample, got []"),
        (
            Box::new(linear(0, 2)),
            &[5, 0],
            "Linear(0 → 2): expected a layer with at least one input and one output, got [0, 2]",
        ),
        (
            Box::new(linear(3, 0)),
            &[5, 3],
            "Linear(3 → 0): expected a layer with at least one input and one output, got [3, 0]",
        ),
        (Box::new(Tanh), &[0, 3], "Tanh: expected at least one sample, got [0, 3]"),
        (Box::new(Identity), &[], "Identity: expected at least one sample, got []"),
        (Box::new(Softmax), &[7], "Softmax: expected input [n, …, classes] with at least one class, got [7]"),
        (
            Box::new(Softmax),
            &[7, 2, 0],
            "Softmax: expected input [n, …, classes] with at least one class, got [7, 2, 0]",
        ),
        (Box::new(Softmax), &[0, 2], "Softmax: expected at least one sample, got [0, 2]"),
        (Box::new(dropout(0.5)), &[0, 3], "Dropout(p=0.5): expected at least one sample, got [0, 3]"),
        (Box::new(norm(3)), &[0, 3], "BatchNorm1d(3): expected at least one sample, got [0, 3]"),
        (Box::new(norm(3)), &[5, 4], "BatchNorm1d(3): expected input [n, 3] or [n, 3, l], got [5, 4]"),
        (Box::new(norm(3)), &[5], "BatchNorm1d(3): expected input [n, 3] or [n, 3, l], got [5]"),
        (Box::new(norm(3)), &[5, 3, 0], "BatchNorm1d(3): expected input [n, 3] or [n, 3, l], got [5, 3, 0]"),
        (
            Box::new(norm(3)),
            &[5, 3, 1, 1],
            "BatchNorm1d(3): expected input [n, 3] or [n, 3, l], got [5, 3, 1, 1]",
        ),
        (Box::new(norm(0)), &[5, 0], "BatchNorm1d(0): expected a layer with at least one channel, got [0]"),
        (Box::new(layer_norm(&[4])), &[5, 3], "LayerNorm([4]): expected input [n, …, 4], got [5, 3]"),
        (Box::new(layer_norm(&[4])), &[4], "LayerNorm([4]): expected input [n, …, 4], got [4]"),
        (
            Box::new(layer_norm(&[2, 3])),
            &[2, 3],
            "LayerNorm([2, 3]): expected input [n, …, 2, 3], got [2, 3]",
        ),
        (
            Box::new(layer_norm(&[])),
            &[5, 3],
            "LayerNorm([]): expected a normalized shape of at least one number, got []",
        ),
        (
            Box::new(layer_norm(&[2, 0])),
            &[5, 2, 0],
            "LayerNorm([2, 0]): expected a normalized shape of at least one number, got [2, 0]",
        ),
        (Box::new(Flatten), &[5], "Flatten: expected input [n, …], got [5]"),
        (Box::new(Flatten), &[0, 2], "Flatten: expected at least one sample, got [0, 2]"),
        (
            Box::new(Residual::new(linear(2, 3))),
            &[5, 2],
            "Residual: expected a module inside that gives back the shape [5, 2], got [5, 3]",
        ),
        (
            Box::new(Sequential::new().append(Residual::new(linear(4, 4)))),
            &[5, 2],
            "layer 0.fn, Linear(4 → 4): expected input [n, 4], got [5, 2]",
        ),
        (Box::new(network), &[200, 5], "layer 0, Linear(2 → 8): expected input [n, 2], got [200, 5]"),
        (Box::new(misfit), &[200, 2], "layer 2, Linear(5 → 2): expected input [n, 5], got [200, 8]"),
        (Box::new(deep), &[9, 2], "layer 1.1.2.0, Linear(4 → 2): expected input [n, 4], got [9, 3]"),
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
    assert_eq!(
        (&error.path[..], &error.layer[..]),
        (&["1".to_string(), "0".to_string()][..], "Linear(4 → 2)")
    );
    assert_eq!((&error.expected[..], &error.found[..]), ("input [n, 4]", &[1, 3][..]));
}

#[test]
fn a_layer_of_parameters_that_do_not_fit_is_refused() {
    let error = Linear::from_parameters(Array2::<f64>::zeros((3, 2)), Array1::zeros(2)).unwrap_err();
    assert_eq!(error.to_string(), "Linear(2 → 3): expected bias [3], got [2]");
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
    let message = "layer 1, BatchNorm1d(2): expected more than one value a channel to train on, got [1, 2]";
    assert_eq!(error.to_string(), message);
    assert!(BatchNorm1d::<f32>::new(2).plan(&[1, 2, 2], Purpose::Train).is_ok());
    let y = network.predict(&Tensor::from_rows(&[[0.0, 0.0]])).unwrap();
    assert_eq!(y, Tensor::from_rows(&[[0.0, 0.0]]));
}

#[test]
fn dropout_takes_a_probability() {
    for p in [-0.1, 1.000_001, f64::NAN, f64::INFINITY] {
        let message = format!("Dropout: expected p in [0, 1], got {p}");
        assert_eq!(Dropout::new(p).unwrap_err().to_string(), message);
    }
    assert!(Dropout::new(0.0).is_ok() && Dropout::new(1.0).is_ok());
}
