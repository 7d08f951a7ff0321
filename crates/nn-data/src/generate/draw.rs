//! The two distributions that everything here is drawn from.

use nn_core::Scalar;
use nn_core::rand::{Rng, RngExt};

/// Uniform in (−a, a).
pub(super) fn uniform(a: f64, rng: &mut (impl Rng + ?Sized)) -> f64 {
    a * (2.0 * rng.random::<f64>() - 1.0)
}

/// Standard normal, by the polar method of Marsaglia and Bray (1964): of a random point (u, v) of the unit disc with
/// s = u² + v², u √(−2 ln s / s) is normal. The logarithm is nn-core's, the same on every platform; those of the libraries
/// for distributions are std's as soon as any crate of a program asks num-traits for std.
pub(super) fn normal(rng: &mut (impl Rng + ?Sized)) -> f64 {
    loop {
        let (u, v) = (uniform(1.0, rng), uniform(1.0, rng));
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            return u * (-2.0 * Scalar::ln(s) / s).sqrt();
        }
    }
}
