//! Sine and cosine in double precision, with the same bits everywhere. For tables: it is no kernel.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// What π/2 has beyond its nearest `f64`.
const FRAC_PI_2_LOW: f64 = 6.123_233_995_736_766e-17;

/// Returns the sine and the cosine of x, for |x| up to 10⁹, each with an error of at most 2 · 10⁻¹⁶.
///
/// x = q π/2 + r with a whole number q and |r| ≤ π/4, where the Taylor series are short. The first product that is taken from x is
/// exact until the difference is rounded.
pub(crate) fn sin_cos(x: f64) -> (f64, f64) {
    let q = (x * FRAC_2_PI).round();
    let r = q.mul_add(-FRAC_PI_2_LOW, q.mul_add(-FRAC_PI_2, x));
    let (sin, cos) = (r * series(r * r, 1.0), series(r * r, 0.0));
    match q.rem_euclid(4.0) as u8 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// 1 − z/((k+1)(k+2)) (1 − z/((k+3)(k+4)) (1 − …)): cos r for z = r² and k = 0, sin r / r for k = 1.
fn series(z: f64, k: f64) -> f64 {
    let mut sum = 1.0;
    for term in (0..9).rev() {
        let n = k + 2.0 * f64::from(term);
        sum = 1.0 - z * sum / ((n + 1.0) * (n + 2.0));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::sin_cos;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the reference")]
    fn both_stay_within_their_bound() {
        let small = (0..200_000).map(|i| f64::from(i) * 1e-4 - 10.0);
        let large = (0..200_000).map(|i| f64::from(i) * 4_999.123_456_7);
        let near_multiples = (0..10_000).map(|i| f64::from(i) * std::f64::consts::FRAC_PI_4);
        let mut worst = 0.0_f64;
        for x in small.chain(large).chain(near_multiples) {
            let (sin, cos) = sin_cos(x);
            worst = worst.max((sin - x.sin()).abs()).max((cos - x.cos()).abs());
        }
        assert!(worst <= 2e-16, "{worst:e}");
        assert_eq!(sin_cos(0.0), (0.0, 1.0));
    }
}
