//! A wave to fit.

use nn_core::rand::{Rng, RngExt};
use nn_core::random::normal;
use nn_core::{Scalar, Tensor};

use super::angle::cos_sin;
use crate::{DataError, Dataset};

/// Points around a wave: y = sin(2π · frequency · x) + noise · ε, with x uniform in [0, 1) and ε standard normal. The
/// frequency is the number of periods between 0 and 1.
///
/// # Errors
/// [`DataError::Argument`] for 0 samples, a frequency that is not positive and finite, or a noise that is negative or not
/// finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let wave = nn_data::make_sinusoid::<f64>(50, 1.0, 0.0, &mut ChaCha8Rng::seed_from_u64(7))?;
/// // One period: up in the first half, down in the second.
/// assert!((0..50).all(|s| (wave.x()[[s, 0]] < 0.5) == (wave.y()[[s, 0]] > 0.0)));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_sinusoid<F: Scalar>(
    samples: usize,
    frequency: f64,
    noise: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Tensor<F>>, DataError> {
    DataError::check_positive("samples", samples)?;
    DataError::check_rate("frequency", frequency)?;
    DataError::check_spread("noise", noise)?;
    let mut x = Tensor::zeros(&[samples, 1]);
    let mut y = Tensor::zeros(&[samples, 1]);
    for sample in 0..samples {
        let at = rng.random::<f64>();
        let (_, sin) = cos_sin(frequency * at);
        x[[sample, 0]] = F::from_f64(at);
        y[[sample, 0]] = F::from_f64(sin + noise * normal(rng));
    }
    Dataset::new(x, y)
}
