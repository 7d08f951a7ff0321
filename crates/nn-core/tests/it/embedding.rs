//! Embedding: what its rows and their gradients are, and values that are no index. Its numbers are compared with PyTorch's in
//! `parity.rs`.

use crate::common::{random, values};
use nn_core::gradcheck::check_module;
use nn_core::ndarray::Array2;
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{
    Accumulate, Embedding, Init, Linear, Mode, Module, Parameters, Plan, Purpose, Scalar, Sequential, Tensor,
};

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(17)
}

fn indices<F: Scalar>(shape: &[usize], rows: usize, rng: &mut ChaCha8Rng) -> Tensor<F> {
    let mut x = Tensor::zeros(shape);
    for feature in 0..x.features() {
        x.feature_mut(feature).fill_with(|| F::from_f64(rng.random_range(0..rows) as f64));
    }
    x
}

/// Tables of all widths around whole squares, with more and fewer rows than there are indices.
#[test]
fn outputs_are_rows_and_gradients_are_sums_in_the_order_of_positions_and_samples() {
    both::<f32>();
    both::<f64>();
}

fn both<F: Scalar>() {
    for (rows, width) in [(1, 1), (3, 2), (5, 3), (100, 4), (7, 5), (2, 8), (300, 11)] {
        for samples in [1, 15, 16, 17, 50] {
            let rng = &mut rng();
            let layer = Embedding::<F>::new(rows, width, rng).padding_index(rows / 2);
            let x = indices::<F>(&[samples, 4], rows, rng);
            let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
            assert_eq!(output, [samples, 4, width]);
            let (mut y, dy) = (Tensor::zeros(&output), random::<F>(&output, rng));
            layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
            let mut expected = vec![F::ZERO; rows * width];
            for token in 0..4 {
                for sample in 0..samples {
                    let row = x[[sample, token]].to_f64() as usize;
                    for k in 0..width {
                        assert_eq!(y[[sample, token * width + k]], layer.weight()[[row, k]]);
                        if row != rows / 2 {
                            expected[row * width + k] += dy[[sample, token * width + k]];
                        }
                    }
                }
            }
            layer.backward(&x, &y, &dy, None, Accumulate::Replace, &mut workspace);
            assert_eq!(workspace.gradients[0], expected, "{layer}, {samples}");
        }
    }
}

#[test]
fn what_is_no_index_becomes_nan_and_adds_nothing_to_a_gradient() {
    let layer = Embedding::from_parameters(Array2::<f32>::ones((3, 5)));
    let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, 0.5, 3.0, 1e30, -1e-30];
    let x = Tensor::from_column(&[&bad[..], &[0.0, -0.0, 2.0]].concat());
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    let mut y = Tensor::zeros(&output);
    layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
    for sample in 0..x.samples() {
        assert!(y.sample(sample).all(|y| if sample < bad.len() { y.is_nan() } else { y == 1.0 }), "{sample}");
    }
    let mut dy = Tensor::zeros(&output);
    dy.blocks_mut().as_flattened_mut().fill(1.0);
    layer.backward(&x, &y, &dy, None, Accumulate::Replace, &mut workspace);
    assert_eq!(workspace.gradients[0], [[2.0; 5], [0.0; 5], [1.0; 5]].concat());
}

#[test]
fn values_that_are_no_index_are_refused_with_their_place() {
    let rng = &mut rng();
    let layer = Embedding::<f64>::new(100, 8, rng);
    let message = |x: Tensor<f64>| {
        let error = layer.predict(&x).unwrap_err();
        assert_eq!(error, layer.check_values(&x).unwrap_err());
        error.to_string()
    };
    let expected = "Embedding(100 → 8): expected whole numbers from 0 to 99, found";
    let good = indices::<f64>(&[20, 3, 4], 100, rng);
    assert!(layer.check_values(&good).is_ok());
    let bad = |value: f64| {
        let mut x = good.clone();
        (x[[17, 6]], x[[17, 7]], x[[18, 0]]) = (value, -1.0, -1.0);
        x
    };
    assert_eq!(message(bad(100.0)), format!("{expected} 100 at position [1, 2] in sample 17"));
    assert_eq!(message(bad(-1.0)), format!("{expected} -1 at position [1, 2] in sample 17"));
    assert_eq!(
        message(bad(0.5).reshape(&[12]).unwrap()),
        format!("{expected} 0.5 at position 6 in sample 17")
    );
    assert_eq!(message(bad(f64::NAN)), format!("{expected} NaN at position [1, 2] in sample 17"));
    assert_eq!(message(bad(-1e300)), format!("{expected} -1e300 at position [1, 2] in sample 17"));
    assert_eq!(message(bad(1e-300)), format!("{expected} 1e-300 at position [1, 2] in sample 17"));
    assert_eq!(
        message(Tensor::from_vec(&[2], vec![3.0, 99.5]).unwrap()),
        format!("{expected} 99.5 in sample 1")
    );
    // A network asks the layer that sees its input, and says which it is.
    let network = Sequential::new().append(layer.clone()).append(Linear::new(8, 2, rng));
    assert_eq!(
        network.predict(&bad(100.0)).unwrap_err().to_string(),
        format!("layer 0, {expected} 100 at position [1, 2] in sample 17")
    );
}

#[test]
fn initial_rows_are_normal_and_that_of_padding_is_0() {
    let layer = Embedding::<f64>::new(500, 20, &mut rng()).padding_index(3);
    assert!(layer.weight().row(3).iter().all(|&w| w == 0.0));
    let n = 499.0 * 20.0;
    let mean = layer.weight().iter().sum::<f64>() / n;
    let variance = layer.weight().iter().map(|w| w * w).sum::<f64>() / n;
    assert!(
        mean.abs() < 4.0 / n.sqrt() && (variance - 1.0).abs() < 4.0 * (2.0 / n).sqrt(),
        "{mean} {variance}"
    );
    let small = Embedding::<f64>::with_init(5, 4, Init::Constant(0.25), &mut rng()).padding_index(0);
    assert_eq!(small.weight().sum(), 4.0);
}

/// Indices have no derivative. The checker of gradients knows that from the values that the layer refuses.
#[test]
fn the_gradient_of_an_index_is_0_and_the_checker_knows() {
    let rng = &mut rng();
    let x = indices(&[5, 3], 4, rng);
    let mut layer = Embedding::new(4, 3, rng);
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    let (y, dy) = (layer.predict(&x).unwrap(), random(&output, rng));
    layer.forward(&x, &mut y.clone(), &mut workspace, &mut Mode::Eval);
    let mut dx = random(x.shape(), rng);
    let before = values(&dx);
    layer.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Add, &mut workspace);
    assert_eq!(values(&dx), before);
    layer.backward(&x, &y, &dy, Some(&mut dx), Accumulate::Replace, &mut workspace);
    assert!(values(&dx).iter().all(|&dx| dx == 0.0));
    let report = check_module(&mut layer, &x, rng).unwrap();
    assert_eq!(report.len(), 4);
    assert!(report.iter().all(|mismatch| mismatch.relative_error < 1e-6), "{report:?}");
}

#[test]
fn a_row_of_padding_that_is_loaded_is_used_and_gets_no_gradient() {
    let rng = &mut rng();
    let mut layer = Embedding::<f64>::new(3, 2, rng).padding_index(1);
    layer.load_state_dict(&Embedding::<f64>::new(3, 2, rng).state_dict()).unwrap();
    let x = Tensor::from_column(&[1.0, 2.0]);
    let Plan { output, mut workspace } = layer.plan(x.shape(), Purpose::Train).unwrap();
    let (mut y, dy) = (Tensor::zeros(&output), random(&output, rng));
    layer.forward(&x, &mut y, &mut workspace, &mut Mode::Eval);
    assert!(y.sample(0).all(|y| y != 0.0));
    layer.backward(&x, &y, &dy, None, Accumulate::Replace, &mut workspace);
    assert!(workspace.gradients[0].iter().enumerate().all(|(i, &dw)| (dw != 0.0) == (i >= 4)));
}
