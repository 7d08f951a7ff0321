//! y = W x + b and its gradients for every token of a sequence: runs of features that follow each other in memory, all with the same
//! W and b.
//!
//! Threads share tokens. The gradient of W adds up what all samples of all tokens are worth; threads share its rows.

use super::affine;
use super::dots::Dots;
use super::lanes::LANES;
use super::products::{Products, STEP, Step};
use super::simd::dispatch;
use super::team;
use crate::{Accumulate, Columns, ColumnsMut, Scalar};

/// W in row-major order, of the shape `[outputs, inputs]`.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, F> {
    pub(crate) shape: [usize; 2],
    pub(crate) values: &'a [F],
}

impl<F> Matrix<'_, F> {
    /// Returns the cost of a product with the features of x, for the threads.
    fn cost(&self, inputs: usize, samples: usize) -> usize {
        self.shape[0].saturating_mul(inputs).saturating_mul(samples.next_multiple_of(LANES))
    }
}

/// Computes y = W x + b for each token; without a bias, b is 0.
pub(crate) fn forward<F: Scalar>(
    weight: Matrix<'_, F>,
    bias: Option<&[F]>,
    x: Columns<'_, F>,
    y: ColumnsMut<'_, F>,
) {
    let ([outputs, inputs], cost) = (weight.shape, weight.cost(x.features(), x.samples()));
    let part = (x.features() / inputs).div_ceil(team::threads(cost));
    team::share(cost, x.runs(part * inputs).zip(y.runs(part * outputs)), |(x, y)| {
        for (x, y) in x.runs(inputs).zip(y.runs(outputs)) {
            affine::forward(weight.values, bias, x, y);
        }
    });
}

/// Computes ∂L/∂x = Wᵀ ∂L/∂y for each token, and writes or adds it to `dx`.
pub(crate) fn backward_input<F: Scalar>(
    weight: Matrix<'_, F>,
    dy: Columns<'_, F>,
    dx: ColumnsMut<'_, F>,
    accumulate: Accumulate,
) {
    let [outputs, inputs] = weight.shape;
    let cost = weight.cost(dx.as_columns().features(), dy.samples());
    let part = (dy.features() / outputs).div_ceil(team::threads(cost));
    team::share(cost, dy.runs(part * outputs).zip(dx.runs(part * inputs)), |(dy, dx)| {
        for (dy, dx) in dy.runs(outputs).zip(dx.runs(inputs)) {
            affine::backward_input(weight.values, dy, dx, accumulate);
        }
    });
}

/// Adds ∂L/∂W_ij = Σ ∂L/∂y_i x_j over all samples of all tokens to `dw`, and ∂L/∂b_i = Σ ∂L/∂y_i to `db` unless it is empty.
pub(crate) fn backward_parameters<F: Scalar>(
    [outputs, inputs]: [usize; 2],
    x: Columns<'_, F>,
    dy: Columns<'_, F>,
    dw: &mut [F],
    db: &mut [F],
) {
    let (samples, blocks) = (x.samples(), x.blocks_per_feature());
    let tokens = || x.runs(inputs).zip(dy.runs(outputs));
    if x.features() == inputs || !affine::is_wide_gradient(inputs, outputs, samples) {
        for (x, dy) in tokens() {
            affine::backward_parameters(x, dy, dw, db);
        }
        return;
    }
    let cost = outputs.saturating_mul(x.features()).saturating_mul(samples);
    let part = outputs.div_ceil(team::threads(cost)).next_multiple_of(8);
    team::share(cost, dw.chunks_mut(part * inputs).enumerate(), |(index, dw)| {
        let rows = index * part..outputs.min((index + 1) * part);
        let steps = tokens().flat_map(|(x, dy)| {
            let (a, b) = (dy.columns(rows.clone()).blocks(), x.blocks());
            (0..blocks).step_by(STEP).map(move |first| {
                let samples = (samples - first * LANES).min(STEP * LANES);
                Step { a, b, blocks, first, samples }
            })
        });
        dispatch(Products { steps, dw, width: inputs });
    });
    if !db.is_empty() {
        for dy in dy.runs(outputs) {
            dispatch(Dots { x: &[], dy: dy.blocks(), dw: &mut [], db: &mut *db, samples, blocks });
        }
    }
}
