//! y = W x + b and its gradients, on tensors that hold the samples of one feature side by side.
//!
//! A narrow layer is a handful of long vector operations: every output feature is a combination of the input features,
//! every weight's gradient a dot product of two features. A wide layer is a [matrix product](super::product). Each result has
//! its own accumulator and a fixed order of additions on either way, so tiling changes no bit.

use super::combine::{Coefficient, Combine};
use super::dots::Dots;
use super::lanes::Block;
use super::pack::Right;
use super::product::{Product, Start};
use super::simd::dispatch;
use super::stack_dots::StackDots;
use crate::{Scalar, Tensor};

/// From how many weights on the matrix product is faster (docs/benchmarks.md): where its result is the same bits, and for
/// the gradient of the weights, where it is not. A single sample is an outer product.
const WIDE: usize = 2048;
const WIDE_GRADIENT: usize = 256;

/// Depends on shapes alone, so that one network always takes the same way.
fn is_wide(weights: usize, inputs: usize, outputs: usize, samples: usize) -> bool {
    inputs * outputs >= weights && inputs.min(outputs) >= 8 && samples > 1
}

/// y_i = b_i + Σ_j W_ij x_j, with W in row-major order.
pub(crate) fn forward<F: Scalar>(weight: &[F], bias: &[F], x: &Tensor<F>, y: &mut Tensor<F>) {
    let inputs = x.features();
    if !is_wide(WIDE, inputs, bias.len(), x.samples()) {
        return narrow_forward(weight, bias, x, y);
    }
    let width = y.stride();
    Product {
        a: weight,
        a_strides: [inputs, 1],
        b: Right::Features { blocks: x.blocks_per_feature(), x: x.blocks() },
        depth: inputs,
        c: y.blocks_mut().as_flattened_mut(),
        width,
        start: Start::Row(bias),
    }
    .run();
}

/// ∂L/∂x_j = Σ_i W_ij ∂L/∂y_i
pub(crate) fn backward_input<F: Scalar>(weight: &[F], dy: &Tensor<F>, dx: &mut Tensor<F>) {
    let inputs = dx.features();
    if !is_wide(WIDE, inputs, dy.features(), dy.samples()) {
        return narrow_backward_input(weight, dy, dx);
    }
    let width = dx.stride();
    Product {
        a: weight,
        a_strides: [1, inputs],
        b: Right::Features { blocks: dy.blocks_per_feature(), x: dy.blocks() },
        depth: dy.features(),
        c: dx.blocks_mut().as_flattened_mut(),
        width,
        start: Start::Zero,
    }
    .run();
}

/// Adds ∂L/∂W_ij = Σ_s ∂L/∂y_i x_j to `dw` and ∂L/∂b_i = Σ_s ∂L/∂y_i to `db`.
pub(crate) fn backward_parameters<F: Scalar>(x: &Tensor<F>, dy: &Tensor<F>, dw: &mut [F], db: &mut [F]) {
    let (samples, blocks) = (x.samples(), x.blocks_per_feature());
    let wide = is_wide(WIDE_GRADIENT, x.features(), db.len(), samples);
    if wide {
        Product {
            a: dy.blocks().as_flattened(),
            a_strides: [dy.stride(), 1],
            b: Right::Samples { blocks, x: x.blocks() },
            depth: samples,
            c: dw,
            width: x.features(),
            start: Start::Old,
        }
        .run();
    }
    let x = if wide { &[] } else { x.blocks() };
    dispatch(Dots { x, dy: dy.blocks(), dw, db, samples, blocks });
}

/// Whether a [`Stack`](crate::Stack) can hold a layer of this shape: not if its weight gradient is a matrix product, whose
/// order of additions is another.
pub(crate) fn stacks(inputs: usize, outputs: usize) -> bool {
    !is_wide(WIDE_GRADIENT, inputs, outputs, 2)
}

/// [`forward`] of a narrow layer, or of the sixteen layers of a stack: then weights and biases are blocks, one layer a lane.
pub(crate) fn narrow_forward<F: Scalar, C: Coefficient<F>>(
    weight: &[C],
    bias: &[C],
    x: &Tensor<F>,
    y: &mut Tensor<F>,
) {
    dispatch(Combine {
        coefficients: weight,
        strides: [x.features(), 1],
        start: Some(bias),
        blocks: x.blocks_per_feature(),
        x: x.blocks(),
        y: y.blocks_mut(),
    });
}

/// [`backward_input`] of the same.
pub(crate) fn narrow_backward_input<F: Scalar, C: Coefficient<F>>(
    weight: &[C],
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
) {
    dispatch(Combine {
        coefficients: weight,
        strides: [1, dx.features()],
        start: None,
        blocks: dy.blocks_per_feature(),
        x: dy.blocks(),
        y: dx.blocks_mut(),
    });
}

/// [`backward_parameters`] of the sixteen layers of a stack.
pub(crate) fn stack_backward_parameters<F: Scalar>(
    x: &Tensor<F>,
    dy: &Tensor<F>,
    dw: &mut [Block<F>],
    db: &mut [Block<F>],
) {
    dispatch(StackDots { x: x.blocks(), dy: dy.blocks(), dw, db, samples: x.blocks_per_feature() });
}
