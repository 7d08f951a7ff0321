//! Quantiles by linear interpolation between ranks.

use super::{Better, order};

/// Returns the `q`-quantile of `values`, in any order: type 7 of Hyndman and Fan, as `numpy.quantile` does.
///
/// With the sorted values x₀ ≤ … ≤ xₙ₋₁:
///
/// h = (n − 1)q, i = ⌊h⌋, t = h − i, Q(q) = xᵢ + (xᵢ₊₁ − xᵢ)t
///
/// For t ≥ ½ it is computed as xᵢ₊₁ − (xᵢ₊₁ − xᵢ)(1 − t), as in NumPy, so that finite values give
/// the same bits.
///
/// Values that are not finite rank last, as +∞. A quantile is +∞ if a value with a weight above 0 is:
/// with xᵢ finite and xᵢ₊₁ = +∞ it is xᵢ at t = 0 and +∞ at t > 0. NumPy may return NaN there.
///
/// This function sorts a copy; [`Summary::of`](super::Summary::of) takes both quartiles from one sort
/// in place.
///
/// Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American
/// Statistician 50 (1996).
///
/// # Errors
///
/// Returns `None` if there are no values or `q` is not in 0..=1.
///
/// ```
/// use nn_train::statistics::quantile;
///
/// let powers = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];
/// assert_eq!(quantile(&powers, 0.25), Some(5.0));
/// assert_eq!(quantile(&powers, 1.25), None);
/// ```
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    if values.is_empty() || !(0.0..=1.0).contains(&q) {
        return None;
    }
    Some(of_sorted(&order::sorted(values, Better::Lower), q))
}

/// Returns the quantile of values sorted by rank. There must be at least one, and `q` must be in 0..=1.
pub(crate) fn of_sorted(sorted: &[f64], q: f64) -> f64 {
    let last = sorted.len() - 1;
    let h = last as f64 * q;
    let i = h as usize; // a cast from h ≥ 0 is the floor
    lerp(sorted[i], sorted[last.min(i + 1)], h - i as f64)
}

fn lerp(a: f64, b: f64, t: f64) -> f64 {
    let difference = b - a;
    if t == 0.0 || a == b {
        a // This also avoids 0 · ∞ and ∞ − ∞.
    } else if difference.is_infinite() {
        // Either b is +∞, or both are finite and only their difference overflows.
        a * (1.0 - t) + b * t
    } else if t < 0.5 {
        a + difference * t
    } else {
        b - difference * (1.0 - t)
    }
}

#[cfg(test)]
mod tests {
    use super::lerp;

    #[test]
    fn the_difference_of_finite_values_may_overflow() {
        let huge = 2.0 / f64::MIN_POSITIVE; // 2¹⁰²³
        assert_eq!(lerp(-huge, huge, 0.25), -huge / 2.0);
        assert_eq!(lerp(-huge, huge, 0.75), huge / 2.0);
    }
}
