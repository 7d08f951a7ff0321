//! A board of squares in two classes.

use nn_core::Scalar;
use nn_core::rand::Rng;
use nn_core::random::uniform;

use super::Noise;
use super::points::points;
use crate::error::at_least;
use crate::{DataError, Dataset};

/// A checkerboard of `squares` × `squares` on the plane from −1 to 1. Points are uniform on it; those on the square in
/// column i and row j, counted from the corner (−1, −1), belong to class (i + j) mod 2. Then `noise` is added to both
/// coordinates, and the class stays. With 2 squares per side it is the XOR problem without gaps.
///
/// The scikit-learn function of this name makes something else, a matrix for biclustering.
///
/// # Errors
/// [`DataError::Setting`] for 0 samples or more than memory can hold, fewer than 2 squares per side, or a
/// [`noise`](Noise) that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let board = nn_data::make_checkerboard::<f64>(
///     100,
///     4,
///     0.0,
///     &mut ChaCha8Rng::seed_from_u64(7),
/// )?;
/// // Four squares between −1 and 1 have sides of ½.
/// let square = |x: f64| (2.0 * (x + 1.0)) as usize;
/// assert!(
///     (0..100)
///         .all(|s| (square(board.x()[[s, 0]]) + square(board.x()[[s, 1]])) % 2
///             == board.y()[s])
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_checkerboard<F: Scalar>(
    samples: usize,
    squares: usize,
    noise: impl Noise,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    const NAME: &str = "make_checkerboard";
    at_least(2, NAME, "squares", squares)?;
    // x + 1 is exact and at most 2 − 2⁻⁵², so rounding never moves a point to a square that does not exist.
    let square = |x: f64| (0.5 * (x + 1.0) * squares as f64) as usize;
    points(NAME, samples, noise, rng, |_, rng| {
        let point = [(); 2].map(|()| uniform(1.0, rng));
        // The sum of the remainders, because the sum of two huge numbers could overflow.
        (point, (square(point[0]) % 2 + square(point[1]) % 2) % 2)
    })
}
