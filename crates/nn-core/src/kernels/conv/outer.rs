//! Outer products of inputs and outputs: the gradient of the weights of a convolution of many channels.
//!
//! Each sample of each position adds, for each tap, the products of the values of all input channels there with the gradients of all
//! outputs. Lanes are outputs here and not samples: a register holds sixteen sums instead of sixteen parts of one. So a tile of the same registers has
//! sixteen times as many sums, and as much less to read. The outputs are transposed for it, some positions at a time.

use std::cell::RefCell;

use super::Convolution;
use super::segments::{MOST, Segments};
use crate::blocks::Blocks;
use crate::kernels::lanes::{Block, LANES, Lanes};
use crate::kernels::pack::Right;
use crate::kernels::simd::{Kernel, dispatch, has_many_registers};
use crate::scalar::{PerScalar, Scalar};

/// The number of blocks of outputs that are transposed at a time, of all outputs together: they fill two thirds of an L1 cache of 48 KiB.
const BLOCKS: usize = MOST;

/// The outer products of some channels of the inputs with all outputs of their group.
pub(super) struct Outer<'a, F> {
    pub(super) of: &'a Convolution,
    pub(super) x: &'a [Block<F>],
    pub(super) dy: &'a [Block<F>],
    /// The first channel, counted over all groups.
    pub(super) first: usize,
    /// For each channel and tap, a sum for each output of its group.
    pub(super) sums: &'a mut [F],
}

/// Whether a convolution has enough channels for whole tiles.
pub(super) fn fits(of: &Convolution) -> bool {
    let (inputs, outputs) = (of.inputs / of.groups, of.outputs / of.groups);
    inputs >= 16 && outputs >= 2 * LANES && outputs.is_multiple_of(LANES)
}

/// The outer products on this thread, with memory for what is transposed. Without any, only takes the memory, which the thread keeps.
pub(super) struct Run;

macro_rules! run {
    ($F:ident) => {
        fn $F(outer: Option<Outer<'_, $F>>) {
            thread_local! {
                static PACKED: RefCell<Blocks<$F>> =
                    RefCell::new(Blocks::zeros(BLOCKS * LANES).expect("memory for a strip"));
            }
            PACKED.with_borrow_mut(|memory| {
                let Some(outer) = outer else { return };
                dispatch(WithMemory { outer, packed: memory.as_mut_slice() });
            });
        }
    };
}

impl PerScalar for Run {
    type Input<'a, F: Scalar> = Option<Outer<'a, F>>;
    type Output<F: Scalar> = ();
    run!(f32);
    run!(f64);
}

struct WithMemory<'a, 'p, F> {
    outer: Outer<'a, F>,
    packed: &'p mut [Block<F>],
}

impl<F: Scalar> Kernel for WithMemory<'_, '_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let WithMemory { mut outer, packed } = self;
        let of = outer.of;
        let (inputs, outputs) = (of.inputs / of.groups, of.outputs / of.groups);
        let last = outer.first + outer.sums.len() / (of.taps() * outputs);
        let mut channel = outer.first;
        while channel < last {
            // The channels of a tile belong to one group.
            let end = last.min((channel / inputs + 1) * inputs);
            let mut block = 0;
            while block < outputs / LANES {
                block += match (has_many_registers::<F>(), outputs / LANES - block) {
                    (true, 4..) => outer.outputs::<4>(channel, end, block, packed),
                    (true, 2..) => outer.outputs::<2>(channel, end, block, packed),
                    _ => outer.outputs::<1>(channel, end, block, packed),
                };
            }
            channel = end;
        }
    }
}

impl<F: Scalar> Outer<'_, F> {
    /// Multiplies the channels from `channel` to `end` of a group with `R` blocks of its outputs, and returns `R`.
    #[inline(always)]
    fn outputs<const R: usize>(
        &mut self,
        channel: usize,
        end: usize,
        block: usize,
        packed: &mut [Block<F>],
    ) -> usize {
        let (of, [plane, rows]) = (self.of, self.of.planes());
        let (inputs, outputs) = (of.inputs / of.groups, of.outputs / of.groups);
        let group = &self.dy[channel / inputs * outputs * rows..][..outputs * rows];
        let packed = packed.as_chunks_mut::<R>().0;
        // The sums of a strip are added up by themselves, so its length may not depend on R, which the CPU decides.
        let length = BLOCKS / (outputs / LANES).min(4);
        for from in (0..rows).step_by(length) {
            let strip = from..rows.min(from + length);
            let packed = &mut packed[..strip.len() * LANES];
            Right::Samples { blocks: rows, x: group }.pack::<R>(strip.start * LANES, block, packed);
            for tap in 0..of.taps() {
                let segments = Segments::of(of, tap, &strip);
                let mut channel = channel;
                while channel < end {
                    let x = &self.x[channel * plane..];
                    let first = ((channel - self.first) * of.taps() + tap) * outputs + block * LANES;
                    let sums = &mut self.sums[first..];
                    let step = of.taps() * outputs;
                    channel += match end - channel {
                        6.. => tile::<F, 6, R>(of, &segments, x, packed, sums, step),
                        4.. => tile::<F, 4, R>(of, &segments, x, packed, sums, step),
                        2.. => tile::<F, 2, R>(of, &segments, x, packed, sums, step),
                        _ => tile::<F, 1, R>(of, &segments, x, packed, sums, step),
                    };
                }
            }
        }
        R
    }
}

/// Adds the outer products of `C` channels, the first of which begins `x`, with the outputs in `packed`, and returns `C`. The sums of
/// a channel are `step` after those of the one before.
#[inline(always)]
fn tile<F: Scalar, const C: usize, const R: usize>(
    of: &Convolution,
    segments: &Segments,
    x: &[Block<F>],
    packed: &[[Block<F>; R]],
    sums: &mut [F],
    step: usize,
) -> usize {
    let [plane, _] = of.planes();
    let mut products = [[Lanes::zero(); R]; C];
    for segment in segments.iter() {
        let mut channels: [&[F]; C] = [&[]; C];
        for c in 0..C {
            channels[c] = x[c * plane + segment.input..][..segment.length].as_flattened();
        }
        let rows = &packed[segment.output * LANES..];
        multiply(&mut products, channels, &rows[..segment.samples]);
    }
    for c in 0..C {
        for r in 0..R {
            let sums = &mut sums[c * step + r * LANES..][..LANES];
            let sums: &mut Block<F> = sums.try_into().expect("a block");
            (Lanes(*sums) + products[c][r]).store(sums);
        }
    }
    C
}

/// Adds the outer product of each row with what the channels hold there.
#[inline(always)]
fn multiply<F: Scalar, const C: usize, const R: usize>(
    products: &mut [[Lanes<F>; R]; C],
    mut channels: [&[F]; C],
    rows: &[[Block<F>; R]],
) {
    let mut sums = *products;
    for c in 0..C {
        channels[c] = &channels[c][..rows.len()];
    }
    for (k, row) in rows.iter().enumerate() {
        let mut dy = [Lanes::zero(); R];
        for r in 0..R {
            dy[r] = Lanes(row[r]);
        }
        for c in 0..C {
            let x = Lanes::splat(channels[c][k]);
            for r in 0..R {
                sums[c][r] = x.mul_add(dy[r], sums[c][r]);
            }
        }
    }
    *products = sums;
}
