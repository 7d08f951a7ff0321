//! The value of a loss in `f32` is within 10⁻⁶ of the truth, whatever the number of its terms.

use crate::common::{losses_of_labels, losses_of_tensors, random};
use nn_core::lanes::LANES;
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{LogSoftmax, Module, Softmax, Tensor};
use nn_loss::Loss;

/// Some short sums and one of three million terms.
const SAMPLES: [usize; 5] = [1_000, 1_023, 10_007, 100_000, 1_000_003];

const BOUND: f64 = 1e-6;

#[test]
fn the_losses_of_many_samples_are_exact_to_six_digits() {
    for samples in SAMPLES {
        let rng = &mut ChaCha8Rng::seed_from_u64(samples as u64);
        let y = random::<f32>(&[samples, 3], rng);
        let p = Softmax.predict(&y).unwrap();
        let ln_p = LogSoftmax.predict(&y).unwrap();
        let values = random::<f32>(&[samples, 3], rng);
        let shares = Softmax.predict(&values).unwrap();
        let signs = Tensor::from_fn(samples, 3, |s, k| values[[s, k]].signum());
        for loss in losses_of_tensors() {
            let (y, target) = match &loss.to_string()[..] {
                "HingeLoss" => (&y, &signs),
                "BceWithLogitsLoss" | "CrossEntropyLoss" => (&y, &shares),
                "KlDivLoss" => (&ln_p, &shares),
                "CategoricalCrossEntropy" => (&p, &shares),
                _ => (&y, &values),
            };
            let wide =
                losses_of_tensors().into_iter().find(|wide| wide.to_string() == loss.to_string()).unwrap();
            let truth = wide.value(&widened(y), &widened(target)).unwrap();
            close(&loss.to_string(), loss.value(y, target).unwrap(), truth, samples);
        }
        for classes in [2, 3] {
            let labels: Vec<usize> = (0..samples).map(|_| rng.random_range(0..classes)).collect();
            let part = |x: &Tensor<f32>| Tensor::from_fn(samples, classes, |s, k| x[[s, k]]);
            for (loss, wide) in losses_of_labels().iter().zip(losses_of_labels()) {
                let y = match &loss.to_string()[..] {
                    "CategoricalCrossEntropy" => part(&p),
                    "NllLoss" => part(&ln_p),
                    _ => part(&y),
                };
                let truth = wide.value(&widened(&y), &labels).unwrap();
                close(&loss.to_string(), loss.value(&y, &labels).unwrap(), truth, samples);
            }
        }
    }
}

/// Equal terms are the worst case: each addition to a running sum is rounded in the same direction.
#[test]
fn equal_terms_do_not_add_up_to_another_number() {
    for distance in [1.939_395_9_f32, 1.882_356_6, 1.777_777_8, 1.1, 0.7, 1e-3, 333.3] {
        for samples in [100, 511, 512, 513, 1_000, 1_024, 10_007, 1_000_003] {
            let (y, t) = (Tensor::from_column(&vec![distance; samples]), Tensor::zeros(&[samples, 1]));
            let value = nn_loss::L1Loss::mean().value(&y, &t).unwrap();
            close("L1Loss", value, f64::from(distance), samples);
        }
    }
}

/// A stack adds up in the order of one network, also where a sum is long.
#[test]
fn a_long_sum_in_a_stack_is_that_of_one_network() {
    let rng = &mut ChaCha8Rng::seed_from_u64(0);
    let y: [Tensor<f32>; LANES] = std::array::from_fn(|_| random(&[20_011, 1], rng));
    let t: [Tensor<f32>; LANES] = std::array::from_fn(|_| random(&[20_011, 1], rng));
    let [y_together, t_together] = [&y, &t].map(|all| Tensor::interleave(all.each_ref()).unwrap());
    for loss in losses_of_tensors::<f32>() {
        let mut losses = [0.0; LANES];
        loss.evaluate(&y_together, &t_together, None, &mut losses);
        for (network, together) in losses.into_iter().enumerate() {
            let mut alone = [0.0];
            loss.evaluate(&y[network], &t[network], None, &mut alone);
            assert!(together.to_bits() == alone[0].to_bits(), "{loss}: {together}, {}", alone[0]);
        }
    }
}

fn widened(x: &Tensor<f32>) -> Tensor<f64> {
    let mut wide = Tensor::zeros(x.shape());
    for feature in 0..x.features() {
        for (wide, &x) in wide.feature_mut(feature).iter_mut().zip(x.feature(feature)) {
            *wide = f64::from(x);
        }
    }
    wide
}

fn close(name: &str, value: f32, truth: f64, samples: usize) {
    let error = (f64::from(value) / truth - 1.0).abs();
    assert!(error <= BOUND, "{name} of {samples} samples: {value}, not {truth}: {error:e}");
}
