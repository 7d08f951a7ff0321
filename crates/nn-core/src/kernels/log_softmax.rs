//! The logarithm of softmax over groups of feature columns, a block of samples at a time.

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Scalar, Tensor};

/// y_k = x_k − max x − ln Σ_j exp(x_j − max x), over each group of `classes` features.
pub(crate) fn forward<F: Scalar>(x: &Tensor<F>, y: &mut Tensor<F>, classes: usize) {
    let blocks = x.blocks_per_feature();
    dispatch(Forward { x: x.blocks(), y: y.blocks_mut(), blocks, classes });
}

/// dx_k = dy_k − exp(y_k) Σ_j dy_j, over each group of `classes` features.
pub(crate) fn backward<F: Scalar>(y: &Tensor<F>, dy: &Tensor<F>, dx: &mut Tensor<F>, classes: usize) {
    let blocks = y.blocks_per_feature();
    dispatch(Backward { y: y.blocks(), dy: dy.blocks(), dx: dx.blocks_mut(), blocks, classes });
}

struct Forward<'a, F> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
    /// Blocks from one feature to the next.
    blocks: usize,
    classes: usize,
}

impl<F: Scalar> Kernel for Forward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Forward { x, y, blocks, classes } = self;
        for (x, y) in x.chunks_exact(blocks * classes).zip(y.chunks_exact_mut(blocks * classes)) {
            for b in 0..blocks {
                let mut max = Lanes::splat(F::NEG_INFINITY);
                for x in x[b..].iter().step_by(blocks) {
                    max = max.zip(Lanes(*x), F::larger);
                }
                let mut total = Lanes::zero();
                for x in x[b..].iter().step_by(blocks) {
                    total += (Lanes(*x) - max).map(F::exp);
                }
                let ln = total.map(F::ln);
                for (x, y) in x[b..].iter().zip(&mut y[b..]).step_by(blocks) {
                    (Lanes(*x) - max - ln).store(y);
                }
            }
        }
    }
}

struct Backward<'a, F> {
    y: &'a [Block<F>],
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    /// Blocks from one feature to the next.
    blocks: usize,
    classes: usize,
}

impl<F: Scalar> Kernel for Backward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Backward { y, dy, dx, blocks, classes } = self;
        let group = blocks * classes;
        for ((y, dy), dx) in y.chunks_exact(group).zip(dy.chunks_exact(group)).zip(dx.chunks_exact_mut(group))
        {
            for b in 0..blocks {
                let mut total = Lanes::zero();
                for dy in dy[b..].iter().step_by(blocks) {
                    total += Lanes(*dy);
                }
                for ((y, dy), dx) in y[b..].iter().zip(&dy[b..]).zip(&mut dx[b..]).step_by(blocks) {
                    (Lanes(*dy) - Lanes(*y).map(F::exp) * total).store(dx);
                }
            }
        }
    }
}
