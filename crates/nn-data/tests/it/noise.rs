//! Noise: a standard deviation stands for normal noise, and any distribution can take its place.

use nn_core::Tensor;
use nn_core::rand::distr::{Distribution, Uniform};
use nn_core::rand::{Rng, SeedableRng, rngs::ChaCha8Rng};
use nn_core::random::normal;
use nn_data::{
    Dataset, Noise, make_blobs, make_checkerboard, make_circles, make_moons, make_regression, make_sinusoid,
    make_spirals, make_xor,
};
use rand_distr::StudentT;

const N: usize = 50_000;

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// The noise in the data of `make_regression`: y − W x − b.
fn residuals(noise: impl Noise) -> Vec<f64> {
    let made = make_regression::<f64>(N, 1, 1, noise, &mut seeded(1908)).unwrap();
    let (w, b) = (made.weight[[0, 0]], made.bias[0]);
    let (x, y) = (made.data.x().feature(0), made.data.y().feature(0));
    x.iter().zip(y).map(|(x, y)| y - w * x - b).collect()
}

/// The share of values beyond three standard deviations must be the one expected, within five of its standard errors.
#[track_caller]
fn assert_share_beyond(values: &[f64], three_sigma: f64, expected: f64) {
    let share = values.iter().filter(|value| value.abs() > three_sigma).count() as f64 / N as f64;
    let error = (expected * (1.0 - expected) / N as f64).sqrt();
    assert!((share - expected).abs() < 5.0 * error, "{share} beyond {three_sigma}, expected {expected}");
}

/// Student's t with 3 degrees of freedom has σ = √3 and P(|t| > x) = 1 − (2/π) (u / (1 + u²) + arctan u) with u = x/√3. At
/// x = 3σ, u = 3: 1 − (2/π) (0.3 + 1.249046) = 0.013847, five times the share of the normal distribution.
#[test]
fn students_t_has_heavier_tails_than_the_normal_distribution() {
    assert_share_beyond(&residuals(3.0_f64.sqrt()), 3.0 * 3.0_f64.sqrt(), 0.002700);
    assert_share_beyond(&residuals(&StudentT::new(3.0).unwrap()), 3.0 * 3.0_f64.sqrt(), 0.013847);
}

/// A distribution of the caller's own: normal, but drawn again until it lies within two standard deviations.
struct Truncated(f64);

impl Distribution<f64> for Truncated {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        loop {
            let z = normal(rng);
            if z.abs() <= 2.0 {
                return self.0 * z;
            }
        }
    }
}

#[test]
fn truncated_noise_stays_within_its_bounds() {
    let exact = make_moons::<f64>(N, 0.0, &mut seeded(3)).unwrap();
    let noisy = make_moons::<f64>(N, &Truncated(0.1), &mut seeded(3)).unwrap();
    let largest =
        exact.x().view().iter().zip(noisy.x().view()).fold(0.0, |m, (a, b)| f64::max(m, (b - a).abs()));
    assert!((0.199..0.2 + 1e-15).contains(&largest), "{largest}");
}

/// A standard deviation is no special case: a distribution that draws the same numbers makes the same data.
#[test]
fn a_standard_deviation_is_a_normal_distribution() {
    struct Normal(f64);
    impl Distribution<f64> for Normal {
        fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
            self.0 * normal(rng)
        }
    }
    type Values = Dataset<f64, Tensor<f64>>;
    fn made(noise: impl Noise + Copy) -> ([Dataset<f64, Vec<usize>>; 6], Values, Values) {
        let rng = &mut seeded(5);
        (
            [
                make_blobs::<f64, 2>(9, &[[1.0, 2.0], [3.0, 4.0]], noise, rng).unwrap(),
                make_checkerboard(9, 3, noise, rng).unwrap(),
                make_circles(9, noise, 0.5, rng).unwrap(),
                make_moons(9, noise, rng).unwrap(),
                make_spirals(9, 3, 2.0, noise, rng).unwrap(),
                make_xor(9, noise, rng).unwrap(),
            ],
            make_regression::<f64>(9, 2, 2, noise, rng).unwrap().data,
            make_sinusoid::<f64>(9, 2.0, noise, rng).unwrap(),
        )
    }
    assert!(made(0.3) == made(&Normal(0.3)));
    assert!(made(0.3) != made(&Normal(0.4)));
}

#[test]
fn single_precision_rounds_the_noise_of_double_precision() {
    let noise = Uniform::new(-0.5, 0.5).unwrap();
    let double = make_xor::<f64>(50, &noise, &mut seeded(7)).unwrap();
    let single = make_xor::<f32>(50, &noise, &mut seeded(7)).unwrap();
    assert_eq!(double.y(), single.y());
    assert!(double.x().view().iter().zip(single.x().view()).all(|(&d, &s)| d as f32 == s));
}
