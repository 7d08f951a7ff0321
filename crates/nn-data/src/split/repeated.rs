//! Cross-validation, repeated with other folds.

use nn_core::rand::Rng;

use super::folds::Folds;
use super::{KFold, Labelled, Samples, StratifiedKFold};
use crate::DataError;
use crate::error::at_least;

/// [`KFold`] several times, each time with other folds: first those of the first repetition, then those of the second. The
/// scikit-learn class of this name.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::RepeatedKFold;
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = nn_data::make_xor::<f32>(20, 0.3, &mut rng)?;
/// let folds = RepeatedKFold::new(5, 3).split(&data, &mut rng)?;
/// assert_eq!(folds.len(), 15);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatedKFold {
    splits: usize,
    repeats: usize,
}

/// [`StratifiedKFold`] several times, each time with other folds. The scikit-learn class of this name.
///
/// ```
/// use nn_core::Tensor;
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_data::{Dataset, RepeatedStratifiedKFold};
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = Dataset::new(Tensor::<f32>::zeros(&[6, 1]), vec![0, 0, 0, 0, 1, 1])?;
/// for (_, test) in RepeatedStratifiedKFold::new(2, 10).split(&data, &mut rng)? {
///     assert_eq!(test.y().iter().filter(|&&class| class == 1).count(), 1);
/// }
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatedStratifiedKFold {
    splits: usize,
    repeats: usize,
}

impl RepeatedKFold {
    /// This many repetitions of a cross-validation with this many folds.
    pub fn new(splits: usize, repeats: usize) -> Self {
        RepeatedKFold { splits, repeats }
    }

    /// Draws the folds of all repetitions.
    ///
    /// # Errors
    /// As [`KFold::split`], and [`DataError::Setting`] for no repetition.
    pub fn split<'a, S: Samples>(
        &self,
        data: &'a S,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, S>, DataError> {
        at_least(1, "RepeatedKFold", "repeats", self.repeats)?;
        KFold::new(self.splits).repeated("RepeatedKFold", self.repeats, data, rng)
    }
}

impl RepeatedStratifiedKFold {
    /// This many repetitions of a cross-validation with this many folds.
    pub fn new(splits: usize, repeats: usize) -> Self {
        RepeatedStratifiedKFold { splits, repeats }
    }

    /// Draws the folds of all repetitions.
    ///
    /// # Errors
    /// As [`StratifiedKFold::split`], and [`DataError::Setting`] for no repetition.
    pub fn split<'a, S: Labelled>(
        &self,
        data: &'a S,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<Folds<'a, S>, DataError> {
        at_least(1, "RepeatedStratifiedKFold", "repeats", self.repeats)?;
        StratifiedKFold::new(self.splits).repeated("RepeatedStratifiedKFold", self.repeats, data, rng)
    }
}
