//! The order of trials: values that are not finite rank worst.

use super::Better;

/// Returns the index of the lowest value, the first one in case of a tie, or `None` if no value is finite: where every trial
/// diverged, none is the best.
///
/// The best of many trials is chosen after the fact: a caption should say so, and name the loss by
/// which it was chosen.
///
/// ```
/// use nn_train::statistics::best;
///
/// assert_eq!(best(&[0.3, 0.1, f64::NAN, 0.1]), Some(1));
/// assert_eq!(best(&[f64::NAN, f64::NEG_INFINITY]), None);
/// assert_eq!(best(&[]), None);
/// ```
pub fn best(values: &[f64]) -> Option<usize> {
    first_by(values, |value, best| value < best).filter(|&index| values[index].is_finite())
}

/// Returns the index of the highest value, the first one in case of a tie, or `None` without values.
///
/// Values that are not finite tie with each other and rank above all others.
///
/// ```
/// use nn_train::statistics::worst;
///
/// assert_eq!(worst(&[0.3, 0.1, 0.3]), Some(0));
/// assert_eq!(worst(&[0.3, f64::NEG_INFINITY, f64::NAN]), Some(1));
/// ```
pub fn worst(values: &[f64]) -> Option<usize> {
    first_by(values, |value, worst| value > worst)
}

/// Returns the number of values that are not finite.
///
/// ```
/// use nn_train::statistics::diverged;
///
/// assert_eq!(diverged(&[0.3, f64::NAN, f64::INFINITY]), 2);
/// ```
pub fn diverged(values: &[f64]) -> usize {
    values.iter().filter(|value| !value.is_finite()).count()
}

/// Replaces values that are not finite by the worst, +∞ or −∞, and sorts in ascending order.
pub(super) fn sort(values: &mut [f64], better: Better) {
    for value in &mut *values {
        *value = better.ranked(*value);
    }
    // The total order distinguishes −0 from +0, so that no permutation changes a bit.
    values.sort_unstable_by(f64::total_cmp);
}

/// Returns a sorted copy.
pub(super) fn sorted(values: &[f64], better: Better) -> Vec<f64> {
    let mut values = values.to_vec();
    sort(&mut values, better);
    values
}

/// Returns the first index whose value no other `beats`. The comparison is numeric, so −0 and +0 tie.
fn first_by(values: &[f64], beats: impl Fn(f64, f64) -> bool) -> Option<usize> {
    let ranks = values.iter().map(|&value| Better::Lower.ranked(value)).enumerate();
    ranks.reduce(|first, next| if beats(next.1, first.1) { next } else { first }).map(|(index, _)| index)
}
