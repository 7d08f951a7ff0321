//! What holds for every loss: it can be shared and boxed, the value does not depend on whether the gradient is wanted,
//! and neither depends on padding or on the instruction set.

mod common;

use common::{bits, cases, pad, values};
use nn_core::simd::Level;
use nn_core::{Scalar, Tensor};
use nn_loss::{CategoricalCrossEntropy, CrossEntropyLoss, Loss, MseLoss};

#[test]
fn losses_are_shared_between_threads_boxed_and_named() {
    let labels: [Box<dyn Loss<f32, Vec<usize>> + Send + Sync>; 2] =
        [Box::new(CrossEntropyLoss::sum()), Box::new(CategoricalCrossEntropy::mean())];
    assert_eq!(labels.map(|loss| loss.to_string()), ["CrossEntropyLoss", "CategoricalCrossEntropy"]);
    let tensors: [Box<dyn Loss<f32, Tensor<f32>> + Send + Sync>; 3] = [
        Box::new(MseLoss::mean()),
        Box::new(CrossEntropyLoss::mean()),
        Box::new(CategoricalCrossEntropy::sum()),
    ];
    assert_eq!(
        tensors.map(|loss| loss.to_string()),
        ["MseLoss", "CrossEntropyLoss", "CategoricalCrossEntropy"]
    );
}

#[test]
fn what_padding_holds_has_no_effect() {
    padding::<f32>();
    padding::<f64>();
}

fn padding<F: Scalar>() {
    for samples in [1, 15, 16, 17, 40] {
        for case in cases::<F>(samples, 3) {
            let expected = bits(&case, &case.y, F::ZERO);
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30, -1e30].map(F::from_f64) {
                let mut y = case.y.clone();
                pad(&mut y, value);
                assert!(values(&y) == values(&case.y), "only padding changes");
                assert!(bits(&case, &y, F::ZERO) == expected, "{}, output padded with {value}", case.name);
                assert!(bits(&case, &case.y, value) == expected, "{}, target padded with {value}", case.name);
                assert!(bits(&case, &y, value) == expected, "{}, both padded with {value}", case.name);
            }
        }
    }
}

#[test]
fn the_value_is_the_same_with_and_without_gradient() {
    for samples in [1, 16, 21] {
        for case in cases::<f32>(samples, 4) {
            let value = (case.evaluate)(&case.y, None, 0.0);
            let with_gradient = bits(&case, &case.y, 0.0)[0];
            assert!(with_gradient == f64::from(value).to_bits(), "{}", case.name);
        }
    }
}

/// The level is one for the whole process, but no other test depends on it.
#[test]
fn every_loss_gives_the_same_bits_at_every_level() {
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    for (samples, classes) in (1..=40).map(|samples| (samples, 1 + samples % 5)).chain([(200, 2)]) {
        for case in cases::<F>(samples, classes) {
            Level::Baseline.set().unwrap();
            let expected = bits(&case, &case.y, F::ZERO);
            for level in Level::available() {
                level.set().unwrap();
                assert!(bits(&case, &case.y, F::ZERO) == expected, "{} at {level:?}", case.name);
            }
        }
    }
}
