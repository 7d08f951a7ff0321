//! Initial values of parameters.

use rand::{Rng, RngExt};

use crate::Scalar;

/// A distribution that a layer's parameters are drawn from before training.
///
/// `fan_in` is the number of inputs that one output sums over, `fan_out` the number of outputs that one input feeds.
/// U(−a, a) is the uniform distribution. Numbers are drawn in `f64` and rounded, so that `f32` and `f64` networks of
/// one seed start from the same point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Init {
    /// U(−a, a) with a = 1/√fan_in: what PyTorch does for the weights and biases of a linear layer.
    FanIn,
    /// U(−a, a) with a = √(6 / (fan_in + fan_out)): keeps the variance through tanh layers, forward and backward.
    /// X. Glorot and Y. Bengio, 2010.
    XavierUniform,
    /// U(−a, a) with a = √(6 / fan_in): keeps the variance through ReLU layers. K. He et al., 2015.
    HeUniform,
    /// The same value everywhere.
    Constant(f64),
}

impl Init {
    /// Zeros: usual for biases.
    pub const ZEROS: Init = Init::Constant(0.0);

    /// Draws `count` values.
    pub fn draw<F: Scalar>(
        self,
        count: usize,
        fan_in: usize,
        fan_out: usize,
        rng: &mut (impl Rng + ?Sized),
    ) -> Vec<F> {
        let a = match self {
            Init::FanIn => 1.0 / (fan_in as f64).sqrt(),
            Init::XavierUniform => (6.0 / (fan_in + fan_out) as f64).sqrt(),
            Init::HeUniform => (6.0 / fan_in as f64).sqrt(),
            Init::Constant(value) => return vec![F::from_f64(value); count],
        };
        (0..count).map(|_| F::from_f64(a * (2.0 * rng.random::<f64>() - 1.0))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    #[test]
    fn uniform_draws_have_their_bound_mean_and_variance() {
        let n = 100_000;
        for (init, a) in [
            (Init::FanIn, 0.5),
            (Init::XavierUniform, (6.0_f64 / 16.0).sqrt()),
            (Init::HeUniform, (6.0_f64 / 4.0).sqrt()),
        ] {
            let values: Vec<f64> = init.draw(n, 4, 12, &mut ChaCha8Rng::seed_from_u64(1));
            let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            assert!(largest <= a && largest > 0.999 * a, "{init:?}: {largest} of {a}");
            let mean = values.iter().sum::<f64>() / n as f64;
            let variance = values.iter().map(|v| v * v).sum::<f64>() / n as f64;
            // Four standard errors of the mean, and of the mean square, of a uniform distribution.
            assert!(mean.abs() < 4.0 * a / (3.0 * n as f64).sqrt(), "{init:?}: mean {mean}");
            assert!((variance / (a * a / 3.0) - 1.0).abs() < 0.012, "{init:?}: variance {variance}");
        }
    }

    #[test]
    fn both_precisions_start_from_the_same_point() {
        let wide: Vec<f64> = Init::FanIn.draw(50, 3, 3, &mut ChaCha8Rng::seed_from_u64(2));
        let narrow: Vec<f32> = Init::FanIn.draw(50, 3, 3, &mut ChaCha8Rng::seed_from_u64(2));
        assert!(wide.iter().zip(narrow).all(|(&w, n)| w as f32 == n));
        assert_eq!(Init::ZEROS.draw::<f32>(2, 1, 1, &mut ChaCha8Rng::seed_from_u64(2)), [0.0, 0.0]);
    }
}
