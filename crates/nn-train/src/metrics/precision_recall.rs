//! Precision, recall and F1: how far a class can be trusted, and how much of it is found.

use std::collections::BTreeMap;

use super::MetricError;
use super::accuracy::check;

/// How the values of several classes become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Average {
    /// The mean over classes: a rare class counts as much as a frequent one.
    Macro,
    /// From counts over all classes together. With one class a sample, as here, it is the accuracy.
    Micro,
    /// The mean over classes, each weighted with its number of true samples.
    Weighted,
    /// The value of this class alone: scikit-learn's `average="binary"` with this `pos_label`.
    Class(usize),
}

/// Of the samples taken for a class, the fraction that belongs to it.
///
/// With Tₖ the samples of class k that were taken for it, and Pₖ all that were taken for it:
///
/// precisionₖ = Tₖ / Pₖ
///
/// and 0 where nothing was taken for the class, as scikit-learn's `zero_division=0`. Macro and weighted averages are over the
/// classes that occur in `truth` or `predicted`, as in scikit-learn; those of a
/// [`ClassificationReport`](super::ClassificationReport) are over all that have a name.
///
/// # Errors
/// [`MetricError`] if the two differ in length or are empty.
///
/// ```
/// use nn_train::metrics::{Average, precision_score};
/// let (truth, predicted) = ([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]);
/// assert_eq!(precision_score(&truth, &predicted, Average::Class(0))?, 2.0 / 3.0);
/// assert_eq!(precision_score(&truth, &predicted, Average::Macro)?, 2.0 / 9.0);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn precision_score(truth: &[usize], predicted: &[usize], average: Average) -> Result<f64, MetricError> {
    Ok(averaged(&tallies(truth, predicted)?, average, Tally::precision))
}

/// Of the samples of a class, the fraction that was taken for it.
///
/// With Tₖ the samples of class k that were taken for it, and Nₖ all samples of class k:
///
/// recallₖ = Tₖ / Nₖ
///
/// and 0 for a class without samples. Averages as of [`precision_score`].
///
/// # Errors
/// [`MetricError`] if the two differ in length or are empty.
///
/// ```
/// use nn_train::metrics::{Average, recall_score};
/// let (truth, predicted) = ([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]);
/// assert_eq!(recall_score(&truth, &predicted, Average::Class(0))?, 1.0);
/// assert_eq!(recall_score(&truth, &predicted, Average::Macro)?, 1.0 / 3.0);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn recall_score(truth: &[usize], predicted: &[usize], average: Average) -> Result<f64, MetricError> {
    Ok(averaged(&tallies(truth, predicted)?, average, Tally::recall))
}

/// The harmonic mean of precision and recall.
///
/// F1ₖ = 2 Tₖ / (Pₖ + Nₖ)
///
/// with the counts of [`precision_score`] and [`recall_score`], and 0 for a class that neither has samples nor was predicted.
/// The macro average is the mean of the classes' F1, not the F1 of mean precision and mean recall.
///
/// # Errors
/// [`MetricError`] if the two differ in length or are empty.
///
/// ```
/// use nn_train::metrics::{Average, f1_score};
/// let (truth, predicted) = ([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]);
/// assert_eq!(f1_score(&truth, &predicted, Average::Class(0))?, 0.8);
/// assert_eq!(f1_score(&truth, &predicted, Average::Micro)?, 1.0 / 3.0);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn f1_score(truth: &[usize], predicted: &[usize], average: Average) -> Result<f64, MetricError> {
    Ok(averaged(&tallies(truth, predicted)?, average, Tally::f1))
}

/// What is counted of one class.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Samples of the class that were taken for it.
    pub(super) hits: usize,
    /// Samples taken for it.
    pub(super) predicted: usize,
    /// Samples of it.
    pub(super) truth: usize,
}

impl Tally {
    pub(super) fn precision(&self) -> f64 {
        ratio(self.hits, self.predicted)
    }

    pub(super) fn recall(&self) -> f64 {
        ratio(self.hits, self.truth)
    }

    pub(super) fn f1(&self) -> f64 {
        ratio(2 * self.hits, self.predicted + self.truth)
    }
}

/// 0 where nothing is divided by nothing.
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// One number from the tallies of all classes, added up in the order of their indices.
pub(super) fn averaged(
    tallies: &BTreeMap<usize, Tally>,
    average: Average,
    value: impl Fn(&Tally) -> f64,
) -> f64 {
    match average {
        Average::Macro => tallies.values().map(&value).sum::<f64>() / tallies.len() as f64,
        Average::Micro => {
            let add = |all: Tally, one: &Tally| Tally {
                hits: all.hits + one.hits,
                predicted: all.predicted + one.predicted,
                truth: all.truth + one.truth,
            };
            value(&tallies.values().fold(Tally::default(), add))
        }
        Average::Weighted => {
            let samples: usize = tallies.values().map(|tally| tally.truth).sum();
            tallies.values().map(|tally| value(tally) * tally.truth as f64).sum::<f64>() / samples as f64
        }
        Average::Class(class) => tallies.get(&class).map_or(0.0, value),
    }
}

/// The tally of each class that occurs. A map, because a label may be any number.
fn tallies(truth: &[usize], predicted: &[usize]) -> Result<BTreeMap<usize, Tally>, MetricError> {
    check(truth.len(), predicted.len())?;
    let mut tallies = BTreeMap::<usize, Tally>::new();
    for (truth, predicted) in truth.iter().zip(predicted) {
        tallies.entry(*truth).or_default().truth += 1;
        let tally = tallies.entry(*predicted).or_default();
        tally.predicted += 1;
        tally.hits += usize::from(truth == predicted);
    }
    Ok(tallies)
}
