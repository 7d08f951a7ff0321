//! Splits into parts of given sizes.

use nn_core::rand::Rng;
use nn_core::{Setting, SettingError};

use super::Samples;
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
    let test = Sizes::train_test("train_test_split", data.samples(), test_size)?.test;
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
    let Sizes { validation, test, .. } =
        Sizes::train_validation_test(NAME, data.samples(), validation_size, test_size)?;
    let order = order(NAME, data.samples(), rng)?;
    let (test, rest) = order.split_at(test);
    let (validation, train) = rest.split_at(validation);
    Ok((data.part(train), data.part(validation), data.part(test)))
}

/// Number of samples in each part.
pub(super) struct Sizes {
    pub(super) train: usize,
    pub(super) validation: usize,
    pub(super) test: usize,
}

impl Sizes {
    /// Sizes without a validation part, for the function `of`.
    pub(super) fn train_test(of: &str, samples: usize, test_size: f64) -> Result<Self, SettingError> {
        let test = part(of, "test_size", test_size, samples)?;
        Sizes::new(of, samples, [0, test], "test_size", test_size)
    }

    /// Sizes with a validation part, for the function `of`.
    pub(super) fn train_validation_test(
        of: &str,
        samples: usize,
        validation_size: f64,
        test_size: f64,
    ) -> Result<Self, SettingError> {
        let validation = part(of, "validation_size", validation_size, samples)?;
        let test = part(of, "test_size", test_size, samples)?;
        let both = validation_size + test_size;
        Sizes::new(of, samples, [validation, test], "validation_size + test_size", both)
    }

    /// The rest is for training, and must not be empty. `name` and `size` are what the user chose, for the error.
    fn new(
        of: &str,
        samples: usize,
        [validation, test]: [usize; 2],
        name: &str,
        size: f64,
    ) -> Result<Self, SettingError> {
        let train = samples.saturating_sub(validation).saturating_sub(test);
        let expected = format_args!("a size that leaves at least 1 of {samples} samples for training");
        SettingError::unless(train > 0, of, name, expected, size)?;
        Ok(Sizes { train, validation, test })
    }
}

/// The number of samples that a fraction stands for, rounded up.
fn part(of: &str, name: &str, size: f64, samples: usize) -> Result<usize, SettingError> {
    Setting::of::<f64>(of, name, size)
        .fits(|size| size > 0.0 && size < 1.0, "a number above 0 and below 1")?;
    Ok((size * samples as f64).ceil() as usize)
}
