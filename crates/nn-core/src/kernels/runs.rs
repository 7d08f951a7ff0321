//! Runs of features, moved whole: the samples of features that follow each other lie in one piece of memory.

use super::elementwise;
use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Accumulate, Scalar, Tensor};

/// Copies the runs of x that begin at these features to y, one after another, or adds them to y.
pub(crate) fn gather<F: Scalar>(x: &Tensor<F>, y: &mut Tensor<F>, starts: &[usize], accumulate: Accumulate) {
    if is_all(y, x, starts) {
        return elementwise::pass(x, y, accumulate);
    }
    let (run, blocks) = (length(y, starts), y.blocks_per_feature());
    let (x, y) = (x.blocks(), y.blocks_mut());
    match accumulate {
        Accumulate::Replace => {
            for (y, start) in y.chunks_exact_mut(run).zip(starts) {
                y.copy_from_slice(&x[start * blocks..][..run]);
            }
        }
        Accumulate::Add => dispatch(Gather { x, y, run, starts, blocks }),
    }
}

/// Copies the runs of dy to the features of dx where they begin, which sets all other features to 0, or adds them to dx.
pub(crate) fn scatter<F: Scalar>(
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
    starts: &[usize],
    accumulate: Accumulate,
) {
    if accumulate == Accumulate::Replace && dy.features() < dx.features() {
        dx.blocks_mut().as_flattened_mut().fill(F::ZERO);
    }
    insert(dy, dx, starts, accumulate);
}

/// Does what [`scatter`] does, without a change of all other features.
pub(crate) fn insert<F: Scalar>(
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
    starts: &[usize],
    accumulate: Accumulate,
) {
    if is_all(dy, dx, starts) {
        return elementwise::pass(dy, dx, accumulate);
    }
    let (run, blocks) = (length(dy, starts), dy.blocks_per_feature());
    let (dy, dx) = (dy.blocks(), dx.blocks_mut());
    match accumulate {
        Accumulate::Replace => {
            for (dy, start) in dy.chunks_exact(run).zip(starts) {
                dx[start * blocks..][..run].copy_from_slice(dy);
            }
        }
        Accumulate::Add => dispatch(Scatter { dy, dx, run, starts, blocks }),
    }
}

/// Returns whether the runs are all features of the other tensor in their order.
fn is_all<F: Scalar>(runs: &Tensor<F>, other: &Tensor<F>, starts: &[usize]) -> bool {
    starts.len() == 1 && runs.features() == other.features()
}

/// Returns the number of blocks of each run of this tensor. It is not 0, even where there is nothing to move.
fn length<F: Scalar>(runs: &Tensor<F>, starts: &[usize]) -> usize {
    (runs.blocks().len() / starts.len().max(1)).max(1)
}

/// y += the runs of x.
struct Gather<'a, F> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
    /// The number of blocks of a run.
    run: usize,
    starts: &'a [usize],
    /// The number of blocks of a feature.
    blocks: usize,
}

impl<F: Scalar> Kernel for Gather<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Gather { x, y, run, starts, blocks } = self;
        for (y, start) in y.chunks_exact_mut(run).zip(starts) {
            add(y, &x[start * blocks..][..run]);
        }
    }
}

/// The runs of dx += dy.
struct Scatter<'a, F> {
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    run: usize,
    starts: &'a [usize],
    blocks: usize,
}

impl<F: Scalar> Kernel for Scatter<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Scatter { dy, dx, run, starts, blocks } = self;
        for (dy, start) in dy.chunks_exact(run).zip(starts) {
            add(&mut dx[start * blocks..][..run], dy);
        }
    }
}

#[inline(always)]
fn add<F: Scalar>(to: &mut [Block<F>], with: &[Block<F>]) {
    for (to, with) in to.iter_mut().zip(with) {
        (Lanes(*to) + Lanes(*with)).store(to);
    }
}
