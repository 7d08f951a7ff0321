//! Mean 0 and standard deviation 1.

use nn_core::{Scalar, StateDict, Tensor};

use super::{array, map, read, values};
use crate::DataError;

/// Standardises each feature: z = (x − mean) / std, with the mean and the (population) standard deviation of the
/// samples it was fitted on. Fit it on the training part alone, so that nothing of the test part leaks into training.
/// A feature that is constant there keeps its scale: z = x − mean, as scikit-learn's `StandardScaler`.
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
/// // A network is of use elsewhere only with the scaler that its inputs went through.
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
    /// Learns mean and standard deviation of each feature; computed in `f64`.
    ///
    /// # Errors
    /// [`DataError::Argument`] if there are no samples, if a value is not finite, or if the values are so large that their
    /// standard deviation is not.
    pub fn fit<F: Scalar>(x: &Tensor<F>) -> Result<Self, DataError> {
        DataError::check_positive("samples", x.samples())?;
        let n = x.samples() as f64;
        let mut scaler = StandardScaler { mean: Vec::new(), std: Vec::new() };
        for feature in 0..x.features() {
            let values = values(x, feature)?;
            let mean = values.iter().sum::<f64>() / n;
            let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
            let std = variance.sqrt();
            if !std.is_finite() {
                return Err(DataError::argument("standard deviation", "a finite number: scale x down", std));
            }
            // What is left of a constant's deviation is rounding of its mean.
            let constant = std <= n * f64::EPSILON * mean.abs();
            scaler.mean.push(mean);
            scaler.std.push(if constant { 1.0 } else { std });
        }
        Ok(scaler)
    }

    /// The standardised samples.
    ///
    /// # Errors
    /// [`DataError::Argument`] if `x` has another number of features than the samples it was fitted on.
    pub fn transform<F: Scalar>(&self, x: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(x, self.mean.len(), |feature, x| (x - self.mean[feature]) / self.std[feature])
    }

    /// The samples back on their own scale: x = z · std + mean.
    ///
    /// # Errors
    /// As [`StandardScaler::transform`].
    pub fn inverse_transform<F: Scalar>(&self, z: &Tensor<F>) -> Result<Tensor<F>, DataError> {
        map(z, self.mean.len(), |feature, z| z * self.std[feature] + self.mean[feature])
    }

    /// What it learned, to save: `mean` and `std`.
    pub fn state_dict(&self) -> StateDict<f64> {
        [array("mean", &self.mean), array("std", &self.std)].into_iter().collect()
    }

    /// The scaler of this state.
    ///
    /// # Errors
    /// [`DataError::Argument`] if it has not one finite `mean` and one finite positive `std` for each feature.
    pub fn from_state_dict(state: &StateDict<f64>) -> Result<Self, DataError> {
        let (mean, std) = (read(state, "mean")?, read(state, "std")?);
        if mean.len() != std.len() || std.iter().any(|&std| std <= 0.0) {
            let expected = format!("{} positive numbers, one for each mean", mean.len());
            return Err(DataError::argument("std", expected, format!("{std:?}")));
        }
        Ok(StandardScaler { mean, std })
    }

    /// Mean of each feature.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Standard deviation of each feature; 1 for a constant one.
    pub fn std(&self) -> &[f64] {
        &self.std
    }
}
