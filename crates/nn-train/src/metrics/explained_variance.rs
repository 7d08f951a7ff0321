//! The fraction of variance that is predicted up to a constant.

use nn_core::{Scalar, Tensor};

use super::MetricError;
use super::mean_error::over_outputs;
use super::r2::{explained, squares};

/// Returns the fraction of the variance of `truth` that is left out of the errors: [`r2_score`](super::r2_score) of
/// predictions from which a constant error has been removed. 1 means that all errors are equal; it has no lower bound.
///
/// explained variance = 1 − Var(y − ŷ) / Var(y)
///
/// The result is the mean over outputs. An output whose true values are all the same has 1 if all its errors are equal and
/// 0 otherwise, as with scikit-learn's `force_finite=True`; so a single sample has 1. This holds even where scikit-learn
/// rounds the mean and is left with a variance of 1e-34.
///
/// Both arguments are `[samples, outputs]`; further axes count as outputs.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in shape or hold no values, or a value is not finite.
///
/// ```
/// use nn_core::Tensor;
/// use nn_train::metrics::{explained_variance_score, r2_score};
/// let (truth, predicted) = (
///     Tensor::from_column(&[1.0, 2.0, 3.0]),
///     Tensor::from_column(&[2.0, 3.0, 4.0]),
/// );
/// assert_eq!(explained_variance_score(&truth, &predicted)?, 1.0);
/// assert_eq!(r2_score(&truth, &predicted)?, -0.5);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn explained_variance_score<F: Scalar>(
    truth: &Tensor<F>,
    predicted: &Tensor<F>,
) -> Result<f64, MetricError> {
    over_outputs(truth, predicted, |truth, predicted| {
        let errors = truth.iter().zip(predicted).map(|(y, prediction)| y.to_f64() - prediction.to_f64());
        explained(squares(errors), squares(truth.iter().map(|y| y.to_f64())))
    })
}
