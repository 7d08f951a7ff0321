//! Clouds, one for each class.

use nn_core::rand::Rng;
use nn_core::{Scalar, Setting};

use super::Noise;
use super::points::points;
use crate::error::at_least;
use crate::{DataError, Dataset};

/// Clouds of points: sample i belongs to class i mod k and lies at the centre of that class, with `noise` added to every
/// coordinate. With a standard deviation as noise, the clouds are normal. The sizes of the classes differ by at most one.
///
/// # Errors
/// [`DataError::Setting`] for 0 samples or more than memory can hold, no centre, no coordinates, a centre that is not
/// finite, or a [`noise`](Noise) that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let mut rng = ChaCha8Rng::seed_from_u64(7);
/// let blobs = nn_data::make_blobs::<f32, 2>(
///     200,
///     &[[-1.5, -1.5], [1.5, 1.5]],
///     1.0,
///     &mut rng,
/// )?;
/// assert_eq!(blobs.x().shape(), [200, 2]);
/// assert_eq!(blobs.y()[..4], [0, 1, 0, 1]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_blobs<F: Scalar, const D: usize>(
    samples: usize,
    centers: &[[f64; D]],
    noise: impl Noise,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    const NAME: &str = "make_blobs";
    at_least(1, NAME, "number of centers", centers.len())?;
    at_least(1, NAME, "number of coordinates", D)?;
    for &coordinate in centers.iter().flatten() {
        Setting::of::<F>(NAME, "a coordinate of centers", coordinate).finite()?;
    }
    points(NAME, samples, noise, rng, |sample, _| {
        let class = sample % centers.len();
        (centers[class], class)
    })
}
