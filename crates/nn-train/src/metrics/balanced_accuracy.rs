//! Accuracy in which every class counts the same.

use std::collections::BTreeMap;

use super::MetricError;
use super::precision_recall::{Tally, tallies};

/// Returns the mean over classes of the fraction of their samples that were predicted right: the accuracy if all classes
/// were equally frequent. A constant prediction among K classes scores 1/K, however rare the others are.
///
/// With Tₖ of the Nₖ samples of class k predicted right, over the K classes that have samples:
///
/// balanced accuracy = 1/K Σₖ Tₖ / Nₖ
///
/// A class that was only predicted does not count, as in scikit-learn, whereas the macro [recall](super::recall_score)
/// counts it as 0.
///
/// # Errors
/// Returns [`MetricError`] if the two differ in length or are empty.
///
/// ```
/// use nn_train::metrics::{accuracy, balanced_accuracy_score};
/// let (truth, predicted) = ([0, 0, 0, 1], [0, 0, 0, 0]);
/// assert_eq!(accuracy(&truth, &predicted)?, 0.75);
/// assert_eq!(balanced_accuracy_score(&truth, &predicted)?, 0.5);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn balanced_accuracy_score(truth: &[usize], predicted: &[usize]) -> Result<f64, MetricError> {
    let tallies: BTreeMap<usize, Tally> = tallies(truth, predicted)?;
    let recalls = tallies.values().filter(|tally| tally.truth > 0).map(Tally::recall);
    let classes = recalls.clone().count();
    Ok(recalls.sum::<f64>() / classes as f64)
}
