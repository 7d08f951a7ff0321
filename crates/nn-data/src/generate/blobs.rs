//! Normal clouds, one a class.

use nn_core::rand::Rng;
use nn_core::random::normal;
use nn_core::{Scalar, Tensor};

use crate::{DataError, Dataset};

/// Normal clouds: sample i belongs to class i mod k and lies around that class's centre with the standard deviation
/// `std` in every direction. Classes are as equal in size as they can be.
///
/// # Errors
/// [`DataError::Argument`] for 0 samples, no centre, no coordinates, a centre or `std` that is not finite, or a negative `std`.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let mut rng = ChaCha8Rng::seed_from_u64(7);
/// let blobs = nn_data::make_blobs::<f32, 2>(200, &[[-1.5, -1.5], [1.5, 1.5]], 1.0, &mut rng)?;
/// assert_eq!(blobs.x().shape(), [200, 2]);
/// assert_eq!(blobs.y()[..4], [0, 1, 0, 1]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn make_blobs<F: Scalar, const D: usize>(
    samples: usize,
    centers: &[[f64; D]],
    std: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<Dataset<F, Vec<usize>>, DataError> {
    DataError::check_positive("samples", samples)?;
    DataError::check_positive("number of centers", centers.len())?;
    DataError::check_positive("number of coordinates", D)?;
    DataError::check_spread("std", std)?;
    if let Some(bad) = centers.iter().flatten().find(|c| !c.is_finite()) {
        return Err(DataError::argument("centers", "finite coordinates", bad));
    }
    let labels: Vec<usize> = (0..samples).map(|sample| sample % centers.len()).collect();
    let x = Tensor::from_fn(samples, D, |sample, axis| {
        F::from_f64(centers[labels[sample]][axis] + std * normal(rng))
    });
    Dataset::new(x, labels)
}
