//! Precision against recall at every threshold, and the area under it.

use nn_core::Scalar;

use super::MetricError;
use super::levels::{Level, levels, totals};

/// Precision and recall of class 1 at each threshold, starting with the lowest.
///
/// The two vectors of rates end with one entry more than there are thresholds: precision 1 and recall 0, where no score
/// reaches the threshold.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PrecisionRecallCurve {
    /// The fraction of class 1 among the samples whose score reaches the threshold; 1 at the end.
    pub precision: Vec<f64>,
    /// The fraction of the samples of class 1 whose score reaches the threshold; 0 at the end.
    pub recall: Vec<f64>,
    /// The thresholds: every score that occurs, in ascending order.
    pub thresholds: Vec<f64>,
}

/// Returns the precision-recall curve of scores for class 1, where a higher score means more certain: scikit-learn's
/// `precision_recall_curve`.
///
/// With T(t) and P(t) the numbers of samples of class 1, and of all samples, whose score is at least t, and N the number of
/// samples of class 1:
///
/// precision(t) = T(t) / P(t), recall(t) = T(t) / N
///
/// Unlike the [ROC curve](super::roc_curve()) it depends on how rare class 1 is. Without samples of class 1 every
/// precision is 0 and every recall counts as 1, as in scikit-learn.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty, a class is neither 0 nor 1, or a score is not finite.
///
/// ```
/// use nn_train::metrics::precision_recall_curve;
/// let curve = precision_recall_curve(&[0, 0, 1, 1], &[0.1, 0.4, 0.35, 0.8])?;
/// assert_eq!(curve.thresholds, [0.1, 0.35, 0.4, 0.8]);
/// assert_eq!(curve.precision, [0.5, 2.0 / 3.0, 0.5, 1.0, 1.0]);
/// assert_eq!(curve.recall, [1.0, 1.0, 0.5, 0.5, 0.0]);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn precision_recall_curve<F: Scalar>(
    truth: &[usize],
    scores: &[F],
) -> Result<PrecisionRecallCurve, MetricError> {
    Ok(curve(&levels(truth, scores)?))
}

/// Returns the mean of the precision over all steps of recall: the area under the
/// [precision-recall curve](precision_recall_curve()) as a staircase, without interpolation.
///
/// With the thresholds in descending order, and recall₀ = 0:
///
/// AP = Σₙ (recallₙ − recallₙ₋₁) precisionₙ
///
/// Scores that say nothing have about the fraction of class 1 among the samples. Without samples of class 1 it is 0, as
/// in scikit-learn. For one of several classes, pass the column of the class and truth as 0 and 1.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty, a class is neither 0 nor 1, or a score is not finite.
///
/// ```
/// use nn_train::metrics::average_precision_score;
/// let score = average_precision_score(&[0, 0, 1, 1], &[0.1, 0.4, 0.35, 0.8])?;
/// assert_eq!(score, 0.5 + 0.5 * (2.0 / 3.0));
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn average_precision_score<F: Scalar>(truth: &[usize], scores: &[F]) -> Result<f64, MetricError> {
    let PrecisionRecallCurve { precision, recall, .. } = curve(&levels(truth, scores)?);
    let steps = recall.windows(2).zip(&precision);
    Ok(steps.map(|(recall, precision)| (recall[0] - recall[1]) * precision).sum::<f64>().max(0.0))
}

/// Returns the curve of scores in descending order.
fn curve(levels: &[Level]) -> PrecisionRecallCurve {
    let (all, _) = totals(levels);
    let mut curve = PrecisionRecallCurve { precision: vec![1.0], recall: vec![0.0], thresholds: Vec::new() };
    let (mut hits, mut predicted) = (0, 0);
    for level in levels {
        hits += level.positives;
        predicted += level.positives + level.negatives;
        curve.precision.push(hits as f64 / predicted as f64);
        curve.recall.push(if all == 0 { 1.0 } else { hits as f64 / all as f64 });
        curve.thresholds.push(level.score);
    }
    curve.precision.reverse();
    curve.recall.reverse();
    curve.thresholds.reverse();
    curve
}
