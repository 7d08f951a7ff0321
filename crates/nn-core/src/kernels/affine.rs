//! y = W x + b and its gradients, on runs of features; the samples of one feature lie side by side.
//!
//! A narrow layer is a handful of long vector operations: every output feature is a combination of the input features,
//! and every weight's gradient is a dot product of two features. A wide layer is a [matrix product](super::product). In
//! both forms each result has its own accumulator and a fixed order of additions, so tiling changes no bit. Neither does
//! the form for [one sample](super::one_sample).

use super::combine::{Coefficient, Combine};
use super::dots::Dots;
use super::lanes::Block;
use super::one_sample::{self, Terms};
use super::pack::Right;
use super::product::{Product, Start};
use super::simd::dispatch;
use super::stack_dots::StackDots;
use crate::{Accumulate, Columns, ColumnsMut, Scalar};

/// The minimum number of weights at which the matrix product is faster (docs/benchmarks.md): `WIDE` where its result
/// has the same bits, `WIDE_GRADIENT` for the gradient of the weights, where it does not.
const WIDE: usize = 2048;
const WIDE_GRADIENT: usize = 256;

/// From so many samples on, half of `WIDE` is enough where both sides are so wide.
const MANY: usize = 32;
const SQUARE: usize = 16;

/// The minimum number of outputs at which the form for one sample is faster.
const FEW: usize = 3;

/// Returns whether a layer is computed as a matrix product; the gradient of a single sample is an outer product
/// instead. Depends on shapes alone, so that a network always takes the same form.
fn is_wide(weights: usize, inputs: usize, outputs: usize, samples: usize) -> bool {
    inputs * outputs >= weights && inputs.min(outputs) >= 8 && samples > 1
}

/// Returns whether the forward pass or the gradient of the input is computed as a matrix product.
fn is_wide_combination(inputs: usize, outputs: usize, samples: usize) -> bool {
    let many = samples >= MANY && inputs.min(outputs) >= SQUARE;
    is_wide(if many { WIDE / 2 } else { WIDE }, inputs, outputs, samples)
}

/// Computes y_i = b_i + Σ_j W_ij x_j, with W in row-major order; without a bias, b_i is 0.
pub(crate) fn forward<F: Scalar>(weight: &[F], bias: Option<&[F]>, x: Columns<'_, F>, y: ColumnsMut<'_, F>) {
    let (inputs, outputs) = (x.features(), y.as_columns().features());
    if x.samples() == 1 && outputs >= FEW {
        let start = |i: usize| bias.map_or(F::ZERO, |bias| bias[i]);
        let terms = [Terms { weights: weight, x: x.blocks() }, Terms::NONE];
        return dispatch(one_sample::Forward { start, terms, y: y.into_blocks() });
    }
    if !is_wide_combination(inputs, outputs, x.samples()) {
        return narrow_forward(weight, bias, x, y);
    }
    let c = y.into_blocks().as_flattened_mut();
    Product {
        a: weight,
        a_strides: [inputs, 1],
        b: Right::Features { blocks: x.blocks_per_feature(), x: x.blocks() },
        depth: inputs,
        width: c.len() / outputs,
        c,
        start: bias.map_or(Start::Zero, Start::Row),
    }
    .run();
}

/// Computes ∂L/∂x_j = Σ_i W_ij ∂L/∂y_i, and writes or adds it to `dx`.
pub(crate) fn backward_input<F: Scalar>(
    weight: &[F],
    dy: Columns<'_, F>,
    dx: ColumnsMut<'_, F>,
    accumulate: Accumulate,
) {
    let (inputs, outputs) = (dx.as_columns().features(), dy.features());
    if dy.samples() == 1 {
        let (y, x, add) = (dy.blocks(), dx.into_blocks(), accumulate == Accumulate::Add);
        return dispatch(one_sample::Backward { weights: weight, y, add, x });
    }
    if !is_wide_combination(inputs, outputs, dy.samples()) {
        return narrow_backward_input(weight, dy, dx, accumulate);
    }
    let c = dx.into_blocks().as_flattened_mut();
    Product {
        a: weight,
        a_strides: [1, inputs],
        b: Right::Features { blocks: dy.blocks_per_feature(), x: dy.blocks() },
        depth: outputs,
        width: c.len() / inputs,
        c,
        start: match accumulate {
            Accumulate::Replace => Start::Zero,
            Accumulate::Add => Start::Old,
        },
    }
    .run();
}

/// Adds ∂L/∂W_ij = Σ_s ∂L/∂y_i x_j to `dw`, and ∂L/∂b_i = Σ_s ∂L/∂y_i to `db` unless it is empty.
pub(crate) fn backward_parameters<F: Scalar>(
    x: Columns<'_, F>,
    dy: Columns<'_, F>,
    dw: &mut [F],
    db: &mut [F],
) {
    let (samples, blocks) = (x.samples(), x.blocks_per_feature());
    let wide = is_wide_gradient(x.features(), dy.features(), samples);
    if wide {
        Product {
            a: dy.blocks().as_flattened(),
            a_strides: [dy.blocks().as_flattened().len() / dy.features(), 1],
            b: Right::Samples { blocks, x: x.blocks() },
            depth: samples,
            c: dw,
            width: x.features(),
            start: Start::OldAfter,
        }
        .run();
    }
    let x = if wide { &[] } else { x.blocks() };
    dispatch(Dots { x, dy: dy.blocks(), dw, db, samples, blocks });
}

/// Returns whether the gradient of the weights of a layer of this shape is faster as a matrix product.
pub(super) fn is_wide_gradient(inputs: usize, outputs: usize, samples: usize) -> bool {
    is_wide(WIDE_GRADIENT, inputs, outputs, samples)
}

/// Returns whether a [`Stack`](crate::Stack) should hold a layer of this shape. It should not where one layer alone is
/// faster as a matrix product, of which a stack has no form.
pub(crate) fn stacks(inputs: usize, outputs: usize) -> bool {
    !is_wide(WIDE, inputs, outputs, 2)
}

/// Computes [`forward`] for a narrow layer, or for the sixteen layers of a stack: their weights and biases are blocks,
/// one layer per lane.
pub(crate) fn narrow_forward<F: Scalar, C: Coefficient<F>>(
    weight: &[C],
    bias: Option<&[C]>,
    x: Columns<'_, F>,
    y: ColumnsMut<'_, F>,
) {
    dispatch(Combine::<_, _, false> {
        coefficients: weight,
        strides: [x.features(), 1],
        start: bias,
        blocks: x.blocks_per_feature(),
        x: x.blocks(),
        y: y.into_blocks(),
    });
}

/// Computes [`backward_input`] for the same layers.
pub(crate) fn narrow_backward_input<F: Scalar, C: Coefficient<F>>(
    weight: &[C],
    dy: Columns<'_, F>,
    dx: ColumnsMut<'_, F>,
    accumulate: Accumulate,
) {
    let (coefficients, strides) = (weight, [1, dx.as_columns().features()]);
    let (blocks, x, y) = (dy.blocks_per_feature(), dy.blocks(), dx.into_blocks());
    match accumulate {
        Accumulate::Replace => {
            dispatch(Combine::<_, _, false> { coefficients, strides, start: None, blocks, x, y });
        }
        Accumulate::Add => {
            dispatch(Combine::<_, _, true> { coefficients, strides, start: None, blocks, x, y });
        }
    }
}

/// Computes [`backward_parameters`] for the sixteen layers of a stack.
pub(crate) fn stack_backward_parameters<F: Scalar>(
    x: Columns<'_, F>,
    dy: Columns<'_, F>,
    dw: &mut [Block<F>],
    db: &mut [Block<F>],
) {
    let (samples, x, dy) = (x.blocks_per_feature(), x.blocks(), dy.blocks());
    let wide = is_wide(WIDE_GRADIENT, x.len() / samples, dy.len() / samples, samples);
    if wide {
        dispatch(StackDots::<_, true> { x, dy, dw: &mut *dw, db: &mut [], samples });
    }
    let x = if wide { &[] } else { x };
    if !(x.is_empty() && db.is_empty()) {
        dispatch(StackDots::<_, false> { x, dy, dw, db, samples });
    }
}
