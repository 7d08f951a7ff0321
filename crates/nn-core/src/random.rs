//! Normal and uniform random numbers with the same bits on every platform.

use rand::{Rng, RngExt};

use crate::Scalar;

/// Returns a standard normal number, by the polar method of Marsaglia and Bray (1964): for a random point (u, v) in the unit
/// disc and s = u² + v², u √(−2 ln s / s) is normal. Draws pairs of `f64`, u before v, until one lies in the disc: 1.27 pairs
/// on average.
///
/// The logarithm is the one of this crate, which has the same bits on every platform. The crate `rand_distr` uses that of
/// libm, or that of std if any crate of the program enables the feature `std` of `num-traits`. Its distributions serve
/// where other than normal numbers are needed, because [initial values](crate::Initialize) can come from any
/// [`Distribution`](rand::distr::Distribution).
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

/// Returns a uniform number in [−a, a), drawn as one `f64`.
pub fn uniform(a: f64, rng: &mut (impl Rng + ?Sized)) -> f64 {
    a * (2.0 * rng.random::<f64>() - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    /// The share of the normal distribution below z is ½ (1 + erf(z/√2)).
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
