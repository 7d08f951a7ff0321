//! Cross-validation: every sample is in the test part once.

use nn_core::rand::Rng;
use nn_core::{Scalar, SettingError};

use super::TrainTest;
use super::classes::Classes;
use crate::error::at_least;
use crate::permutation::order;
use crate::{DataError, Dataset, Target};

/// Divides the samples at random into `splits` folds whose sizes differ by at most one. Each fold in turn is the test part,
/// and the others together are the training part. The scikit-learn class of this name with `shuffle=True`.
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

/// [`KFold`] whose folds all have the same mixture of classes: the folds' sizes differ by at most one, in each class and in
/// total. The scikit-learn class of this name with `shuffle=True`.
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::{Dataset, StratifiedKFold};
/// let data = Dataset::new(
///     Tensor::<f32>::zeros(&[12, 1]),
///     vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1],
/// )?;
/// for (_, test) in
///     StratifiedKFold::new(4).split(&data, &mut ChaCha8Rng::seed_from_u64(0))?
/// {
///     assert_eq!(test.y().iter().filter(|&&class| class == 1).count(), 1);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StratifiedKFold {
    splits: usize,
}

/// An iterator over the folds, each a training part and a test part.
#[derive(Debug, Clone)]
pub struct Folds<'a, F, T> {
    data: &'a Dataset<F, T>,
    /// The samples in random order.
    order: Vec<usize>,
    /// For each sample, the fold whose test part has it.
    fold: Vec<usize>,
    next: usize,
    splits: usize,
}

impl KFold {
    /// Cross-validation with this many folds.
    pub fn new(splits: usize) -> Self {
        KFold { splits }
    }

    /// Draws the folds.
    ///
    /// # Errors
    /// [`DataError::Setting`] for fewer than 2 folds, or more folds than samples.
    pub fn split<'a, F: Scalar, T: Target>(
        &self,
        data: &'a Dataset<F, T>,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, F, T>, DataError> {
        check("KFold", self.splits, data.samples())?;
        let order = order("KFold", data.samples(), rng)?;
        let fold = deal(&order, self.splits);
        Ok(Folds { data, order, fold, next: 0, splits: self.splits })
    }
}

impl StratifiedKFold {
    /// Cross-validation with this many folds.
    pub fn new(splits: usize) -> Self {
        StratifiedKFold { splits }
    }

    /// Draws the folds.
    ///
    /// # Errors
    /// [`DataError::Setting`] for fewer than 2 folds, or more folds than samples; [`DataError::FewSamples`] for a class
    /// with fewer samples than folds.
    pub fn split<'a, F: Scalar>(
        &self,
        data: &'a Dataset<F, Vec<usize>>,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, F, Vec<usize>>, DataError> {
        check("StratifiedKFold", self.splits, data.samples())?;
        let classes = Classes::new(data.y(), self.splits)?;
        let order = order("StratifiedKFold", data.samples(), rng)?;
        // Sorted by class, in random order within a class: dealt out in this order, the folds differ by at most one sample, in
        // each class and in total.
        let mut sorted = order.clone();
        sorted.sort_by_key(|&sample| classes.of[sample]);
        let fold = deal(&sorted, self.splits);
        Ok(Folds { data, order, fold, next: 0, splits: self.splits })
    }
}

impl<F: Scalar, T: Target> Folds<'_, F, T> {
    /// For each fold, the indices of the samples in its test part, in that order. They say which sample a prediction is for.
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
        Some((self.data.part(&train), self.data.part(&test)))
    }

    /// Skips folds without copying their samples.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.next = self.splits.min(self.next.saturating_add(n));
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.splits - self.next;
        (left, Some(left))
    }
}

impl<F: Scalar, T: Target> ExactSizeIterator for Folds<'_, F, T> {}

fn check(of: &str, splits: usize, samples: usize) -> Result<(), SettingError> {
    at_least(2, of, "splits", splits)?;
    let expected = format_args!("at most the number of samples, {samples}");
    SettingError::unless(splits <= samples, of, "splits", expected, splits)
}

/// Deals the samples out to the folds in this order and returns the fold of each sample.
fn deal(order: &[usize], splits: usize) -> Vec<usize> {
    let mut fold = vec![0; order.len()];
    for (place, &sample) in order.iter().enumerate() {
        fold[sample] = place % splits;
    }
    fold
}
