//! Whether a predicted probability is a frequency.

use nn_core::{Scalar, SettingError};

use super::MetricError;
use super::error::PREDICTION;
use super::levels::two_classes;
use super::probabilities::shares;
use crate::statistics::of_sorted;

/// How the probabilities from 0 to 1 are divided into bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bins {
    /// This number of bins of equal width: scikit-learn's `strategy="uniform"`.
    Uniform(usize),
    /// This number of bins with about equally many samples, bounded by quantiles of the probabilities: scikit-learn's
    /// `strategy="quantile"`.
    Quantile(usize),
}

/// A calibration curve, or reliability diagram: one entry for each bin that has samples, in ascending order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CalibrationCurve {
    /// The fraction of the bin's samples that are of class 1.
    #[doc(alias = "prob_true")]
    pub fraction_of_positives: Vec<f64>,
    /// The mean predicted probability of the bin's samples.
    #[doc(alias = "prob_pred")]
    pub mean_predicted_probability: Vec<f64>,
    /// The number of samples in the bin.
    pub samples: Vec<usize>,
}

/// Returns, for each bin of predicted probabilities of class 1, the fraction of its samples that are of class 1 beside the
/// mean probability: scikit-learn's `calibration_curve`. The two are equal where the classifier is calibrated. A point below
/// the diagonal means that it is too sure of class 1.
///
/// With b₀ ≤ … ≤ b_m the bounds of the bins, bin i has the samples with bᵢ < p ≤ bᵢ₊₁, and the first those with p = b₀ as
/// well.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty, a class is neither 0 nor 1, a probability is not
/// finite or not from 0 to 1, or there are no bins.
///
/// ```
/// use nn_train::metrics::{Bins, calibration_curve};
/// let (truth, p) = ([0, 0, 1, 1, 1], [0.25, 0.25, 0.25, 0.75, 0.75]);
/// let curve = calibration_curve(&truth, &p, Bins::Uniform(2))?;
/// assert_eq!(curve.fraction_of_positives, [1.0 / 3.0, 1.0]);
/// assert_eq!(curve.mean_predicted_probability, [0.25, 0.75]);
/// assert_eq!(curve.samples, [3, 2]);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn calibration_curve<F: Scalar>(
    truth: &[usize],
    probabilities: &[F],
    bins: Bins,
) -> Result<CalibrationCurve, MetricError> {
    two_classes(truth, probabilities.len())?;
    let p: Vec<f64> = probabilities.iter().map(|p| p.to_f64()).collect();
    if let Some(sample) = p.iter().position(|p| !p.is_finite()) {
        return Err(MetricError::NotFinite { what: PREDICTION, sample, value: p[sample] });
    }
    shares(p.iter().copied())?;
    let bounds = inner_bounds(&p, bins)?;

    let mut sums = vec![(0, 0.0, 0); bounds.len() + 1];
    for (&p, &class) in p.iter().zip(truth) {
        let (positives, sum, samples) = &mut sums[bounds.partition_point(|&bound| bound < p)];
        *positives += class;
        *sum += p;
        *samples += 1;
    }
    sums.retain(|(_, _, samples)| *samples > 0);
    Ok(CalibrationCurve {
        fraction_of_positives: sums.iter().map(|&(positives, _, n)| positives as f64 / n as f64).collect(),
        mean_predicted_probability: sums.iter().map(|&(_, sum, n)| sum / n as f64).collect(),
        samples: sums.into_iter().map(|(_, _, samples)| samples).collect(),
    })
}

/// Returns the bounds between bins, with the rounding of NumPy's `linspace` and `percentile`, because a probability may be
/// equal to one.
fn inner_bounds(p: &[f64], bins: Bins) -> Result<Vec<f64>, SettingError> {
    const NAME: &str = "calibration_curve";
    // A number of bins that memory cannot hold is an error and no abort.
    const MOST: usize = 1 << 20;
    let (Bins::Uniform(count) | Bins::Quantile(count)) = bins;
    let fits = (1..=MOST).contains(&count);
    SettingError::unless(fits, NAME, "number of bins", format_args!("from 1 to {MOST}"), count)?;
    let mut sorted = p.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let step = 1.0 / count as f64;
    let bound = |i: usize| match bins {
        Bins::Uniform(_) => i as f64 * step,
        Bins::Quantile(_) => of_sorted(&sorted, i as f64 * step * 100.0 / 100.0),
    };
    Ok((1..count).map(bound).collect())
}
