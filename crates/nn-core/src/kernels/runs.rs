//! Runs of features, moved whole: the samples of features that follow each other lie in one piece of memory.

use super::elementwise;
use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Accumulate, Scalar, Tensor};

/// Copies the runs of x that begin at these features to y, one after another.
pub(crate) fn gather<F: Scalar>(x: &Tensor<F>, y: &mut Tensor<F>, starts: &[usize]) {
    if is_all(y, x, starts) {
        return elementwise::copy(y, x);
    }
    let (run, blocks) = (length(y, starts), y.blocks_per_feature());
    for (y, start) in y.blocks_mut().chunks_exact_mut(run).zip(starts) {
        y.copy_from_slice(&x.blocks()[start * blocks..][..run]);
    }
}

/// Copies the runs of dy to the features of dx where they begin, which sets all other features to 0, or adds them to dx.
pub(crate) fn scatter<F: Scalar>(
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
    starts: &[usize],
    accumulate: Accumulate,
) {
    if is_all(dy, dx, starts) {
        return elementwise::pass(dy, dx, accumulate);
    }
    let (run, blocks, some) = (length(dy, starts), dy.blocks_per_feature(), dy.features() < dx.features());
    let (dy, dx) = (dy.blocks(), dx.blocks_mut());
    match accumulate {
        Accumulate::Replace => {
            if some {
                dx.as_flattened_mut().fill(F::ZERO);
            }
            for (dy, start) in dy.chunks_exact(run).zip(starts) {
                dx[start * blocks..][..run].copy_from_slice(dy);
            }
        }
        Accumulate::Add => dispatch(Add { dy, dx, run, starts, blocks }),
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

struct Add<'a, F> {
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    /// The number of blocks of a run.
    run: usize,
    starts: &'a [usize],
    /// The number of blocks of a feature.
    blocks: usize,
}

impl<F: Scalar> Kernel for Add<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Add { dy, dx, run, starts, blocks } = self;
        for (dy, start) in dy.chunks_exact(run).zip(starts) {
            for (dx, dy) in dx[start * blocks..][..run].iter_mut().zip(dy) {
                (Lanes(*dx) + Lanes(*dy)).store(dx);
            }
        }
    }
}
