//! Scaling to mean 0 and standard deviation 1.

use nn_core::{Scalar, StateDict, Tensor};

use super::{array, each, features, map, paired, read, select};
use crate::DataError;

const NAME: &str = "StandardScaler";

/// Standardises each feature: z = (x − mean) / std, with the mean and the (population) standard deviation of the samples
/// that it was fitted on. Fit it on the training part alone, so that nothing of the test part leaks into training. A feature
/// that is constant in those samples keeps its scale: z = x − mean, as in the `StandardScaler` of scikit-learn.
///
/// A feature is constant if its values are equal, or span no more than four units in the last place of double precision,
/// max − min ≤ 4 · 2⁻⁵² · max |x|, or less than 2⁻¹⁰²², the smallest normal number. That is the meaning of
/// [`MinMaxScaler`](crate::MinMaxScaler) as well. However near to each other, other values are scaled, and a mean or a
/// deviation is as exact for 10⁷ samples as for ten.
///
/// ```
/// use nn_core::Tensor;
/// use nn_data::StandardScaler;
/// let train = Tensor::from_rows(&[[1.0, 5.0], [3.0, 5.0]]);
/// let scaler = StandardScaler::fit(&train)?;
/// let z = scaler.transform(&train)?;
/// assert_eq!(z, Tensor::from_rows(&[[-1.0, 0.0], [1.0, 0.0]]));
/// assert_eq!(scaler.inverse_transform(&z)?, train);
///
/// // To use a network elsewhere, save the scaler of its inputs as well.
/// let saved = scaler.state_dict(); // .save_safetensors("scaler.safetensors")
/// assert_eq!(StandardScaler::from_state_dict(&saved)?, scaler);
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StandardScaler {
    mean: Vec<f64>,
    std: Vec<f64>,
}

impl StandardScaler {
    /// Learns the mean and the standard deviation of each feature, computed in `f64`.
    ///
    /// # Errors
    /// [`DataError::NotFinite`] for a value that is not finite, and [`DataError::Setting`] if there are no samples or if
    /// the values are so large that their range is not finite.
    pub fn fit<F: Scalar>(x: &Tensor<F>) -> Result<Self, DataError> {
        let mut scaler = StandardScaler { mean: Vec::new(), std: Vec::new() };
        for feature in features(NAME, x)? {
            let (mean, std) = feature?.mean_and_std();
            scaler.mean.push(mean);
            scaler.std.push(std);
        }
        Ok(scaler)
    }

    /// Returns the standardised samples. A value that is not finite stays as it is.
    ///
    /// # Errors
    /// [`DataError::Setting`] if the number of features in `x` differs from that of the samples it was fitted on.
    pub fn transform<F: Scalar>(&self, x: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(NAME, x, self.mean.len(), |feature, x| (x - self.mean[feature]) / self.std[feature])
    }

    /// Returns the samples on their original scale: x = z · std + mean.
    ///
    /// # Errors
    /// As [`StandardScaler::transform`].
    pub fn inverse_transform<F: Scalar>(&self, z: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(NAME, z, self.mean.len(), |feature, z| z * self.std[feature] + self.mean[feature])
    }

    /// Returns the scaler of the features with these indices, in this order and as often as they are named. It takes what a
    /// network predicts of some features back to their units.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_data::StandardScaler;
    /// // By day: the temperature and the rain.
    /// let past = Tensor::from_rows(&[[10.0, 0.0], [14.0, 8.0]]);
    /// let scaler = StandardScaler::fit(&past)?;
    /// // The temperature of the three next days, as a network predicts it.
    /// let predicted = Tensor::from_rows(&[[0.0, 0.5, -1.0]]);
    /// let degrees = scaler.select(&[0; 3])?.inverse_transform(&predicted)?;
    /// assert_eq!(degrees, Tensor::from_rows(&[[12.0, 13.0, 10.0]]));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Setting`] for an index that no feature has.
    pub fn select(&self, features: &[usize]) -> Result<Self, DataError> {
        let mean = select(NAME, &self.mean, features)?;
        Ok(StandardScaler { mean, std: select(NAME, &self.std, features)? })
    }

    /// Returns what it learned, to save: `mean` and `std`.
    pub fn state_dict(&self) -> StateDict<f64> {
        [array("mean", &self.mean), array("std", &self.std)].into_iter().collect()
    }

    /// Makes the scaler that has this state.
    ///
    /// # Errors
    /// [`DataError::Setting`] unless the state has one finite `mean` and one finite positive `std` for each feature.
    pub fn from_state_dict(state: &StateDict<f64>) -> Result<Self, DataError> {
        let (mean, std) = (read(NAME, state, "mean")?, read(NAME, state, "std")?);
        paired(NAME, ["std", "mean"], [std.len(), mean.len()])?;
        each(NAME, "std", &std, "a finite number above 0", |_, std| std > 0.0)?;
        Ok(StandardScaler { mean, std })
    }

    /// The mean of each feature.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The standard deviation of each feature, or 1 for a constant feature.
    pub fn std(&self) -> &[f64] {
        &self.std
    }
}
