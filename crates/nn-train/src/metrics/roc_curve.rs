//! The ROC curve: true against false positives at every threshold.

use nn_core::Scalar;

use super::MetricError;
use super::levels::{both, levels, totals};

/// A receiver operating characteristic. Each vector has one entry per threshold, starting with the strictest.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RocCurve {
    /// The fraction of the samples of class 0 whose score reaches the threshold.
    pub false_positive_rate: Vec<f64>,
    /// The fraction of the samples of class 1 whose score reaches the threshold.
    pub true_positive_rate: Vec<f64>,
    /// The thresholds: +∞, then every score that occurs, in descending order.
    pub thresholds: Vec<f64>,
}

/// Returns the ROC curve of scores for class 1, where a higher score means more certain. The curve begins at (0, 0), where
/// no score reaches the threshold, and ends at (1, 1).
///
/// This is scikit-learn's `roc_curve` with `drop_intermediate=False`: points on a straight line are kept.
///
/// Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27 (2006).
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty, a class is neither 0 nor 1, one of the two classes has
/// no samples, or a score is not finite.
///
/// ```
/// let curve = nn_train::metrics::roc_curve(&[0, 0, 1, 1], &[0.1, 0.4, 0.35, 0.8])?;
/// assert_eq!(curve.false_positive_rate, [0.0, 0.0, 0.5, 0.5, 1.0]);
/// assert_eq!(curve.true_positive_rate, [0.0, 0.5, 0.5, 1.0, 1.0]);
/// assert_eq!(curve.thresholds, [f64::INFINITY, 0.8, 0.4, 0.35, 0.1]);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn roc_curve<F: Scalar>(truth: &[usize], scores: &[F]) -> Result<RocCurve, MetricError> {
    let levels = both(truth, levels(truth, scores), 1)?;
    let (positives, negatives) = totals(&levels);
    let mut curve = RocCurve {
        false_positive_rate: vec![0.0],
        true_positive_rate: vec![0.0],
        thresholds: vec![f64::INFINITY],
    };
    let (mut true_positives, mut false_positives) = (0, 0);
    for level in &levels {
        true_positives += level.positives;
        false_positives += level.negatives;
        curve.false_positive_rate.push(false_positives as f64 / negatives as f64);
        curve.true_positive_rate.push(true_positives as f64 / positives as f64);
        curve.thresholds.push(level.score);
    }
    Ok(curve)
}
