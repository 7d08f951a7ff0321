//! What holds for every loss: it can be shared and boxed, the value does not depend on whether the gradient is wanted,
//! and neither depends on padding or on the instruction set.

use crate::common::{bits, cases, ignoring, pad, random, values};
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::Level;
use nn_core::{Scalar, Tensor};
use nn_loss::{
    BceWithLogitsLoss, CategoricalCrossEntropy, CrossEntropyLoss, HingeLoss, HuberLoss, KlDivLoss, L1Loss,
    Loss, MseLoss, MultiMarginLoss, NllLoss, SmoothL1Loss,
};

#[test]
fn losses_are_shared_between_threads_boxed_and_named() {
    let labels: [Box<dyn Loss<f32, Vec<usize>> + Send + Sync>; 4] = [
        Box::new(CrossEntropyLoss::sum()),
        Box::new(CategoricalCrossEntropy::mean()),
        Box::new(NllLoss::mean()),
        Box::new(MultiMarginLoss::mean()),
    ];
    let names = ["CrossEntropyLoss", "CategoricalCrossEntropy", "NllLoss", "MultiMarginLoss"];
    assert_eq!(labels.map(|loss| loss.to_string()), names);
    let tensors: [Box<dyn Loss<f32, Tensor<f32>> + Send + Sync>; 4] = [
        Box::new(MseLoss::mean()),
        Box::new(KlDivLoss::batch_mean()),
        Box::new(CrossEntropyLoss::mean()),
        Box::new(CategoricalCrossEntropy::sum()),
    ];
    let names = ["MseLoss", "KlDivLoss", "CrossEntropyLoss", "CategoricalCrossEntropy"];
    assert_eq!(tensors.map(|loss| loss.to_string()), names);
}

/// Where classes are rare, a batch may hold none that counts.
#[test]
fn a_batch_that_counts_nothing_has_no_loss_and_no_gradient() {
    let y = Tensor::from_rows(&[[0.5, -1.0], [2.0, 0.0]]);
    let fused = CrossEntropyLoss::mean().weight([0.0, 1.0]);
    assert_eq!(fused.value_and_gradient(&y, &vec![0, 0]).unwrap(), (0.0, Tensor::zeros(&[2, 2])));
    let plain = NllLoss::mean().weight([0.0, 1.0]);
    assert_eq!(plain.value_and_gradient(&y, &vec![0, 0]).unwrap(), (0.0, Tensor::zeros(&[2, 2])));
    // Above 0 in f64, but 0 in f32.
    let y = Tensor::from_rows(&[[0.5_f32, -1.0], [2.0, 0.0]]);
    let tiny = NllLoss::mean().weight([1e-300, 1.0]);
    assert_eq!(tiny.value_and_gradient(&y, &vec![0, 0]).unwrap(), (0.0, Tensor::zeros(&[2, 2])));
}

/// Setting a default changes nothing, and a loss that is a special case of another agrees with it.
#[test]
fn losses_agree_where_they_are_the_same() {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    let (y, t) = (random::<f64>(&[21, 3], rng), random(&[21, 3], rng));
    let beta = |beta| SmoothL1Loss::mean().beta(beta).value_and_gradient(&y, &t);
    assert_eq!(beta(0.0), L1Loss::mean().value_and_gradient(&y, &t));
    assert_eq!(beta(1.0), HuberLoss::mean().value_and_gradient(&y, &t));
    let wide = HuberLoss::mean().delta(1e6).value(&y, &t).unwrap();
    assert!((2.0 * wide - MseLoss::mean().value(&y, &t).unwrap()).abs() < 1e-14);

    let labels: Vec<usize> = (0..21).map(|sample| sample % 3).collect();
    let plain = CrossEntropyLoss::mean().value_and_gradient(&y, &labels);
    let same = CrossEntropyLoss::mean().weight([1.0; 3]).label_smoothing(0.0);
    assert_eq!(same.value_and_gradient(&y, &labels), plain);
    assert_eq!(CrossEntropyLoss::batch_mean().value_and_gradient(&y, &labels), plain);
}

#[test]
fn what_padding_holds_has_no_effect() {
    padding::<f32>();
    padding::<f64>();
}

fn padding<F: Scalar>() {
    for samples in [1, 15, 16, 17, 40] {
        for case in cases::<F>(samples, 3).into_iter().chain(ignoring(samples, 3)) {
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
        for case in cases::<f32>(samples, 4).into_iter().chain(ignoring(samples, 4)) {
            let value = (case.evaluate)(&case.y, None, 0.0);
            let with_gradient = bits(&case, &case.y, 0.0)[0];
            assert!(with_gradient == f64::from(value).to_bits(), "{}", case.name);
        }
    }
}

#[test]
fn every_loss_gives_the_same_bits_at_every_level() {
    let _alone = crate::LEVEL.lock();
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    for (samples, classes) in
        (1..=40).map(|samples| (samples, 1 + samples % 5)).chain([(200, 2), (300, 3), (1060, 2)])
    {
        for case in cases::<F>(samples, classes).into_iter().chain(ignoring(samples, classes)) {
            Level::Baseline.set().unwrap();
            let expected = bits(&case, &case.y, F::ZERO);
            for level in Level::available() {
                level.set().unwrap();
                assert!(bits(&case, &case.y, F::ZERO) == expected, "{} at {level:?}", case.name);
            }
        }
    }
}

/// ln(1 + e⁻ᶻ) = e⁻ᶻ − e⁻²ᶻ/2 + …: a network that is almost sure still has a loss, as in PyTorch.
#[test]
fn a_small_loss_of_logits_keeps_its_digits() {
    for z in [18.0_f64, 40.0, 300.0] {
        let e = Scalar::exp(-z);
        for (z, t) in [(z, 1.0), (-z, 0.0)] {
            let value =
                BceWithLogitsLoss::sum().value(&Tensor::from_column(&[z]), &Tensor::from_column(&[t]));
            assert!((value.unwrap() / (e - 0.5 * e * e) - 1.0).abs() < 1e-14, "{z}");
        }
    }
}

/// The limit is the absolute error, in both precisions.
#[test]
fn a_tiny_beta_is_none() {
    for beta in [1e-39, 1e-45, 1e-310] {
        let (y, t) = (Tensor::from_column(&[1.5_f32, 2.0]), Tensor::from_column(&[1.5, 0.0]));
        let tiny = SmoothL1Loss::sum().beta(beta).value_and_gradient(&y, &t);
        assert_eq!(tiny, L1Loss::sum().value_and_gradient(&y, &t), "{beta:e}");
    }
}

/// Outputs at the end of the range may have an infinite loss, but their gradients are finite.
#[test]
fn outputs_at_the_end_of_the_range_have_gradients() {
    let of_labels: [Box<dyn Loss<f32, Vec<usize>>>; 4] = [
        Box::new(CrossEntropyLoss::mean()),
        Box::new(CrossEntropyLoss::mean().label_smoothing(0.1)),
        Box::new(NllLoss::mean()),
        Box::new(MultiMarginLoss::mean()),
    ];
    let of_tensors: [Box<dyn Loss<f32, Tensor<f32>>>; 6] = [
        Box::new(BceWithLogitsLoss::mean().pos_weight(2.0)),
        Box::new(HuberLoss::mean()),
        Box::new(SmoothL1Loss::mean()),
        Box::new(L1Loss::mean()),
        Box::new(CrossEntropyLoss::mean()),
        Box::new(HingeLoss::mean()),
    ];
    for size in [1e38, 3e38] {
        let y = Tensor::from_rows(&[[size, -size, 0.0], [-size, size, size], [size; 3], [-size; 3]]);
        let t = Tensor::from_fn(4, 3, |sample, class| if sample % 3 == class { 1.0 } else { 0.0 });
        let signs = Tensor::from_fn(4, 3, |sample, class| if sample % 3 == class { 1.0 } else { -1.0 });
        let labels =
            of_labels.iter().map(|loss| (loss.to_string(), loss.value_and_gradient(&y, &vec![1, 0, 2, 0])));
        let tensors = of_tensors.iter().map(|loss| {
            let target = if loss.to_string() == "HingeLoss" { &signs } else { &t };
            (loss.to_string(), loss.value_and_gradient(&y, target))
        });
        for (name, result) in labels.chain(tensors) {
            let (value, gradient) = result.unwrap();
            assert!(!value.is_nan(), "{name}");
            assert!(values(&gradient).iter().all(|g| g.is_finite()), "{name}: {gradient}");
        }
    }
}
