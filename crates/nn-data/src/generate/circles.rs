//! A circle within another.

use nn_core::Scalar;
use nn_core::rand::Rng;

use super::angle::cos_sin;
use super::curves::{Place, along};
use crate::{DataError, Dataset};

/// Two circles around the origin, as scikit-learn's function of this name: class 0 has the radius 1 and class 1 the radius
/// `factor`. The points of each lie evenly around, from the angle 0 on, and every coordinate gets normal noise with the
/// standard deviation `noise`. Sample i belongs to class i mod 2 and has the next angle of its class.
///
/// # Errors
/// [`DataError::Argument`] for 0 samples, a noise that is negative or not finite, or a factor that is not at least 0 and
/// less than 1.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let circles = nn_data::make_circles::<f32>(8, 0.0, 0.5, &mut ChaCha8Rng::seed_from_u64(7))?;
/// assert_eq!(circles.x().feature(0), [1.0, 0.5, 0.0, 0.0, -1.0, -0.5, 0.0, 0.0]);
/// assert_eq!(circles.x().feature(1), [0.0, 0.0, 1.0, 0.5, 0.0, 0.0, -1.0, -0.5]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_circles<F: Scalar>(
    samples: usize,
    noise: f64,
    factor: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    if !(0.0..1.0).contains(&factor) {
        return Err(DataError::argument("factor", "at least 0 and less than 1", factor));
    }
    along(samples, 2, noise, rng, |&Place { class, place, members }| {
        let (cos, sin) = cos_sin(place as f64 / members as f64);
        let radius = [1.0, factor][class];
        [radius * cos, radius * sin]
    })
}
