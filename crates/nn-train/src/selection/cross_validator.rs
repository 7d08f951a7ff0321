//! Ways to divide data into folds.

use nn_core::Scalar;
use nn_core::rand::Rng;
use nn_data::{DataError, Dataset, KFold, StratifiedKFold, Target, TrainTest};

/// A way to divide a data set into folds, for [`Trials::cross_validate`](crate::Trials::cross_validate): [`KFold`],
/// [`StratifiedKFold`] or one of your own.
pub trait CrossValidator<F, T>: Sync {
    /// Draws the folds. Their number must depend on nothing but these settings.
    ///
    /// # Errors
    /// [`DataError`] if the data cannot be divided so.
    fn folds<'d>(
        &self,
        data: &'d Dataset<F, T>,
        rng: &mut dyn Rng,
    ) -> Result<BoxedFolds<'d, F, T>, DataError>;
}

/// The folds, each as a training part and a test part.
pub type BoxedFolds<'d, F, T> = Box<dyn ExactSizeIterator<Item = TrainTest<F, T>> + 'd>;

impl<F: Scalar, T: Target> CrossValidator<F, T> for KFold {
    fn folds<'d>(
        &self,
        data: &'d Dataset<F, T>,
        rng: &mut dyn Rng,
    ) -> Result<BoxedFolds<'d, F, T>, DataError> {
        Ok(Box::new(self.split(data, rng)?))
    }
}

impl<F: Scalar> CrossValidator<F, Vec<usize>> for StratifiedKFold {
    fn folds<'d>(
        &self,
        data: &'d Dataset<F, Vec<usize>>,
        rng: &mut dyn Rng,
    ) -> Result<BoxedFolds<'d, F, Vec<usize>>, DataError> {
        Ok(Box::new(self.split(data, rng)?))
    }
}
