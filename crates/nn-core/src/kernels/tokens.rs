//! y = W x + b and its gradients for every token of a sequence: runs of features that follow each other in memory, all with the same
//! W and b. A token may have more features than W has columns or rows; the first count.
//!
//! Where there are few samples, most lanes of a block are empty. The tokens are then put aside, as the samples of other tensors, and are
//! computed there.
//!
//! Threads share tokens. The gradient of W adds up what all samples of all tokens are worth; threads share its rows.

use super::affine;
use super::dots::Dots;
use super::lanes::LANES;
use super::products::{Products, STEP, Step};
use super::simd::dispatch;
use super::team;
use crate::{Accumulate, Columns, ColumnsMut, Scalar, Tensor};

/// W in row-major order, of the shape `[outputs, inputs]`.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, F> {
    pub(crate) shape: [usize; 2],
    pub(crate) values: &'a [F],
}

impl<F> Matrix<'_, F> {
    /// Returns the cost of a product with so many tokens, for the threads.
    fn cost(&self, tokens: usize, samples: usize) -> usize {
        let [outputs, inputs] = self.shape;
        [inputs, tokens, samples.next_multiple_of(LANES)].into_iter().fold(outputs, usize::saturating_mul)
    }
}

/// The maximum number of samples whose tokens are put aside, and the minimum of inputs and outputs, for which that takes less time than
/// it saves.
const FEW: usize = 4;
const WIDE: usize = 8;

/// Returns the number of rows that the tensors have in which tokens are put aside, one with a feature for each input and one with a
/// feature for each output at least; or `None`, if they are not. Functions take the two, or nothing.
pub(crate) fn aside([outputs, inputs]: [usize; 2], tokens: usize, samples: usize) -> Option<usize> {
    let gains = samples <= FEW && tokens > 1 && inputs.min(outputs) >= WIDE;
    gains.then_some(tokens * samples)
}

/// Computes y = W x + b for each of so many tokens; without a bias, b is 0.
pub(crate) fn forward<F: Scalar>(
    weight: Matrix<'_, F>,
    bias: Option<&[F]>,
    tokens: usize,
    x: Columns<'_, F>,
    y: ColumnsMut<'_, F>,
    aside: &mut [Tensor<F>],
) {
    let [outputs, inputs] = weight.shape;
    if let [x_aside, y_aside] = aside {
        gather(x, tokens, x_aside.columns_mut(0..inputs));
        let y_aside = &mut y_aside.columns_mut(0..outputs);
        affine::forward(weight.values, bias, x_aside.columns(0..inputs), y_aside.columns_mut(0..outputs));
        return scatter(y_aside.as_columns(), tokens, y);
    }
    share(weight.cost(tokens, x.samples()), tokens, x, y, |x, mut y| {
        affine::forward(weight.values, bias, x.columns(0..inputs), y.columns_mut(0..outputs));
    });
}

/// Computes ∂L/∂x = Wᵀ ∂L/∂y for each of so many tokens, and writes or adds it to `dx`.
pub(crate) fn backward_input<F: Scalar>(
    weight: Matrix<'_, F>,
    tokens: usize,
    dy: Columns<'_, F>,
    dx: ColumnsMut<'_, F>,
    accumulate: Accumulate,
    aside: &mut [Tensor<F>],
) {
    let [outputs, inputs] = weight.shape;
    if let [dx_aside, dy_aside] = aside {
        gather(dy, tokens, dy_aside.columns_mut(0..outputs));
        let (dy, mut dx_aside) = (dy_aside.columns(0..outputs), dx_aside.columns_mut(0..inputs));
        if accumulate == Accumulate::Add {
            gather(dx.as_columns(), tokens, dx_aside.columns_mut(0..inputs));
        }
        affine::backward_input(weight.values, dy, dx_aside.columns_mut(0..inputs), accumulate);
        return scatter(dx_aside.as_columns(), tokens, dx);
    }
    share(weight.cost(tokens, dy.samples()), tokens, dy, dx, |dy, mut dx| {
        affine::backward_input(weight.values, dy.columns(0..outputs), dx.columns_mut(0..inputs), accumulate);
    });
}

/// Does `work` with each of so many tokens of two tensors.
fn share<F: Scalar>(
    cost: usize,
    tokens: usize,
    from: Columns<'_, F>,
    to: ColumnsMut<'_, F>,
    work: impl Fn(Columns<'_, F>, ColumnsMut<'_, F>) + Sync,
) {
    let [a, b] = [from.features(), to.as_columns().features()].map(|features| features / tokens);
    let part = tokens.div_ceil(team::threads(cost));
    team::share(cost, from.runs(part * a).zip(to.runs(part * b)), |(from, to)| {
        from.runs(a).zip(to.runs(b)).for_each(|(from, to)| work(from, to));
    });
}

/// Adds ∂L/∂W_ij = Σ ∂L/∂y_i x_j over all samples of so many tokens to `dw`, and ∂L/∂b_i = Σ ∂L/∂y_i to `db` unless it is empty. A layer
/// that may be one of a [`Stack`](crate::Stack), which adds token by token, says so.
pub(crate) fn backward_parameters<F: Scalar>(
    [outputs, inputs]: [usize; 2],
    tokens: usize,
    [x, dy]: [Columns<'_, F>; 2],
    [dw, db]: [&mut [F]; 2],
    aside: &mut [Tensor<F>],
    stacks: bool,
) {
    if let [x_aside, dy_aside] = aside {
        gather(x, tokens, x_aside.columns_mut(0..inputs));
        gather(dy, tokens, dy_aside.columns_mut(0..outputs));
        let (x, dy) = (x_aside.columns(0..inputs), dy_aside.columns(0..outputs));
        return affine::backward_parameters(x, dy, dw, db);
    }
    let (samples, blocks) = (x.samples(), x.blocks_per_feature());
    let all = || {
        let both = x.runs(x.features() / tokens).zip(dy.runs(dy.features() / tokens));
        both.map(|(x, dy)| (x.columns(0..inputs), dy.columns(0..outputs)))
    };
    if stacks || tokens == 1 || !affine::is_wide_gradient(inputs, outputs, samples) {
        for (x, dy) in all() {
            affine::backward_parameters(x, dy, dw, db);
        }
        return;
    }
    let cost = outputs.saturating_mul(x.features()).saturating_mul(samples);
    let part = outputs.div_ceil(team::threads(cost)).next_multiple_of(8);
    team::share(cost, dw.chunks_mut(part * inputs).enumerate(), |(index, dw)| {
        let rows = index * part..outputs.min((index + 1) * part);
        let steps = all().flat_map(|(x, dy)| {
            let (a, b) = (dy.columns(rows.clone()).blocks(), x.blocks());
            (0..blocks).step_by(STEP).map(move |first| {
                let samples = (samples - first * LANES).min(STEP * LANES);
                Step { a, b, blocks, first, samples }
            })
        });
        dispatch(Products { steps, dw, width: inputs });
    });
    if !db.is_empty() {
        for (_, dy) in all() {
            dispatch(Dots { x: &[], dy: dy.blocks(), dw: &mut [], db: &mut *db, samples, blocks });
        }
    }
}

/// Copies the first features of so many tokens to `to`, where each sample of each token is a sample.
pub(crate) fn gather<F: Scalar>(x: Columns<'_, F>, tokens: usize, to: ColumnsMut<'_, F>) {
    let (token, samples, rows) = (x.features() / tokens, x.samples(), to.as_columns().blocks_per_feature());
    for (feature, to) in to.into_blocks().chunks_exact_mut(rows).enumerate() {
        let tokens = x.blocks()[feature..].iter().step_by(token);
        for (to, from) in to.as_flattened_mut().chunks_exact_mut(samples).zip(tokens) {
            (0..samples).for_each(|sample| to[sample] = from[sample]);
        }
    }
}

/// Copies what [`gather`] copies, back to where it came from.
pub(crate) fn scatter<F: Scalar>(from: Columns<'_, F>, tokens: usize, y: ColumnsMut<'_, F>) {
    let (token, samples, rows) =
        (y.as_columns().features() / tokens, y.as_columns().samples(), from.blocks_per_feature());
    let y = y.into_blocks();
    for (feature, from) in from.blocks().chunks_exact(rows).enumerate() {
        let tokens = y[feature..].iter_mut().step_by(token);
        for (to, from) in tokens.zip(from.as_flattened().chunks_exact(samples)) {
            (0..samples).for_each(|sample| to[sample] = from[sample]);
        }
    }
}
