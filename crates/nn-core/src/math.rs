//! exp, ln, tanh and erf: branch-free, so that a loop over them becomes vector instructions.
//!
//! std's functions are scalar calls into the C library: slow in a loop, and not the same bits on every platform. These
//! are a few dozen additions and multiplications, the same everywhere, most of them fused: `a.mul_add(b, c)` is a b + c
//! rounded once, whether or not the CPU has an instruction for it. Each function reduces its argument to a small
//! interval and sums a Taylor series there until the next term is below half a unit in the last place (ULP); erf uses a
//! fitted polynomial beyond 1, and tanh in f32 a fitted rational function. Error bounds, tested over the whole range:
//! 1.1 ULP for exp, 1.2 ULP for ln, 3 ULP for tanh, eˣ − 1 and ln(1 + x), 1.5 ULP for erf and 16 ULP for erfc, including subnormal numbers.
//! Two short forms serve arguments known to be at most 0, or from 0 to 1.
//!
//! `ln` fuses nothing: it is also used to draw normal random numbers outside of kernels, where the compiler must not
//! assume that the CPU has the instruction, so that each fused operation would be a call.

mod erfcx;
mod ln_1p;
mod sin_cos;
mod tanh;

pub(crate) use sin_cos::sin_cos;

/// The same source for both precisions, which differ in the number of terms of a series and in the form of tanh.
macro_rules! elementary {
    ($F:ident, ln2: ($high:expr, $low:expr), exp: $range:expr, $lowest:expr, $exp_terms:expr,
     ln: $ln_terms:expr, ln_1p: $ln_1p:expr, tanh: $tanh:ident,
     erf: $erf_terms:expr, $erfcx:expr, $erfc_zero:expr) => {
        pub(crate) mod $F {
            /// The number of mantissa bits that are stored.
            const MANTISSA: u32 = $F::MANTISSA_DIGITS - 1;
            /// Adding and subtracting this rounds to the nearest integer, which is then in the low bits of the sum.
            const ROUND: $F = 1.5 * (1_u64 << MANTISSA) as $F;
            /// ln 2 in two parts. The first has so few bits that its product with an exponent is exact.
            const LN2_HIGH: $F = $high;
            const LN2_LOW: $F = $low;
            /// 1/k!
            const INVERSE_FACTORIAL: [$F; $exp_terms + 1] = {
                let mut table = [1.0; $exp_terms + 1];
                let (mut k, mut factorial) = (1, 1.0_f64);
                while k <= $exp_terms {
                    factorial *= k as f64;
                    table[k] = (1.0 / factorial) as $F;
                    k += 1;
                }
                table
            };

            /// 2/√π − 1, and 2/√π (−1)ᵏ / (k! (2k + 1)) for k > 0: the Taylor series of erf x / x − 1 in x².
            const ERF: [$F; $erf_terms + 1] = {
                let mut table = [0.128_379_167_095_512_57_f64 as $F; $erf_terms + 1];
                let (mut k, mut factor) = (1, std::f64::consts::FRAC_2_SQRT_PI);
                while k <= $erf_terms {
                    factor /= -(k as f64);
                    table[k] = (factor / (2 * k + 1) as f64) as $F;
                    k += 1;
                }
                table
            };

            /// Splits x = n ln 2 + r with an integer n and |r| ≤ ln 2 / 2. Returns n, in the form that [`pow2`] takes,
            /// and eʳ − 1 = r + r² ((1/2! + r/3!) + r² ((1/4! + r/5!) + …)). The terms go in pairs, so that half of
            /// them need not wait for the others.
            #[inline(always)]
            pub(super) fn reduce(x: $F) -> ($F, $F) {
                const { assert!($exp_terms % 2 == 1, "terms from 2 on go in pairs") }
                let shifted = x.mul_add(std::$F::consts::LOG2_E, ROUND);
                let n = shifted - ROUND;
                let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, x));
                let square = r * r;
                let pair = |k: usize| INVERSE_FACTORIAL[k + 1].mul_add(r, INVERSE_FACTORIAL[k]);
                let mut series = pair($exp_terms - 1);
                for k in (2..$exp_terms - 1).step_by(2).rev() {
                    series = series.mul_add(square, pair(k));
                }
                (shifted, square.mul_add(series, r))
            }

            /// Returns 2ⁿ, given n + `ROUND` for an integer n in the exponent's range: n is in the low bits, and is
            /// moved to those of the exponent.
            #[inline(always)]
            pub(super) fn pow2(shifted: $F) -> $F {
                $F::from_bits((shifted.to_bits() << MANTISSA).wrapping_add((1.0 as $F).to_bits()))
            }

            /// Returns c₀ + c₁ x + c₂ x² + …
            #[inline(always)]
            fn polynomial(c: &[$F], x: $F) -> $F {
                let mut sum = c[c.len() - 1];
                for k in (0..c.len() - 1).rev() {
                    sum = sum.mul_add(x, c[k]);
                }
                sum
            }

            /// Returns eˣ. Overflows to infinity, underflows gradually to 0; NaN stays NaN.
            #[inline(always)]
            pub(crate) fn exp(x: $F) -> $F {
                // Beyond these the result is 0 or infinite; comparisons rather than `clamp` let NaN through.
                let (low, high) = $range;
                let x = if x > high { high } else { x };
                let x = if x < low { low } else { x };
                let (shifted, expm1) = reduce(x);
                // Scaled in two halves, because 2ⁿ itself may lie outside the normal numbers where eˣ does not.
                let half = 0.5 * (shifted - ROUND) + ROUND;
                let scale = pow2(half);
                scale.mul_add(expm1, scale) * pow2(shifted - (half - ROUND))
            }

            /// Returns eˣ for x ≤ 0, and 0 where it is about to become subnormal. Needs no halves: two thirds of the time.
            #[inline(always)]
            pub(crate) fn exp_nonpositive(x: $F) -> $F {
                let (shifted, expm1) = reduce(x);
                let scale = pow2(shifted);
                let normal = scale.mul_add(expm1, scale);
                if x < $lowest { 0.0 } else { normal }
            }

            /// Returns eˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1): nothing cancels near 0. Beyond 60 the 1 is lost.
            #[inline(always)]
            pub(crate) fn exp_m1(x: $F) -> $F {
                let (low, high) = (-60.0, 60.0);
                let a = if x > high { high } else { x };
                let a = if a < low { low } else { a };
                let (shifted, expm1) = reduce(a);
                let scale = pow2(shifted);
                let near = scale.mul_add(expm1, scale - 1.0).copysign(x);
                if x > high { exp(x) } else { near }
            }

            pub(crate) use super::$tanh as tanh;

            /// Returns erf a and 1 − erf a for a ≥ 0. Below 1 the first is its Taylor series and the second follows from
            /// it; from 1 on the second is e^(−a²) erfcx a, with erfcx as a polynomial of 1/(1 + a)
            /// (`scripts/erf_fit.py`), and the first follows from it. All are computed, and two are chosen.
            #[inline(always)]
            fn erf_and_rest(a: $F) -> ($F, $F) {
                // From here on they are 1 and 0; the comparison lets NaN through.
                let a = if a > $erfc_zero { $erfc_zero } else { a };
                let z = a * a;
                let near = a.mul_add(polynomial(&ERF, z), a);

                const ERFCX: &[$F] = &$erfcx;
                // a² = z + over, and e^(−over) = 1 − over.
                let (over, decay) = (a.mul_add(a, -z), exp(-z));
                let far = (-over).mul_add(decay, decay) * polynomial(ERFCX, 1.0 / (1.0 + a) - 0.28125);
                if a < 1.0 { (near, 1.0 - near) } else { (1.0 - far, far) }
            }

            /// Returns erf x.
            #[inline(always)]
            pub(crate) fn erf(x: $F) -> $F {
                let (erf, _) = erf_and_rest(x.abs());
                erf.copysign(x)
            }

            /// Returns 1 − erf x, with its digits where erf x is nearly 1.
            #[inline(always)]
            pub(crate) fn erfc(x: $F) -> $F {
                let (erf, rest) = erf_and_rest(x.abs());
                if x < 0.0 { 1.0 + erf } else { rest }
            }

            /// Returns ln x: −∞ at 0, NaN below, +∞ at +∞.
            ///
            /// x = 2ᵏ (1 + f) with 1 + f between √½ and √2, and ln(1 + f) = 2 atanh s with s = f / (2 + f). Because
            /// 2 s = f − s f, that is f − s (f − R) with R = 2 (s²/3 + s⁴/5 + …): the exact f carries the digits.
            #[inline(always)]
            pub(crate) fn ln(x: $F) -> $F {
                const ONE: $F = 1.0;
                const SUBNORMAL_SCALE: $F = (1_u64 << $F::MANTISSA_DIGITS) as $F;
                let subnormal = x < $F::MIN_POSITIVE;
                let (scale, shift) =
                    if subnormal { (SUBNORMAL_SCALE, $F::MANTISSA_DIGITS as $F) } else { (1.0, 0.0) };
                let bits = (x * scale).to_bits();
                let biased =
                    bits.wrapping_add(ONE.to_bits() - std::$F::consts::FRAC_1_SQRT_2.to_bits()) >> MANTISSA;
                let f =
                    $F::from_bits(bits.wrapping_sub(biased << MANTISSA).wrapping_add(ONE.to_bits())) - 1.0;
                // An integer put into the mantissa of 2^MANTISSA becomes a float without a conversion instruction.
                let unit = (1_u64 << MANTISSA) as $F;
                let k = $F::from_bits(biased | unit.to_bits())
                    - (unit + (ONE.to_bits() >> MANTISSA) as $F)
                    - shift;

                let s = f / (2.0 + f);
                let z = s * s;
                let mut series: $F = 0.0;
                for j in (0..$ln_terms).rev() {
                    series = (series + 2.0 / (2 * j + 3) as $F) * z;
                }
                let finite = k * LN2_HIGH + (f - (s * (f - series) - k * LN2_LOW));
                let above = if x < $F::INFINITY { finite } else { x };
                let below = if x == 0.0 { $F::NEG_INFINITY } else { $F::NAN };
                if x > 0.0 { above } else { below }
            }

            /// Returns ln(1 + x) = x + x² Q(x) for x from 0 to 1, with a polynomial Q (`scripts/ln_1p_fit.py`): no
            /// reduction and no division.
            #[inline(always)]
            pub(crate) fn ln_1p_unit(x: $F) -> $F {
                const Q: &[$F] = &$ln_1p;
                // Not x² times Q: the square of a small x may be subnormal, which is slow.
                x.mul_add(x * polynomial(Q, x), x)
            }

            /// Returns ln(1 + x) = ln w · x / (w − 1): rounding 1 + x to w makes ln w wrong by the same factor as w − 1.
            #[inline(always)]
            pub(crate) fn ln_1p(x: $F) -> $F {
                let w = 1.0 + x;
                let corrected = ln(w) * (x / (w - 1.0));
                let near = if w == 1.0 { x } else { corrected };
                if x == $F::INFINITY { x } else { near }
            }
        }
    };
}

elementary!(f32, ln2: (0.693_145_75, 1.428_606_8e-6), exp: (-104.0, 89.0), -87.33, 7, ln: 4,
    ln_1p: crate::math::ln_1p::F32, tanh: tanh_f32, erf: 10, crate::math::erfcx::F32, 10.1);
elementary!(f64, ln2: (0.693_147_180_559_208_2, 7.371_002_565_167_799e-13), exp: (-746.0, 710.0), -708.39, 13, ln: 9,
    ln_1p: crate::math::ln_1p::F64, tanh: tanh_f64, erf: 17, crate::math::erfcx::F64, 27.3);

/// Returns tanh x. For a = |x|, tanh a = p / (p + q) with p = 2 h d and q = (d − h)², where tanh(a/2) = h/d is a
/// rational function of a (`scripts/tanh_fit.py`).
///
/// Takes two thirds of the time of the form based on exp. Where a is large, q is small beside p, and so is the effect
/// of the errors of h and d; p + q is never below p, so the result is never above 1. Where a is small, h is nearly a/2
/// and d nearly 1: p and q are added up such that what is rounded before the last sum is small.
#[inline(always)]
pub(crate) fn tanh_f32(x: f32) -> f32 {
    use tanh::{D, N};
    // From here on the result is 1; the comparison lets NaN through.
    let a = if x.abs() > 9.1 { 9.1 } else { x.abs() };
    let z = a * a;
    // 2 h = a + over, d = 1 + e and d − h = 1 + g.
    let over = (a * z) * N[1].mul_add(z, N[0]);
    let e = z * D[2].mul_add(z, D[1]).mul_add(z, D[0]);
    let twice = a + over;
    let g = twice.mul_add(-0.5, e);
    let q = g.mul_add(2.0 + g, 1.0);
    let p = a + twice.mul_add(e, over);
    (p / (p + q)).copysign(x)
}

/// Returns tanh x = (e²ˣ − 1) / (e²ˣ + 1), with e²ˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1): nothing cancels near 0.
///
/// A rational function as in [`tanh_f32`] would take three quarters of the time, but its rounding errors reach 3.07
/// ULP. All floats of `f32` can be tried, but not those of `f64`: this form, with 2.5 ULP, is well within the bound.
#[inline(always)]
pub(crate) fn tanh_f64(x: f64) -> f64 {
    let a = if x.abs() > 20.0 { 20.0 } else { x.abs() };
    let (shifted, expm1) = f64::reduce(2.0 * a);
    let scale = f64::pow2(shifted);
    let numerator = scale.mul_add(expm1, scale - 1.0);
    (numerator / (numerator + 2.0)).copysign(x)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "std's f64 functions have far more digits than an f32")]
mod tests {
    /// Returns the distance in units in the last place between a result and the true value given with more digits.
    fn ulp(got: f64, want: f64, unit: f64) -> f64 {
        if got == want || (got.is_nan() && want.is_nan()) { 0.0 } else { (got - want).abs() / unit }
    }

    fn unit32(x: f64) -> f64 {
        let x = (x as f32).abs().max(f32::MIN_POSITIVE);
        f64::from(f32::from_bits(x.to_bits() + 1)) - f64::from(x)
    }

    /// Compares every 199th float with f64's functions, which have far more correct digits than an f32.
    #[test]
    fn f32_stays_within_its_bounds_over_the_whole_range() {
        let mut worst = [0.0_f64; 7];
        for bits in (0..=u32::MAX).step_by(199) {
            let x = f32::from_bits(bits);
            let wide = f64::from(x);
            let pairs = [
                (super::f32::exp(x), wide.exp()),
                (super::f32::ln(x), wide.ln()),
                (super::f32::tanh(x), wide.tanh()),
                (super::f32::exp_m1(x), wide.exp_m1()),
                (super::f32::ln_1p(x), wide.ln_1p()),
                // std has neither; the f64 ones of this crate are checked against mpmath.
                (super::f32::erf(x), super::f64::erf(wide)),
                (super::f32::erfc(x), super::f64::erfc(wide)),
            ];
            for (worst, (got, want)) in worst.iter_mut().zip(pairs) {
                // What overflows f32 must be infinite.
                let want = if want > f64::from(f32::MAX) { f64::INFINITY } else { want };
                let error = ulp(f64::from(got), want, unit32(want));
                assert!(!error.is_nan(), "{x:e}: got {got:e}, want {want:e}");
                *worst = worst.max(error);
            }
        }
        for ((name, bound), worst) in [
            ("exp", 1.1),
            ("ln", 1.2),
            ("tanh", 3.0),
            ("exp_m1", 3.0),
            ("ln_1p", 3.0),
            ("erf", 1.5),
            ("erfc", 16.0),
        ]
        .iter()
        .zip(worst)
        {
            assert!(worst < *bound, "{name}: {worst} ULP");
        }
    }

    /// Compares with the `f64` function of this crate, which is checked against mpmath.
    #[test]
    fn f32_erfc_stays_within_its_bound_over_the_whole_range() {
        for bits in (0..=u32::MAX).step_by(997) {
            let x = f32::from_bits(bits);
            let want = super::f64::erfc(f64::from(x));
            let error = ulp(f64::from(super::f32::erfc(x)), want, unit32(want));
            assert!(error < 16.0, "{x:e}: {error} ULP");
        }
    }

    /// Where tanh comes near a power of two from below, one unit is smallest relative to it, and the errors are
    /// largest. Tries every float there, while the test above tries every 97th.
    #[test]
    fn tanh_stays_within_its_bound_where_its_errors_are_largest() {
        for high in [0.062_6_f32, 0.125_7, 0.255_5, 0.549_4] {
            for bits in (0.96 * high).to_bits()..high.to_bits() {
                let x = f32::from_bits(bits);
                let want = f64::from(x).tanh();
                let error = ulp(f64::from(super::f32::tanh(x)), want, unit32(want));
                assert!(error < 3.0, "{x:e}: {error} ULP");
            }
        }
    }

    #[test]
    fn tanh_is_at_most_one_and_one_from_where_it_rounds_to_it() {
        for bits in 8.0_f32.to_bits()..10.0_f32.to_bits() {
            let x = f32::from_bits(bits);
            let (y, far) = (super::f32::tanh(x), x > 9.011);
            assert!(if far { y == 1.0 } else { y <= 1.0 }, "{x:e}: {y:e}");
        }
        for x in [10.0, 1e10, f32::MAX, f32::INFINITY] {
            assert_eq!([x, -x].map(super::f32::tanh), [1.0, -1.0]);
        }
    }

    #[test]
    fn the_short_exp_is_exp_down_to_the_last_normal_number_and_then_zero() {
        fn check<F: crate::Scalar>(lowest: f64, x: f64) {
            let x = F::from_f64(x);
            let expected = if x < F::from_f64(lowest) { F::ZERO } else { x.exp() };
            assert_eq!(x.exp_nonpositive(), expected, "{x}");
        }
        for bits in ((-0.0_f32).to_bits()..=f32::NEG_INFINITY.to_bits()).step_by(97) {
            check::<f32>(-87.33, f64::from(f32::from_bits(bits)));
        }
        for k in 0..100_000 {
            check::<f64>(-708.39, -f64::from(k) * 0.008);
        }
        for edge in [0.0, -f64::from_bits(1), -1e308, f64::NEG_INFINITY] {
            check::<f32>(-87.33, edge);
            check::<f64>(-708.39, edge);
        }
        assert!(
            super::f32::exp(-87.33) >= f32::MIN_POSITIVE && super::f64::exp(-708.39) >= f64::MIN_POSITIVE
        );
        assert!(
            super::f32::exp_nonpositive(f32::NAN).is_nan() && super::f64::exp_nonpositive(f64::NAN).is_nan()
        );
    }

    #[test]
    fn the_short_ln_1p_stays_within_its_bound_from_0_to_1() {
        let mut worst = 0.0_f64;
        for bits in (0..=1.0_f32.to_bits()).step_by(97) {
            let x = f32::from_bits(bits);
            let want = f64::from(x).ln_1p();
            worst = worst.max(ulp(f64::from(super::f32::ln_1p_unit(x)), want, unit32(want)));
        }
        assert!(worst < 2.0, "f32: {worst} ULP");
        for exponent in 0..=1074 {
            for fraction in [1.0, 1.25, 1.333, 1.9] {
                let x = 0.5
                    * fraction
                    * 2.0_f64.powi(-exponent.min(1022))
                    * 2.0_f64.powi(1022.min(exponent) - exponent);
                let (got, want) = (super::f64::ln_1p_unit(x), x.ln_1p());
                let unit = want.max(f64::MIN_POSITIVE).next_up() - want.max(f64::MIN_POSITIVE);
                // std's result may itself be wrong by one unit.
                assert!(ulp(got, want, unit) < 2.5, "{x:e}: got {got:e}, want {want:e}");
            }
        }
        assert_eq!((super::f32::ln_1p_unit(0.0), super::f64::ln_1p_unit(0.0)), (0.0, 0.0));
        assert!(super::f32::ln_1p_unit(f32::NAN).is_nan() && super::f64::ln_1p_unit(f64::NAN).is_nan());
    }

    /// Compares with std's, which has all digits correct except perhaps the last.
    #[test]
    fn f64_ln_1p_stays_within_its_bound() {
        for exponent in -1074..1024 {
            for fraction in [1.0, 1.25, 1.333, 1.9] {
                let size =
                    fraction * 2.0_f64.powi(exponent.max(-1022)) * 2.0_f64.powi((exponent + 1022).min(0));
                for x in [size, -size] {
                    let (got, want) = (super::f64::ln_1p(x), x.ln_1p());
                    let unit =
                        want.abs().max(f64::MIN_POSITIVE).next_up() - want.abs().max(f64::MIN_POSITIVE);
                    assert!(ulp(got, want, unit) < 4.0, "{x:e}: got {got:e}, want {want:e}");
                }
            }
        }
        assert_eq!([-1.0, f64::INFINITY].map(super::f64::ln_1p), [f64::NEG_INFINITY, f64::INFINITY]);
        assert!(super::f64::ln_1p(f64::NAN).is_nan());
    }
}
