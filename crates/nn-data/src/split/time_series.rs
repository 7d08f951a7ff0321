//! Cross-validation of samples in the order of time: what is tested comes after what is learnt from.

use nn_core::SettingError;

use super::Samples;
use super::folds::{Folds, Plan};
use crate::error::at_least;
use crate::{DataError, memory};

/// Folds of samples that are in the order of time: each test part comes after its training part, which grows from fold to fold.
/// The test parts are consecutive, of equal size, and end with the last sample. The scikit-learn class of this name.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::TimeSeriesSplit;
/// let days = Tensor::from_column(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
/// let folds = TimeSeriesSplit::new(3).gap(1).split(&days)?;
/// assert_eq!(folds.train_indices(), [vec![0], vec![0, 1, 2], vec![0, 1, 2, 3, 4]]);
/// assert_eq!(folds.test_indices(), [[2, 3], [4, 5], [6, 7]]);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSeriesSplit {
    splits: usize,
    max_train_size: Option<usize>,
    test_size: Option<usize>,
    gap: usize,
}

const NAME: &str = "TimeSeriesSplit";

impl TimeSeriesSplit {
    /// This many folds.
    pub fn new(splits: usize) -> Self {
        TimeSeriesSplit { splits, max_train_size: None, test_size: None, gap: 0 }
    }

    /// Limits a training part to this many samples, its last. Without this call, it has all from the first sample on.
    #[must_use]
    pub fn max_train_size(self, samples: usize) -> Self {
        TimeSeriesSplit { max_train_size: Some(samples), ..self }
    }

    /// Sets the size of a test part. Without this call, it is ⌊n / (`splits` + 1)⌋.
    #[must_use]
    pub fn test_size(self, samples: usize) -> Self {
        TimeSeriesSplit { test_size: Some(samples), ..self }
    }

    /// Leaves out this many samples between a training part and its test part, 0 by default. A gap is needed where a sample
    /// tells something of those that follow it, such as a mean over several days, or [`Windows`](crate::Windows) that predict several
    /// steps.
    #[must_use]
    pub fn gap(self, samples: usize) -> Self {
        TimeSeriesSplit { gap: samples, ..self }
    }

    /// Returns the folds.
    ///
    /// # Errors
    /// [`DataError::Setting`] for fewer than 2 folds, no sample in a test part or at most in a training part, or if no sample
    /// would be left for the first training part.
    pub fn split<'a, S: Samples>(&self, data: &'a S) -> Result<Folds<'a, S>, DataError> {
        let samples = data.samples();
        at_least(2, NAME, "splits", self.splits)?;
        at_least(1, NAME, "max_train_size", self.max_train_size.unwrap_or(usize::MAX))?;
        let test = self.test_size.unwrap_or(samples / self.splits.saturating_add(1));
        at_least(1, NAME, "test_size", test)?;
        let left_out = self.splits.saturating_mul(test).saturating_add(self.gap);
        let expected = format_args!("fewer than the {samples} samples, so that the first can be learnt from");
        let found = format_args!("{} x {test} + {}", self.splits, self.gap);
        SettingError::unless(left_out < samples, NAME, "splits x test_size + gap", expected, found)?;
        drop(memory::vec::<usize>(NAME, "number of samples", samples)?);
        let range = |fold: usize| {
            let start = samples - (self.splits - fold) * test;
            let end = start - self.gap;
            let first = end.saturating_sub(self.max_train_size.unwrap_or(end));
            [first..end, start..start + test]
        };
        Ok(Folds::new(data, Plan::Ranges((0..self.splits).map(range).collect())))
    }
}
