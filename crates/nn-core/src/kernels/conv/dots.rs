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
use crate::kernels::window::Axis;
use crate::scalar::{PerScalar, Scalar};

/// The number of blocks of each channel that are multiplied at a time: what is copied stays in the L1 cache.
const STRIP: usize = 64;

/// The largest number of terms, and of outputs, that are multiplied with each other in registers.
const TERMS: usize = 4;
const OUTPUTS: usize = 6;

/// The largest number of outputs for which the inputs are copied once.
const MOST: usize = 64;

/// The number of sums that a strip is added to before the next one: those of so many terms that the strip of the outputs is not
/// read again and again from further away.
const PRODUCTS: usize = 512;

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
const BLOCKS: usize = PRODUCTS + (TERMS + OUTPUTS) * STRIP;

/// The dot products on this thread, with memory for what is copied. Without any, only takes the memory, which the thread keeps.
pub(super) struct Run;

macro_rules! run {
    ($F:ident) => {
        fn $F(dots: Option<Dots<'_, $F>>) {
            thread_local! {
                static COPIES: RefCell<Blocks<$F>> =
                    RefCell::new(Blocks::zeros(BLOCKS).expect("memory for some strips"));
            }
            COPIES.with_borrow_mut(|memory| {
                let Some(dots) = dots else { return };
                let (products, copies) = memory.as_mut_slice().split_at_mut(PRODUCTS);
                let (x, dy) = copies.as_chunks_mut::<STRIP>().0.split_at_mut(TERMS);
                dispatch(WithCopies { dots, copies: Copies { x, dy }, products });
            });
        }
    };
}

impl PerScalar for Run {
    type Input<'a, F: Scalar> = Option<Dots<'a, F>>;
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
        let WithCopies { dots, mut copies, products } = self;
        let (of, [_, plane]) = (dots.of, dots.of.planes());
        let (terms, outputs) = (of.terms(), of.outputs / of.groups);
        let last = dots.first + dots.sums.len() / outputs;
        let most = if has_many_registers::<F>() { TERMS } else { 2 };
        for first_output in (0..outputs).step_by(MOST) {
            let some = first_output..outputs.min(first_output + MOST);
            let together = PRODUCTS / some.len();
            for first in (dots.first..last).step_by(together) {
                let end = last.min(first + together);
                let products = &mut products[..(end - first) * some.len()];
                products.as_flattened_mut().fill(F::ZERO);
                let mut strip = Strip::first(of);
                while strip.from < plane {
                    let mut term = Term::nth(first, of);
                    let mut left = end - first;
                    while left > 0 {
                        // The terms of one tile belong to one group.
                        let some_left = left.min(terms - term.of_group).min(most);
                        let count = if some_left == 3 { 2 } else { some_left };
                        let tile = Tile { first: term.group * outputs, strip, some: some.clone() };
                        for copied in &mut copies.x[..count] {
                            dots.copy_x(&term, &strip, copied);
                            term = term.next(of);
                        }
                        let products = &mut products[(end - first - left) * some.len()..];
                        match count {
                            4 => dots.outputs::<4>(&tile, &mut copies, products),
                            2 => dots.outputs::<2>(&tile, &mut copies, products),
                            _ => dots.outputs::<1>(&tile, &mut copies, products),
                        }
                        left -= count;
                    }
                    strip = strip.next(of);
                }
                let sums = &mut dots.sums[(first - dots.first) * outputs..(end - dots.first) * outputs];
                if some.len() == outputs {
                    finish(products, sums);
                } else {
                    let rows = sums.chunks_exact_mut(outputs).zip(products.chunks_exact(some.len()));
                    rows.for_each(|(sums, products)| finish(products, &mut sums[some.clone()]));
                }
            }
        }
    }
}

impl<F: Scalar> Dots<'_, F> {
    /// Copies the blocks of `x` that a strip of outputs meets through one tap of one channel.
    #[inline(always)]
    fn copy_x(&self, term: &Term, strip: &Strip, copied: &mut [Block<F>; STRIP]) {
        let of = self.of;
        let ([rows, columns], blocks, size) = (of.axes, of.blocks(), of.planes()[0]);
        let (rows_inside, inside) = (rows.outputs_of(term.down), columns.outputs_of(term.across));
        let plane = &self.x[(term.group * (of.inputs / of.groups) + term.channel) * size..][..size];
        let width = columns.output * blocks;
        let (mut row, mut start) = (strip.row, strip.start);
        while start < strip.end {
            // The part of the row that lies in the strip, counted in the row.
            let part = [strip.from.max(start) - start, strip.end.min(start + width) - start];
            let to = &mut copied[start + part[0] - strip.from..][..part[1] - part[0]];
            let is_inside = rows_inside[0] <= row && row < rows_inside[1];
            let edges = inside.map(|column| if is_inside { column * blocks } else { 0 });
            let [low, high] = edges.map(|edge| edge.clamp(part[0], part[1]) - part[0]);
            zero(&mut to[..low]);
            zero(&mut to[high..]);
            if low < high {
                let source = row * rows.stride + term.down * rows.dilation - rows.before;
                let source = &plane[source * columns.input * blocks..][..columns.input * blocks];
                copy_row(source, &columns, term.across, blocks, part[0] + low, &mut to[low..high]);
            }
            (row, start) = (row + 1, start + width);
        }
        self.clear_padding(strip, copied);
    }

    /// Replaces the padding of a strip with zeros.
    #[inline(always)]
    fn clear_padding(&self, strip: &Strip, copied: &mut [Block<F>; STRIP]) {
        let (blocks, rest) = (self.of.blocks(), self.of.samples % LANES);
        if rest == 0 {
            return;
        }
        for last in (strip.from / blocks * blocks + blocks - 1..strip.end).step_by(blocks) {
            let block = &mut copied[last - strip.from];
            Lanes(*block).keep(rest).store(block);
        }
    }

    /// Multiplies `T` terms with some outputs of their group, along a strip.
    #[inline(always)]
    fn outputs<const T: usize>(&self, tile: &Tile, copies: &mut Copies<'_, F>, products: &mut [Block<F>]) {
        let Range { start: mut output, end } = tile.some;
        while output < end {
            output += if has_many_registers::<F>() {
                match end - output {
                    // Twice four rather than six and two.
                    8 | 4..6 => self.tile::<4, T>(tile, output, copies, products),
                    6.. => self.tile::<6, T>(tile, output, copies, products),
                    3 => self.tile::<3, T>(tile, output, copies, products),
                    2 => self.tile::<2, T>(tile, output, copies, products),
                    _ => self.tile::<1, T>(tile, output, copies, products),
                }
            } else {
                match end - output {
                    2.. => self.tile::<2, T>(tile, output, copies, products),
                    _ => self.tile::<1, T>(tile, output, copies, products),
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
        let (from, length) = (strip.from, strip.end - strip.from);
        let [_, plane] = self.of.planes();
        let padded = !self.of.samples.is_multiple_of(LANES);
        let mut dy: [&[Block<F>]; R] = [&[]; R];
        for (r, copied) in copies.dy.iter_mut().take(R).enumerate() {
            let from = &self.dy[(first + output + r) * plane + from..][..length];
            dy[r] = if padded {
                copy(from, &mut copied[..length]);
                self.clear_padding(strip, copied);
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

/// A strip: some blocks of each channel of the outputs.
#[derive(Clone, Copy)]
struct Strip {
    from: usize,
    end: usize,
    /// The row in which it begins, and the first block of that row.
    row: usize,
    start: usize,
}

impl Strip {
    #[inline(always)]
    fn first(of: &Convolution) -> Self {
        Strip { from: 0, end: STRIP.min(of.planes()[1]), row: 0, start: 0 }
    }

    #[inline(always)]
    fn next(self, of: &Convolution) -> Self {
        let width = of.axes[1].output * of.blocks();
        let (from, end) = (self.end, of.planes()[1].min(self.end + STRIP));
        let row = from / width;
        Strip { from, end, row, start: row * width }
    }
}

/// A channel of the inputs and a tap.
#[derive(Clone, Copy)]
struct Term {
    group: usize,
    /// The number of terms of the group before this one.
    of_group: usize,
    /// The channel, counted in the group.
    channel: usize,
    down: usize,
    across: usize,
}

impl Term {
    #[inline(always)]
    fn nth(index: usize, of: &Convolution) -> Self {
        let (group, of_group) = (index / of.terms(), index % of.terms());
        let (channel, tap) = (of_group / of.taps(), of_group % of.taps());
        let width = of.axes[1].kernel;
        Term { group, of_group, channel, down: tap / width, across: tap % width }
    }

    #[inline(always)]
    fn next(self, of: &Convolution) -> Self {
        let Term { group, of_group, channel, down, across } = self;
        let of_group = of_group + 1;
        if across + 1 < of.axes[1].kernel {
            Term { of_group, across: across + 1, ..self }
        } else if down + 1 < of.axes[0].kernel {
            Term { of_group, down: down + 1, across: 0, ..self }
        } else if channel + 1 < of.inputs / of.groups {
            Term { group, of_group, channel: channel + 1, down: 0, across: 0 }
        } else {
            Term { group: group + 1, of_group: 0, channel: 0, down: 0, across: 0 }
        }
    }
}

/// Copies what the outputs of a row from block `from` on meet of a row of the inputs.
#[inline(always)]
fn copy_row<F: Scalar>(
    source: &[Block<F>],
    columns: &Axis,
    across: usize,
    blocks: usize,
    from: usize,
    to: &mut [Block<F>],
) {
    let shift = across * columns.dilation;
    if columns.stride == 1 {
        return copy(&source[from + shift * blocks - columns.before * blocks..][..to.len()], to);
    }
    // The first block may lie within a position.
    let (position, within) = (from / blocks, from % blocks);
    let mut at = (position * columns.stride + shift - columns.before) * blocks + within;
    let (mut done, mut next) = (0, (blocks - within).min(to.len()));
    while done < to.len() {
        copy(&source[at..][..next - done], &mut to[done..next]);
        at += (columns.stride - 1) * blocks + next - done;
        (done, next) = (next, to.len().min(next + blocks));
    }
}

/// Which outputs are multiplied, and where.
struct Tile {
    /// The first output of the group.
    first: usize,
    strip: Strip,
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
