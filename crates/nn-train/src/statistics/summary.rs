//! All statistics that a plot shows of one epoch, from a single sort.

use super::{Better, iqm, order, quantile};

/// The results of many trials in a few values and a count.
///
/// Minimum, maximum and the number of diverged trials stand beside the IQM because it hides up to a
/// quarter of the failures. Mean and standard deviation are what most papers report; they hide no
/// failure, and one outlier can move them far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The mean of the middle half, see [`iqm()`](super::iqm).
    pub iqm: f64,
    /// The first quartile: [`quantile()`](super::quantile) at 1/4.
    pub q1: f64,
    /// The third quartile: [`quantile()`](super::quantile) at 3/4.
    pub q3: f64,
    /// The lowest value; for losses, +∞ if every trial diverged.
    pub min: f64,
    /// The highest value; for losses, +∞ if any trial diverged.
    pub max: f64,
    /// The mean of all values; for losses, +∞ if any trial diverged.
    pub mean: f64,
    /// The standard deviation, √(Σ (xᵢ − mean)² / (n − 1)): +∞ if any trial diverged, `None` for a
    /// single value, which has no spread.
    pub std: Option<f64>,
    /// The number of values that are not finite.
    pub diverged: usize,
}

impl Summary {
    /// Summarises `values`, in any order.
    ///
    /// Allocates nothing: it sorts `values` in place and replaces values that are not finite by +∞. For
    /// many epochs, copy the values of each epoch into the same buffer and pass that.
    ///
    /// # Errors
    ///
    /// Returns `None` if there are no values.
    ///
    /// ```
    /// use nn_train::statistics::Summary;
    ///
    /// let epochs = [[9.0, 7.0, 8.0, 5.0, 1.0], [5.0, 1.0, f64::NAN, 2.0, 3.0]];
    /// let mut scratch = [0.0; 5];
    /// let curve: Vec<_> = epochs
    ///     .iter()
    ///     .filter_map(|losses| {
    ///         scratch.copy_from_slice(losses);
    ///         Summary::of(&mut scratch)
    ///     })
    ///     .collect();
    ///
    /// assert_eq!((curve[0].q1, curve[0].iqm, curve[0].q3), (5.0, 20.0 / 3.0, 8.0));
    /// assert_eq!((curve[0].mean, curve[0].std), (6.0, Some(10.0_f64.sqrt())));
    /// assert_eq!(
    ///     (curve[1].min, curve[1].max, curve[1].diverged),
    ///     (1.0, f64::INFINITY, 1)
    /// );
    /// ```
    pub fn of(values: &mut [f64]) -> Option<Self> {
        Summary::of_scores(values, Better::Lower)
    }

    /// Summarises values where either higher or lower is better. Where higher is better, values that are
    /// not finite become −∞.
    ///
    /// # Errors
    ///
    /// Returns `None` if there are no values.
    ///
    /// ```
    /// use nn_train::statistics::{Better, Summary};
    ///
    /// let accuracies =
    ///     Summary::of_scores(&mut [0.75, f64::NAN, 1.0, 0.5, 0.75], Better::Higher)
    ///         .unwrap();
    /// assert_eq!(
    ///     (accuracies.min, accuracies.iqm, accuracies.max),
    ///     (f64::NEG_INFINITY, 2.0 / 3.0, 1.0)
    /// );
    /// ```
    pub fn of_scores(values: &mut [f64], better: Better) -> Option<Self> {
        let diverged = order::diverged(values);
        order::sort(values, better);
        let (&min, &max) = (values.first()?, values.last()?);
        let (q1, q3) = (quantile::of_sorted(values, 0.25), quantile::of_sorted(values, 0.75));
        // The exact mean lies between the extremes, so rounding must not move the result past them.
        let mean = iqm::mean(values).max(min).min(max);
        let std = deviation(values, mean, diverged);
        Some(Self { iqm: iqm::of_sorted(values), q1, q3, min, max, mean, std, diverged })
    }
}

/// Returns the standard deviation of values with this mean, or `None` for fewer than two. Distances are halved and then
/// divided by the largest, so that neither a difference nor a square leaves the range of `f64`.
fn deviation(values: &[f64], mean: f64, diverged: usize) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    if diverged > 0 {
        return Some(f64::INFINITY);
    }
    let half = |value: &f64| (0.5 * value - 0.5 * mean).abs();
    let largest = values.iter().map(half).fold(0.0, f64::max);
    if largest == 0.0 {
        return Some(0.0);
    }
    let squares: f64 = values.iter().map(|value| half(value) / largest).map(|part| part * part).sum();
    Some(2.0 * (largest * (squares / (values.len() - 1) as f64).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::Summary;

    /// The deviations and their squares overflow or underflow; the result does neither.
    #[test]
    fn the_standard_deviation_of_any_finite_values_is_finite_if_it_can_be() {
        let of = |values: &[f64]| Summary::of(&mut values.to_vec()).unwrap().std.unwrap();
        let (max, huge, tiny) = (f64::MAX, 1e300, 1e-300);
        assert!((of(&[-max, 0.5 * max, 0.5 * max, 0.5 * max]) / max - 0.75).abs() < 1e-15);
        assert!((of(&[2.0 * huge, 4.0 * huge]) / huge - 2.0_f64.sqrt()).abs() < 1e-15);
        assert!((of(&[2.0 * tiny, 4.0 * tiny]) / tiny - 2.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!(of(&[0.1; 7]), 0.0);
    }
}
