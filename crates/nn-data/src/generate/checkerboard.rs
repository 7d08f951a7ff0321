//! A board of squares in two classes.

use nn_core::rand::Rng;
use nn_core::random::{normal, uniform};
use nn_core::{Scalar, Tensor};

use crate::{DataError, Dataset};

/// A checkerboard of `squares` × `squares` on the plane from −1 to 1: points uniform on it, class (i + j) mod 2 on the
/// square of column i and row j, counted from the corner (−1, −1). Then every coordinate gets normal noise with the
/// standard deviation `noise`, and the class stays. With 2 squares a side it is the XOR problem without gaps.
///
/// scikit-learn's function of this name makes something else, a matrix for biclustering.
///
/// # Errors
/// [`DataError::Argument`] for 0 samples, less than 2 squares a side, or a noise that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let board = nn_data::make_checkerboard::<f64>(100, 4, 0.0, &mut ChaCha8Rng::seed_from_u64(7))?;
/// // Four squares between −1 and 1 have sides of ½.
/// let square = |x: f64| (2.0 * (x + 1.0)) as usize;
/// assert!((0..100).all(|s| (square(board.x()[[s, 0]]) + square(board.x()[[s, 1]])) % 2 == board.y()[s]));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_checkerboard<F: Scalar>(
    samples: usize,
    squares: usize,
    noise: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    DataError::check_positive("samples", samples)?;
    DataError::check_spread("noise", noise)?;
    if squares < 2 {
        return Err(DataError::argument("squares", "at least 2", squares));
    }
    // Rounding must not take a point at the very end to the next square, which is not there.
    let square = |x: f64| (0.5 * (x + 1.0) * squares as f64).min((squares - 1) as f64) as usize;
    let mut x = Tensor::zeros(&[samples, 2]);
    let mut labels = Vec::with_capacity(samples);
    for sample in 0..samples {
        let point = [(); 2].map(|()| uniform(1.0, rng));
        for (axis, value) in point.into_iter().enumerate() {
            x[[sample, axis]] = F::from_f64(value + noise * normal(rng));
        }
        // The remainders: the sum of two huge numbers could be too large.
        labels.push((square(point[0]) % 2 + square(point[1]) % 2) % 2);
    }
    Dataset::new(x, labels)
}
