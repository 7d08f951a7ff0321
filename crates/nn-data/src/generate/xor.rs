//! Four clouds in two classes that no straight line separates.

use nn_core::rand::{Rng, RngExt};
use nn_core::random::normal;
use nn_core::{Scalar, Tensor};

use crate::{DataError, Dataset};

/// The XOR problem: points around the four corners (±1, ±1), normal with the standard deviation `noise`. Class 1 where
/// the corner's signs differ, class 0 where they agree: no straight line separates them.
///
/// # Errors
/// [`DataError::Argument`] for 0 samples, or a noise that is negative or not finite.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let xor = nn_data::make_xor::<f64>(100, 0.0, &mut ChaCha8Rng::seed_from_u64(7))?;
/// assert!((0..100).all(|s| (xor.x()[[s, 0]] * xor.x()[[s, 1]] < 0.0) == (xor.y()[s] == 1)));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_xor<F: Scalar>(
    samples: usize,
    noise: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    DataError::check_positive("samples", samples)?;
    DataError::check_spread("noise", noise)?;
    let mut x = Tensor::zeros(&[samples, 2]);
    let mut labels = Vec::with_capacity(samples);
    for sample in 0..samples {
        let corner = [(); 2].map(|()| if rng.random::<bool>() { 1.0 } else { -1.0 });
        for (axis, sign) in corner.into_iter().enumerate() {
            x[[sample, axis]] = F::from_f64(sign + noise * normal(rng));
        }
        labels.push(usize::from(corner[0] != corner[1]));
    }
    Dataset::new(x, labels)
}
