//! The two number types that everything is generic over: [`f32`] and [`f64`].

use std::fmt::{Debug, Display};
use std::ops::{AddAssign, DivAssign, MulAssign, Neg, SubAssign};

use ndarray::LinalgScalar;

use crate::math;

/// The number types `f32` and `f64`. Sealed, because kernels rely on what is known of these two.
///
/// `exp`, `exp_m1`, `ln`, `ln_1p`, `tanh`, `erf` and `erfc` are this crate's own: they give the same bits on every platform and
/// vectorise. Error bounds over the whole range, in units in the last place: exp 1.1, exp_m1 3, ln 1.2, ln_1p 3, tanh
/// 3, erf 1.5, erfc 16.
pub trait Scalar:
    sealed::Sealed
    + LinalgScalar
    + PartialOrd
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Default
    + Debug
    + Display
    + Send
    + Sync
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// −∞.
    const NEG_INFINITY: Self;
    /// The smallest positive normal number.
    const MIN_POSITIVE: Self;
    /// The distance from 1 to the next larger number, which is called the machine epsilon.
    const EPSILON: Self;

    /// Returns the nearest number of this type.
    fn from_f64(x: f64) -> Self;
    /// Converts to `f64`, exactly.
    fn to_f64(self) -> f64;
    /// Returns self · factor + term, rounded once: one instruction in a kernel on a CPU that has it, a slow function
    /// elsewhere.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// Returns eˣ.
    fn exp(self) -> Self;
    /// Returns eˣ for x ≤ 0, faster: the same bits as [`exp`](Scalar::exp) down to −87.33 (`f32`) or −708.39 (`f64`),
    /// and 0 below, where eˣ is about to become subnormal.
    fn exp_nonpositive(self) -> Self;
    /// Returns eˣ − 1, with all digits near 0.
    fn exp_m1(self) -> Self;
    /// Returns the natural logarithm; −∞ at 0, NaN below.
    fn ln(self) -> Self;
    /// Returns ln(1 + x), with all digits near 0; −∞ at −1, NaN below.
    fn ln_1p(self) -> Self;
    /// Returns ln(1 + x) for x from 0 to 1, faster and with all digits near 0; within 2 units in the last place.
    fn ln_1p_unit(self) -> Self;
    /// Returns the hyperbolic tangent.
    fn tanh(self) -> Self;
    /// Returns the error function, 2/√π ∫₀ˣ e^(−t²) dt.
    fn erf(self) -> Self;
    /// Returns 1 − erf x, with its digits where erf x is nearly 1.
    fn erfc(self) -> Self;
    /// Returns √x, correctly rounded.
    fn sqrt(self) -> Self;
    /// Returns |x|.
    fn abs(self) -> Self;
    /// Returns whether the value is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Returns whether the value is NaN.
    fn is_nan(self) -> bool;
    /// Calls the function of `P` for this type.
    fn run<P: PerScalar>(input: P::Input<'_, Self>) -> P::Output<Self>;

    /// Returns the larger of the two; `self` if either is NaN.
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if other > self { other } else { self }
    }
}

/// A function with a separate body for each [`Scalar`]. Unlike a generic function, a body is compiled once, in the
/// crate that defines it, however many crates call it through [`Scalar::run`], and it can have statics of its type.
/// [`once`](crate::once) writes one of a generic function. Mark a body `#[inline(never)]`: a short one may be compiled elsewhere.
pub trait PerScalar {
    /// The argument.
    type Input<'a, F: Scalar>;
    /// The result.
    type Output<F: Scalar>;
    /// Runs the function for `f32`.
    fn f32(input: Self::Input<'_, f32>) -> Self::Output<f32>;
    /// Runs the function for `f64`.
    fn f64(input: Self::Input<'_, f64>) -> Self::Output<f64>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

macro_rules! scalar {
    ($F:ident) => {
        impl Scalar for $F {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NEG_INFINITY: Self = $F::NEG_INFINITY;
            const MIN_POSITIVE: Self = $F::MIN_POSITIVE;
            const EPSILON: Self = $F::EPSILON;

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $F
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                $F::mul_add(self, factor, term)
            }
            #[inline(always)]
            fn exp(self) -> Self {
                math::$F::exp(self)
            }
            #[inline(always)]
            fn exp_nonpositive(self) -> Self {
                math::$F::exp_nonpositive(self)
            }
            #[inline(always)]
            fn exp_m1(self) -> Self {
                math::$F::exp_m1(self)
            }
            #[inline(always)]
            fn ln(self) -> Self {
                math::$F::ln(self)
            }
            #[inline(always)]
            fn ln_1p(self) -> Self {
                math::$F::ln_1p(self)
            }
            #[inline(always)]
            fn ln_1p_unit(self) -> Self {
                math::$F::ln_1p_unit(self)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                math::$F::tanh(self)
            }
            #[inline(always)]
            fn erf(self) -> Self {
                math::$F::erf(self)
            }
            #[inline(always)]
            fn erfc(self) -> Self {
                math::$F::erfc(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $F::sqrt(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $F::abs(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $F::is_finite(self)
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $F::is_nan(self)
            }
            fn run<P: PerScalar>(input: P::Input<'_, Self>) -> P::Output<Self> {
                P::$F(input)
            }
        }
    };
}

scalar!(f32);
scalar!(f64);
