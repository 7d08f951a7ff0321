//! A circle within another.

use nn_core::rand::Rng;
use nn_core::{Scalar, Setting};

use super::Noise;
use super::angle::cos_sin;
use super::curves::{Place, along};
use crate::{DataError, Dataset};

/// Two circles around the origin, as in the scikit-learn function of this name: class 0 has radius 1 and class 1 has radius
/// `factor`. The points of each circle are evenly spaced, starting at the angle 0, and `noise` is added to both coordinates.
/// Sample i belongs to class i mod 2 and has the next angle of its class.
///
/// # Errors
/// [`DataError::Setting`] for 0 samples or more than memory can hold, a factor that is not at least 0 and below 1, or a
/// [`noise`](Noise) that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let circles = nn_data::make_circles::<f32>(
///     8,
///     0.0,
///     0.5,
///     &mut ChaCha8Rng::seed_from_u64(7),
/// )?;
/// assert_eq!(circles.x().feature(0), [1.0, 0.5, 0.0, 0.0, -1.0, -0.5, 0.0, 0.0]);
/// assert_eq!(circles.x().feature(1), [0.0, 0.0, 1.0, 0.5, 0.0, 0.0, -1.0, -0.5]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_circles<F: Scalar>(
    samples: usize,
    noise: impl Noise,
    factor: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    const NAME: &str = "make_circles";
    Setting::of::<f64>(NAME, "factor", factor).below_1()?;
    along(NAME, samples, 2, noise, rng, |&Place { class, place, members }| {
        let (cos, sin) = cos_sin(place as f64 / members as f64);
        let radius = [1.0, factor][class];
        [radius * cos, radius * sin]
    })
}
