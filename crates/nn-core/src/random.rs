//! Random numbers of two distributions, the same on every platform.

use rand::{Rng, RngExt};

use crate::Scalar;

/// A standard normal number, by the polar method of Marsaglia and Bray (1964): of a random point (u, v) of the unit disc with
/// s = u² + v², u √(−2 ln s / s) is normal.
///
/// The logarithm is this crate's, the same on every platform; those of the libraries for distributions are std's as soon as
/// any crate of a program asks num-traits for std. Draws pairs of `f64`, u before v, until one lies in the disc: 1.27 on
/// average.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::random::normal;
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let squares: f64 = (0..10_000).map(|_| normal(&mut rng).powi(2)).sum();
/// assert!((squares / 10_000.0 - 1.0).abs() < 0.05);
/// ```
pub fn normal(rng: &mut (impl Rng + ?Sized)) -> f64 {
    loop {
        let (u, v) = (uniform(1.0, rng), uniform(1.0, rng));
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            return u * (-2.0 * Scalar::ln(s) / s).sqrt();
        }
    }
}

/// Uniform in [−a, a), drawn as one `f64`.
pub fn uniform(a: f64, rng: &mut (impl Rng + ?Sized)) -> f64 {
    a * (2.0 * rng.random::<f64>() - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    /// Shares of the normal distribution below −2, −1, 0, 1, 2: ½ (1 + erf(z/√2)).
    #[test]
    fn normal_numbers_have_the_normal_distribution() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let n = 100_000;
        let values: Vec<f64> = (0..n).map(|_| normal(&mut rng)).collect();
        for (z, share) in
            [(-2.0, 0.022_750), (-1.0, 0.158_655), (0.0, 0.5), (1.0, 0.841_345), (2.0, 0.977_250)]
        {
            let below = values.iter().filter(|&&value| value < z).count() as f64 / n as f64;
            let error = (share * (1.0 - share) / n as f64).sqrt();
            assert!((below - share).abs() < 4.0 * error, "{below} below {z}, expected {share}");
        }
        let neighbours: f64 = values.windows(2).map(|pair| pair[0] * pair[1]).sum();
        assert!((neighbours / n as f64).abs() < 4.0 / f64::from(n).sqrt());
    }
}
