//! What the arguments of [`evaluate`](crate::Loss::evaluate) must fit: each other.

use std::fmt::Display;

use nn_core::lanes::LANES;
use nn_core::{Scalar, Tensor};

use crate::LossError;
use crate::target::shape;

/// Panics unless the arguments of an evaluation fit each other: `target` is whether the target fits the output y, and `networks`
/// the number of losses wanted. A caller that has checked cannot come here with anything else, and numbers computed from
/// arguments that do not fit would have no meaning.
#[inline]
pub(crate) fn expect<F: Scalar>(
    loss: &dyn Display,
    target: Result<(), LossError>,
    y: &Tensor<F>,
    dy: Option<&Tensor<F>>,
    networks: usize,
    stacks: bool,
) {
    let stack = stacks && networks == LANES && y.samples().is_multiple_of(LANES);
    let gradient = dy.is_none_or(|dy| dy.shape() == y.shape());
    if target.is_err() || !gradient || !(networks == 1 || stack) {
        refuse(loss, target, y, dy, networks, stacks);
    }
}

/// Says what does not fit.
#[cold]
#[inline(never)]
fn refuse<F: Scalar>(
    loss: &dyn Display,
    target: Result<(), LossError>,
    y: &Tensor<F>,
    dy: Option<&Tensor<F>>,
    networks: usize,
    stacks: bool,
) -> ! {
    let y = y.shape();
    let error = match (target, dy) {
        (Err(error), _) => error,
        (Ok(()), Some(dy)) if dy.shape() != y => {
            let expected = format!("memory for a gradient of the output's shape {y:?}");
            shape(loss, &expected, format!("{:?}", dy.shape()))
        }
        _ => {
            let expected =
                if stacks { "memory for 1 loss, or for 16 of a stack" } else { "memory for 1 loss" };
            shape(loss, expected, format!("{networks} for an output {y:?}"))
        }
    };
    panic!("{error}")
}
