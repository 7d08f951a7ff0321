//! Cross-validation: every sample is in the test part once.

use nn_core::SettingError;
use nn_core::rand::Rng;

use super::classes::Classes;
use super::folds::{Folds, Plan, Round};
use super::{Labelled, Samples};
use crate::error::at_least;
use crate::permutation::order;
use crate::{DataError, memory};

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

impl KFold {
    /// Cross-validation with this many folds.
    pub fn new(splits: usize) -> Self {
        KFold { splits }
    }

    /// Draws the folds.
    ///
    /// # Errors
    /// [`DataError::Setting`] for fewer than 2 folds, or more folds than samples.
    pub fn split<'a, S: Samples>(
        &self,
        data: &'a S,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, S>, DataError> {
        self.repeated("KFold", 1, data, rng)
    }

    /// Draws the folds several times, for the class `of`.
    pub(super) fn repeated<'a, S: Samples>(
        &self,
        of: &str,
        repeats: usize,
        data: &'a S,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, S>, DataError> {
        check(of, self.splits, data.samples())?;
        let mut rounds = room(of, repeats, data.samples())?;
        for _ in 0..repeats {
            let order = order(of, data.samples(), rng)?;
            rounds.push(Round::dealt(order.clone(), &order, self.splits));
        }
        Ok(Folds::new(data, Plan::Dealt { rounds, splits: self.splits }))
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
    pub fn split<'a, S: Labelled>(
        &self,
        data: &'a S,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, S>, DataError> {
        self.repeated("StratifiedKFold", 1, data, rng)
    }

    /// Draws the folds several times, for the class `of`.
    pub(super) fn repeated<'a, S: Labelled>(
        &self,
        of: &str,
        repeats: usize,
        data: &'a S,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, S>, DataError> {
        check(of, self.splits, data.samples())?;
        let classes = Classes::new(data, self.splits)?;
        let mut rounds = room(of, repeats, data.samples())?;
        for _ in 0..repeats {
            let order = order(of, data.samples(), rng)?;
            // Sorted by class, in random order within a class: dealt out in this order, the folds differ by at most one sample, in
            // each class and in total.
            let mut sorted = order.clone();
            sorted.sort_by_key(|&sample| classes.of[sample]);
            rounds.push(Round::dealt(order, &sorted, self.splits));
        }
        Ok(Folds::new(data, Plan::Dealt { rounds, splits: self.splits }))
    }
}

/// There must be at least two folds, and a sample for each.
pub(super) fn check(of: &str, splits: usize, samples: usize) -> Result<(), SettingError> {
    at_least(2, of, "splits", splits)?;
    let expected = format_args!("at most the number of samples, {samples}");
    SettingError::unless(splits <= samples, of, "splits", expected, splits)
}

/// Makes room for the repetitions, unless memory could not hold two numbers for each sample of each.
fn room(of: &str, repeats: usize, samples: usize) -> Result<Vec<Round>, SettingError> {
    drop(memory::vec::<[usize; 2]>(of, "number of samples", samples)?);
    drop(memory::vec::<[usize; 2]>(of, "repeats", repeats.saturating_mul(samples))?);
    memory::vec(of, "repeats", repeats)
}
