//! Precision, recall and F1: how far a predicted class can be trusted, and how much of a class is found.

use std::collections::BTreeMap;

use super::MetricError;
use super::accuracy::check;

/// The way in which the values of several classes are combined into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Average {
    /// The mean over classes; a rare class counts as much as a frequent one.
    Macro,
    /// The value from the counts of all classes together. With one class per sample, as here, it is the accuracy.
    Micro,
    /// The mean over classes, weighted by their number of true samples.
    Weighted,
    /// The value of this class alone, as scikit-learn's `average="binary"` with this `pos_label`.
    Class(usize),
}

/// Returns the fraction of the samples predicted as a class that belong to it.
///
/// With Tₖ the number of samples of class k predicted as k, and Pₖ the number of all samples predicted as k:
///
/// precisionₖ = Tₖ / Pₖ
///
/// It is 0 if no sample was predicted as the class, as with scikit-learn's `zero_division=0`. Macro and weighted averages
/// are over the classes that occur in `truth` or `predicted`, as in scikit-learn; those of a
/// [`ClassificationReport`](super::ClassificationReport) are over all named classes.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty.
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

/// Returns the fraction of the samples of a class that were predicted as it.
///
/// With Tₖ the number of samples of class k predicted as k, and Nₖ the number of all samples of class k:
///
/// recallₖ = Tₖ / Nₖ
///
/// It is 0 for a class without samples. The averages are those of [`precision_score`].
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty.
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

/// Returns the harmonic mean of precision and recall.
///
/// With the counts of [`precision_score`] and [`recall_score`]:
///
/// F1ₖ = 2 Tₖ / (Pₖ + Nₖ)
///
/// It is 0 for a class that neither has samples nor was predicted. The macro average is the mean of the classes' F1, not
/// the F1 of mean precision and mean recall.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty.
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

/// The counts of one class.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// The number of its samples that were predicted as it.
    pub(super) hits: usize,
    /// The number of all samples predicted as it.
    pub(super) predicted: usize,
    /// The number of its samples.
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

/// Returns `part / whole`, or 0 for 0/0.
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Combines the tallies of all classes into one value, added up in the order of the class indices.
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

/// Returns the tally of each class that occurs: in a map, because a label may be any number.
pub(super) fn tallies(truth: &[usize], predicted: &[usize]) -> Result<BTreeMap<usize, Tally>, MetricError> {
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
