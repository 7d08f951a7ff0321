//! The area under the ROC curve: how well scores rank the samples of a class above all others.

use nn_core::{Scalar, Tensor};

use super::MetricError;
use super::levels::{Level, both, levels, of_class, totals};
use super::probabilities::distributions;

/// Returns the area under the [ROC curve](super::roc_curve()) of two classes: the probability that a sample of class 1 has a
/// higher score than one of class 0.
///
/// With sᵢ the scores of the P samples of class 1 and rⱼ those of the N samples of class 0:
///
/// AUC = (#{sᵢ > rⱼ} + ½ #{sᵢ = rⱼ}) / (P N)
///
/// Only the order of the scores matters, so logits serve as well as probabilities. For a network with two outputs, pass the
/// probability of class 1; for one with a single output, that output. The pairs are counted in integers, and the result is
/// rounded once.
///
/// Source: Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC) curve",
/// Radiology 143 (1982).
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty, a class is neither 0 nor 1, one of the two classes has
/// no samples, or a score is not finite.
///
/// ```
/// use nn_core::Tensor;
/// use nn_train::metrics::roc_auc_score;
/// assert_eq!(roc_auc_score(&[0, 0, 1, 1], &[0.1, 0.4, 0.35, 0.8])?, 0.75);
///
/// let probabilities = Tensor::from_rows(&[[0.9, 0.1], [0.5, 0.5], [0.5, 0.5]]);
/// assert_eq!(roc_auc_score(&[0, 0, 1], probabilities.feature(1))?, 0.75);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn roc_auc_score<F: Scalar>(truth: &[usize], scores: &[F]) -> Result<f64, MetricError> {
    Ok(area(&both(truth, levels(truth, scores), 1)?))
}

/// Returns the mean over classes of the area under the ROC curve of each class against all others: scikit-learn's
/// `roc_auc_score(…, multi_class="ovr", average="macro")`.
///
/// `probabilities` is `[samples, classes]`. Each row must add up to 1, because samples are ranked by the entry of one
/// class, and a single logit says little without the others.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty, a class has no column, no samples or all of them, a
/// probability is not finite, or the row of a sample does not add up to 1.
///
/// ```
/// use nn_core::Tensor;
/// use nn_train::metrics::roc_auc_score_ovr;
/// let probabilities = Tensor::from_rows(&[
///     [0.6, 0.3, 0.1],
///     [0.2, 0.3, 0.5],
///     [0.2, 0.1, 0.7],
///     [0.5, 0.4, 0.1],
/// ]);
/// assert_eq!(
///     roc_auc_score_ovr(&[0, 1, 2, 1], &probabilities)?,
///     (1.0 + 0.875 + 1.0) / 3.0
/// );
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn roc_auc_score_ovr<F: Scalar>(truth: &[usize], probabilities: &Tensor<F>) -> Result<f64, MetricError> {
    distributions(truth, probabilities)?;
    let classes = probabilities.features();
    let mut sum = 0.0;
    for class in 0..classes {
        let scores = probabilities.feature(class).iter().map(|score| score.to_f64());
        sum += area(&both(truth, of_class(truth, scores, class), class)?);
    }
    Ok(sum / classes as f64)
}

/// Returns the area: twice the pairs in the right order plus the tied pairs, over twice the number of all pairs.
fn area(levels: &[Level]) -> f64 {
    let (positives, negatives) = totals(levels);
    let (mut twice, mut below) = (0_u128, negatives);
    for level in levels {
        below -= level.negatives;
        twice += level.positives as u128 * (2 * below + level.negatives) as u128;
    }
    twice as f64 / (2 * positives as u128 * negatives as u128) as f64
}
