//! Activations that multiply their input by a smooth gate between 0 and 1.

use super::activation;
use crate::Scalar;
use crate::logistic::{gates, logistic};

activation! {
    /// The Gaussian error linear unit f(x) = x Φ(x), f′ = Φ(x) + x φ(x), where Φ(x) = ½ erfc(−x/√2) is the distribution
    /// function and φ(x) = e^(−x²/2) / √(2π) the density of the standard normal distribution. D. Hendrycks and K.
    /// Gimpel 2016.
    ///
    /// ```
    /// use nn_core::{Activation, Gelu};
    /// assert!((Gelu.f(1.0_f64) - 0.841_344_746_068_542_9).abs() < 1e-15);
    /// assert_eq!(Gelu.df(0.0_f32, 0.0), 0.5);
    /// ```
    #[doc(alias = "GELU")]
    Gelu as "GELU",
    f(x) = x * normal(x),
    df(x, _y) = {
        let density = F::from_f64(INVERSE_SQRT_2PI) * (-(F::from_f64(0.5) * x * x)).exp();
        normal(x) + x * density
    }
}

activation! {
    /// GELU with tanh in place of erf, for networks that were trained with this approximation: f(x) = ½ x (1 + tanh u)
    /// with u = √(2/π) (x + 0.044715 x³); f′ = ½ (1 + tanh u) + ½ x (1 − tanh² u) u′. Computed with ½ (1 + tanh u) = σ(2u),
    /// which keeps its digits where tanh u is nearly −1. PyTorch's `GELU(approximate="tanh")`; differs from [`Gelu`] by
    /// at most 0.0005. D. Hendrycks and K. Gimpel 2016.
    ///
    /// ```
    /// use nn_core::{Activation, Gelu, GeluTanh};
    /// assert!((GeluTanh.f(1.0_f64) - 0.841_191_990_608_276_8).abs() < 1e-15);
    /// assert!((GeluTanh.f(2.2_f64) - Gelu.f(2.2)).abs() < 5e-4);
    /// ```
    #[doc(alias = "GELU")]
    GeluTanh as "GeluTanh" with approximate: "tanh",
    f(x) = x * logistic(twice_u(x)),
    df(x, _y) = {
        let (gate, rest) = gates(twice_u(x));
        let slope = F::from_f64(2.0 * SQRT_2_OVER_PI) * (F::ONE + F::from_f64(3.0 * CUBIC) * x * x);
        let bell = gate * rest;
        let bent = x * bell * slope;
        // For large |x|, where the gate is flat, the slope may overflow.
        gate + if bell == F::ZERO { F::ZERO } else { bent }
    }
}

activation! {
    /// The sigmoid linear unit (swish) f(x) = x σ(x) with σ(x) = 1 / (1 + e⁻ˣ); f′ = σ(x) (1 + x (1 − σ(x))). S. Elfwing,
    /// E. Uchibe and K. Doya 2017.
    ///
    /// ```
    /// use nn_core::{Activation, Silu};
    /// assert!((Silu.f(1.0_f64) - 0.731_058_578_630_004_9).abs() < 1e-15);
    /// assert_eq!(Silu.df(0.0_f32, 0.0), 0.5);
    /// ```
    #[doc(alias = "SiLU")]
    #[doc(alias = "swish")]
    Silu as "SiLU",
    f(x) = x * logistic(x),
    df(x, _y) = {
        let (gate, rest) = gates(x);
        gate * (F::ONE + x * rest)
    }
}

/// 1/√(2π)
const INVERSE_SQRT_2PI: f64 = 0.398_942_280_401_432_7;
/// √(2/π)
const SQRT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;
const CUBIC: f64 = 0.044_715;

/// Returns Φ(x).
#[inline(always)]
fn normal<F: Scalar>(x: F) -> F {
    F::from_f64(0.5) * (x * F::from_f64(-std::f64::consts::FRAC_1_SQRT_2)).erfc()
}

/// Returns 2 √(2/π) (x + 0.044715 x³).
#[inline(always)]
fn twice_u<F: Scalar>(x: F) -> F {
    F::from_f64(2.0 * SQRT_2_OVER_PI) * (x + F::from_f64(CUBIC) * x * x * x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Activation;

    /// Checks that each approaches 0 on the left and x on the right, and its slope 0 and 1.
    #[test]
    fn large_numbers_overflow_nowhere() {
        fn check<A: Activation>(activation: A) {
            for x in [1e4_f32, 1e20, 3e38] {
                for (x, y, slope) in [(x, x, 1.0), (-x, 0.0, 0.0)] {
                    assert_eq!((activation.f(x), activation.df(x, y)), (y, slope), "{activation} of {x}");
                }
            }
        }
        check(Gelu);
        check(GeluTanh);
        check(Silu);
    }
}
