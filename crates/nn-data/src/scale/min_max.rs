//! Scaling to a given range.

use nn_core::{Scalar, Setting, SettingError, StateDict, Tensor};

use super::{array, map, read, values};
use crate::DataError;
use crate::error::at_least;

const NAME: &str = "MinMaxScaler";

/// Scales each feature linearly from [min, max], its range in the samples that the scaler was fitted on, to [low, high]:
/// z = low · (1 − t) + high · t with t = (x − min) / (max − min). Other samples may lie outside. A feature that is constant
/// in the samples it was fitted on has t = x − min there, so its value becomes z = low, as in the `MinMaxScaler` of
/// scikit-learn. Fit it on the training part alone, so that nothing of the test part leaks into training.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::MinMaxScaler;
/// let train = Tensor::from_rows(&[[0.0, 5.0], [64.0, 5.0], [256.0, 5.0]]);
/// let scaler = MinMaxScaler::fit(&train)?;
/// assert_eq!(scaler.transform(&train)?, Tensor::from_rows(&[[0.0, 0.0], [0.25, 0.0], [1.0, 0.0]]));
///
/// let scaler = MinMaxScaler::fit_range(&train, -1.0, 1.0)?;
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
    /// Learns the range of each feature, to be scaled to [0, 1].
    ///
    /// # Errors
    /// [`DataError::Setting`] if there are no samples, if a value is not finite, or if the length of a range is not finite.
    pub fn fit<F: Scalar>(x: &Tensor<F>) -> Result<Self, DataError> {
        MinMaxScaler::fit_range(x, 0.0, 1.0)
    }

    /// Learns the range of each feature, to be scaled to [low, high]. In scikit-learn, this is the argument `feature_range`.
    ///
    /// # Errors
    /// As [`MinMaxScaler::fit`], and [`DataError::Setting`] unless `low` is less than `high` and both are finite.
    #[doc(alias = "feature_range")]
    pub fn fit_range<F: Scalar>(x: &Tensor<F>, low: f64, high: f64) -> Result<Self, DataError> {
        check_range(low, high)?;
        at_least(1, NAME, "number of samples", x.samples())?;
        let mut scaler = MinMaxScaler { min: Vec::new(), max: Vec::new(), low, high };
        for feature in 0..x.features() {
            let values = values(NAME, x, feature)?;
            // Not `f64::min`, which may return either of 0 and −0.
            let min = values.iter().fold(values[0], |min, &value| if value < min { value } else { min });
            let max = values.iter().fold(values[0], |max, &value| if value > max { value } else { max });
            Setting::of::<f64>(NAME, "range of x", max - min)
                .fits(f64::is_finite, "a finite number; divide x by a constant first")?;
            scaler.min.push(min);
            scaler.max.push(max);
        }
        Ok(scaler)
    }

    /// Returns the scaled samples.
    ///
    /// # Errors
    /// [`DataError::Setting`] if the number of features in `x` differs from that of the samples it was fitted on.
    pub fn transform<F: Scalar>(&self, x: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(NAME, x, self.min.len(), |feature, x| {
            let above = x - self.min[feature];
            let t = if self.is_constant(feature) { above } else { above / self.range(feature) };
            self.low * (1.0 - t) + self.high * t
        })
    }

    /// Returns the samples on their original scale: x = min · (1 − t) + max · t with t = (z − low) / (high − low), and
    /// x = min + t for a constant feature.
    ///
    /// # Errors
    /// As [`MinMaxScaler::transform`].
    pub fn inverse_transform<F: Scalar>(&self, z: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(NAME, z, self.min.len(), |feature, z| {
            let t = (z - self.low) / (self.high - self.low);
            let (min, max) = (self.min[feature], self.max[feature]);
            if self.is_constant(feature) { min + t } else { min * (1.0 - t) + max * t }
        })
    }

    /// Returns what it learned, to save: `data_min`, `data_max` and `feature_range`.
    pub fn state_dict(&self) -> StateDict<f64> {
        let range = [self.low, self.high];
        let arrays =
            [("data_min", &self.min[..]), ("data_max", &self.max[..]), ("feature_range", &range[..])];
        arrays.into_iter().map(|(name, values)| array(name, values)).collect()
    }

    /// Makes the scaler that has this state.
    ///
    /// # Errors
    /// [`DataError::Setting`] unless the state has one finite `data_min` and one finite `data_max`, at least as large, for each
    /// feature, and a `feature_range` of two finite numbers, the lower one first.
    pub fn from_state_dict(state: &StateDict<f64>) -> Result<Self, DataError> {
        let (min, max) = (read(NAME, state, "data_min")?, read(NAME, state, "data_max")?);
        let fits = min.len() == max.len() && min.iter().zip(&max).all(|(min, max)| min <= max);
        let expected = format_args!("{} numbers, each at least its data_min", min.len());
        SettingError::unless(fits, NAME, "data_max", expected, format_args!("{max:?}"))?;
        let range = read(NAME, state, "feature_range")?;
        let &[low, high] = &range[..] else {
            let found = format_args!("{range:?}");
            return Err(SettingError::new(NAME, "feature_range", "two numbers", found).into());
        };
        check_range(low, high)?;
        Ok(MinMaxScaler { min, max, low, high })
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

fn check_range(low: f64, high: f64) -> Result<(), SettingError> {
    let fits = low < high && (high - low).is_finite();
    let expected = "two finite numbers, the lower one first";
    SettingError::unless(fits, NAME, "feature_range", expected, format_args!("({low}, {high})"))
}
