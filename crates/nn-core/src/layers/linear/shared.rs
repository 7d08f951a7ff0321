//! What a linear layer and the sixteen of a stack have in common.

use std::any::Any;
use std::fmt;

use crate::{ModuleError, Plan, Purpose, Scalar, ShapeError, Tensor, Workspace, slots_mut};

/// Plans a linear layer of the shape `[outputs, inputs]`, given the numbers of values of its weight and of its bias, if any.
pub(super) fn plan<F: Scalar>(
    layer: &(impl Any + fmt::Display),
    [outputs, inputs]: [usize; 2],
    input: &[usize],
    parameters: [Option<usize>; 2],
    purpose: Purpose,
) -> Result<Plan<F>, ModuleError> {
    ShapeError::check_samples(layer, input)?;
    if inputs == 0 || outputs == 0 {
        let expected = "a layer with at least one input and one output";
        return Err(ShapeError::new(layer, expected, &[inputs, outputs]).into());
    }
    if input.len() < 2 || input.last() != Some(&inputs) || input.contains(&0) {
        return Err(ShapeError::new(layer, format!("input [n, …, {inputs}]"), input).into());
    }
    let mut output = input.to_vec();
    output[input.len() - 1] = outputs;
    let mut workspace = Workspace::of(layer, input, &output, purpose)?;
    if purpose == Purpose::Train {
        workspace.gradients = parameters.into_iter().flatten().map(|count| vec![F::ZERO; count]).collect();
    }
    Ok(Plan { output, workspace })
}

/// Returns whether these are tensors of a layer of the shape `[outputs, inputs]`.
#[inline]
pub(super) fn fits<F: Scalar>([outputs, inputs]: [usize; 2], x: &Tensor<F>, y: &Tensor<F>) -> bool {
    x.shape().last() == Some(&inputs) && y.shape().last() == Some(&outputs)
}

/// Returns the gradients of weight and bias; the latter is empty if there is no bias.
pub(in crate::layers) fn weight_and_bias<F>(gradients: &mut [Vec<F>], has_bias: bool) -> [&mut [F]; 2] {
    if has_bias {
        slots_mut::<_, 2>(gradients).each_mut().map(Vec::as_mut_slice)
    } else {
        let [dw] = slots_mut(gradients);
        [dw, &mut []]
    }
}
