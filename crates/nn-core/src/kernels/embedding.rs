//! Rows of a table, found by the whole numbers of a batch.
//!
//! A row of the table lies in one piece, the samples of a feature lie side by side: squares of four by four values are turned from one
//! order to the other, as in [`gather`](super::gather).

use super::lanes::{Block, LANES};
use super::simd::{Kernel, SIDE, dispatch, transposed};
use crate::{Scalar, Tensor};

/// Returns the row that a value names, or `None` if there is no such row.
#[inline(always)]
pub(crate) fn row<F: Scalar>(value: F, rows: usize) -> Option<usize> {
    // This makes NaN and negative values 0, and every other value a whole number: they differ from it.
    let row = value.to_f64() as usize;
    (row < rows && F::from_f64(row as f64) == value).then_some(row)
}

/// Writes for each value of x the row of `weight`, of this width, that it names; NaN for a value that names none.
pub(crate) fn forward<F: Scalar>(x: &Tensor<F>, y: &mut Tensor<F>, weight: &[F], width: usize) {
    let blocks = x.blocks_per_feature();
    dispatch(Forward { x: x.blocks(), y: y.blocks_mut(), weight, width, blocks });
}

/// Adds the gradient of what each value of x names to that row of `dw`: position by position, at each of them sample by sample. Values
/// that name no row, or the row of `padding`, add nothing.
pub(crate) fn backward<F: Scalar>(
    x: &Tensor<F>,
    dy: &Tensor<F>,
    dw: &mut [F],
    width: usize,
    padding: Option<usize>,
) {
    let (samples, blocks) = (x.samples(), x.blocks_per_feature());
    dispatch(Backward { x: x.blocks(), dy: dy.blocks(), dw, width, blocks, samples, padding });
}

struct Forward<'a, F> {
    x: &'a [Block<F>],
    y: &'a mut [Block<F>],
    weight: &'a [F],
    /// The number of features of a row.
    width: usize,
    /// Blocks from one feature to the next.
    blocks: usize,
}

impl<F: Scalar> Kernel for Forward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Forward { x, y, weight, width, blocks } = self;
        let rows = weight.len() / width;
        for (x, y) in x.chunks_exact(blocks).zip(y.chunks_exact_mut(width * blocks)) {
            for (b, x) in x.iter().enumerate() {
                let mut known = true;
                let mut from: [&[F]; LANES] = [&[]; LANES];
                for lane in 0..LANES {
                    let row = row(x[lane], rows);
                    known &= row.is_some();
                    from[lane] = &weight[row.unwrap_or(0) * width..][..width];
                }
                let (squares, rest) = y.split_at_mut(width / SIDE * SIDE * blocks);
                let quads = from.map(|row| row.as_chunks::<SIDE>().0);
                for (q, y) in squares.chunks_exact_mut(SIDE * blocks).enumerate() {
                    let mut turned = [[[F::ZERO; SIDE]; SIDE]; LANES / SIDE];
                    for i in 0..LANES / SIDE {
                        let at = |side: usize| quads[i * SIDE + side][q];
                        turned[i] = transposed([at(0), at(1), at(2), at(3)]);
                    }
                    for k in 0..SIDE {
                        let y = y[k * blocks + b].as_chunks_mut::<SIDE>().0;
                        for i in 0..LANES / SIDE {
                            y[i] = turned[i][k];
                        }
                    }
                }
                for (k, y) in rest.chunks_exact_mut(blocks).enumerate() {
                    for lane in 0..LANES {
                        y[b][lane] = from[lane][width / SIDE * SIDE + k];
                    }
                }
                if !known {
                    for lane in (0..LANES).filter(|&lane| row(x[lane], rows).is_none()) {
                        y[b..].iter_mut().step_by(blocks).for_each(|y| y[lane] = F::from_f64(f64::NAN));
                    }
                }
            }
        }
    }
}

struct Backward<'a, F> {
    x: &'a [Block<F>],
    dy: &'a [Block<F>],
    dw: &'a mut [F],
    /// The number of features of a row.
    width: usize,
    /// Blocks from one feature to the next.
    blocks: usize,
    samples: usize,
    padding: Option<usize>,
}

impl<F: Scalar> Kernel for Backward<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Backward { x, dy, dw, width, blocks, samples, padding } = self;
        let rows = dw.len() / width;
        for (x, dy) in x.chunks_exact(blocks).zip(dy.chunks_exact(width * blocks)) {
            for (b, x) in x.iter().enumerate() {
                let mut to = [None; LANES];
                for lane in 0..(samples - b * LANES).min(LANES) {
                    to[lane] = row(x[lane], rows).filter(|&row| Some(row) != padding);
                }
                let (squares, rest) = dy.split_at(width / SIDE * SIDE * blocks);
                for (q, dy) in squares.chunks_exact(SIDE * blocks).enumerate() {
                    let at = |k: usize| dy[k * blocks + b].as_chunks::<SIDE>().0;
                    let features = [at(0), at(1), at(2), at(3)];
                    for i in 0..LANES / SIDE {
                        let turned =
                            transposed([features[0][i], features[1][i], features[2][i], features[3][i]]);
                        for lane in 0..SIDE {
                            if let Some(row) = to[i * SIDE + lane] {
                                let dw = &mut dw[row * width..][..width].as_chunks_mut::<SIDE>().0[q];
                                for k in 0..SIDE {
                                    dw[k] += turned[lane][k];
                                }
                            }
                        }
                    }
                }
                for (k, dy) in rest.chunks_exact(blocks).enumerate() {
                    for lane in 0..LANES {
                        if let Some(row) = to[lane] {
                            dw[row * width + width / SIDE * SIDE + k] += dy[b][lane];
                        }
                    }
                }
            }
        }
    }
}
