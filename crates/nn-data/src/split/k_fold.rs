//! Cross-validation: every sample is tested on once.

use nn_core::Scalar;
use nn_core::rand::Rng;

use super::TrainTest;
use super::classes::Classes;
use crate::{DataError, Dataset, Target, permutation};

/// Cuts the samples at random into `splits` folds, as equal in size as they can be; each in turn is the test part, the
/// others together the training part. scikit-learn's class of this name with `shuffle=True`.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::KFold;
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = nn_data::make_xor::<f32>(20, 0.3, &mut rng)?;
/// for (train, test) in KFold::new(5).split(&data, &mut rng)? {
///     assert_eq!((train.samples(), test.samples()), (16, 4));
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KFold {
    splits: usize,
}

/// [`KFold`] with every fold as mixed as the whole: of each class and in total, no fold has two samples more than another.
/// scikit-learn's class of this name with `shuffle=True`.
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::{Dataset, StratifiedKFold};
/// let data = Dataset::new(Tensor::<f32>::zeros(&[12, 1]), vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1])?;
/// for (_, test) in StratifiedKFold::new(4).split(&data, &mut ChaCha8Rng::seed_from_u64(0))? {
///     assert_eq!(test.y().iter().filter(|&&class| class == 1).count(), 1);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StratifiedKFold {
    splits: usize,
}

/// The training part and the test part of one fold after another.
#[derive(Debug, Clone)]
pub struct Folds<'a, F, T> {
    data: &'a Dataset<F, T>,
    /// The samples in random order.
    order: Vec<usize>,
    /// The fold that tests on each sample.
    fold: Vec<usize>,
    next: usize,
    splits: usize,
}

impl KFold {
    /// This many folds.
    pub fn new(splits: usize) -> Self {
        KFold { splits }
    }

    /// Draws the folds.
    ///
    /// # Errors
    /// [`DataError::Argument`] for less than two folds, or more than samples.
    pub fn split<'a, F: Scalar, T: Target>(
        &self,
        data: &'a Dataset<F, T>,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, F, T>, DataError> {
        check(self.splits, data.samples())?;
        let order = permutation(data.samples(), rng);
        let fold = deal(&order, self.splits);
        Ok(Folds { data, order, fold, next: 0, splits: self.splits })
    }
}

impl StratifiedKFold {
    /// This many folds.
    pub fn new(splits: usize) -> Self {
        StratifiedKFold { splits }
    }

    /// Draws the folds.
    ///
    /// # Errors
    /// [`DataError::Argument`] for less than two folds, or more than samples; [`DataError::FewSamples`] for a class with
    /// fewer samples than folds.
    pub fn split<'a, F: Scalar>(
        &self,
        data: &'a Dataset<F, Vec<usize>>,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, F, Vec<usize>>, DataError> {
        check(self.splits, data.samples())?;
        let classes = Classes::new(data.y(), self.splits)?;
        let order = permutation(data.samples(), rng);
        // Class by class, at random within each: the folds then differ by one at most in every class and in total.
        let mut sorted = order.clone();
        sorted.sort_by_key(|&sample| classes.of[sample]);
        let fold = deal(&sorted, self.splits);
        Ok(Folds { data, order, fold, next: 0, splits: self.splits })
    }
}

impl<F: Scalar, T: Target> Folds<'_, F, T> {
    /// For each fold the samples that it tests on, in the order of its test part: where predictions belong.
    pub fn test_indices(&self) -> Vec<Vec<usize>> {
        let mut folds = vec![Vec::new(); self.splits];
        for &sample in &self.order {
            folds[self.fold[sample]].push(sample);
        }
        folds
    }
}

impl<F: Scalar, T: Target> Iterator for Folds<'_, F, T> {
    type Item = TrainTest<F, T>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.splits {
            return None;
        }
        let (test, train): (Vec<usize>, Vec<usize>) =
            self.order.iter().partition(|&&sample| self.fold[sample] == self.next);
        self.next += 1;
        Some((self.data.select(&train), self.data.select(&test)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.splits - self.next;
        (left, Some(left))
    }
}

impl<F: Scalar, T: Target> ExactSizeIterator for Folds<'_, F, T> {}

fn check(splits: usize, samples: usize) -> Result<(), DataError> {
    if splits < 2 {
        Err(DataError::argument("splits", "at least 2", splits))
    } else if splits > samples {
        Err(DataError::argument("splits", format!("at most the number of samples, {samples}"), splits))
    } else {
        Ok(())
    }
}

/// The fold of each sample when they are dealt out in this order.
fn deal(order: &[usize], splits: usize) -> Vec<usize> {
    let mut fold = vec![0; order.len()];
    for (place, &sample) in order.iter().enumerate() {
        fold[sample] = place % splits;
    }
    fold
}
