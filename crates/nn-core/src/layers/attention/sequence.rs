//! One sequence alone. Within a layer its tokens are the samples of the tensors, because lanes are samples, and one sample would leave
//! fifteen of sixteen lanes empty.

use crate::kernels::tokens::{gather, scatter};
use crate::{Accumulate, Purpose, Scalar, ShapeError, Tensor};

/// Returns the shape that tokens have within a layer: `[t, d]` in place of `[1, t, d]`.
pub(super) fn within(input: &[usize]) -> &[usize] {
    match input {
        [1, within @ ..] => within,
        _ => input,
    }
}

/// Makes the memory for x, y and their gradients within a layer, or none if they have the shapes that they have outside.
pub(super) fn memory<F: Scalar>(
    input: &[usize],
    purpose: Purpose,
    make: impl Fn(&[usize]) -> Result<Tensor<F>, ShapeError>,
) -> Result<Vec<Tensor<F>>, ShapeError> {
    let within = within(input);
    let count = match purpose {
        _ if within == input => 0,
        Purpose::Predict => 2,
        Purpose::Train => 4,
    };
    (0..count).map(|_| make(within)).collect()
}

/// Computes y with what a layer does within.
pub(super) fn forward<F: Scalar, R>(
    x: &Tensor<F>,
    y: &mut Tensor<F>,
    memory: &mut [Tensor<F>],
    compute: impl FnOnce(&Tensor<F>, &mut Tensor<F>) -> R,
) -> R {
    let [x_within, y_within, ..] = memory else {
        return compute(x, y);
    };
    let tokens = x_within.samples();
    gather(x.into(), tokens, (&mut *x_within).into());
    let result = compute(x_within, y_within);
    scatter((&*y_within).into(), tokens, y.into());
    result
}

/// What is given to the backward pass of a layer.
pub(super) struct Slopes<'a, F> {
    pub(super) x: &'a Tensor<F>,
    pub(super) y: &'a Tensor<F>,
    pub(super) dy: &'a Tensor<F>,
    pub(super) dx: Option<&'a mut Tensor<F>>,
    pub(super) accumulate: Accumulate,
}

/// Computes ∂x with what a layer does within. The memory still holds what [`forward`] left.
pub(super) fn backward<F: Scalar>(
    outside: Slopes<'_, F>,
    memory: &mut [Tensor<F>],
    compute: impl FnOnce(Slopes<'_, F>),
) {
    let [x, y, dy, dx_within] = memory else {
        return compute(outside);
    };
    let (tokens, accumulate) = (x.samples(), outside.accumulate);
    gather(outside.dy.into(), tokens, (&mut *dy).into());
    let Some(dx) = outside.dx else {
        return compute(Slopes { x, y, dy, dx: None, accumulate });
    };
    if accumulate == Accumulate::Add {
        gather((&*dx).into(), tokens, (&mut *dx_within).into());
    }
    compute(Slopes { x, y, dy, dx: Some(&mut *dx_within), accumulate });
    scatter((&*dx_within).into(), tokens, dx.into());
}
