//! Dot products of outputs with shifted inputs: the gradient of the weights of a convolution.
//!
//! The inputs that a tap meets are first put side by side, zeros where it meets none, so that each product is a plain loop over
//! both. That copy is small against the products of one tap with all outputs, and makes every stride and border alike.

use std::cell::RefCell;
use std::ops::Range;

use super::Convolution;
use crate::blocks::Blocks;
use crate::kernels::lanes::{Aligned, Block, LANES, Lanes, Sums};
use crate::kernels::simd::{Kernel, dispatch, has_many_registers};
use crate::scalar::{PerScalar, Scalar};

/// The number of blocks of each channel that are multiplied at a time: what is copied stays in the L1 cache.
const STRIP: usize = 64;

/// The largest number of terms, and of outputs, that are multiplied with each other in registers.
const TERMS: usize = 4;
const OUTPUTS: usize = 6;

/// The largest number of outputs for which the inputs are copied once.
const MOST: usize = 64;

/// The dot products of some terms (an input channel and a tap each) with all outputs of their group.
pub(super) struct Dots<'a, F> {
    pub(super) of: &'a Convolution,
    pub(super) x: &'a [Block<F>],
    pub(super) dy: &'a [Block<F>],
    /// The first term, counted over all groups.
    pub(super) first: usize,
    /// For each term, a sum for each output of its group.
    pub(super) sums: &'a mut [F],
}

/// The blocks that a thread needs.
const BLOCKS: usize = TERMS * MOST + (TERMS + OUTPUTS) * STRIP;

/// The dot products on this thread, with memory for what is copied.
pub(super) struct Run;

macro_rules! run {
    ($F:ident) => {
        fn $F(dots: Dots<'_, $F>) {
            thread_local! {
                static COPIES: RefCell<Blocks<$F>> =
                    RefCell::new(Blocks::zeros(BLOCKS).expect("memory for some strips"));
            }
            COPIES.with_borrow_mut(|memory| {
                let (products, copies) = memory.as_mut_slice().split_at_mut(TERMS * MOST);
                let (x, dy) = copies.as_chunks_mut::<STRIP>().0.split_at_mut(TERMS);
                dispatch(WithCopies { dots, copies: Copies { x, dy }, products });
            });
        }
    };
}

impl PerScalar for Run {
    type Input<'a, F: Scalar> = Dots<'a, F>;
    type Output<F: Scalar> = ();
    run!(f32);
    run!(f64);
}

/// A strip for each of the largest number of terms, and of outputs.
struct Copies<'c, F> {
    x: &'c mut [[Block<F>; STRIP]],
    dy: &'c mut [[Block<F>; STRIP]],
}

struct WithCopies<'a, 'c, F> {
    dots: Dots<'a, F>,
    copies: Copies<'c, F>,
    /// For each of some terms and outputs, sixteen partial sums.
    products: &'c mut [Block<F>],
}

impl<F: Scalar> Kernel for WithCopies<'_, '_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let WithCopies { mut dots, mut copies, products } = self;
        let (of, [_, plane]) = (dots.of, dots.of.planes());
        let (terms, outputs) = (of.terms(), of.outputs / of.groups);
        let last = dots.first + dots.sums.len() / outputs;
        let most = if has_many_registers::<F>() { TERMS } else { 2 };
        let mut term = dots.first;
        while term < last {
            // The terms of one tile belong to one group.
            let left = (terms - term % terms).min(last - term).min(most);
            let count = if left == 3 { 2 } else { left };
            for first in (0..outputs).step_by(MOST) {
                let some = first..outputs.min(first + MOST);
                let products = &mut products[..count * some.len()];
                products.as_flattened_mut().fill(F::ZERO);
                for from in (0..plane).step_by(STRIP) {
                    let strip = [from, plane.min(from + STRIP)];
                    for t in 0..count {
                        dots.copy_x(term + t, strip, &mut copies.x[t]);
                    }
                    match count {
                        4 => dots.outputs::<4>(term, some.clone(), strip, &mut copies, products),
                        2 => dots.outputs::<2>(term, some.clone(), strip, &mut copies, products),
                        _ => dots.outputs::<1>(term, some.clone(), strip, &mut copies, products),
                    }
                }
                let at = (term - dots.first) * outputs + first;
                if some.len() == outputs {
                    finish(products, &mut dots.sums[at..][..count * outputs]);
                } else {
                    for (t, products) in products.chunks_exact(some.len()).enumerate() {
                        finish(products, &mut dots.sums[at + t * outputs..][..some.len()]);
                    }
                }
            }
            term += count;
        }
    }
}

impl<F: Scalar> Dots<'_, F> {
    /// Copies the blocks of `x` that a strip of outputs meets through one tap of one channel.
    #[inline(always)]
    fn copy_x(&self, term: usize, [from, end]: [usize; 2], to: &mut [Block<F>; STRIP]) {
        let of = self.of;
        let ([rows, columns], blocks) = (of.axes, of.blocks());
        let group = term / of.terms();
        let (channel, tap) = (term % of.terms() / of.taps(), term % of.taps());
        let [down, across] = [tap / columns.kernel, tap % columns.kernel];
        let ([row_first, row_end], [first, end_column]) = (rows.outputs_of(down), columns.outputs_of(across));
        let plane = &self.x[(group * (of.inputs / of.groups) + channel) * of.planes()[0]..][..of.planes()[0]];
        let width = columns.output * blocks;
        for row in from / width..end.div_ceil(width) {
            // The part of the row that lies in the strip, counted in the row.
            let part = [from.max(row * width) - row * width, end.min((row + 1) * width) - row * width];
            let to = &mut to[row * width + part[0] - from..][..part[1] - part[0]];
            let inside = if (row_first..row_end).contains(&row) {
                [first * blocks, end_column * blocks]
            } else {
                [0, 0]
            };
            let [low, high] = inside.map(|edge| edge.clamp(part[0], part[1]) - part[0]);
            zero(&mut to[..low]);
            zero(&mut to[high..]);
            if low == high {
                continue;
            }
            let source = (row * rows.stride + down * rows.dilation - rows.before) * columns.input;
            let to = &mut to[low..high];
            // The first block is that of a position, which may have begun in the strip before.
            let (position, within) = ((part[0] + low) / blocks, (part[0] + low) % blocks);
            let column = position * columns.stride + across * columns.dilation - columns.before;
            let at = (source + column) * blocks + within;
            if columns.stride == 1 {
                copy(&plane[at..][..to.len()], to);
                continue;
            }
            let (mut at, mut done, mut next) = (at, 0, (blocks - within).min(to.len()));
            while done < to.len() {
                copy(&plane[at..][..next - done], &mut to[done..next]);
                at += (columns.stride - 1) * blocks + next - done;
                (done, next) = (next, to.len().min(next + blocks));
            }
        }
        self.clear_padding([from, end], to);
    }

    /// Replaces the padding of a strip with zeros.
    #[inline(always)]
    fn clear_padding(&self, [from, end]: [usize; 2], strip: &mut [Block<F>; STRIP]) {
        let (blocks, rest) = (self.of.blocks(), self.of.samples % LANES);
        if rest == 0 {
            return;
        }
        for last in (from / blocks * blocks + blocks - 1..end).step_by(blocks) {
            let block = &mut strip[last - from];
            Lanes(*block).keep(rest).store(block);
        }
    }

    /// Multiplies `T` terms with some outputs of their group, along a strip.
    #[inline(always)]
    fn outputs<const T: usize>(
        &self,
        term: usize,
        some: Range<usize>,
        strip: [usize; 2],
        copies: &mut Copies<'_, F>,
        products: &mut [Block<F>],
    ) {
        let Range { start: mut output, end } = some;
        let tile = Tile { first: term / self.of.terms() * (self.of.outputs / self.of.groups), strip, some };
        while output < end {
            output += if has_many_registers::<F>() {
                match end - output {
                    // Twice four rather than six and two.
                    8 | 4..6 => self.tile::<4, T>(&tile, output, copies, products),
                    6.. => self.tile::<6, T>(&tile, output, copies, products),
                    3 => self.tile::<3, T>(&tile, output, copies, products),
                    2 => self.tile::<2, T>(&tile, output, copies, products),
                    _ => self.tile::<1, T>(&tile, output, copies, products),
                }
            } else {
                match end - output {
                    2.. => self.tile::<2, T>(&tile, output, copies, products),
                    _ => self.tile::<1, T>(&tile, output, copies, products),
                }
            };
        }
    }

    /// Multiplies `T` terms with `R` outputs along a strip, and returns `R`.
    #[inline(always)]
    fn tile<const R: usize, const T: usize>(
        &self,
        Tile { first, strip, some }: &Tile,
        output: usize,
        copies: &mut Copies<'_, F>,
        products: &mut [Block<F>],
    ) -> usize {
        let (from, length) = (strip[0], strip[1] - strip[0]);
        let [_, plane] = self.of.planes();
        let padded = self.of.samples % LANES != 0;
        let mut dy: [&[Block<F>]; R] = [&[]; R];
        for (r, copied) in copies.dy.iter_mut().take(R).enumerate() {
            let from = &self.dy[(first + output + r) * plane + from..][..length];
            dy[r] = if padded {
                copy(from, &mut copied[..length]);
                self.clear_padding(*strip, copied);
                &copied[..length]
            } else {
                from
            };
        }
        let mut x: [&[Block<F>]; T] = [&[]; T];
        for t in 0..T {
            x[t] = &copies.x[t][..length];
        }
        let products = &mut products[output - some.start..];
        let mut tile = Aligned([[[F::ZERO; LANES]; T]; R]);
        for t in 0..T {
            let products = &products[t * some.len()..][..R];
            for r in 0..R {
                Lanes(products[r]).store(&mut tile.0[r][t]);
            }
        }
        multiply(&mut tile.0, x, dy, length);
        for t in 0..T {
            let products = &mut products[t * some.len()..][..R];
            for r in 0..R {
                Lanes(tile.0[r][t]).store(&mut products[r]);
            }
        }
        R
    }
}

/// Which outputs are multiplied, and where.
struct Tile {
    /// The first output of the group.
    first: usize,
    /// The first block of each channel, and past the last.
    strip: [usize; 2],
    /// The outputs of the group that have room in the products.
    some: Range<usize>,
}

/// Adds the total of each product to its sum.
#[inline(always)]
fn finish<F: Scalar>(products: &[Block<F>], sums: &mut [F]) {
    for (products, sums) in products.chunks(LANES).zip(sums.chunks_mut(LANES)) {
        let mut totals = Sums::new();
        for product in products {
            totals.push(Lanes(*product));
        }
        let totals = totals.take();
        match <&mut Block<F>>::try_from(&mut *sums) {
            Ok(sums) => (Lanes(*sums) + Lanes(totals)).store(sums),
            Err(_) => sums.iter_mut().zip(totals).for_each(|(sum, total)| *sum += total),
        }
    }
}

/// Adds the products of dy_r and x_t to the sixteen sums of each, block by block.
#[inline(always)]
fn multiply<F: Scalar, const R: usize, const T: usize>(
    products: &mut [[Block<F>; T]; R],
    mut x: [&[Block<F>]; T],
    mut dy: [&[Block<F>]; R],
    length: usize,
) {
    let mut sums = [[Lanes::zero(); T]; R];
    for r in 0..R {
        dy[r] = &dy[r][..length];
        for t in 0..T {
            sums[r][t] = Lanes(products[r][t]);
        }
    }
    for t in 0..T {
        x[t] = &x[t][..length];
    }
    for b in 0..length {
        let mut terms = [Lanes::zero(); T];
        for t in 0..T {
            terms[t] = Lanes(x[t][b]);
        }
        for r in 0..R {
            let dy = Lanes(dy[r][b]);
            for t in 0..T {
                sums[r][t] = dy.mul_add(terms[t], sums[r][t]);
            }
        }
    }
    for r in 0..R {
        for t in 0..T {
            sums[r][t].store(&mut products[r][t]);
        }
    }
}

#[inline(always)]
fn copy<F: Scalar>(from: &[Block<F>], to: &mut [Block<F>]) {
    for (from, to) in from.iter().zip(to) {
        Lanes(*from).store(to);
    }
}

#[inline(always)]
fn zero<F: Scalar>(to: &mut [Block<F>]) {
    for to in to {
        Lanes::zero().store(to);
    }
}
