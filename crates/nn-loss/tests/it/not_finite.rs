//! What is not finite never comes out as a number that hides it: NaN stays NaN in every loss, in value and in gradient, and an
//! infinity becomes NaN, an infinity, or the limit of the loss. None of it is an error: a training that diverges computes it.

use crate::common::{Case, cases, losses_of_labels, losses_of_tensors, random, values};
use nn_core::lanes::LANES;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Module, Scalar, Softmax, Tensor};
use nn_loss::{Loss, MultiMarginLoss, NllLoss};

/// A sample in a full block and one in the rest.
const PLACES: [(usize, usize); 2] = [(21, 3), (21, 20)];

/// The loss and its gradient.
fn run<F: Scalar>(case: &Case<F>, y: &Tensor<F>) -> (F, Vec<F>) {
    let mut dy = Tensor::zeros(y.shape());
    let value = (case.evaluate)(y, Some(&mut dy), F::ZERO);
    assert!(value.is_nan() == (case.evaluate)(y, None, F::ZERO).is_nan(), "{}", case.name);
    (value, values(&dy))
}

/// Calls `check` with each output of each case for these numbers of classes in which one value is `bad`, and the index of that
/// value among all.
fn spoil<F: Scalar>(classes: [usize; 3], bad: f64, mut check: impl FnMut(&Case<F>, &Tensor<F>, usize)) {
    for classes in classes {
        for (samples, sample) in PLACES {
            for case in cases::<F>(samples, classes) {
                for feature in 0..case.y.features() {
                    let mut y = case.y.clone();
                    y.feature_mut(feature)[sample] = F::from_f64(bad);
                    check(&case, &y, feature * samples + sample);
                }
            }
        }
    }
}

#[test]
fn a_nan_in_the_output_stays_nan_in_every_loss() {
    nan::<f32>();
    nan::<f64>();
}

fn nan<F: Scalar>() {
    // Among three classes most are not the sample's, and among one there is no other.
    spoil::<F>([1, 2, 3], f64::NAN, |case, y, at| {
        let (value, gradient) = run(case, y);
        assert!(value.is_nan(), "{}: {value}", case.name);
        assert!(gradient[at].is_nan(), "{}: gradient {}", case.name, gradient[at]);
        // Other samples are as they were.
        let (_, clean) = run(case, &case.y);
        let others = gradient.iter().zip(&clean).enumerate().filter(|(i, _)| i % 21 != at % 21);
        for (_, (found, clean)) in others {
            assert!(found == clean, "{}: gradient {found}, not {clean}", case.name);
        }
    });
}

/// A finite loss or gradient is the limit: a very large output comes to the same.
#[test]
fn an_infinity_in_the_output_becomes_its_limit_or_is_not_hidden() {
    limits::<f32>();
    limits::<f64>();
}

fn limits<F: Scalar>() {
    for (bad, large) in [(f64::INFINITY, 1e6), (f64::NEG_INFINITY, -1e6)] {
        spoil::<F>([1, 2, 3], bad, |case, y, at| {
            let mut near = y.clone();
            near.feature_mut(at / 21)[at % 21] = F::from_f64(large);
            let ((value, gradient), (value_near, gradient_near)) = (run(case, y), run(case, &near));
            let name = &case.name;
            let error = |a: F, b: F| (a.to_f64() - b.to_f64()).abs();
            assert!(!value.is_finite() || error(value, value_near) < 1e-5, "{name}: {bad} costs {value}");
            for (found, near) in gradient.into_iter().zip(gradient_near) {
                assert!(!found.is_finite() || error(found, near) < 1e-5, "{name}: {bad} has slope {found}");
            }
        });
    }
}

/// `check` refuses such a target; `evaluate` is also called without.
#[test]
fn a_nan_in_the_target_stays_nan_in_every_loss() {
    fn check<F: Scalar>() {
        for loss in losses_of_tensors::<F>() {
            for (samples, sample) in PLACES {
                let y = Tensor::from_fn(samples, 3, |s, k| F::from_f64(0.1 + (s + k) as f64 / 50.0));
                let mut t = Tensor::from_fn(samples, 3, |s, k| if s % 3 == k { F::ONE } else { F::ZERO });
                t.feature_mut(1)[sample] = F::from_f64(f64::NAN);
                let (mut dy, mut value) = (Tensor::zeros(y.shape()), [F::ZERO]);
                loss.evaluate(&y, &t, Some(&mut dy), &mut value);
                assert!(value[0].is_nan() && dy.feature(1)[sample].is_nan(), "{loss}: {}, {dy}", value[0]);
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

/// ∞ − ∞ is NaN, and so is its slope.
#[test]
fn scores_that_are_infinite_together_are_nan() {
    let y = Tensor::from_rows(&[[f64::INFINITY, f64::INFINITY, 0.0]]);
    for loss in losses_of_labels::<f64>().iter().filter(|loss| loss.to_string() != "NllLoss") {
        let (value, gradient) = loss.value_and_gradient(&y, &[0]).unwrap();
        assert!(value.is_nan() && gradient[[0, 0]].is_nan(), "{loss}: {value}, {gradient}");
    }
    let (_, gradient) = MultiMarginLoss::sum().value_and_gradient(&y, &vec![0]).unwrap();
    assert!(gradient.sample(0).all(f64::is_nan), "{gradient}");
}

/// A class that counts nothing does not hide a NaN either.
#[test]
fn a_nan_in_a_class_of_weight_0_stays_nan() {
    let y = Tensor::from_rows(&[[f64::NAN, -1.0], [-1.0, -2.0]]);
    for labels in [[0, 1], [1, 1]] {
        let (value, gradient) =
            NllLoss::sum().weight([0.0, 1.0]).value_and_gradient(&y, &labels.to_vec()).unwrap();
        assert!(value.is_nan() && gradient[[0, 0]].is_nan(), "{value}, {gradient}");
    }
}

#[test]
fn a_nan_in_one_network_of_a_stack_is_its_own() {
    fn check<F: Scalar>() {
        let (samples, classes, lane) = (20, 3, 6);
        let y =
            Softmax.predict(&random::<F>(&[samples, classes], &mut ChaCha8Rng::seed_from_u64(3))).unwrap();
        let target = Tensor::from_fn(samples, classes, |s, k| if s % 3 == k { F::ONE } else { F::ZERO });
        let labels: Vec<usize> = (0..samples).map(|s| s % 3).collect();
        let labels_together: Vec<usize> = labels.iter().flat_map(|&label| [label; LANES]).collect();
        let mut spoilt = y.clone();
        spoilt.feature_mut(1)[18] = F::from_f64(f64::NAN);
        let together = |spoilt| {
            let all = std::array::from_fn(|network| if network == lane { spoilt } else { &y });
            Tensor::interleave(all).unwrap()
        };
        let (y_together, target_together) =
            (together(&spoilt), Tensor::interleave([&target; LANES]).unwrap());
        let see = |name: String, losses: [F; LANES], dy: Tensor<F>| {
            for (network, loss) in losses.into_iter().enumerate() {
                let bad = network == lane;
                assert!(loss.is_nan() == bad, "{name}, network {network}: {loss}");
                let slopes = dy.feature(1).as_chunks::<LANES>().0.iter().map(|block| block[network]);
                assert!(
                    slopes.enumerate().all(|(s, dy)| dy.is_nan() == (bad && s == 18)),
                    "{name}, {network}"
                );
            }
        };
        for loss in losses_of_tensors::<F>() {
            let (mut dy, mut losses) = (Tensor::zeros(y_together.shape()), [F::ZERO; LANES]);
            loss.evaluate(&y_together, &target_together, Some(&mut dy), &mut losses);
            see(loss.to_string(), losses, dy);
        }
        for loss in losses_of_labels::<F>() {
            let (mut dy, mut losses) = (Tensor::zeros(y_together.shape()), [F::ZERO; LANES]);
            loss.evaluate(&y_together, &labels_together, Some(&mut dy), &mut losses);
            see(loss.to_string(), losses, dy);
        }
    }
    check::<f32>();
    check::<f64>();
}
