//! The inputs that outputs meet through one element of a window, put side by side: zeros where they meet none, and where there is
//! padding.

use super::Convolution;
use crate::Scalar;
use crate::kernels::lanes::{Block, LANES, Lanes};
use crate::kernels::window::Axis;

/// The number of blocks of each channel that are multiplied at a time: what is copied stays in the L1 cache.
pub(super) const STRIP: usize = 64;

/// A strip: some blocks of each channel of the outputs.
#[derive(Clone, Copy)]
pub(super) struct Strip {
    pub(super) from: usize,
    pub(super) end: usize,
    /// The row in which it begins, and the first block of that row.
    row: usize,
    start: usize,
}

impl Strip {
    #[inline(always)]
    pub(super) fn first(of: &Convolution) -> Self {
        Strip { from: 0, end: STRIP.min(of.planes()[1]), row: 0, start: 0 }
    }

    #[inline(always)]
    pub(super) fn next(self, of: &Convolution) -> Self {
        let width = of.axes[1].output * of.blocks();
        let (from, end) = (self.end, of.planes()[1].min(self.end + STRIP));
        let row = from / width;
        Strip { from, end, row, start: row * width }
    }
}

/// A channel of the inputs and a tap.
#[derive(Clone, Copy)]
pub(super) struct Term {
    pub(super) group: usize,
    /// The number of terms of the group before this one.
    pub(super) of_group: usize,
    /// The channel, counted in the group.
    channel: usize,
    down: usize,
    across: usize,
}

impl Term {
    #[inline(always)]
    pub(super) fn nth(index: usize, of: &Convolution) -> Self {
        let (group, of_group) = (index / of.terms(), index % of.terms());
        let (channel, tap) = (of_group / of.taps(), of_group % of.taps());
        let width = of.axes[1].kernel;
        Term { group, of_group, channel, down: tap / width, across: tap % width }
    }

    #[inline(always)]
    pub(super) fn next(self, of: &Convolution) -> Self {
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

/// Copies the blocks of `x` that a strip of outputs meets through one tap of one channel.
#[inline(always)]
pub(super) fn copy_shifted<F: Scalar>(
    of: &Convolution,
    x: &[Block<F>],
    term: &Term,
    strip: &Strip,
    copied: &mut [Block<F>; STRIP],
) {
    let ([rows, columns], blocks, size) = (of.axes, of.blocks(), of.planes()[0]);
    let (rows_inside, inside) = (rows.outputs_of(term.down), columns.outputs_of(term.across));
    let plane = &x[(term.group * (of.inputs / of.groups) + term.channel) * size..][..size];
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
    clear_padding(of, strip, copied);
}

/// Replaces the padding of a strip with zeros.
#[inline(always)]
pub(super) fn clear_padding<F: Scalar>(of: &Convolution, strip: &Strip, copied: &mut [Block<F>; STRIP]) {
    let (blocks, rest) = (of.blocks(), of.samples % LANES);
    if rest == 0 {
        return;
    }
    let keep = Lanes::keeper(rest);
    for last in (strip.from / blocks * blocks + blocks - 1..strip.end).step_by(blocks) {
        let block = &mut copied[last - strip.from];
        keep(Lanes(*block)).store(block);
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

#[inline(always)]
pub(super) fn copy<F: Scalar>(from: &[Block<F>], to: &mut [Block<F>]) {
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
