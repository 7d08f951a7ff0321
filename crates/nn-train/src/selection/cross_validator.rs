//! Ways to divide data into folds.

use nn_core::rand::Rng;
use nn_data::{
    DataError, KFold, Labelled, RepeatedKFold, RepeatedStratifiedKFold, Samples, StratifiedKFold,
    TimeSeriesSplit, TrainTest,
};

/// A way to divide samples into folds, for [`Trials::cross_validate`](crate::Trials::cross_validate): [`KFold`],
/// [`StratifiedKFold`], [`RepeatedKFold`], [`RepeatedStratifiedKFold`], [`TimeSeriesSplit`], or one of your own, such as
/// one that knows the groups of a [`GroupKFold`](nn_data::GroupKFold).
pub trait CrossValidator<S: Samples>: Sync {
    /// Draws the folds. Their number must depend on nothing but these settings.
    ///
    /// # Errors
    /// [`DataError`] if the data cannot be divided so.
    fn folds<'d>(&self, data: &'d S, rng: &mut dyn Rng) -> Result<BoxedFolds<'d, S::Part>, DataError>;
}

/// The folds, each as a training part and a test part.
pub type BoxedFolds<'d, P> = Box<dyn ExactSizeIterator<Item = TrainTest<P>> + 'd>;

impl<S: Samples> CrossValidator<S> for KFold {
    fn folds<'d>(&self, data: &'d S, rng: &mut dyn Rng) -> Result<BoxedFolds<'d, S::Part>, DataError> {
        Ok(Box::new(self.split(data, rng)?))
    }
}

impl<S: Samples> CrossValidator<S> for RepeatedKFold {
    fn folds<'d>(&self, data: &'d S, rng: &mut dyn Rng) -> Result<BoxedFolds<'d, S::Part>, DataError> {
        Ok(Box::new(self.split(data, rng)?))
    }
}

impl<S: Labelled> CrossValidator<S> for StratifiedKFold {
    fn folds<'d>(&self, data: &'d S, rng: &mut dyn Rng) -> Result<BoxedFolds<'d, S::Part>, DataError> {
        Ok(Box::new(self.split(data, rng)?))
    }
}

impl<S: Labelled> CrossValidator<S> for RepeatedStratifiedKFold {
    fn folds<'d>(&self, data: &'d S, rng: &mut dyn Rng) -> Result<BoxedFolds<'d, S::Part>, DataError> {
        Ok(Box::new(self.split(data, rng)?))
    }
}

/// The folds are the same for any generator.
impl<S: Samples> CrossValidator<S> for TimeSeriesSplit {
    fn folds<'d>(&self, data: &'d S, _: &mut dyn Rng) -> Result<BoxedFolds<'d, S::Part>, DataError> {
        Ok(Box::new(self.split(data)?))
    }
}
