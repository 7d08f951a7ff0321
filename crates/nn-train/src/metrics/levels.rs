//! Samples in the order of their scores: what all metrics of scores are computed from.

use nn_core::Scalar;

use super::MetricError;
use super::accuracy::check;
use super::error::PREDICTION;

/// The number of samples of each class that share a score.
pub(super) struct Level {
    pub(super) score: f64,
    pub(super) positives: usize,
    pub(super) negatives: usize,
}

/// Returns the numbers of samples of class 1 and of class 0.
pub(super) fn totals(levels: &[Level]) -> (usize, usize) {
    (levels.iter().map(|level| level.positives).sum(), levels.iter().map(|level| level.negatives).sum())
}

/// Returns the distinct scores of samples of class 0 and class 1, in descending order.
pub(super) fn levels<F: Scalar>(truth: &[usize], scores: &[F]) -> Result<Vec<Level>, MetricError> {
    two_classes(truth, scores.len())?;
    of_class(truth, scores.iter().map(|score| score.to_f64()), 1)
}

/// Checks that there are as many scores as samples, at least one, and no class but 0 and 1.
pub(super) fn two_classes(truth: &[usize], scores: usize) -> Result<(), MetricError> {
    check(truth.len(), scores)?;
    match truth.iter().find(|&&label| label > 1) {
        Some(&label) => Err(MetricError::Label { label, classes: 2 }),
        None => Ok(()),
    }
}

/// Returns the same for `class` against all others. There must be as many scores as entries of `truth`, and at least one.
pub(super) fn of_class(
    truth: &[usize],
    scores: impl Iterator<Item = f64>,
    class: usize,
) -> Result<Vec<Level>, MetricError> {
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

/// Returns the levels, unless all samples have the class or none has: there is nothing to separate then, whatever the scores.
pub(super) fn both(
    truth: &[usize],
    levels: Result<Vec<Level>, MetricError>,
    class: usize,
) -> Result<Vec<Level>, MetricError> {
    let (samples, positives) = (truth.len(), truth.iter().filter(|&&label| label == class).count());
    match levels {
        Ok(_) | Err(MetricError::NotFinite { .. }) if positives == 0 || positives == samples => {
            Err(MetricError::OneClass { class, positives, samples })
        }
        levels => levels,
    }
}
