//! Bringing features to a common scale.

use nn_core::{Scalar, Tensor};

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
/// assert_eq!(scaler.transform(&train)?, Tensor::from_rows(&[[-1.0, 0.0], [1.0, 0.0]]));
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
    /// [`DataError::Argument`] if there are no samples.
    pub fn fit<F: Scalar>(x: &Tensor<F>) -> Result<Self, DataError> {
        DataError::check_positive("samples", x.samples())?;
        let n = x.samples() as f64;
        let mut scaler = StandardScaler { mean: Vec::new(), std: Vec::new() };
        for feature in 0..x.features() {
            let values = x.feature(feature);
            let mean = values.iter().map(|v| v.to_f64()).sum::<f64>() / n;
            let variance = values.iter().map(|v| (v.to_f64() - mean) * (v.to_f64() - mean)).sum::<f64>() / n;
            let std = variance.sqrt();
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
        if x.features() != self.mean.len() {
            return Err(DataError::argument("number of features", self.mean.len().to_string(), x.features()));
        }
        let mut z = x.clone();
        for (feature, (mean, std)) in self.mean.iter().zip(&self.std).enumerate() {
            for value in z.feature_mut(feature) {
                *value = F::from_f64((value.to_f64() - mean) / std);
            }
        }
        Ok(z)
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
