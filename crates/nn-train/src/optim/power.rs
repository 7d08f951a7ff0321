//! Integer powers, with the same bits on every platform.

/// `base`ⁿ by squaring: about 2 log₂ n multiplications, always in the same order. The standard library's `powi` may round
/// differently on other platforms.
pub(crate) fn power(base: f64, mut n: u64) -> f64 {
    let (mut result, mut square) = (1.0, base);
    while n > 0 {
        if n % 2 == 1 {
            result *= square;
        }
        square *= square;
        n /= 2;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::power;

    #[test]
    fn powers() {
        assert_eq!(
            [power(3.0, 0), power(3.0, 1), power(3.0, 13), power(0.0, 0)],
            [1.0, 3.0, 1_594_323.0, 1.0]
        );
        assert_eq!([power(0.5, 1074), power(0.5, u64::MAX), power(1.0, u64::MAX)], [5e-324, 0.0, 1.0]);
        // As exp(n ln b), which loses a few digits itself.
        #[expect(clippy::disallowed_methods, reason = "the reference")]
        for n in [7_u32, 100, 999, 5000, 12345] {
            let expected = (f64::from(n) * 0.999_f64.ln()).exp();
            assert!((power(0.999, n.into()) / expected - 1.0).abs() < 1e-14 * f64::from(n).max(100.0));
        }
    }
}
