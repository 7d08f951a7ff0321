//! Activations that pass positive inputs on, and differ in what they do with negative ones.

use std::fmt::{self, Display};

use super::{activation, at, combined_here, compiled_here};
use crate::layers::described::described;
use crate::logistic::logistic;
use crate::{Activation, Scalar, Setting, SettingError};

activation! {
    /// The rectified linear unit f(x) = max(0, x), f′ = 1 for x > 0 and 0 elsewhere (also at 0, as in PyTorch). Nair
    /// and Hinton 2010.
    ///
    /// ```
    /// use nn_core::{Activation, Relu};
    /// assert_eq!((Relu.f(-2.0), Relu.f(3.0)), (0.0, 3.0));
    /// ```
    #[doc(alias = "ReLU")]
    Relu as "ReLU",
    f(x) = if x < F::ZERO { F::ZERO } else { x },
    df(x, _y) = at(x, if x > F::ZERO { F::ONE } else { F::ZERO });
    combined_here!(Relu);
}

/// ReLU with a slope a for negative inputs, so that no unit can die: f(x) = x for x > 0 and a x elsewhere; f′ = 1 for
/// x > 0 and a elsewhere (also at 0, as in PyTorch). A. L. Maas, A. Y. Hannun and A. Y. Ng 2013.
///
/// ```
/// use nn_core::{Activation, LeakyRelu};
/// assert_eq!(LeakyRelu::default().f(-2.0), -0.02);
/// assert_eq!(LeakyRelu { negative_slope: 0.25 }.f(-2.0), -0.5);
/// ```
#[doc(alias = "LeakyReLU")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakyRelu {
    /// a, 0.01 by default. Must be finite.
    pub negative_slope: f64,
}

impl Activation for LeakyRelu {
    #[inline(always)]
    fn f<F: Scalar>(self, x: F) -> F {
        let scaled = F::from_f64(self.negative_slope) * x;
        if x > F::ZERO { x } else { scaled }
    }
    #[inline(always)]
    fn df<F: Scalar>(self, x: F, _y: F) -> F {
        at(x, if x > F::ZERO { F::ONE } else { F::from_f64(self.negative_slope) })
    }

    fn check<F: Scalar>(self) -> Result<(), SettingError> {
        Setting::of::<F>("LeakyRelu", "negative slope", self.negative_slope).finite()
    }

    compiled_here!(LeakyRelu);
}

described! {
    LeakyRelu as "LeakyReLU";
    settings |layer| { negative_slope: f64 = layer.negative_slope }
    made => LeakyRelu { negative_slope }
}

impl Default for LeakyRelu {
    fn default() -> Self {
        LeakyRelu { negative_slope: 0.01 }
    }
}

impl Display for LeakyRelu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeakyRelu(negative_slope={})", self.negative_slope)
    }
}

/// The exponential linear unit, smooth at 0 for α = 1: f(x) = x for x > 0 and α (eˣ − 1) elsewhere; f′ = 1 for x > 0 and
/// α eˣ elsewhere. D.-A. Clevert, T. Unterthiner and S. Hochreiter 2015.
///
/// ```
/// use nn_core::{Activation, Elu};
/// assert_eq!((Elu::default().f(3.0_f64), Elu::default().f(-1000.0)), (3.0, -1.0));
/// assert_eq!(Elu { alpha: 2.0 }.f(-1000.0_f32), -2.0);
/// ```
#[doc(alias = "ELU")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elu {
    /// α, 1 by default. Must be finite.
    pub alpha: f64,
}

impl Activation for Elu {
    #[inline(always)]
    fn f<F: Scalar>(self, x: F) -> F {
        let curved = F::from_f64(self.alpha) * x.exp_m1();
        if x > F::ZERO { x } else { curved }
    }
    #[inline(always)]
    fn df<F: Scalar>(self, x: F, _y: F) -> F {
        // Not y + α, which takes less time: where y is nearly −α, that is rounding errors and then 0.
        let curved = F::from_f64(self.alpha) * x.exp();
        if x > F::ZERO { F::ONE } else { curved }
    }

    fn check<F: Scalar>(self) -> Result<(), SettingError> {
        Setting::of::<F>("Elu", "alpha", self.alpha).finite()
    }

    compiled_here!(Elu);
}

described! {
    Elu as "ELU";
    settings |layer| { alpha: f64 = layer.alpha }
    made => Elu { alpha }
}

impl Default for Elu {
    fn default() -> Self {
        Elu { alpha: 1.0 }
    }
}

impl Display for Elu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Elu(alpha={})", self.alpha)
    }
}

/// A smooth ReLU: f(x) = ln(1 + e^(β x)) / β, and x where β x exceeds the threshold; f′ = 1 / (1 + e^(−β x)), and 1
/// where β x exceeds it. Computed as max(0, x) + ln(1 + e^(−|β x|)) / β, which cannot overflow and loses no small
/// result. C. Dugas et al. 2000.
///
/// ```
/// use nn_core::{Activation, Softplus};
/// assert!(
///     (Softplus::default().f(0.0_f64) - 0.693_147_180_559_945_3).abs() < 1e-15
/// );
/// assert_eq!(Softplus::default().f(1000.0_f32), 1000.0);
/// assert_eq!(Softplus { beta: 2.0, ..Softplus::default() }.df(0.0, 0.3), 0.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Softplus {
    /// β, 1 by default. The larger it is, the closer f is to ReLU. Must be above 0.
    pub beta: f64,
    /// The value of β x above which f is the identity, 20 by default. Must be at least 0.
    pub threshold: f64,
}

impl Activation for Softplus {
    #[inline(always)]
    fn f<F: Scalar>(self, x: F) -> F {
        let z = F::from_f64(self.beta) * x;
        let larger = if z > F::ZERO { z } else { F::ZERO };
        let curved = (larger + (-z.abs()).exp().ln_1p()) / F::from_f64(self.beta);
        if z > F::from_f64(self.threshold) { x } else { curved }
    }
    #[inline(always)]
    fn df<F: Scalar>(self, x: F, _y: F) -> F {
        let z = F::from_f64(self.beta) * x;
        let slope = logistic(z);
        if z > F::from_f64(self.threshold) { F::ONE } else { slope }
    }

    fn check<F: Scalar>(self) -> Result<(), SettingError> {
        Setting::of::<F>("Softplus", "beta", self.beta).positive()?;
        Setting::of::<F>("Softplus", "threshold", self.threshold).at_least_0()
    }

    compiled_here!(Softplus);
}

described! {
    Softplus as "Softplus";
    settings |layer| { beta: f64 = layer.beta, threshold: f64 = layer.threshold }
    made => Softplus { beta, threshold }
}

impl Default for Softplus {
    fn default() -> Self {
        Softplus { beta: 1.0, threshold: 20.0 }
    }
}

impl Display for Softplus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Softplus(beta={}, threshold={})", self.beta, self.threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uses that where eˣ is far below the rounding of 1, ln(1 + eˣ) = eˣ and eˣ − 1 = x to all digits.
    #[test]
    fn small_results_keep_their_digits() {
        for x in [-40.0_f64, -100.0, -700.0] {
            assert_eq!(Softplus::default().f(x), Scalar::exp(x));
        }
        assert_eq!(Elu::default().f(-1e-20_f64), -1e-20);
        assert_eq!(Elu::default().f(-1e-10_f32), -1e-10);
        // ln(1 + e^−20) = e^−20 − e^−40 / 2 + …
        let (e, y) = (Scalar::exp(-20.0_f64), Softplus::default().f(-20.0_f64));
        assert!((y / (e - 0.5 * e * e) - 1.0).abs() < 1e-15);
    }
}
