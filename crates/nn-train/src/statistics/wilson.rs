//! The confidence interval of a success rate.

use super::Interval;

/// Φ⁻¹(0.975), the quantile of the normal distribution that leaves 2.5 % on each side.
const Z: f64 = 1.959963984540054;

/// Returns the 95 % Wilson score interval of the success rate when `successes` of `n` trials succeeded.
///
/// With p = successes/n and z = Φ⁻¹(0.975):
///
/// (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
///
/// Unlike p ± z √(p(1 − p)/n), it has a width above 0 at p = 0 and p = 1 and never leaves 0..=1. The
/// lower end is exactly 0 without a success, the upper end exactly 1 without a failure.
///
/// Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal
/// of the American Statistical Association 22 (1927).
///
/// # Errors
///
/// Returns `None` if `n` is 0 or `successes` exceeds `n`.
///
/// ```
/// use nn_train::statistics::wilson;
///
/// let rate = wilson(100, 100).unwrap();
/// assert_eq!((format!("{:.3}", rate.low), rate.high), ("0.963".into(), 1.0));
/// assert_eq!(wilson(1, 0), None);
/// ```
pub fn wilson(successes: usize, n: usize) -> Option<Interval> {
    if n == 0 || successes > n {
        return None;
    }
    let (count, z2) = (n as f64, Z * Z);
    let p = successes as f64 / count;
    let centre = p + z2 / (2.0 * count);
    let reach = Z * (p * (1.0 - p) / count + z2 / (4.0 * count * count)).sqrt();
    let scale = 1.0 + z2 / count;
    Some(Interval {
        low: if successes == 0 { 0.0 } else { (centre - reach) / scale },
        high: if successes == n { 1.0 } else { (centre + reach) / scale },
    })
}
