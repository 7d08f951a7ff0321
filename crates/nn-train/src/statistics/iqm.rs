//! The interquartile mean: the typical value of many trials.

use super::{Better, order, quantile};

/// Returns the interquartile mean (IQM) of `values`, in any order: the mean of the middle half.
///
/// With the sorted values x₀ ≤ … ≤ xₙ₋₁ and m = ⌊n/4⌋:
///
/// IQM = (xₘ + … + xₙ₋₁₋ₘ) / (n − 2m)
///
/// This is `scipy.stats.trim_mean(x, 0.25)`. If 4 does not divide n, it trims less than a quarter on
/// each side, whereas the midmean gives the two values at the edge a fractional weight. Outliers move
/// the IQM less than the mean, and it uses more of the data than the median.
///
/// Values that are not finite rank last, as +∞. The IQM is finite as long as at most m of the n
/// trials diverged, and +∞ otherwise: it does not show the first m failures.
///
/// Q1 ≤ IQM ≤ Q3 always holds, with the quartiles of [`quantile()`](super::quantile).
///
/// This function sorts a copy; [`Summary::of`](super::Summary::of) sorts in place.
///
/// Source: Agarwal et al., "Deep Reinforcement Learning at the Edge of the Statistical Precipice"
/// (2021), for the IQM of trials.
///
/// # Errors
///
/// Returns `None` if there are no values.
///
/// ```
/// use nn_train::statistics::iqm;
///
/// let powers = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
/// assert_eq!(iqm(&powers), Some(24.8)); // mean 56.8, median 16
/// assert_eq!(iqm(&[]), None);
/// ```
pub fn iqm(values: &[f64]) -> Option<f64> {
    let sorted = order::sorted(values, Better::Lower);
    (!sorted.is_empty()).then(|| of_sorted(&sorted))
}

/// Returns the IQM of values sorted by rank. There must be at least one.
pub(super) fn of_sorted(sorted: &[f64]) -> f64 {
    let trimmed = sorted.len() / 4;
    let middle = &sorted[trimmed..sorted.len() - trimmed];
    // The quartiles bound the exact mean, so rounding must not move the result past them.
    mean(middle).max(quantile::of_sorted(sorted, 0.25)).min(quantile::of_sorted(sorted, 0.75))
}

/// Returns the mean. The values must not contain NaN, or both +∞ and −∞.
pub(super) fn mean(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let sum: f64 = values.iter().sum();
    if sum.is_finite() {
        sum / n
    } else {
        // Either a value is infinite, or only the sum of finite values is not finite.
        values.iter().map(|value| value / n).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::mean;

    #[test]
    fn the_sum_of_finite_values_may_overflow() {
        assert_eq!(mean(&[f64::MAX; 4]), f64::MAX);
        assert_eq!(mean(&[-f64::MAX, -f64::MAX, f64::INFINITY]), f64::INFINITY);
    }
}
