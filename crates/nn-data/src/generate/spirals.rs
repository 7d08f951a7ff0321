//! Spiral arms that wind around each other.

use nn_core::Scalar;
use nn_core::rand::Rng;

use super::angle::cos_sin;
use super::curves::{Place, along};
use crate::{DataError, Dataset};

/// Spiral arms around the origin, one a class. Along each arm the radius r and the angle grow together: point j of m has
/// r = (j + 1) / m, and on arm k of K the angle 2π (turns · r + k / K). So the arms begin near the origin, where they
/// meet, wind `turns` times around it against the clock, and end evenly spread on the unit circle. Every coordinate gets
/// normal noise with the standard deviation `noise`. Sample i belongs to class i mod K and is the next point of its arm.
///
/// The two spirals of Lang and Witbrock (1988) have 2 arms and 3 turns. Between neighbouring arms lies the distance
/// 1 / (`turns` · `arms`): noise well below that leaves them apart.
///
/// # Errors
/// [`DataError::Argument`] for 0 samples, less than 2 arms, turns that are not positive and finite, or a noise that is
/// negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let spirals = nn_data::make_spirals::<f32>(8, 2, 1.0, 0.0, &mut ChaCha8Rng::seed_from_u64(7))?;
/// assert_eq!(spirals.x().feature(0), [0.0, 0.0, -0.5, 0.5, 0.0, 0.0, 1.0, -1.0]);
/// assert_eq!(spirals.x().feature(1), [0.25, -0.25, 0.0, 0.0, -0.75, 0.75, 0.0, 0.0]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_spirals<F: Scalar>(
    samples: usize,
    arms: usize,
    turns: f64,
    noise: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    if arms < 2 {
        return Err(DataError::argument("arms", "at least 2", arms));
    }
    DataError::check_rate("turns", turns)?;
    along(samples, arms, noise, rng, |&Place { class, place, members }| {
        let radius = (place + 1) as f64 / members as f64;
        let (cos, sin) = cos_sin(turns * radius + class as f64 / arms as f64);
        [radius * cos, radius * sin]
    })
}
