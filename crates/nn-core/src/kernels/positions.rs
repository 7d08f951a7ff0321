//! Tokens plus a row of a table for each position.
//!
//! Where `tokens` says that a token is [padding](super::padding), it stays as it is, and its gradient is 0.

use super::lanes::{Block, LANES, Lanes};
use super::padding::select;
use super::simd::{Kernel, dispatch};
use crate::{Accumulate, Scalar, Tensor};

/// Computes y = x + p, with a p for each feature of a sample.
pub(crate) fn forward<F: Scalar>(x: &Tensor<F>, y: &mut Tensor<F>, table: &[F], tokens: Option<&Tensor<F>>) {
    let blocks = x.blocks_per_feature();
    let tokens = tokens.map(Tensor::blocks);
    dispatch(Forward { x: x.blocks(), y: y.blocks_mut(), table, tokens, blocks });
}

/// Computes dx = dy for all tokens that are no padding and 0 for the others, or adds that to dx.
pub(crate) fn backward_input<F: Scalar>(
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
    tokens: &Tensor<F>,
    accumulate: Accumulate,
) {
    let (dy, dx, tokens, blocks) = (dy.blocks(), dx.blocks_mut(), tokens.blocks(), dy.blocks_per_feature());
    match accumulate {
        Accumulate::Replace => dispatch(BackwardInput::<_, false> { dy, dx, tokens, blocks }),
        Accumulate::Add => dispatch(BackwardInput::<_, true> { dy, dx, tokens, blocks }),
    }
}

/// Adds Σ dy over the samples to the p of each feature.
pub(crate) fn backward_table<F: Scalar>(dy: &Tensor<F>, table: &mut [F], tokens: Option<&Tensor<F>>) {
    let (samples, blocks) = (dy.samples(), dy.blocks_per_feature());
    let tokens = tokens.map(Tensor::blocks);
    dispatch(BackwardTable { dy: dy.blocks(), table, tokens, samples, blocks });
}

struct Forward<'a, F> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
    table: &'a [F],
    tokens: Option<&'a [Block<F>]>,
    /// Blocks from one feature to the next.
    blocks: usize,
}

impl<F: Scalar> Kernel for Forward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Forward { x, y, table, tokens, blocks } = self;
        let features = x.len() / blocks;
        let columns = x.chunks_exact(blocks).zip(y.chunks_exact_mut(blocks)).zip(table);
        for (feature, ((x, y), p)) in columns.enumerate() {
            let p = Lanes::splat(*p);
            match tokens {
                None => {
                    for (x, y) in x.iter().zip(y) {
                        (Lanes(*x) + p).store(y);
                    }
                }
                Some(tokens) => {
                    let tokens = of_feature(tokens, feature, features, blocks);
                    for ((x, y), token) in x.iter().zip(y).zip(tokens) {
                        select(token, Lanes(*x) + p, Lanes(*x)).store(y);
                    }
                }
            }
        }
    }
}

/// Returns which of the tokens that this feature belongs to are real.
#[inline(always)]
fn of_feature<F>(tokens: &[Block<F>], feature: usize, features: usize, blocks: usize) -> &[Block<F>] {
    let positions = tokens.len() / blocks;
    &tokens[feature / (features / positions) * blocks..][..blocks]
}

struct BackwardInput<'a, F, const ADD: bool> {
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    tokens: &'a [Block<F>],
    /// Blocks from one feature to the next.
    blocks: usize,
}

impl<F: Scalar, const ADD: bool> Kernel for BackwardInput<'_, F, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let BackwardInput { dy, dx, tokens, blocks } = self;
        let features = dy.len() / blocks;
        let columns = dy.chunks_exact(blocks).zip(dx.chunks_exact_mut(blocks));
        for (feature, (dy, dx)) in columns.enumerate() {
            let tokens = of_feature(tokens, feature, features, blocks);
            for ((dy, dx), token) in dy.iter().zip(dx).zip(tokens) {
                select(token, Lanes(*dy), Lanes::zero()).put::<ADD>(dx);
            }
        }
    }
}

struct BackwardTable<'a, F> {
    dy: &'a [Block<F>],
    table: &'a mut [F],
    tokens: Option<&'a [Block<F>]>,
    samples: usize,
    /// Blocks from one feature to the next.
    blocks: usize,
}

impl<F: Scalar> Kernel for BackwardTable<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let BackwardTable { dy, table, tokens, samples, blocks } = self;
        let features = dy.len() / blocks;
        let last = samples - (blocks - 1) * LANES;
        for (feature, (dy, p)) in dy.chunks_exact(blocks).zip(table).enumerate() {
            let mut sum = Lanes::zero();
            let tokens = tokens.map(|tokens| of_feature(tokens, feature, features, blocks));
            for (b, dy) in dy.iter().enumerate() {
                let term = tokens.map_or(Lanes(*dy), |tokens| select(&tokens[b], Lanes(*dy), Lanes::zero()));
                sum += if b + 1 == blocks { term.keep(last) } else { term };
            }
            *p += sum.sum();
        }
    }
}
