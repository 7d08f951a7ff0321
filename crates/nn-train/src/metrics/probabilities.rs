//! The check of predicted probabilities.

use nn_core::{Scalar, Tensor};

use super::MetricError;
use super::accuracy::check;
use super::error::{PREDICTION, finite};

/// How far from 1 the sum of a sample's probabilities may be: the rounding error of many classes in `f32`.
const TOLERANCE: f64 = 1e-5;

/// Checks that each sample has a label with a column, and one number for each class which add up to 1.
pub(super) fn distributions<F: Scalar>(
    truth: &[usize],
    probabilities: &Tensor<F>,
) -> Result<(), MetricError> {
    classes(truth, probabilities)?;
    finite(probabilities, PREDICTION)?;
    for sample in 0..truth.len() {
        let sum: f64 = probabilities.sample(sample).map(F::to_f64).sum();
        if (sum - 1.0).abs() > TOLERANCE {
            return Err(MetricError::NotProbabilities { sample, sum });
        }
    }
    Ok(())
}

/// Checks that there are as many samples as labels, at least one, and a column for each label.
pub(super) fn classes<F: Scalar>(truth: &[usize], scores: &Tensor<F>) -> Result<(), MetricError> {
    check(truth.len(), scores.samples())?;
    match truth.iter().find(|&&label| label >= scores.features()) {
        Some(&label) => Err(MetricError::Label { label, classes: scores.features() }),
        None => Ok(()),
    }
}

/// Checks that every number is from 0 to 1. All must be finite.
pub(super) fn shares(probabilities: impl Iterator<Item = f64>) -> Result<(), MetricError> {
    for (sample, value) in probabilities.enumerate() {
        if !(0.0..=1.0).contains(&value) {
            return Err(MetricError::NotProbability { sample, value });
        }
    }
    Ok(())
}
