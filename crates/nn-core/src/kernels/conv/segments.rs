//! The parts of a strip of outputs that see an input through one tap: where each lies, in the outputs and in the inputs.

use std::ops::Range;

use super::Convolution;
use crate::kernels::lanes::LANES;

/// The largest number of parts: as many as a strip has blocks.
pub(super) const MOST: usize = 32;

/// Blocks that follow each other in the outputs and in the inputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Segment {
    /// The first block of the input, counted in its channel.
    pub(super) input: usize,
    /// The first block of the output, counted in the strip.
    pub(super) output: usize,
    /// The number of blocks.
    pub(super) length: usize,
    /// The number of samples, without the padding at the end.
    pub(super) samples: usize,
}

/// The segments of a strip, in order.
pub(super) struct Segments {
    all: [Segment; MOST],
    count: usize,
}

impl Segments {
    /// Returns those of the blocks `strip` of each output, at most [`MOST`], for the tap with this index.
    #[inline(always)]
    pub(super) fn of(of: &Convolution, tap: usize, strip: &Range<usize>) -> Self {
        let ([rows, columns], blocks) = (of.axes, of.blocks());
        let (down, across) = (tap / columns.kernel, tap % columns.kernel);
        let (rows_inside, inside) = (rows.outputs_of(down), columns.outputs_of(across));
        // Positions that follow each other are one segment, if nothing lies between them.
        let joined = columns.stride == 1 && of.samples.is_multiple_of(LANES);
        let width = columns.output * blocks;
        let mut segments = Segments { all: [Segment::default(); MOST], count: 0 };
        for row in strip.start / width..strip.end.div_ceil(width) {
            if row < rows_inside[0] || row >= rows_inside[1] {
                continue;
            }
            let source = row * rows.stride + down * rows.dilation - rows.before;
            let start = row * width;
            let mut at = strip.start.max(start + inside[0] * blocks);
            let end = strip.end.min(start + inside[1] * blocks);
            while at < end {
                let (column, within) = ((at - start) / blocks, (at - start) % blocks);
                let next = if joined { end } else { end.min(start + (column + 1) * blocks) };
                let position = column * columns.stride + across * columns.dilation - columns.before;
                let length = next - at;
                let samples = if joined {
                    length * LANES
                } else {
                    of.samples.min((within + length) * LANES) - within * LANES
                };
                let input = (source * columns.input + position) * blocks + within;
                segments.all[segments.count] = Segment { input, output: at - strip.start, length, samples };
                segments.count += 1;
                at = next;
            }
        }
        segments
    }

    #[inline(always)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Segment> {
        self.all[..self.count].iter()
    }
}
