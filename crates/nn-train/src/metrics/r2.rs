//! The fraction of variance that is predicted.

use nn_core::{Scalar, Tensor};

use super::MetricError;
use super::mean_error::over_outputs;

/// Returns R², the coefficient of determination: 1 for perfect predictions, 0 for predictions no better than the mean of
/// `truth`. It has no lower bound.
///
/// With ȳ the mean of y over samples:
///
/// R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²
///
/// The result is the mean over outputs. An output whose true values are all the same has R² = 1 if every prediction is
/// right and 0 otherwise, as with scikit-learn's `force_finite=True`. This holds even where scikit-learn rounds the mean
/// and is left with a variance of 1e-34.
///
/// Both arguments are `[samples, outputs]`; further axes count as outputs.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in shape or hold no values, there is only one sample, or a value is not finite.
///
/// ```
/// use nn_core::Tensor;
/// let (truth, predicted) = (
///     Tensor::from_column(&[1.0, 2.0, 3.0]),
///     Tensor::from_column(&[1.0, 2.0, 4.0]),
/// );
/// assert_eq!(nn_train::metrics::r2_score(&truth, &predicted)?, 0.5);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn r2_score<F: Scalar>(truth: &Tensor<F>, predicted: &Tensor<F>) -> Result<f64, MetricError> {
    let r2 = over_outputs(truth, predicted, of_output)?;
    if truth.samples() < 2 {
        return Err(MetricError::Samples { samples: truth.samples() });
    }
    Ok(r2)
}

fn of_output<F: Scalar>(truth: &[F], predicted: &[F]) -> f64 {
    let error = |(y, prediction): (&F, &F)| y.to_f64() - prediction.to_f64();
    let residual = truth.iter().zip(predicted).map(error).map(|error| error * error).sum();
    explained(residual, squares(truth.iter().map(|y| y.to_f64())))
}

/// Returns the sum of squared distances from the mean of at least one value.
pub(super) fn squares(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let n = values.len() as f64;
    let first = values.clone().next().expect("there is a value");
    // Relative to the first value, so that rounding leaves no variance in equal values.
    let mean = values.clone().map(|value| value - first).sum::<f64>() / n;
    values.map(|value| value - first - mean).map(|deviation| deviation * deviation).sum()
}

/// Returns the share of the sum of squares `total` that is not in `residual`: 1 if nothing is left, 0 if there was nothing.
pub(super) fn explained(residual: f64, total: f64) -> f64 {
    match (residual == 0.0, total == 0.0) {
        (true, _) => 1.0,
        (false, true) => 0.0,
        (false, false) => 1.0 - residual / total,
    }
}
