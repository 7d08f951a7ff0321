//! Weights of classes and smoothed labels: another target, which the kernels see as any other.

use std::fmt::Display;

use nn_core::lanes::{LANES, Lanes};
use nn_core::{Scalar, Tensor};

use crate::LossError;
use crate::error::check_setting;
use crate::target::{Columns, shape};

/// Target t as w_k ((1 − ε) t_k + ε / classes). Classes without a weight have 1.
pub(crate) struct Weighted<'a, T: ?Sized> {
    target: &'a T,
    weight: &'a [f64],
    /// 1 − ε.
    own: f64,
    /// ε / classes.
    shared: f64,
    samples: usize,
}

impl<'a, T: ?Sized> Weighted<'a, T> {
    /// For outputs of the shape of `y`.
    pub(crate) fn new<F: Scalar>(target: &'a T, weight: &'a [f64], epsilon: f64, y: &Tensor<F>) -> Self {
        let (own, shared) = (1.0 - epsilon, epsilon / y.features() as f64);
        Weighted { target, weight, own, shared, samples: y.samples() }
    }
}

impl<F: Scalar, T: Columns<F> + ?Sized> Columns<F> for Weighted<'_, T> {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        let weight = self.weight.get(class).copied().unwrap_or(1.0);
        let own = Lanes::splat(F::from_f64(weight * self.own));
        let shared = Lanes::splat(F::from_f64(weight * self.shared));
        let t = own * self.target.block(class, block) + shared;
        // What is spread over the classes must not reach the padding. Most blocks have none.
        let samples = self.samples - block * LANES;
        if samples >= LANES { t } else { t.keep(samples) }
    }
}

/// The weights, if they can be some.
pub(crate) fn checked(loss: &dyn Display, weight: Vec<f64>) -> Result<Vec<f64>, LossError> {
    let fits = weight.iter().all(|w| w.is_finite() && *w >= 0.0) && weight.iter().any(|w| *w > 0.0);
    let expected = "finite numbers, none below 0 and one above";
    check_setting(loss, "weight", expected, format!("{weight:?}"), fits)?;
    Ok(weight)
}

/// Whether there is a weight for each class of an output `[n, classes]`, if there are weights.
pub(crate) fn check_classes(loss: &dyn Display, weight: &[f64], output: &[usize]) -> Result<(), LossError> {
    if weight.is_empty() || weight.len() == output[1] {
        return Ok(());
    }
    let expected = format!("an output [n, {}], as there are {0} weights", weight.len());
    Err(shape(loss, &expected, format!("{output:?}")))
}
