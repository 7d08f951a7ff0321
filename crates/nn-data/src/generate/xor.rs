//! Four clouds in two classes that no straight line separates.

use nn_core::Scalar;
use nn_core::rand::{Rng, RngExt};

use super::Noise;
use super::points::points;
use crate::{DataError, Dataset};

/// The XOR problem: points around the four corners (±1, ±1), with `noise` added to both coordinates. A point belongs to
/// class 1 if the signs of its corner differ and to class 0 if they agree, so no straight line separates the classes.
///
/// # Errors
/// [`DataError::Setting`] for 0 samples or more than memory can hold, or a [`noise`](Noise) that is negative or not
/// finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let xor = nn_data::make_xor::<f64>(100, 0.0, &mut ChaCha8Rng::seed_from_u64(7))?;
/// assert!(
///     (0..100)
///         .all(|s| (xor.x()[[s, 0]] * xor.x()[[s, 1]] < 0.0) == (xor.y()[s] == 1))
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_xor<F: Scalar>(
    samples: usize,
    noise: impl Noise,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    points("make_xor", samples, noise, rng, |_, rng| {
        let corner = [(); 2].map(|()| if rng.random::<bool>() { 1.0 } else { -1.0 });
        (corner, usize::from(corner[0] != corner[1]))
    })
}
