//! Softmax and its logarithm over groups of feature columns, a block of samples at a time.

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Accumulate, Scalar, Tensor};

/// Computes y_k = exp(x_k − max x) / Σ_j exp(x_j − max x) over each group of `classes` features, or with `LOG` its logarithm
/// y_k = x_k − max x − ln Σ_j exp(x_j − max x).
pub(crate) fn forward<F: Scalar, const LOG: bool>(x: &Tensor<F>, y: &mut Tensor<F>, classes: usize) {
    let blocks = x.blocks_per_feature();
    dispatch(Forward::<F, LOG> { x: x.blocks(), y: y.blocks_mut(), blocks, classes });
}

/// Computes dx_k = y_k (dy_k − Σ_j dy_j y_j) over each group of `classes` features, or with `LOG`
/// dx_k = dy_k − exp(y_k) Σ_j dy_j; writes or adds it to `dx`.
pub(crate) fn backward<F: Scalar, const LOG: bool>(
    y: &Tensor<F>,
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
    accumulate: Accumulate,
    classes: usize,
) {
    let (blocks, y, dy, dx) = (y.blocks_per_feature(), y.blocks(), dy.blocks(), dx.blocks_mut());
    match accumulate {
        Accumulate::Replace => dispatch(Backward::<F, LOG, false> { y, dy, dx, blocks, classes }),
        Accumulate::Add => dispatch(Backward::<F, LOG, true> { y, dy, dx, blocks, classes }),
    }
}

struct Forward<'a, F, const LOG: bool> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
    /// Blocks from one feature to the next.
    blocks: usize,
    classes: usize,
}

impl<F: Scalar, const LOG: bool> Kernel for Forward<'_, F, LOG> {
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
                for (x, y) in x[b..].iter().zip(&mut y[b..]).step_by(blocks) {
                    let e = (Lanes(*x) - max).map(F::exp);
                    total += e;
                    if !LOG {
                        e.store(y);
                    }
                }
                if LOG {
                    let ln = total.map(F::ln);
                    for (x, y) in x[b..].iter().zip(&mut y[b..]).step_by(blocks) {
                        (Lanes(*x) - max - ln).store(y);
                    }
                } else {
                    for y in y[b..].iter_mut().step_by(blocks) {
                        (Lanes(*y) / total).store(y);
                    }
                }
            }
        }
    }
}

struct Backward<'a, F, const LOG: bool, const ADD: bool> {
    y: &'a [Block<F>],
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    /// Blocks from one feature to the next.
    blocks: usize,
    classes: usize,
}

impl<F: Scalar, const LOG: bool, const ADD: bool> Kernel for Backward<'_, F, LOG, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Backward { y, dy, dx, blocks, classes } = self;
        let group = blocks * classes;
        for ((y, dy), dx) in y.chunks_exact(group).zip(dy.chunks_exact(group)).zip(dx.chunks_exact_mut(group))
        {
            for b in 0..blocks {
                let mut inner = Lanes::zero();
                for (y, dy) in y[b..].iter().zip(&dy[b..]).step_by(blocks) {
                    inner += if LOG { Lanes(*dy) } else { Lanes(*y) * Lanes(*dy) };
                }
                for ((y, dy), dx) in y[b..].iter().zip(&dy[b..]).zip(&mut dx[b..]).step_by(blocks) {
                    let (y, dy) = (Lanes(*y), Lanes(*dy));
                    let slope = if LOG { dy - y.map(F::exp) * inner } else { y * (dy - inner) };
                    slope.put::<ADD>(dx);
                }
            }
        }
    }
}
