//! Whether a network is made of numbers, and answers with numbers.

use nn_core::{Parameters, Scalar, Tensor};

/// Returns whether every parameter and buffer is finite.
pub(crate) fn has_finite_parameters<F: Scalar>(model: &dyn Parameters<F>) -> bool {
    let mut finite = true;
    model.visit(&mut |parameter| finite &= parameter.value.iter().all(|value| value.is_finite()));
    finite
}

/// Returns whether every value of every sample is finite. The contents of padding do not matter.
pub(crate) fn is_finite<F: Scalar>(tensor: &Tensor<F>) -> bool {
    (0..tensor.features()).all(|feature| tensor.feature(feature).iter().all(|value| value.is_finite()))
}
