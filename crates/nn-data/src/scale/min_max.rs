//! From the smallest value to the largest.

use nn_core::{Scalar, StateDict, Tensor};

use super::{array, map, read, values};
use crate::DataError;

/// Stretches each feature from [min, max], its range over the samples it was fitted on, to [low, high]:
/// z = low · (1 − t) + high · t with t = (x − min) / (max − min). Samples that it was not fitted on may lie outside. A
/// feature that is constant there goes to z = low and keeps its scale from there on, t = x − min, as in scikit-learn's
/// `MinMaxScaler`. Fit it on the training part alone.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::MinMaxScaler;
/// let train = Tensor::from_rows(&[[0.0, 5.0], [64.0, 5.0], [256.0, 5.0]]);
/// let scaler = MinMaxScaler::fit(&train)?;
/// assert_eq!(scaler.transform(&train)?, Tensor::from_rows(&[[0.0, 0.0], [0.25, 0.0], [1.0, 0.0]]));
///
/// let scaler = scaler.feature_range(-1.0, 1.0)?;
/// let z = scaler.transform(&train)?;
/// assert_eq!(z, Tensor::from_rows(&[[-1.0, -1.0], [-0.5, -1.0], [1.0, -1.0]]));
/// assert_eq!(scaler.inverse_transform(&z)?, train);
/// assert_eq!(MinMaxScaler::from_state_dict(&scaler.state_dict())?, scaler);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MinMaxScaler {
    min: Vec<f64>,
    max: Vec<f64>,
    low: f64,
    high: f64,
}

impl MinMaxScaler {
    /// Learns the range of each feature, to be stretched to [0, 1].
    ///
    /// # Errors
    /// [`DataError::Argument`] if there are no samples, if a value is not finite, or if the range of a feature is not.
    pub fn fit<F: Scalar>(x: &Tensor<F>) -> Result<Self, DataError> {
        DataError::check_positive("samples", x.samples())?;
        let mut scaler = MinMaxScaler { min: Vec::new(), max: Vec::new(), low: 0.0, high: 1.0 };
        for feature in 0..x.features() {
            let values = values(x, feature)?;
            // Not `f64::min`, which may take either of 0 and −0.
            let min = values.iter().fold(values[0], |min, &value| if value < min { value } else { min });
            let max = values.iter().fold(values[0], |max, &value| if value > max { value } else { max });
            if !(max - min).is_finite() {
                return Err(DataError::argument("range of x", "a finite number: scale x down", max - min));
            }
            scaler.min.push(min);
            scaler.max.push(max);
        }
        Ok(scaler)
    }

    /// Stretches to [low, high] instead.
    ///
    /// # Errors
    /// [`DataError::Argument`] unless `low` is less than `high` and both are finite.
    pub fn feature_range(self, low: f64, high: f64) -> Result<Self, DataError> {
        if low < high && (high - low).is_finite() {
            Ok(MinMaxScaler { low, high, ..self })
        } else {
            Err(DataError::argument(
                "feature_range",
                "two finite numbers, the lower one first",
                format!("({low}, {high})"),
            ))
        }
    }

    /// The stretched samples.
    ///
    /// # Errors
    /// [`DataError::Argument`] if `x` has another number of features than the samples it was fitted on.
    pub fn transform<F: Scalar>(&self, x: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(x, self.min.len(), |feature, x| {
            let above = x - self.min[feature];
            let t = if self.is_constant(feature) { above } else { above / self.range(feature) };
            self.low * (1.0 - t) + self.high * t
        })
    }

    /// The samples back on their own scale: x = min · (1 − t) + max · t with t = (z − low) / (high − low), and
    /// x = min + t for a constant feature.
    ///
    /// # Errors
    /// As [`MinMaxScaler::transform`].
    pub fn inverse_transform<F: Scalar>(&self, z: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(z, self.min.len(), |feature, z| {
            let t = (z - self.low) / (self.high - self.low);
            let (min, max) = (self.min[feature], self.max[feature]);
            if self.is_constant(feature) { min + t } else { min * (1.0 - t) + max * t }
        })
    }

    /// What it learned, to save: `data_min`, `data_max` and `feature_range`.
    pub fn state_dict(&self) -> StateDict<f64> {
        let range = [self.low, self.high];
        let arrays =
            [("data_min", &self.min[..]), ("data_max", &self.max[..]), ("feature_range", &range[..])];
        arrays.into_iter().map(|(name, values)| array(name, values)).collect()
    }

    /// The scaler of this state.
    ///
    /// # Errors
    /// [`DataError::Argument`] if it has not one finite `data_min` and one `data_max` that is no smaller for each feature,
    /// and a `feature_range` of two.
    pub fn from_state_dict(state: &StateDict<f64>) -> Result<Self, DataError> {
        let (min, max) = (read(state, "data_min")?, read(state, "data_max")?);
        if min.len() != max.len() || min.iter().zip(&max).any(|(min, max)| min > max) {
            let expected = format!("{} numbers, each no smaller than its data_min", min.len());
            return Err(DataError::argument("data_max", expected, format!("{max:?}")));
        }
        match read(state, "feature_range")?[..] {
            [low, high] => MinMaxScaler { min, max, low: 0.0, high: 1.0 }.feature_range(low, high),
            ref other => Err(DataError::argument("feature_range", "two numbers", format!("{other:?}"))),
        }
    }

    /// The smallest value of each feature.
    pub fn data_min(&self) -> &[f64] {
        &self.min
    }

    /// The largest value of each feature.
    pub fn data_max(&self) -> &[f64] {
        &self.max
    }

    fn range(&self, feature: usize) -> f64 {
        self.max[feature] - self.min[feature]
    }

    fn is_constant(&self, feature: usize) -> bool {
        self.min[feature] == self.max[feature]
    }
}
