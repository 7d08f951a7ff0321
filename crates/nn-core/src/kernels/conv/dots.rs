//! Dot products of outputs with shifted inputs: the gradient of the weights of a convolution.
//!
//! The inputs that a tap meets are first put side by side, zeros where it meets none, so that each product is a plain loop over
//! both. That copy is small against the products of one tap with all outputs, and makes every stride and border alike.

use std::cell::RefCell;
use std::ops::Range;

use super::Convolution;
use super::shifted::{STRIP, Strip, Term, clear_padding, copy, copy_shifted};
use crate::blocks::Blocks;
use crate::kernels::lanes::{Aligned, Block, LANES, Lanes, Sums};
use crate::kernels::simd::{Kernel, dispatch, has_many_registers};
use crate::scalar::{PerScalar, Scalar};

/// The largest number of terms that are multiplied with some outputs in registers.
const TERMS: usize = 4;

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
const BLOCKS: usize = PRODUCTS + (TERMS + MOST) * STRIP;

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

/// A strip for each of the largest number of terms, and of outputs that are multiplied with the same terms. Those of outputs are only
/// used where there is padding, which may hold anything.
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
                    let mut cleared = None;
                    let mut term = Term::nth(first, of);
                    let mut left = end - first;
                    while left > 0 {
                        // The terms of one tile belong to one group.
                        let some_left = left.min(terms - term.of_group).min(most);
                        let count = if some_left == 3 { 2 } else { some_left };
                        let tile = Tile { first: term.group * outputs, strip, some: some.clone() };
                        if dots.has_padding() && cleared != Some(term.group) {
                            dots.clear(&tile, &mut copies);
                            cleared = Some(term.group);
                        }
                        for copied in &mut copies.x[..count] {
                            copy_shifted(of, dots.x, &term, &strip, copied);
                            term = term.next(of);
                        }
                        let products = &mut products[(end - first - left) * some.len()..];
                        match count {
                            4 => dots.outputs::<4>(&tile, &copies, products),
                            2 => dots.outputs::<2>(&tile, &copies, products),
                            _ => dots.outputs::<1>(&tile, &copies, products),
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
    /// Whether some lanes stand for no sample.
    #[inline(always)]
    fn has_padding(&self) -> bool {
        !self.of.samples.is_multiple_of(LANES)
    }

    /// Copies the outputs of a tile along its strip, with zeros in the padding.
    #[inline(always)]
    fn clear(&self, Tile { first, strip, some }: &Tile, copies: &mut Copies<'_, F>) {
        let ([_, plane], length) = (self.of.planes(), strip.end - strip.from);
        for (output, copied) in some.clone().zip(&mut *copies.dy) {
            copy(&self.dy[(first + output) * plane + strip.from..][..length], &mut copied[..length]);
            clear_padding(self.of, strip, copied);
        }
    }

    /// Multiplies `T` terms with some outputs of their group, along a strip.
    #[inline(always)]
    fn outputs<const T: usize>(&self, tile: &Tile, copies: &Copies<'_, F>, products: &mut [Block<F>]) {
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
        copies: &Copies<'_, F>,
        products: &mut [Block<F>],
    ) -> usize {
        let (from, length) = (strip.from, strip.end - strip.from);
        let [_, plane] = self.of.planes();
        let mut dy: [&[Block<F>]; R] = [&[]; R];
        for r in 0..R {
            dy[r] = if self.has_padding() {
                &copies.dy[output - some.start + r][..length]
            } else {
                &self.dy[(first + output + r) * plane + from..][..length]
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
