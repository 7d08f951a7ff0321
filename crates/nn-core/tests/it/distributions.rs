//! Initial values from the distributions of `rand_distr`.

use nn_core::rand::{SeedableRng, distr::Distribution, rngs::ChaCha8Rng};
use nn_core::{Init, Linear};
use rand_distr::{StudentT, Triangular};

const N: usize = 40_000;

/// The weights of a layer, drawn from this distribution.
fn weights(distribution: &impl Distribution<f64>) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(1908);
    let layer: Linear<f64> = Linear::with_init(200, 200, distribution, Init::ZEROS, &mut rng);
    assert!(layer.bias().iter().all(|&b| b == 0.0));
    layer.weight().iter().copied().collect()
}

/// The mean of w to some power must be the moment of the distribution, within five standard errors. The variance of a power
/// follows from the moment of twice that power.
#[track_caller]
fn assert_moments(weights: &[f64], moment: impl Fn(i32) -> f64) {
    assert_eq!(weights.len(), N);
    for power in 1..=4 {
        let mean = weights.iter().map(|w| w.powi(power)).sum::<f64>() / N as f64;
        let variance = moment(2 * power) - moment(power) * moment(power);
        let error = (mean - moment(power)) / (variance / N as f64).sqrt();
        assert!(error.abs() < 5.0, "moment {power} is {mean}: {error} standard errors off");
    }
}

/// The triangular distribution on [−1, 1] with its mode at 0 has E w² = 1/6, and in general E wᵏ = 2 / ((k + 1)(k + 2)) for
/// even k and 0 for odd k.
#[test]
fn triangular_weights_have_their_moments() {
    let weights = weights(&Triangular::new(-1.0, 1.0, 0.0).unwrap());
    assert!(weights.iter().all(|w| w.abs() <= 1.0));
    assert_moments(&weights, |k| if k % 2 == 0 { 2.0 / f64::from((k + 1) * (k + 2)) } else { 0.0 });
}

/// Student's t with ν = 12 degrees of freedom has, for even k < ν, E wᵏ = ν^(k/2) ∏ (2i − 1) / (ν − 2i) over i from 1 to k/2,
/// and 0 for odd k: a variance of 1.2 and a kurtosis of 3.75, where a normal distribution has 3.
#[test]
fn weights_of_students_t_have_their_moments() {
    const NU: f64 = 12.0;
    let weights = weights(&StudentT::new(NU).unwrap());
    let factor = |i: i32| NU * f64::from(2 * i - 1) / (NU - f64::from(2 * i));
    assert_moments(&weights, |k| if k % 2 == 0 { (1..=k / 2).map(factor).product() } else { 0.0 });
}

/// Both precisions start from the same weights.
#[test]
fn single_precision_is_double_precision_rounded() {
    let distribution = StudentT::new(3.0).unwrap();
    let double: Linear<f64> =
        Linear::with_init(5, 4, &distribution, &distribution, &mut ChaCha8Rng::seed_from_u64(1));
    let single: Linear<f32> =
        Linear::with_init(5, 4, &distribution, &distribution, &mut ChaCha8Rng::seed_from_u64(1));
    assert!(double.weight().iter().zip(single.weight()).all(|(&d, &s)| d as f32 == s));
    assert!(double.bias().iter().zip(single.bias()).all(|(&d, &s)| d as f32 == s));
}
