//! Holding samples out.

use nn_core::Scalar;
use nn_core::rand::Rng;

use crate::{DataError, Dataset, Target, permutation};

/// A training part and a test part.
pub type TrainTest<F, T> = (Dataset<F, T>, Dataset<F, T>);

/// Splits the samples at random into a training part and a test part of ⌈`test_size` · n⌉ samples, as scikit-learn's
/// function of this name.
///
/// # Errors
/// [`DataError::Argument`] if `test_size` is not between 0 and 1, or one of the parts would be empty.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = nn_data::make_xor::<f32>(150, 0.3, &mut rng)?;
/// let (train, test) = nn_data::train_test_split(&data, 0.2, &mut rng)?;
/// assert_eq!((train.samples(), test.samples()), (120, 30));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn train_test_split<F: Scalar, T: Target>(
    data: &Dataset<F, T>,
    test_size: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<TrainTest<F, T>, DataError> {
    if !(test_size > 0.0 && test_size < 1.0) {
        return Err(DataError::argument("test_size", "a fraction between 0 and 1", test_size));
    }
    let n = data.samples();
    let test = (test_size * n as f64).ceil() as usize;
    if test >= n {
        return Err(DataError::argument(
            "test_size",
            format!("to leave some of {n} samples for training"),
            test_size,
        ));
    }
    let order = permutation(n, rng);
    Ok((data.select(&order[test..]), data.select(&order[..test])))
}
