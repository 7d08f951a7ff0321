//! Parts with the same mixture of classes.

use nn_core::Scalar;
use nn_core::rand::Rng;

use super::classes::Classes;
use super::shares::shares;
use super::train_test::Sizes;
use super::{TrainTest, TrainValidationTest};
use crate::{DataError, Dataset, permutation};

/// [`train_test_split`](crate::train_test_split) with both parts as mixed as the whole, as scikit-learn's with `stratify`:
/// of a class of c samples, the test part gets its share c · ⌈`test_size` · n⌉ / n, rounded up or down so that the largest
/// remainders are rounded up.
///
/// # Errors
/// [`DataError::Argument`] as `train_test_split`, and if one of the parts would have fewer samples than there are classes;
/// [`DataError::FewSamples`] for a class of a single sample.
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::{Dataset, stratified_train_test_split};
/// // Eight samples of class 0, four of class 1.
/// let data = Dataset::new(Tensor::<f32>::zeros(&[12, 1]), vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])?;
/// let (train, test) = stratified_train_test_split(&data, 0.25, &mut ChaCha8Rng::seed_from_u64(0))?;
/// assert_eq!(test.y().iter().filter(|&&class| class == 0).count(), 2);
/// assert_eq!(test.y().iter().filter(|&&class| class == 1).count(), 1);
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn stratified_train_test_split<F: Scalar>(
    data: &Dataset<F, Vec<usize>>,
    test_size: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<TrainTest<F, Vec<usize>>, DataError> {
    let Sizes { train, test, .. } = Sizes::train_test(data.samples(), test_size)?;
    let classes = Classes::new(data.y(), 2)?;
    check("test_size", test_size, test, &classes)?;
    check_rest("test_size", test_size, train, &classes)?;
    let [test, train] = draw(data, &classes, [test, train], rng);
    Ok((train, test))
}

/// [`train_validation_test_split`](crate::train_validation_test_split) with all parts as mixed as the whole: each gets
/// the share of each class that its size asks for, rounded down or one more, larger remainders rounded up first.
///
/// # Errors
/// [`DataError::Argument`] as `train_validation_test_split`, and if one of the parts would have fewer samples than there
/// are classes; [`DataError::FewSamples`] for a class of less than three samples.
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::{Dataset, stratified_train_validation_test_split};
/// let data = Dataset::new(Tensor::<f32>::zeros(&[12, 1]), vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])?;
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let (train, validation, test) = stratified_train_validation_test_split(&data, 0.25, 0.25, &mut rng)?;
/// for (part, zeros, ones) in [(train, 4, 2), (validation, 2, 1), (test, 2, 1)] {
///     assert_eq!(part.y().iter().filter(|&&class| class == 0).count(), zeros);
///     assert_eq!(part.y().iter().filter(|&&class| class == 1).count(), ones);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
pub fn stratified_train_validation_test_split<F: Scalar>(
    data: &Dataset<F, Vec<usize>>,
    validation_size: f64,
    test_size: f64,
    rng: &mut (impl Rng + ?Sized),
) -> Result<TrainValidationTest<F, Vec<usize>>, DataError> {
    let Sizes { train, validation, test } =
        Sizes::train_validation_test(data.samples(), validation_size, test_size)?;
    let classes = Classes::new(data.y(), 3)?;
    check("validation_size", validation_size, validation, &classes)?;
    check("test_size", test_size, test, &classes)?;
    check_rest("validation_size + test_size", validation_size + test_size, train, &classes)?;
    let [test, validation, train] = draw(data, &classes, [test, validation, train], rng);
    Ok((train, validation, test))
}

/// Deals the samples out in a random order: each goes to the first part that still lacks its class.
fn draw<F: Scalar, const P: usize>(
    data: &Dataset<F, Vec<usize>>,
    classes: &Classes,
    parts: [usize; P],
    rng: &mut (impl Rng + ?Sized),
) -> [Dataset<F, Vec<usize>>; P] {
    let mut lacking = shares(&classes.sizes, parts);
    let mut samples = parts.map(Vec::with_capacity);
    for sample in permutation(data.samples(), rng) {
        let lacking = &mut lacking[classes.of[sample]];
        let part = lacking.iter().position(|&share| share > 0).expect("the shares of a class are all of it");
        lacking[part] -= 1;
        samples[part].push(sample);
    }
    samples.map(|samples| data.select(&samples))
}

fn check(name: &'static str, size: f64, part: usize, classes: &Classes) -> Result<(), DataError> {
    let least = classes.sizes.len();
    if part >= least {
        return Ok(());
    }
    Err(DataError::argument(name, format!("a part of at least {least} samples, as many as classes"), size))
}

fn check_rest(name: &'static str, size: f64, rest: usize, classes: &Classes) -> Result<(), DataError> {
    let least = classes.sizes.len();
    if rest >= least {
        return Ok(());
    }
    Err(DataError::argument(
        name,
        format!("to leave at least {least} samples for training, as many as classes"),
        size,
    ))
}
