//! The matrix product of wide layers: tiles of the result stay in registers while their terms are added up.
//!
//! Every element of the result has one accumulator, to which its terms are added one after another, stretch by stretch.
//! Neither the size of a tile, nor the number of threads, nor the CPU therefore changes a bit. Terms are added by
//! `mul_add`, which rounds once whether or not the CPU has an instruction for it.

use std::cell::RefCell;

use super::lanes::{Aligned, Block, LANES, Lanes};
use super::pack::{DEPTH, Right};
use super::simd::{Kernel, dispatch, has_many_registers, prefetch};
use super::team;
use crate::scalar::{PerScalar, Scalar};

/// The minimum number of rows that are worth packing B for.
const SMALLEST: usize = 32;

/// The number of blocks of C that get all their terms before the next ones: an even number, so few that their rows stay in the
/// L2 cache from one stretch of terms to the next.
const STRIP: usize = 32;

/// The maximum number of blocks of a row of C in a tile. Three of a full stretch do not fit the L1 cache, but only one panel of a
/// strip has three.
const WIDEST: usize = 3;

/// The minimum number of blocks of a row of C that a thread gets where threads share the columns.
const WIDE: usize = 2 * STRIP;

/// The maximum number of terms in a stretch where those of A do not lie side by side. Each is in a cache line of its own, often
/// in a page of its own, and the next tile needs the same ones. Where the length of a stretch matters to the bits, which is in
/// [`Start::OldAfter`], the terms lie side by side.
const STRIDED: usize = 96;

/// C_i ← start_i + Σ_k A_ik B_k, where row k of B is as long as row i of C.
pub(super) struct Product<'a, F> {
    /// A_ik is at `i * a_strides[0] + k * a_strides[1]`.
    pub(super) a: &'a [F],
    pub(super) a_strides: [usize; 2],
    pub(super) b: Right<'a, F>,
    /// The number of terms of each element of C.
    pub(super) depth: usize,
    /// Row-major.
    pub(super) c: &'a mut [F],
    /// The number of elements in a row of C.
    pub(super) width: usize,
    pub(super) start: Start<'a, F>,
}

/// The value that each sum starts from.
#[derive(Clone, Copy)]
pub(super) enum Start<'a, F> {
    Zero,
    /// One value for each row.
    Row(&'a [F]),
    /// What C holds; the terms are added to it one by one.
    Old,
    /// What C holds; the sum of each stretch of at most [`DEPTH`] terms is added to it as a whole, so that C is not
    /// waited for earlier.
    OldAfter,
}

impl<F: Scalar> Product<'_, F> {
    /// Computes the product; if there is enough to do, on several threads, each with its own rows. Where rows are long, each has
    /// its own columns: it then packs a part of B, where it would pack all of it for a part of the rows.
    pub(super) fn run(self) {
        let rows = self.c.len() / self.width;
        let cost = rows.saturating_mul(self.width).saturating_mul(self.depth);
        let threads = team::threads(cost);
        let whole = |product: Product<'_, F>| {
            let Product { a, a_strides, b, depth, c, width, start } = product;
            F::run::<Multiply>(Part {
                a,
                a_strides,
                b,
                depth,
                c: Rows::Whole { c, width },
                first: 0,
                width,
                start,
            });
        };
        if threads == 1 {
            return whole(self);
        }
        let blocks = self.width.div_ceil(LANES).div_ceil(threads).next_multiple_of(2);
        if blocks >= WIDE {
            return self.share_columns(blocks, rows, cost);
        }
        // Every thread gets whole tiles.
        let part = rows.div_ceil(threads).next_multiple_of(8).max(SMALLEST);
        let Product { a, a_strides, b, depth, c, width, start } = self;
        let parts = c.chunks_mut(part * width).enumerate().map(|(index, c)| {
            let first = index * part;
            let start = match start {
                Start::Row(start) => Start::Row(&start[first..]),
                other => other,
            };
            Product { a: &a[first * a_strides[0]..], a_strides, b, depth, c, width, start }
        });
        team::share(cost, parts, whole);
    }

    /// Computes the product on several threads, each with so many blocks of every row.
    fn share_columns(self, blocks: usize, rows: usize, cost: usize) {
        let Product { a, a_strides, b, depth, c, width, start } = self;
        let mut parts: Vec<Part<'_, F>> = Vec::new();
        for row in c.chunks_mut(width) {
            for (index, columns) in row.chunks_mut(blocks * LANES).enumerate() {
                if parts.len() <= index {
                    let c = Rows::Parts(Vec::with_capacity(rows));
                    let (first, width) = (index * blocks, columns.len());
                    parts.push(Part { a, a_strides, b, depth, c, first, width, start });
                }
                if let Rows::Parts(rows) = &mut parts[index].c {
                    rows.push(columns);
                }
            }
        }
        team::share(cost, parts.into_iter(), F::run::<Multiply>);
    }
}

/// A product, or some columns of one.
struct Part<'a, F> {
    a: &'a [F],
    a_strides: [usize; 2],
    b: Right<'a, F>,
    depth: usize,
    c: Rows<'a, F>,
    /// The first block of a row of B that belongs to this part.
    first: usize,
    /// The number of elements in a row of C.
    width: usize,
    start: Start<'a, F>,
}

/// The rows of C.
enum Rows<'a, F> {
    Whole { c: &'a mut [F], width: usize },
    Parts(Vec<&'a mut [F]>),
}

impl<F> Rows<'_, F> {
    #[inline(always)]
    fn count(&self) -> usize {
        match self {
            Rows::Whole { c, width } => c.len() / width,
            Rows::Parts(rows) => rows.len(),
        }
    }

    /// Returns row `i` from element `from` on.
    #[inline(always)]
    fn row(&mut self, i: usize, from: usize) -> &mut [F] {
        match self {
            Rows::Whole { c, width } => &mut c[i * *width + from..(i + 1) * *width],
            Rows::Parts(rows) => &mut rows[i][from..],
        }
    }
}

/// Returns the number of terms in each stretch but the last, given the number of all and the maximum. They are about equal,
/// because a short stretch loads and stores as much of C as a long one.
#[inline(always)]
pub(super) fn stretch(depth: usize, most: usize) -> usize {
    depth.div_ceil(depth.div_ceil(most)).next_multiple_of(LANES)
}

/// The product on this thread, compiled once here and not in every crate that trains.
struct Multiply;

macro_rules! multiply {
    ($F:ident) => {
        fn $F(product: Part<'_, $F>) {
            thread_local! {
                static PACKED: RefCell<Aligned<[Block<$F>; WIDEST * DEPTH]>> =
                    const { RefCell::new(Aligned([[0.0; LANES]; WIDEST * DEPTH])) };
            }
            PACKED.with_borrow_mut(|packed| dispatch(WithScratch { product, packed: &mut packed.0 }));
        }
    };
}

impl PerScalar for Multiply {
    type Input<'a, F: Scalar> = Part<'a, F>;
    type Output<F: Scalar> = ();
    multiply!(f32);
    multiply!(f64);
}

/// A product, with memory for packed rows of B.
struct WithScratch<'a, 's, F> {
    product: Part<'a, F>,
    packed: &'s mut [Block<F>; WIDEST * DEPTH],
}

impl<F: Scalar> Kernel for WithScratch<'_, '_, F> {
    type Output = ();

    /// Packs B and then goes down the rows, for every stretch of terms and every panel of C, one to three blocks wide. A wide C,
    /// of many samples, is computed strip by strip.
    #[inline(always)]
    fn run(self) {
        let WithScratch { mut product, packed } = self;
        // A tile has as many accumulators as there are registers for.
        let large = has_many_registers::<F>();
        let blocks = product.width.div_ceil(LANES);
        let depth = stretch(product.depth, if product.a_strides[1] == 1 { DEPTH } else { STRIDED });
        for strip in (0..blocks).step_by(STRIP) {
            let end = blocks.min(strip + STRIP);
            // Two blocks at a time, and three at the end of an odd number: one alone would read as much of A as two.
            let [pairs, triple] = match end - strip {
                _ if !large => [strip; 2],
                count if count % 2 == 1 && count > 1 => [end - WIDEST, end],
                count => [strip + count / 2 * 2; 2],
            };
            for from in (0..product.depth).step_by(depth) {
                for column in (strip..pairs).step_by(2) {
                    product.panel::<2>([from, depth], column, large, packed.as_chunks_mut().0);
                }
                if pairs < triple {
                    product.panel::<WIDEST>([from, depth], pairs, large, packed.as_chunks_mut().0);
                }
                for column in triple..end {
                    product.panel::<1>([from, depth], column, large, packed.as_chunks_mut().0);
                }
            }
        }
    }
}

impl<F: Scalar> Part<'_, F> {
    /// Adds up to `depth` terms, from term `from` on, to `P` blocks of every row of C.
    #[inline(always)]
    fn panel<const P: usize>(
        &mut self,
        [from, depth]: [usize; 2],
        column: usize,
        large: bool,
        packed: &mut [[Block<F>; P]],
    ) {
        let rows = self.c.count();
        let depth = depth.min(self.depth - from);
        self.b.pack(from, self.first + column, &mut packed[..depth.next_multiple_of(LANES)]);
        let b = &packed[..depth];
        let mut i = 0;
        while large && i + 4 < rows {
            self.tile::<8, P>(i, rows, from, column, b);
            i += 8;
        }
        while i < rows {
            self.tile::<4, P>(i, rows, from, column, b);
            i += 4;
        }
    }

    /// Computes `R` rows of a panel. If there are fewer left, the last row is computed again in place of the missing ones.
    #[inline(always)]
    fn tile<const R: usize, const P: usize>(
        &mut self,
        first: usize,
        rows: usize,
        from: usize,
        column: usize,
        b: &[[Block<F>; P]],
    ) {
        let [row, step] = self.a_strides;
        let mut a: [&[F]; R] = [&[]; R];
        for r in 0..R {
            a[r] = &self.a[(first + r).min(rows - 1) * row + from * step..];
        }
        let mut tile = Aligned([[[F::ZERO; LANES]; P]; R]);
        if let Start::OldAfter = self.start {
            // What is read last is asked for first.
            for r in 0..R {
                for block in self.c.row((first + r).min(rows - 1), column * LANES).chunks(LANES).take(P) {
                    prefetch(&block[0]);
                }
            }
        }
        match self.start {
            Start::Row(start) if from == 0 => {
                for r in 0..R {
                    tile.0[r] = [[start[(first + r).min(rows - 1)]; LANES]; P];
                }
            }
            Start::Zero if from == 0 => {}
            Start::OldAfter => {}
            _ => self.visit(first, rows, column, &mut tile.0, |c, tile| *tile = *c),
        }
        accumulate(&mut tile.0, a, step, b);
        if let Start::OldAfter = self.start {
            self.visit(first, rows, column, &mut tile.0, |c, tile| (Lanes(*c) + Lanes(*tile)).store(c));
        } else {
            self.visit(first, rows, column, &mut tile.0, |c, tile| Lanes(*tile).store(c));
        }
    }

    /// Calls `f` with each block of a tile and the part of C that it covers.
    #[inline(always)]
    fn visit<const R: usize, const P: usize>(
        &mut self,
        first: usize,
        rows: usize,
        column: usize,
        tile: &mut [[Block<F>; P]; R],
        f: impl Fn(&mut Block<F>, &mut Block<F>),
    ) {
        let start = column * LANES;
        if first + R <= rows && start + P * LANES <= self.width {
            for r in 0..R {
                let c = self.c.row(first + r, start)[..P * LANES].as_chunks_mut().0;
                for p in 0..P {
                    f(&mut c[p], &mut tile[r][p]);
                }
            }
        } else {
            let count = (self.width - start).min(P * LANES);
            for (r, tile) in tile.iter_mut().enumerate().take(rows - first) {
                let c = &mut self.c.row(first + r, start)[..count];
                let mut blocks = [[F::ZERO; LANES]; P];
                blocks.as_flattened_mut()[..count].copy_from_slice(c);
                for p in 0..P {
                    f(&mut blocks[p], &mut tile[p]);
                }
                c.copy_from_slice(&blocks.as_flattened()[..count]);
            }
        }
    }
}

/// Adds `Σ_k a[r][k step] b[k]` to each row r of the tile.
#[inline(always)]
pub(super) fn accumulate<F: Scalar, const R: usize, const P: usize>(
    tile: &mut [[Block<F>; P]; R],
    a: [&[F]; R],
    step: usize,
    b: &[[Block<F>; P]],
) {
    let mut sums = [[Lanes::zero(); P]; R];
    let length = (b.len() - 1) * step + 1;
    let mut terms: [&[F]; R] = [&[]; R];
    for r in 0..R {
        terms[r] = &a[r][..length];
        for p in 0..P {
            sums[r][p] = Lanes(tile[r][p]);
        }
    }
    for (k, b) in b.iter().enumerate() {
        for r in 0..R {
            let a = Lanes::splat(terms[r][k * step]);
            for p in 0..P {
                sums[r][p] = a.mul_add(Lanes(b[p]), sums[r][p]);
            }
        }
    }
    for r in 0..R {
        for p in 0..P {
            sums[r][p].store(&mut tile[r][p]);
        }
    }
}
