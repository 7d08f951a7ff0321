//! A wave to fit.

use nn_core::rand::{Rng, RngExt};
use nn_core::{Scalar, Setting, Tensor};

use super::Noise;
use super::angle::cos_sin;
use crate::error::at_least;
use crate::{DataError, Dataset, memory};

/// Points around a wave: y = sin(2π · frequency · x) + ε, with x uniform in [0, 1) and ε drawn from `noise`. The frequency
/// is the number of periods between 0 and 1.
///
/// # Errors
/// [`DataError::Setting`] for 0 samples or more than memory can hold, a frequency that is not positive and finite, or a
/// [`noise`](Noise) that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let wave = nn_data::make_sinusoid::<f64>(
///     50,
///     1.0,
///     0.0,
///     &mut ChaCha8Rng::seed_from_u64(7),
/// )?;
/// // One period: positive in the first half, negative in the second.
/// assert!((0..50).all(|s| (wave.x()[[s, 0]] < 0.5) == (wave.y()[[s, 0]] > 0.0)));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_sinusoid<F: Scalar>(
    samples: usize,
    frequency: f64,
    noise: impl Noise,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Tensor<F>>, DataError> {
    const NAME: &str = "make_sinusoid";
    at_least(1, NAME, "samples", samples)?;
    Setting::of::<f64>(NAME, "frequency", frequency).positive()?;
    noise.check::<F>(NAME)?;
    let mut x = memory::tensor(NAME, [samples, 1])?;
    let mut y = memory::tensor(NAME, [samples, 1])?;
    for sample in 0..samples {
        let at = rng.random::<f64>();
        let (_, sin) = cos_sin(frequency * at);
        x[[sample, 0]] = F::from_f64(at);
        y[[sample, 0]] = F::from_f64(sin + noise.draw(rng));
    }
    Dataset::made(NAME, x, y)
}
