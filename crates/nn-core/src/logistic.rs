//! The logistic function.

use crate::Scalar;

/// Returns 1 / (1 + e⁻ˣ).
#[inline(always)]
pub(crate) fn logistic<F: Scalar>(x: F) -> F {
    let (gate, _) = gates(x);
    gate
}

/// Returns 1 / (1 + e⁻ˣ) and 1 / (1 + eˣ), which add up to 1, each with its digits where it is small.
#[inline(always)]
pub(crate) fn gates<F: Scalar>(x: F) -> (F, F) {
    let e = (-x.abs()).exp();
    let (gate, rest) = if x < F::ZERO { (e, F::ONE) } else { (F::ONE, e) };
    (gate / (F::ONE + e), rest / (F::ONE + e))
}
