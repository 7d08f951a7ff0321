//! Spiral arms that wind around each other.

use nn_core::rand::Rng;
use nn_core::{Scalar, Setting};

use super::Noise;
use super::angle::cos_sin;
use super::curves::{Place, along};
use crate::error::at_least;
use crate::{DataError, Dataset};

/// Spiral arms around the origin, one for each class. Along an arm the radius r and the angle grow together: point j of m
/// has r = (j + 1) / m, and on arm k of K the angle is 2π (turns · r + k / K). So the arms begin near the origin, where they
/// meet, wind around it counterclockwise `turns` times, and end evenly spaced on the unit circle. `noise` is added to both
/// coordinates. Sample i belongs to class i mod K and is the next point of its arm.
///
/// The two spirals of Lang and Witbrock (1988) have 2 arms and 3 turns. The distance between neighbouring arms is
/// 1 / (`turns` · `arms`); noise well below it keeps the arms apart.
///
/// # Errors
/// [`DataError::Setting`] for 0 samples or more than memory can hold, fewer than 2 arms, turns that are not positive
/// and finite, or a [`noise`](Noise) that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let spirals = nn_data::make_spirals::<f32>(
///     8,
///     2,
///     1.0,
///     0.0,
///     &mut ChaCha8Rng::seed_from_u64(7),
/// )?;
/// assert_eq!(spirals.x().feature(0), [0.0, 0.0, -0.5, 0.5, 0.0, 0.0, 1.0, -1.0]);
/// assert_eq!(
///     spirals.x().feature(1),
///     [0.25, -0.25, 0.0, 0.0, -0.75, 0.75, 0.0, 0.0]
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_spirals<F: Scalar>(
    samples: usize,
    arms: usize,
    turns: f64,
    noise: impl Noise,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    const NAME: &str = "make_spirals";
    at_least(2, NAME, "arms", arms)?;
    Setting::of::<f64>(NAME, "turns", turns).positive()?;
    along(NAME, samples, arms, noise, rng, |&Place { class, place, members }| {
        let radius = (place + 1) as f64 / members as f64;
        let (cos, sin) = cos_sin(turns * radius + class as f64 / arms as f64);
        [radius * cos, radius * sin]
    })
}
