//! Splits whose parts have the same mixture of classes.

use nn_core::SettingError;
use nn_core::rand::Rng;

use super::classes::Classes;
use super::shares::shares;
use super::sizes::Sizes;
use super::{Labelled, TrainTest, TrainValidationTest};
use crate::DataError;
use crate::permutation::order;

/// [`train_test_split`](crate::train_test_split) with the same mixture of classes in both parts, as the scikit-learn function
/// does with `stratify`. Of a class with c samples, the test part gets the share c · ⌈`test_size` · n⌉ / n; the largest
/// remainders are rounded up and the others down. A table is split by its [`strata`](crate::Table::strata).
///
/// # Errors
/// [`DataError::Setting`] as `train_test_split`, and if one of the parts would have fewer samples than there are classes;
/// [`DataError::FewSamples`] for a class with a single sample.
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::{Dataset, stratified_train_test_split};
/// // Eight samples of class 0, four of class 1.
/// let data = Dataset::new(
///     Tensor::<f32>::zeros(&[12, 1]),
///     vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
/// )?;
/// let (train, test) =
///     stratified_train_test_split(&data, 0.25, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!(test.y().iter().filter(|&&class| class == 0).count(), 2);
/// assert_eq!(test.y().iter().filter(|&&class| class == 1).count(), 1);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn stratified_train_test_split<S: Labelled>(
    data: &S,
    test_size: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<TrainTest<S::Part>, DataError> {
    const NAME: &str = "stratified_train_test_split";
    let Sizes { train, test, .. } = Sizes::train_test(NAME, data.samples(), test_size.into())?;
    let classes = Classes::new(data, 2)?;
    check(NAME, "test_size", test_size, test, &classes)?;
    check_rest(NAME, "test_size", test_size, train, &classes)?;
    let [test, train] = draw(NAME, data, &classes, [test, train], rng)?;
    Ok((train, test))
}

/// [`train_validation_test_split`](crate::train_validation_test_split) with the same mixture of classes in all parts: each
/// part gets the share of each class that its size asks for, rounded down or up, with larger remainders rounded up first.
///
/// # Errors
/// [`DataError::Setting`] as `train_validation_test_split`, and if one of the parts would have fewer samples than there are
/// classes; [`DataError::FewSamples`] for a class with fewer than three samples.
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::{Dataset, stratified_train_validation_test_split};
/// let data = Dataset::new(
///     Tensor::<f32>::zeros(&[12, 1]),
///     vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
/// )?;
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let (train, validation, test) =
///     stratified_train_validation_test_split(&data, 0.25, 0.25, &mut rng)?;
/// for (part, zeros, ones) in [(train, 4, 2), (validation, 2, 1), (test, 2, 1)] {
///     assert_eq!(part.y().iter().filter(|&&class| class == 0).count(), zeros);
///     assert_eq!(part.y().iter().filter(|&&class| class == 1).count(), ones);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn stratified_train_validation_test_split<S: Labelled>(
    data: &S,
    validation_size: f64,
    test_size: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<TrainValidationTest<S::Part>, DataError> {
    const NAME: &str = "stratified_train_validation_test_split";
    let sizes = [validation_size.into(), test_size.into()];
    let Sizes { train, validation, test } = Sizes::train_validation_test(NAME, data.samples(), sizes)?;
    let classes = Classes::new(data, 3)?;
    check(NAME, "validation_size", validation_size, validation, &classes)?;
    check(NAME, "test_size", test_size, test, &classes)?;
    check_rest(NAME, "validation_size + test_size", validation_size + test_size, train, &classes)?;
    let [test, validation, train] = draw(NAME, data, &classes, [test, validation, train], rng)?;
    Ok((train, validation, test))
}

/// Deals the samples out in random order. Each goes to the first part that still lacks samples of its class.
fn draw<S: Labelled, const P: usize>(
    of: &str,
    data: &S,
    classes: &Classes,
    parts: [usize; P],
    rng: &mut (impl Rng + ?Sized),
) -> Result<[S::Part; P], SettingError> {
    let mut lacking = shares(&classes.sizes, parts);
    let mut samples = parts.map(Vec::with_capacity);
    for sample in order(of, data.samples(), rng)? {
        let lacking = &mut lacking[classes.of[sample]];
        let part =
            lacking.iter().position(|&share| share > 0).expect("the shares of a class add up to its size");
        lacking[part] -= 1;
        samples[part].push(sample);
    }
    Ok(samples.map(|samples| data.part(&samples)))
}

/// A part must have room for every class.
fn check(of: &str, name: &str, size: f64, part: usize, classes: &Classes) -> Result<(), SettingError> {
    let least = classes.sizes.len();
    let expected = format_args!("a size that makes a part of at least {least} samples, one for each class");
    SettingError::unless(part >= least, of, name, expected, size)
}

/// The training part must have room for every class.
fn check_rest(of: &str, name: &str, size: f64, rest: usize, classes: &Classes) -> Result<(), SettingError> {
    let least = classes.sizes.len();
    let expected =
        format_args!("a size that leaves at least {least} samples for training, one for each class");
    SettingError::unless(rest >= least, of, name, expected, size)
}
