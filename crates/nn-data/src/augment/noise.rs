//! Noise on every value.

use nn_core::rand::Rng;
use nn_core::{Scalar, SettingError, Tensor};

use super::Augment;
use crate::Noise;

/// Adds noise to every value, independently: an `f64` is the standard deviation of normal noise, and a reference to a
/// distribution is drawn from as it is ([`Noise`]). Sums are computed in `f64` and rounded. Nothing keeps them within the range
/// of the data.
///
/// Shapes: any.
///
/// Random numbers: drawn feature by feature, the samples of each in order. A value of normal noise takes four bytes of
/// [`Rng::fill_bytes`]; the integer u that they are, the first byte lowest and its sign the highest bit, becomes
/// √2 erf⁻¹((u + ½) / 2³¹), which is at most 6.4 standard deviations. That takes a sixth of the time of
/// [`normal`](nn_core::random::normal).
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::augment::{AddNoise, Augment};
/// use rand_distr::Exp;
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let mut x = Tensor::from_column(&[1.0_f64; 1000]);
/// AddNoise::new(0.1).augment(&mut x, &mut rng);
/// let mean = x.feature(0).iter().sum::<f64>() / 1000.0;
/// assert!((mean - 1.0).abs() < 0.01 && x[[0, 0]] != x[[1, 0]]);
/// // Noise that is never negative.
/// let mut x = Tensor::from_column(&[1.0_f64; 1000]);
/// AddNoise::new(&Exp::new(1.0)?).augment(&mut x, &mut rng);
/// assert!(x.feature(0).iter().all(|&value| value >= 1.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AddNoise<N> {
    noise: N,
}

impl<N: Noise> AddNoise<N> {
    /// Adds this noise: a standard deviation, which must be finite and at least 0, or a reference to a distribution.
    pub fn new(noise: N) -> Self {
        AddNoise { noise }
    }
}

impl<F: Scalar, N: Noise + Send + Sync> Augment<F> for AddNoise<N> {
    fn check(&self, _shape: &[usize]) -> Result<(), SettingError> {
        self.noise.check::<F>("AddNoise")
    }

    fn augment(&self, x: &mut Tensor<F>, rng: &mut dyn Rng) {
        self.noise.add_to(x, rng);
    }
}
