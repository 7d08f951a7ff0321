//! The agreement of two labellings, corrected for what chance alone would reach.

use super::MetricError;
use super::precision_recall::{Tally, tallies};

/// Returns the correlation of true and predicted classes, from −1 to 1: 0 for predictions that have nothing to do with the
/// truth, 1 for perfect ones. It is high only if all classes are predicted well, however rare they are.
///
/// With n samples, of which c were predicted right, Nₖ of class k and Pₖ predicted as it:
///
/// MCC = (n c − Σₖ Nₖ Pₖ) / √((n² − Σₖ Nₖ²) (n² − Σₖ Pₖ²))
///
/// For two classes this is (TP · TN − FP · FN) / √((TP + FP) (TP + FN) (TN + FP) (TN + FN)). If all samples have one class,
/// or one class was predicted for all, it is 0/0 and counts as 0, as in scikit-learn. The counts are combined in integers.
///
/// Source: Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", Computational Biology
/// and Chemistry 28 (2004).
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty.
///
/// ```
/// use nn_train::metrics::matthews_corrcoef;
/// let truth = [1, 1, 1, 0];
/// assert_eq!(matthews_corrcoef(&truth, &[1, 0, 1, 1])?, -1.0 / 3.0);
/// assert_eq!(matthews_corrcoef(&truth, &[1, 1, 1, 1])?, 0.0);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn matthews_corrcoef(truth: &[usize], predicted: &[usize]) -> Result<f64, MetricError> {
    let Counts { samples, hits, by_chance, truth, predicted } = Counts::of(truth, predicted)?;
    let [truth, predicted] = [truth, predicted].map(|squares| (samples * samples - squares) as f64);
    let covariance = (samples * hits - by_chance) as f64;
    if truth == 0.0 || predicted == 0.0 { Ok(0.0) } else { Ok(covariance / (truth * predicted).sqrt()) }
}

/// Returns Cohen's κ, the agreement of two labellings beyond that of chance: 1 if they agree everywhere, 0 if as often as
/// independent labellings with these frequencies would, below 0 if less often. It is the same if the two are exchanged.
///
/// With n samples, of which c agree, and Nₖ and Pₖ with class k in either labelling:
///
/// κ = (pₒ − pₑ) / (1 − pₑ), pₒ = c / n, pₑ = Σₖ Nₖ Pₖ / n²
///
/// Source: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960).
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty, or if both give all samples one and the same class:
/// then κ is 0/0, and scikit-learn's value is NaN.
///
/// ```
/// use nn_train::metrics::cohen_kappa_score;
/// let kappa = cohen_kappa_score(&[0, 0, 1, 1], &[0, 0, 1, 0])?;
/// assert_eq!(kappa, (0.75 - 0.5) / (1.0 - 0.5));
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn cohen_kappa_score(truth: &[usize], predicted: &[usize]) -> Result<f64, MetricError> {
    let Counts { samples, hits, by_chance, .. } = Counts::of(truth, predicted)?;
    let (beyond, most) = (samples * hits - by_chance, samples * samples - by_chance);
    if most == 0 {
        return Err(MetricError::NoDisagreement { class: truth[0], samples: truth.len() });
    }
    Ok(beyond as f64 / most as f64)
}

/// Sums over the counts of all classes. None overflows: the square of a number of samples fits into 128 bits.
struct Counts {
    samples: i128,
    /// The number of samples with the same class in both.
    hits: i128,
    /// Σ Nₖ Pₖ.
    by_chance: i128,
    /// Σ Nₖ².
    truth: i128,
    /// Σ Pₖ².
    predicted: i128,
}

impl Counts {
    fn of(truth: &[usize], predicted: &[usize]) -> Result<Self, MetricError> {
        let tallies = tallies(truth, predicted)?;
        let sum = |of: fn([i128; 3]) -> i128| {
            let counts =
                |tally: &Tally| [tally.hits, tally.truth, tally.predicted].map(|count| count as i128);
            tallies.values().map(|tally| of(counts(tally))).sum()
        };
        Ok(Counts {
            samples: truth.len() as i128,
            hits: sum(|[hits, _, _]| hits),
            by_chance: sum(|[_, n, p]| n * p),
            truth: sum(|[_, n, _]| n * n),
            predicted: sum(|[_, _, p]| p * p),
        })
    }
}
