//! The predicted classes, and the fraction of them that is right.

use nn_core::{Tensor, once};

use super::MetricError;
use super::error::{PREDICTION, finite};

once! {
    /// Returns the predicted class of each sample: the index of its largest output, the first one in case of a tie.
    ///
    /// # Errors
    /// Returns [`MetricError`] if an output is not finite, because a network that diverged predicts no class, or if there are
    /// samples without outputs.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_train::metrics::argmax;
    /// let outputs = Tensor::from_rows(&[[0.1, 0.7, 0.2], [3.0, 3.0, 1.0]]);
    /// assert_eq!(argmax(&outputs)?, [1, 0]);
    /// let error = argmax(&Tensor::from_rows(&[[0.1, f64::NAN]])).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the prediction of sample 0 is NaN, expected a finite number"
    /// );
    /// # Ok::<(), nn_train::metrics::MetricError>(())
    /// ```
    pub fn argmax<'a, F>(outputs: &'a Tensor<F>) -> Result<Vec<usize>, MetricError> {
        finite(outputs, PREDICTION)?;
        if outputs.features() == 0 && outputs.samples() > 0 {
            return Err(MetricError::Label { label: 0, classes: 0 });
        }
        let largest = |sample| {
            let mut best = 0;
            for class in 1..outputs.features() {
                if outputs[[sample, class]] > outputs[[sample, best]] {
                    best = class;
                }
            }
            best
        };
        Ok((0..outputs.samples()).map(largest).collect())
    }
}

/// Returns the fraction of samples whose predicted class is the true one: scikit-learn's `accuracy_score`.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty.
///
/// ```
/// use nn_train::metrics::accuracy;
/// assert_eq!(accuracy(&[0, 1, 1, 2], &[0, 1, 0, 2])?, 0.75);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn accuracy(truth: &[usize], predicted: &[usize]) -> Result<f64, MetricError> {
    check(truth.len(), predicted.len())?;
    let hits = predicted.iter().zip(truth).filter(|(predicted, truth)| predicted == truth).count();
    Ok(hits as f64 / truth.len() as f64)
}

/// Checks that there are as many predictions as true classes, and at least one.
pub(super) fn check(truth: usize, predicted: usize) -> Result<(), MetricError> {
    if predicted != truth || truth == 0 {
        return Err(MetricError::Length { predicted, truth });
    }
    Ok(())
}
