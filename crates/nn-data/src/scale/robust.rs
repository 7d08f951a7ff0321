//! Scaling by the median and the quartiles, which outliers hardly change.

use nn_core::{Scalar, StateDict, Tensor};

use super::{array, each, features, map, paired, read, select};
use crate::DataError;

const NAME: &str = "RobustScaler";

/// Scales each feature by its quartiles: z = (x − median) / IQR, where IQR, the interquartile range, is the distance between
/// the first and the third quartile of the samples that it was fitted on. A few outliers hardly change it, while they can
/// make all other values of a [`StandardScaler`](crate::StandardScaler) nearly equal. Fit it on the training part alone, so
/// that nothing of the test part leaks into training.
///
/// Quartiles are interpolated linearly between two neighbours, as in the `RobustScaler` of scikit-learn. A feature whose
/// quartiles are one number keeps its scale: z = x − median. The quartiles count as one number by the rule of
/// [`StandardScaler`](crate::StandardScaler).
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::RobustScaler;
/// let train = Tensor::from_column(&[1.0, 2.0, 3.0, 4.0, 1000.0]);
/// let scaler = RobustScaler::fit(&train)?;
/// assert_eq!((scaler.median(), scaler.iqr()), (&[3.0][..], &[2.0][..]));
/// let z = scaler.transform(&train)?;
/// assert_eq!(z, Tensor::from_column(&[-1.0, -0.5, 0.0, 0.5, 498.5]));
/// assert_eq!(scaler.inverse_transform(&z)?, train);
/// assert_eq!(RobustScaler::from_state_dict(&scaler.state_dict())?, scaler);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RobustScaler {
    median: Vec<f64>,
    iqr: Vec<f64>,
}

impl RobustScaler {
    /// Learns the median and the interquartile range of each feature.
    ///
    /// # Errors
    /// [`DataError::NotFinite`] for a value that is not finite, and [`DataError::Setting`] if there are no samples or if
    /// the values are so large that their range is not finite.
    pub fn fit<F: Scalar>(x: &Tensor<F>) -> Result<Self, DataError> {
        let mut scaler = RobustScaler { median: Vec::new(), iqr: Vec::new() };
        for feature in features(NAME, x)? {
            let (median, iqr) = feature?.median_and_iqr();
            scaler.median.push(median);
            scaler.iqr.push(iqr);
        }
        Ok(scaler)
    }

    /// Returns the scaled samples. A value that is not finite stays as it is.
    ///
    /// # Errors
    /// [`DataError::Setting`] if the number of features in `x` differs from that of the samples it was fitted on.
    pub fn transform<F: Scalar>(&self, x: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(NAME, x, self.median.len(), |feature, x| (x - self.median[feature]) / self.iqr[feature])
    }

    /// Returns the samples on their original scale: x = z · IQR + median.
    ///
    /// # Errors
    /// As [`RobustScaler::transform`].
    pub fn inverse_transform<F: Scalar>(&self, z: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(NAME, z, self.median.len(), |feature, z| z * self.iqr[feature] + self.median[feature])
    }

    /// Returns the scaler of the features with these indices, in this order and as often as they are named, as
    /// [`StandardScaler::select`](crate::StandardScaler::select) does.
    ///
    /// # Errors
    /// [`DataError::Setting`] for an index that no feature has.
    pub fn select(&self, features: &[usize]) -> Result<Self, DataError> {
        let median = select(NAME, &self.median, features)?;
        Ok(RobustScaler { median, iqr: select(NAME, &self.iqr, features)? })
    }

    /// Returns what it learned, to save: `median` and `iqr`.
    pub fn state_dict(&self) -> StateDict<f64> {
        [array("median", &self.median), array("iqr", &self.iqr)].into_iter().collect()
    }

    /// Makes the scaler that has this state.
    ///
    /// # Errors
    /// [`DataError::Setting`] unless the state has one finite `median` and one finite positive `iqr` for each feature.
    pub fn from_state_dict(state: &StateDict<f64>) -> Result<Self, DataError> {
        let (median, iqr) = (read(NAME, state, "median")?, read(NAME, state, "iqr")?);
        paired(NAME, ["iqr", "median"], [iqr.len(), median.len()])?;
        each(NAME, "iqr", &iqr, "a finite number above 0", |_, iqr| iqr > 0.0)?;
        Ok(RobustScaler { median, iqr })
    }

    /// The median of each feature.
    pub fn median(&self) -> &[f64] {
        &self.median
    }

    /// The interquartile range of each feature, or 1 for a feature whose quartiles are one number.
    pub fn iqr(&self) -> &[f64] {
        &self.iqr
    }
}
