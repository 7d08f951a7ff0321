//! Whether the true class is among the highest scores.

use nn_core::{Scalar, SettingError, Tensor};

use super::MetricError;
use super::error::{PREDICTION, finite};
use super::probabilities::classes;

/// Returns the fraction of samples whose true class has one of the `k` highest scores.
///
/// `scores` is `[samples, classes]`; logits serve as well as probabilities. Of classes with equal scores the one with the
/// highest index comes first, as in scikit-learn. So with ties k = 1 may differ from the [accuracy](super::accuracy) of
/// [`argmax`](super::argmax), which takes the first. With k of at least the number of classes every sample is right.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty, `k` is 0, a class has no column, or a score is not
/// finite.
///
/// ```
/// use nn_core::Tensor;
/// use nn_train::metrics::top_k_accuracy_score;
/// let scores = Tensor::from_rows(&[[0.5, 0.2, 0.3], [0.1, 0.2, 0.7]]);
/// assert_eq!(top_k_accuracy_score(&[2, 0], &scores, 1)?, 0.0);
/// assert_eq!(top_k_accuracy_score(&[2, 0], &scores, 2)?, 0.5);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn top_k_accuracy_score<F: Scalar>(
    truth: &[usize],
    scores: &Tensor<F>,
    k: usize,
) -> Result<f64, MetricError> {
    classes(truth, scores)?;
    SettingError::unless(k > 0, "top_k_accuracy_score", "k", "at least 1", k)?;
    finite(scores, PREDICTION)?;
    let found = |&(sample, &label): &(usize, &usize)| {
        let own = scores[[sample, label]];
        let before = |&class: &usize| {
            let score = scores[[sample, class]];
            score > own || (score == own && class > label)
        };
        (0..scores.features()).filter(before).count() < k
    };
    Ok(truth.iter().enumerate().filter(found).count() as f64 / truth.len() as f64)
}
