//! Every loss against finite differences: every reduction, every kind of target, and wrong gradients that must be caught.

use crate::common::{Case, cases, ignoring, values};
use nn_core::Tensor;
use nn_core::gradcheck::check_gradient;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};

const LIMIT: f64 = 1e-6;

#[test]
fn every_loss_has_the_gradient_of_its_value() {
    for (samples, classes) in [(1, 1), (1, 2), (2, 3), (16, 2), (17, 3), (40, 5), (200, 2), (300, 3)] {
        for case in cases(samples, classes).into_iter().chain(ignoring(samples, classes)) {
            let mismatch = mismatch(&case, |_| ());
            assert!(mismatch < LIMIT, "{}: {mismatch:e}", case.name);
        }
    }
}

/// Factors, a sign, and the gradient of the other reduction.
#[test]
fn gradients_that_are_wrong_on_purpose_are_caught() {
    for case in cases(17, 3) {
        for factor in [1.001, -1.0, 17.0, 1.0 / 17.0, 0.5, 0.0] {
            let mismatch = mismatch(&case, |gradient| gradient.iter_mut().for_each(|g| *g *= factor));
            assert!(mismatch > LIMIT, "{} times {factor}: {mismatch:e}", case.name);
        }
        let mismatch = mismatch(&case, |gradient| gradient.rotate_left(1));
        assert!(mismatch > LIMIT, "{} of the sample before: {mismatch:e}", case.name);
    }
}

fn mismatch(case: &Case<f64>, change: impl Fn(&mut [f64])) -> f64 {
    let mut dy = Tensor::zeros(case.y.shape());
    (case.evaluate)(&case.y, Some(&mut dy), 0.0);
    let mut gradient = values(&dy);
    change(&mut gradient);
    let mut moved = case.y.clone();
    let value = |point: &[f64]| {
        for (feature, values) in point.chunks_exact(case.y.samples()).enumerate() {
            moved.feature_mut(feature).copy_from_slice(values);
        }
        (case.evaluate)(&moved, None, 0.0)
    };
    check_gradient(value, &values(&case.y), &gradient, &mut ChaCha8Rng::seed_from_u64(12))
}
