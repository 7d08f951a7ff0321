//! Splits into parts of given sizes.

use nn_core::rand::Rng;

use super::Samples;
use super::sizes::Sizes;
use crate::DataError;
use crate::permutation::order;

/// A training part and a test part, such as two [`Dataset`](crate::Dataset)s or two [`Table`](crate::Table)s.
pub type TrainTest<P> = (P, P);

/// A training part, a validation part and a test part.
pub type TrainValidationTest<P> = (P, P, P);

/// Splits the samples at random into a training part and a test part of ⌈`test_size` · n⌉ samples, as the scikit-learn
/// function of this name does. The samples may be those of a [`Dataset`](crate::Dataset) or the rows of a
/// [`Table`](crate::Table).
///
/// # Errors
/// [`DataError::Setting`] unless `test_size` is above 0 and below 1, or if no sample would be left for training.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = nn_data::make_xor::<f32>(150, 0.3, &mut rng)?;
/// let (train, test) = nn_data::train_test_split(&data, 0.2, &mut rng)?;
/// assert_eq!((train.samples(), test.samples()), (120, 30));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn train_test_split<S: Samples>(
    data: &S,
    test_size: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<TrainTest<S::Part>, DataError> {
    let test = Sizes::train_test("train_test_split", data.samples(), test_size.into())?.test;
    let order = order("train_test_split", data.samples(), rng)?;
    let (test, train) = order.split_at(test);
    Ok((data.part(train), data.part(test)))
}

/// Splits the samples at random into three parts: ⌈`validation_size` · n⌉ samples to choose a model with, ⌈`test_size` · n⌉
/// to judge the chosen one, and the rest for training. With the same seed, the test part is that of [`train_test_split`].
///
/// # Errors
/// [`DataError::Setting`] unless both sizes are above 0 and below 1, or if no sample would be left for training.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = nn_data::make_xor::<f32>(150, 0.3, &mut rng)?;
/// let (train, validation, test) =
///     nn_data::train_validation_test_split(&data, 0.1, 0.2, &mut rng)?;
/// assert_eq!(
///     (train.samples(), validation.samples(), test.samples()),
///     (105, 15, 30)
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn train_validation_test_split<S: Samples>(
    data: &S,
    validation_size: f64,
    test_size: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<TrainValidationTest<S::Part>, DataError> {
    const NAME: &str = "train_validation_test_split";
    let sizes = [validation_size.into(), test_size.into()];
    let Sizes { validation, test, .. } = Sizes::train_validation_test(NAME, data.samples(), sizes)?;
    let order = order(NAME, data.samples(), rng)?;
    let (test, rest) = order.split_at(test);
    let (validation, train) = rest.split_at(validation);
    Ok((data.part(train), data.part(validation), data.part(test)))
}
