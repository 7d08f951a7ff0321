//! Scaling to a given range.

use nn_core::{Scalar, SettingError, StateDict, Tensor};

use super::{array, each, features, is_constant, map, paired, read, select};
use crate::DataError;

const NAME: &str = "MinMaxScaler";

/// Scales each feature linearly from [min, max], its range in the samples that the scaler was fitted on, to [low, high]:
/// z = low · (1 − t) + high · t with t = (x − min) / (max − min). Other samples may lie outside. A feature that is
/// constant in the samples it was fitted on has t = x − min there, so its value becomes z = low, as in the `MinMaxScaler`
/// of scikit-learn. It is constant by the rule of [`StandardScaler`](crate::StandardScaler). Fit it on the training part
/// alone, so that nothing of the test part leaks into training.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::MinMaxScaler;
/// let train = Tensor::from_rows(&[[0.0, 5.0], [64.0, 5.0], [256.0, 5.0]]);
/// let scaler = MinMaxScaler::fit(&train)?;
/// assert_eq!(
///     scaler.transform(&train)?,
///     Tensor::from_rows(&[[0.0, 0.0], [0.25, 0.0], [1.0, 0.0]])
/// );
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
    /// [`DataError::NotFinite`] for a value that is not finite, and [`DataError::Setting`] if there are no samples or if
    /// the length of a range is not finite.
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
        let mut scaler = MinMaxScaler { min: Vec::new(), max: Vec::new(), low, high };
        for feature in features(NAME, x)? {
            let feature = feature?;
            scaler.min.push(feature.min);
            scaler.max.push(feature.max);
        }
        Ok(scaler)
    }

    /// Returns the scaled samples. A value that is not finite stays so: it becomes an infinity or NaN.
    ///
    /// # Errors
    /// [`DataError::Setting`] if the number of features in `x` differs from that of the samples it was fitted on.
    pub fn transform<F: Scalar>(&self, x: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(NAME, x, self.min.len(), |feature, x| {
            scaled(x, [self.min[feature], self.max[feature]], [self.low, self.high])
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
            if is_constant(min, max) { min + t } else { min * (1.0 - t) + max * t }
        })
    }

    /// Returns the scaler of the features with these indices, in this order and as often as they are named, as
    /// [`StandardScaler::select`](crate::StandardScaler::select) does.
    ///
    /// # Errors
    /// [`DataError::Setting`] for an index that no feature has.
    pub fn select(&self, features: &[usize]) -> Result<Self, DataError> {
        let min = select(NAME, &self.min, features)?;
        Ok(MinMaxScaler { min, max: select(NAME, &self.max, features)?, low: self.low, high: self.high })
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
    /// [`DataError::Setting`] unless the state has one finite `data_min` and one finite `data_max`, at least as large and a finite
    /// range apart, for each feature, and a `feature_range` of two finite numbers, the lower one first.
    pub fn from_state_dict(state: &StateDict<f64>) -> Result<Self, DataError> {
        let (min, max) = (read(NAME, state, "data_min")?, read(NAME, state, "data_max")?);
        paired(NAME, ["data_max", "data_min"], [max.len(), min.len()])?;
        let expected = "at least its data_min, by a finite number";
        each(NAME, "data_max", &max, expected, |feature, max| {
            max >= min[feature] && (max - min[feature]).is_finite()
        })?;
        let range = read(NAME, state, "feature_range")?;
        let &[low, high] = &range[..] else {
            return Err(SettingError::new(NAME, "length of feature_range", "2", range.len()).into());
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
}

/// Scales a value from [min, max] to [low, high], as [`MinMaxScaler`] says.
pub(crate) fn scaled(x: f64, [min, max]: [f64; 2], [low, high]: [f64; 2]) -> f64 {
    let above = x - min;
    let t = if is_constant(min, max) { above } else { above / (max - min) };
    low * (1.0 - t) + high * t
}

fn check_range(low: f64, high: f64) -> Result<(), SettingError> {
    let fits = low < high && (high - low).is_finite();
    let expected = "two finite numbers, the lower one first";
    SettingError::unless(fits, NAME, "feature_range", expected, format_args!("({low}, {high})"))
}
