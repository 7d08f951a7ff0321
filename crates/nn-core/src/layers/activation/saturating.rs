//! Activations that saturate: bounded on both sides.

use super::{activation, combined_here};
use crate::logistic::logistic;

activation! {
    /// f(x) = tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), f′ = 1 − y².
    ///
    /// ```
    /// use nn_core::{Activation, Tanh};
    /// assert!((Tanh.f(0.5_f64) - 0.462_117_157_260_009_76).abs() < 1e-15);
    /// assert_eq!(Tanh.df(0.0_f64, 0.0), 1.0);
    /// ```
    Tanh as "Tanh", f(x) = x.tanh(), df(_x, y) = F::ONE - y * y; combined_here!(Tanh);
}

activation! {
    /// The logistic function f(x) = 1 / (1 + e⁻ˣ), f′ = y (1 − y). Computed from e^−|x|, which cannot overflow.
    ///
    /// ```
    /// use nn_core::{Activation, Sigmoid};
    /// assert_eq!(Sigmoid.f(0.0_f32), 0.5);
    /// assert_eq!(Sigmoid.f(-1000.0_f32), 0.0);
    /// ```
    Sigmoid as "Sigmoid",
    f(x) = logistic(x),
    df(_x, y) = y * (F::ONE - y);
    combined_here!(Sigmoid);
}
