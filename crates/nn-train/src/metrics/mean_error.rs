//! The mean distance of predicted from true values.

use nn_core::{Scalar, Tensor};

use super::MetricError;
use super::error::{PREDICTION, TRUTH, finite};

/// Returns the mean of |y − ŷ| over samples, then over outputs, in the unit of y. Outliers move it less than the squared
/// error.
///
/// Both arguments are `[samples, outputs]`; further axes count as outputs.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in shape or hold no values, or a value is not finite.
///
/// ```
/// use nn_core::Tensor;
/// let (truth, predicted) = (
///     Tensor::from_column(&[3.0, -0.5, 2.0, 7.0]),
///     Tensor::from_column(&[2.5, 0.0, 2.0, 8.0]),
/// );
/// assert_eq!(nn_train::metrics::mean_absolute_error(&truth, &predicted)?, 0.5);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn mean_absolute_error<F: Scalar>(truth: &Tensor<F>, predicted: &Tensor<F>) -> Result<f64, MetricError> {
    over_outputs(truth, predicted, |truth, predicted| mean(truth, predicted, |_, error| error.abs()))
}

/// Returns the mean of (y − ŷ)² over samples, then over outputs.
///
/// The shapes are those of [`mean_absolute_error`].
///
/// # Errors
/// Returns [`MetricError`] if the two differ in shape or hold no values, or a value is not finite.
///
/// ```
/// use nn_core::Tensor;
/// let (truth, predicted) = (
///     Tensor::from_column(&[3.0, -0.5, 2.0, 7.0]),
///     Tensor::from_column(&[2.5, 0.0, 2.0, 8.0]),
/// );
/// assert_eq!(nn_train::metrics::mean_squared_error(&truth, &predicted)?, 0.375);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn mean_squared_error<F: Scalar>(truth: &Tensor<F>, predicted: &Tensor<F>) -> Result<f64, MetricError> {
    over_outputs(truth, predicted, |truth, predicted| mean(truth, predicted, |_, error| error * error))
}

/// Returns the root of the mean of (y − ŷ)² over samples, in the unit of y. For several outputs it is the mean of their
/// roots, as in scikit-learn, not the root of their mean.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in shape or hold no values, or a value is not finite.
///
/// ```
/// use nn_core::Tensor;
/// let (truth, predicted) =
///     (Tensor::from_rows(&[[0.0, 0.0]]), Tensor::from_rows(&[[3.0, 5.0]]));
/// assert_eq!(nn_train::metrics::root_mean_squared_error(&truth, &predicted)?, 4.0);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn root_mean_squared_error<F: Scalar>(
    truth: &Tensor<F>,
    predicted: &Tensor<F>,
) -> Result<f64, MetricError> {
    over_outputs(truth, predicted, |truth, predicted| mean(truth, predicted, |_, error| error * error).sqrt())
}

/// Returns the mean of |y − ŷ| / |y| over samples, then over outputs: a fraction, and not a percentage, as in scikit-learn.
///
/// With ε = 2⁻⁵², the machine epsilon of `f64`:
///
/// MAPE = 1/n Σ |y − ŷ| / max(|y|, ε)
///
/// So a true value of 0 makes it huge, unless the prediction is 0 as well. The shapes are those of [`mean_absolute_error`].
///
/// # Errors
/// Returns [`MetricError`] if the two differ in shape or hold no values, or a value is not finite.
///
/// ```
/// use nn_core::Tensor;
/// use nn_train::metrics::mean_absolute_percentage_error;
/// let (truth, predicted) =
///     (Tensor::from_column(&[2.0, -8.0]), Tensor::from_column(&[3.0, -4.0]));
/// assert_eq!(mean_absolute_percentage_error(&truth, &predicted)?, 0.5);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
#[doc(alias = "mape")]
pub fn mean_absolute_percentage_error<F: Scalar>(
    truth: &Tensor<F>,
    predicted: &Tensor<F>,
) -> Result<f64, MetricError> {
    over_outputs(truth, predicted, |truth, predicted| {
        mean(truth, predicted, |y, error| error.abs() / y.abs().max(f64::EPSILON))
    })
}

/// Returns the mean over outputs of `output`, applied to the true and the predicted values of each.
pub(super) fn over_outputs<F: Scalar>(
    truth: &Tensor<F>,
    predicted: &Tensor<F>,
    output: impl Fn(&[F], &[F]) -> f64,
) -> Result<f64, MetricError> {
    if truth.shape() != predicted.shape() || truth.shape().contains(&0) {
        return Err(MetricError::Shape {
            predicted: predicted.shape().to_vec(),
            truth: truth.shape().to_vec(),
        });
    }
    finite(truth, TRUTH)?;
    finite(predicted, PREDICTION)?;
    let outputs = truth.features();
    let sum: f64 = (0..outputs).map(|i| output(truth.feature(i), predicted.feature(i))).sum();
    Ok(sum / outputs as f64)
}

/// Returns the mean of `of`, applied to each true value and its error.
fn mean<F: Scalar>(truth: &[F], predicted: &[F], of: impl Fn(f64, f64) -> f64) -> f64 {
    let of = |(y, prediction): (&F, &F)| of(y.to_f64(), y.to_f64() - prediction.to_f64());
    truth.iter().zip(predicted).map(of).sum::<f64>() / truth.len() as f64
}
