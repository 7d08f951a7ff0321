//! The ROC curve: true against false positives at every threshold.

use nn_core::Scalar;

use super::MetricError;
use super::accuracy::check;
use super::error::PREDICTION;

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
    let levels = levels(truth, scores)?;
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

/// The number of samples of each class that share a score.
pub(super) struct Level {
    score: f64,
    pub(super) positives: usize,
    pub(super) negatives: usize,
}

/// Returns the numbers of samples of class 1 and of class 0.
pub(super) fn totals(levels: &[Level]) -> (usize, usize) {
    (levels.iter().map(|level| level.positives).sum(), levels.iter().map(|level| level.negatives).sum())
}

/// Returns the distinct scores of samples of both classes, in descending order.
pub(super) fn levels<F: Scalar>(truth: &[usize], scores: &[F]) -> Result<Vec<Level>, MetricError> {
    check(truth.len(), scores.len())?;
    if let Some(&label) = truth.iter().find(|&&label| label > 1) {
        return Err(MetricError::Label { label, classes: 2 });
    }
    of_class(truth, scores.iter().map(|score| score.to_f64()), 1)
}

/// Returns the same for `class` against all others. There must be as many scores as entries of `truth`, and at least one.
pub(super) fn of_class(
    truth: &[usize],
    scores: impl Iterator<Item = f64>,
    class: usize,
) -> Result<Vec<Level>, MetricError> {
    let (samples, positives) = (truth.len(), truth.iter().filter(|&&label| label == class).count());
    if positives == 0 || positives == samples {
        return Err(MetricError::OneClass { class, positives, samples });
    }
    let mut sorted: Vec<(f64, usize)> = scores.zip(truth.iter().copied()).collect();
    if let Some(sample) = sorted.iter().position(|(score, _)| !score.is_finite()) {
        return Err(MetricError::NotFinite { what: PREDICTION, sample, value: sorted[sample].0 });
    }
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Numeric equality, so that −0 and +0 share a level.
    let same_score = sorted.chunk_by(|a, b| a.0 == b.0);
    let level = |samples: &[(f64, usize)]| {
        let positives = samples.iter().filter(|(_, label)| *label == class).count();
        Level { score: samples[0].0, positives, negatives: samples.len() - positives }
    };
    Ok(same_score.map(level).collect())
}
