//! Splits in the order of time: no part has a sample that comes before one of an earlier part.

use super::sizes::Sizes;
use super::{PartSize, Samples, TrainTest, TrainValidationTest};
use crate::{DataError, memory};

/// Splits samples that are in the order of time: the last ones are the test part, of ⌈`test_size` · n⌉ samples for a share (`0.2`),
/// or of so many for a number (`30`), and all before them are for training. Nothing is shuffled. It is `train_test_split` with
/// `shuffle=False` in scikit-learn, `temporal_train_test_split` in sktime.
///
/// The samples may be the steps of a series in a [`Tensor`](nn_core::Tensor), the rows of a [`Table`](crate::Table), or those of a
/// [`Dataset`](crate::Dataset). Split a series before it is cut into [`Windows`](crate::Windows), which overlap.
///
/// # Errors
/// [`DataError::Setting`] unless `test_size` is a share above 0 and below 1 or a number of at least 1, or if no sample would be left for
/// training.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::temporal_train_test_split;
/// let years = Tensor::from_column(&[5.0, 11.0, 16.0, 23.0, 36.0]);
/// let (train, test) = temporal_train_test_split(&years, 0.4)?;
/// assert_eq!(train.feature(0), [5.0, 11.0, 16.0]);
/// assert_eq!(test.feature(0), [23.0, 36.0]);
/// assert_eq!(temporal_train_test_split(&years, 2)?, (train, test));
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn temporal_train_test_split<S: Samples>(
    data: &S,
    test_size: impl Into<PartSize>,
) -> Result<TrainTest<S::Part>, DataError> {
    const NAME: &str = "temporal_train_test_split";
    let order = in_order(NAME, data)?;
    let (train, test) = order.split_at(Sizes::train_test(NAME, order.len(), test_size.into())?.train);
    Ok((data.part(train), data.part(test)))
}

/// Splits samples that are in the order of time into three parts: first those for training, then those to choose a model with, and
/// last those to judge the chosen one. Sizes are shares or numbers, as in [`temporal_train_test_split`], whose test part is the same.
///
/// # Errors
/// [`DataError::Setting`] unless both sizes are shares above 0 and below 1 or numbers of at least 1, or if no sample would be left
/// for training.
///
/// ```
/// use nn_core::Tensor;
/// let days = Tensor::from_fn(365, 2, |day, _| day as f32);
/// let (train, validation, test) =
///     nn_data::temporal_train_validation_test_split(&days, 0.1, 60)?;
/// assert_eq!(
///     (train.samples(), validation.samples(), test.samples()),
///     (268, 37, 60)
/// );
/// assert_eq!(validation[[0, 0]], 268.0);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn temporal_train_validation_test_split<S: Samples>(
    data: &S,
    validation_size: impl Into<PartSize>,
    test_size: impl Into<PartSize>,
) -> Result<TrainValidationTest<S::Part>, DataError> {
    const NAME: &str = "temporal_train_validation_test_split";
    let order = in_order(NAME, data)?;
    let sizes = [validation_size.into(), test_size.into()];
    let Sizes { train, validation, .. } = Sizes::train_validation_test(NAME, order.len(), sizes)?;
    let (train, rest) = order.split_at(train);
    let (validation, test) = rest.split_at(validation);
    Ok((data.part(train), data.part(validation), data.part(test)))
}

/// The indices of all samples, for the function `of`.
fn in_order<S: Samples>(of: &str, data: &S) -> Result<Vec<usize>, DataError> {
    let mut order = memory::vec(of, "number of samples", data.samples())?;
    order.extend(0..data.samples());
    Ok(order)
}
