//! Parts of given size.

use nn_core::Scalar;
use nn_core::rand::Rng;

use crate::{DataError, Dataset, Target, permutation};

/// A training part and a test part.
pub type TrainTest<F, T> = (Dataset<F, T>, Dataset<F, T>);

/// A training part, a validation part and a test part.
pub type TrainValidationTest<F, T> = (Dataset<F, T>, Dataset<F, T>, Dataset<F, T>);

/// Splits the samples at random into a training part and a test part of ⌈`test_size` · n⌉ samples, as scikit-learn's
/// function of this name.
///
/// # Errors
/// [`DataError::Argument`] if `test_size` is not greater than 0 and less than 1, or no sample would be left to train on.
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
    let test = Sizes::train_test(data.samples(), test_size)?.test;
    let order = permutation(data.samples(), rng);
    Ok((data.select(&order[test..]), data.select(&order[..test])))
}

/// Splits the samples at random into three: ⌈`validation_size` · n⌉ to choose a model by, ⌈`test_size` · n⌉ to judge the
/// chosen one, and the rest to train on. From the same generator, the test part is that of [`train_test_split`].
///
/// # Errors
/// [`DataError::Argument`] if one of the sizes is not greater than 0 and less than 1, or no sample would be left to train
/// on.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = nn_data::make_xor::<f32>(150, 0.3, &mut rng)?;
/// let (train, validation, test) = nn_data::train_validation_test_split(&data, 0.1, 0.2, &mut rng)?;
/// assert_eq!((train.samples(), validation.samples(), test.samples()), (105, 15, 30));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn train_validation_test_split<F: Scalar, T: Target>(
    data: &Dataset<F, T>,
    validation_size: f64,
    test_size: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<TrainValidationTest<F, T>, DataError> {
    let Sizes { validation, test, .. } =
        Sizes::train_validation_test(data.samples(), validation_size, test_size)?;
    let order = permutation(data.samples(), rng);
    let (test, rest) = order.split_at(test);
    let (validation, train) = rest.split_at(validation);
    Ok((data.select(train), data.select(validation), data.select(test)))
}

/// Numbers of samples.
pub(super) struct Sizes {
    pub(super) train: usize,
    pub(super) validation: usize,
    pub(super) test: usize,
}

impl Sizes {
    /// No validation part.
    pub(super) fn train_test(samples: usize, test_size: f64) -> Result<Self, DataError> {
        let test = part("test_size", test_size, samples)?;
        Sizes::new(samples, 0, test).ok_or_else(|| nothing_left("test_size", test_size, samples))
    }

    pub(super) fn train_validation_test(
        samples: usize,
        validation_size: f64,
        test_size: f64,
    ) -> Result<Self, DataError> {
        let validation = part("validation_size", validation_size, samples)?;
        let test = part("test_size", test_size, samples)?;
        Sizes::new(samples, validation, test)
            .ok_or_else(|| nothing_left("validation_size + test_size", validation_size + test_size, samples))
    }

    /// None if no sample is left to train on.
    fn new(samples: usize, validation: usize, test: usize) -> Option<Self> {
        let train = samples.checked_sub(validation + test).filter(|&train| train > 0)?;
        Some(Sizes { train, validation, test })
    }
}

/// The number of samples that a fraction stands for.
fn part(name: &'static str, size: f64, samples: usize) -> Result<usize, DataError> {
    if size > 0.0 && size < 1.0 {
        Ok((size * samples as f64).ceil() as usize)
    } else {
        Err(DataError::argument(name, "greater than 0 and less than 1", size))
    }
}

fn nothing_left(name: &'static str, size: f64, samples: usize) -> DataError {
    DataError::argument(name, format!("to leave some of {samples} samples for training"), size)
}
