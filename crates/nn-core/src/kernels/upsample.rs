//! Upsampling by whole factors: copies of pixels and of rows, and the sums of what the copies get back.
//!
//! A pixel is `blocks` blocks, the samples of one feature. A row is contiguous in memory, and so are all rows of all channels.

use super::lanes::{Block, Lanes};
use super::simd::{Kernel, dispatch};
use crate::{Accumulate, Scalar, Tensor};

/// How often the rows and the pixels of a row are repeated, and how large they are.
#[derive(Clone, Copy)]
pub(crate) struct Planes {
    /// The number of copies of a row.
    pub(crate) height: usize,
    /// The number of copies of a pixel in each of them.
    pub(crate) width: usize,
    /// The number of pixels of a row.
    pub(crate) row: usize,
    /// The number of blocks of a pixel.
    pub(crate) blocks: usize,
}

/// Copies every pixel of `x` to its rectangle of `y`.
pub(crate) fn forward<F: Scalar>(x: &Tensor<F>, y: &mut Tensor<F>, planes: Planes) {
    let Planes { height, width, row, blocks } = planes;
    if x.blocks().is_empty() {
        return;
    }
    let (from, to) = (row * blocks, row * width * blocks);
    let rows = x.blocks().chunks_exact(from).zip(y.blocks_mut().chunks_exact_mut(to * height));
    for (x, y) in rows {
        let (first, others) = y.split_at_mut(to);
        for (x, y) in x.chunks_exact(blocks).zip(first.chunks_exact_mut(width * blocks)) {
            y.chunks_exact_mut(blocks).for_each(|y| y.copy_from_slice(x));
        }
        others.chunks_exact_mut(to).for_each(|y| y.copy_from_slice(first));
    }
}

/// Writes the sum of each rectangle of `dy` to its pixel of `dx`, or adds it to what is there.
pub(crate) fn backward<F: Scalar>(
    dy: &Tensor<F>,
    dx: &mut Tensor<F>,
    accumulate: Accumulate,
    planes: Planes,
) {
    let (dy, dx) = (dy.blocks(), dx.blocks_mut());
    if dx.is_empty() {
        return;
    }
    match accumulate {
        Accumulate::Replace => dispatch(Backward::<_, false> { dy, dx, planes }),
        Accumulate::Add => dispatch(Backward::<_, true> { dy, dx, planes }),
    }
}

struct Backward<'a, F, const ADD: bool> {
    dy: &'a [Block<F>],
    dx: &'a mut [Block<F>],
    planes: Planes,
}

impl<F: Scalar, const ADD: bool> Kernel for Backward<'_, F, ADD> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Backward { dy, dx, planes: Planes { height, width, row, blocks } } = self;
        let (from, to) = (row * width * blocks, row * blocks);
        for (dy, dx) in dy.chunks_exact(from * height).zip(dx.chunks_exact_mut(to)) {
            for (pixel, dx) in dx.chunks_exact_mut(blocks).enumerate() {
                for (b, dx) in dx.iter_mut().enumerate() {
                    let mut sum = Lanes::zero();
                    // A sum for each row, so that the rounding of large rectangles does not add up.
                    for dy in dy.chunks_exact(from) {
                        let mut copies = Lanes::zero();
                        let first = pixel * width * blocks + b;
                        for dy in dy[first..].iter().step_by(blocks).take(width) {
                            copies += Lanes(*dy);
                        }
                        sum += copies;
                    }
                    sum.put::<ADD>(dx);
                }
            }
        }
    }
}
