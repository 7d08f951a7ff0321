//! Softmax and cross-entropy in two parts and in one are the same function, with the gradient that the report states.

#![expect(clippy::disallowed_methods, reason = "std is the oracle, within a tolerance")]

use crate::common::random;
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Accumulate, Mode, Module, Plan, Purpose, Scalar, Softmax, Tensor};
use nn_loss::{CategoricalCrossEntropy, CrossEntropyLoss, Loss, Reduction};

#[test]
fn softmax_then_cross_entropy_is_cross_entropy_on_logits() {
    for (logits, labels) in problems() {
        let classes = logits.features();
        let rows = one_hot(&labels, classes);
        let shares = Softmax.predict(&random(logits.shape(), &mut ChaCha8Rng::seed_from_u64(1))).unwrap();
        for reduction in [Reduction::Mean, Reduction::Sum] {
            let (parts, whole) = (CategoricalCrossEntropy::new(reduction), CrossEntropyLoss::new(reduction));
            compare(
                in_two_parts(&parts, &logits, &labels),
                whole.value_and_gradient(&logits, &labels).unwrap(),
            );
            for target in [&rows, &shares] {
                compare(
                    in_two_parts(&parts, &logits, target),
                    whole.value_and_gradient(&logits, target).unwrap(),
                );
            }
        }
    }
}

fn compare((value, gradient): (f64, Tensor<f64>), (expected, expected_gradient): (f64, Tensor<f64>)) {
    assert!((value - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{value:e} and {expected:e}");
    assert_close(&gradient, &expected_gradient);
}

/// The value, and the gradient with respect to the logits.
fn in_two_parts<T>(loss: &dyn Loss<f64, T>, logits: &Tensor<f64>, target: &T) -> (f64, Tensor<f64>) {
    let Plan { output, mut workspace } = Softmax.plan(logits.shape(), Purpose::Train).unwrap();
    let (mut p, mut gradient) = (Tensor::zeros(&output), Tensor::zeros(&output));
    Softmax.forward(logits, &mut p, &mut workspace, &mut Mode::Eval);
    let (value, dp) = loss.value_and_gradient(&p, target).unwrap();
    Softmax.backward(logits, &p, &dp, Some(&mut gradient), Accumulate::Replace, &mut workspace);
    (value, gradient)
}

/// The report: ∇L = ŷ − y, which is the gradient of the sum; and its loss has 1/n in front, which is the mean.
#[test]
fn the_gradient_of_the_sum_is_p_minus_t_and_the_mean_is_the_sum_over_n() {
    for (logits, labels) in problems() {
        let (p, t) = (Softmax.predict(&logits).unwrap(), one_hot(&labels, logits.features()));
        let difference = Tensor::from_fn(p.samples(), p.features(), |s, k| p[[s, k]] - t[[s, k]]);
        let n = p.samples() as f64;

        let (sum, of_sum) = CrossEntropyLoss::sum().value_and_gradient(&logits, &labels).unwrap();
        assert_close(&of_sum, &difference);
        let log_likelihood: f64 = (0..p.samples()).map(|s| p[[s, labels[s]]].ln()).sum();
        assert!((sum + log_likelihood).abs() <= 1e-12 * sum.max(1.0), "{sum:e} and {log_likelihood:e}");

        let (mean, of_mean) = CrossEntropyLoss::mean().value_and_gradient(&logits, &labels).unwrap();
        assert!((mean - sum / n).abs() <= 1e-15 * mean.max(1.0));
        let share = Tensor::from_fn(p.samples(), p.features(), |s, k| of_sum[[s, k]] / n);
        assert_close(&of_mean, &share);
    }
}

/// Logits and labels: random ones, and hostile ones within what the loss in two parts documents (no probability of a
/// label below the smallest normal number: a cost of 708).
fn problems() -> Vec<(Tensor<f64>, Vec<usize>)> {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    let mut problems = Vec::new();
    for (samples, classes) in [(1, 1), (1, 2), (5, 3), (17, 4), (600, 2)] {
        let labels = (0..samples).map(|_| rng.random_range(0..classes)).collect();
        problems.push((random(&[samples, classes], rng), labels));
    }
    let hostile = [
        ([1000.0, 300.0, 999.0], 1),
        ([-1000.0, -1000.0, -1000.0], 2),
        ([1000.0, 1000.0, 1000.0], 0),
        ([100.0, 0.0, -100.0], 0),
        ([0.0, 0.0, 0.0], 1),
        ([700.0, 0.0, 1e-300], 2),
        ([-1e5, -1e5 + 1.0, -1e5 - 600.0], 2),
    ];
    problems.push((Tensor::from_rows(&hostile.map(|row| row.0)), hostile.map(|row| row.1).to_vec()));
    problems
}

/// 1 + e⁻²⁰ is 1 in single precision; the loss is not 0.
#[test]
fn a_network_that_is_sure_of_two_classes_still_has_a_loss() {
    for sure in [5.0_f32, 20.0, 60.0, 87.0] {
        for (logits, label) in [([0.0, -sure], 0), ([-sure, 0.0], 1)] {
            let loss = CrossEntropyLoss::sum().value(&Tensor::from_rows(&[logits]), &vec![label]).unwrap();
            let expected = f64::from(-sure).exp().ln_1p();
            assert!((f64::from(loss) / expected - 1.0).abs() < 1e-6, "{logits:?}: {loss:e} and {expected:e}");
        }
    }
}

/// Two classes have a kernel of their own: it must not hide what is not a number.
#[test]
fn logits_that_are_no_numbers_have_no_finite_loss() {
    let wrong = [f64::NAN, f64::INFINITY];
    for (classes, label) in [(2, 0), (2, 1), (3, 0), (3, 1)] {
        for place in 0..2 {
            for wrong in wrong {
                let mut logits = Tensor::zeros(&[1, classes]);
                logits[[0, place]] = wrong;
                let value = CrossEntropyLoss::sum().value(&logits, &vec![label]).unwrap();
                assert!(!value.is_finite(), "{classes} classes, {wrong} at {place}, label {label}: {value}");
            }
        }
    }
}

/// Beyond that limit the loss on logits goes on, and the one in two parts stops at a finite cost.
#[test]
fn probabilities_that_underflow_cost_a_finite_708() {
    let logits = Tensor::from_rows(&[[1000.0, -1000.0]]);
    let labels = vec![1];
    let whole = CrossEntropyLoss::sum().value_and_gradient(&logits, &labels).unwrap();
    assert_eq!(whole, (2000.0, Tensor::from_rows(&[[1.0, -1.0]])));
    let p = Softmax.predict(&logits).unwrap();
    let (value, gradient) = CategoricalCrossEntropy::sum().value_and_gradient(&p, &labels).unwrap();
    assert!((value - -f64::MIN_POSITIVE.ln()).abs() < 1e-10 && (value - 708.4).abs() < 0.01, "{value}");
    assert_eq!(gradient, Tensor::from_rows(&[[0.0, -1.0 / f64::MIN_POSITIVE]]));
}

fn one_hot(labels: &[usize], classes: usize) -> Tensor<f64> {
    Tensor::from_fn(labels.len(), classes, |s, k| f64::from(u8::from(labels[s] == k)))
}

fn assert_close(ours: &Tensor<f64>, expected: &Tensor<f64>) {
    assert_eq!(ours.shape(), expected.shape());
    for (ours, expected) in crate::common::values(ours).into_iter().zip(crate::common::values(expected)) {
        assert!((ours - expected).abs() <= 1e-12, "{ours:e} and {expected:e}");
    }
}

/// Labels of two classes have a kernel of their own. It must say what that of any number of classes says of one-hot rows, also
/// where logits or their difference overflow.
#[test]
fn labels_of_two_classes_cost_what_one_hot_rows_cost_at_the_ends_of_the_range() {
    fn check<F: Scalar>(max: f64, tolerance: f64) {
        let ends = [f64::NEG_INFINITY, -max, -100.0, -1.0, 0.0, 2.0, 100.0, max, f64::INFINITY, f64::NAN];
        for (a, b) in ends.iter().flat_map(|a| ends.map(|b| (*a, b))) {
            for label in [0, 1] {
                // One sample, and the last of seventeen.
                for samples in [1, 17] {
                    let last = |sample, z| F::from_f64(if sample + 1 == samples { z } else { 0.0 });
                    let logits = Tensor::from_fn(samples, 2, |sample, class| last(sample, [a, b][class]));
                    let one_hot =
                        Tensor::from_fn(samples, 2, |_, class| if class == label { F::ONE } else { F::ZERO });
                    let loss = CrossEntropyLoss::sum();
                    let (value, gradient) = loss.value_and_gradient(&logits, &vec![label; samples]).unwrap();
                    let (expected, slopes) = loss.value_and_gradient(&logits, &one_hot).unwrap();
                    let close = |found: F, expected: F| {
                        let (found, expected) = (found.to_f64(), expected.to_f64());
                        found == expected
                            || (found.is_nan() && expected.is_nan())
                            || (found - expected).abs() <= tolerance * expected.abs().max(1.0)
                    };
                    assert!(close(value, expected), "({a}, {b}), {label}: {value}, not {expected}");
                    for class in 0..2 {
                        let at = [samples - 1, class];
                        assert!(close(gradient[at], slopes[at]), "({a}, {b}), {label}: gradient {class}");
                    }
                }
            }
        }
    }
    check::<f32>(f64::from(f32::MAX), 2e-6);
    check::<f64>(f64::MAX, 1e-14);
}
