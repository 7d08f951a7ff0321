//! Two interleaved half circles.

use nn_core::Scalar;
use nn_core::rand::Rng;

use super::Noise;
use super::angle::cos_sin;
use super::curves::{Place, along};
use crate::{DataError, Dataset};

/// Two moons, as in the scikit-learn function of this name: class 0 is the upper half of the unit circle, (cos α, sin α),
/// and class 1 is the lower half of a circle around (1, ½), (1 − cos α, ½ − sin α). The angles α are evenly spaced from 0 to
/// π, both ends included, and `noise` is added to both coordinates. Sample i belongs to class i mod 2 and has the next angle
/// of its class.
///
/// # Errors
/// [`DataError::Setting`] for 0 samples or more than memory can hold, or a [`noise`](Noise) that is negative or not
/// finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let moons =
///     nn_data::make_moons::<f32>(6, 0.0, &mut ChaCha8Rng::seed_from_u64(7))?;
/// assert_eq!(moons.x().feature(0), [1.0, 0.0, 0.0, 1.0, -1.0, 2.0]);
/// assert_eq!(moons.x().feature(1), [0.0, 0.5, 1.0, -0.5, 0.0, 0.5]);
/// assert_eq!(moons.y(), &[0, 1, 0, 1, 0, 1]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_moons<F: Scalar>(
    samples: usize,
    noise: impl Noise,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    along("make_moons", samples, 2, noise, rng, |&Place { class, place, members }| {
        // A single point is at the start.
        let (cos, sin) = cos_sin(0.5 * place as f64 / (members - 1).max(1) as f64);
        if class == 0 { [cos, sin] } else { [1.0 - cos, 0.5 - sin] }
    })
}
