//! Convolution: y_o = b_o + Σ_c Σ_k W_ock x_c, with x_c shifted by tap k of the window, and its gradients.
//!
//! Where the window moves by one position at a time, a row of outputs sees, through each tap, a row of inputs: both are contiguous in
//! memory. So a tile of the result stays in registers while [`combine`] goes over channels and taps, and nothing but the weights
//! is copied. The gradient of the input is the same computation with the roles of inputs and outputs exchanged, and so is a
//! transposed convolution. The gradient of the weights is made of [dot products](dots) or, of many channels, of [outer products](outer).

mod combine;
mod dots;
mod outer;
mod segments;
mod shifted;

use super::batch_norm::Channel;
use super::lanes::{Block, LANES};
use super::simd::dispatch;
use super::team;
use super::window::{Axis, Direction, Walks};
use crate::{Accumulate, Scalar, once};
use combine::Combine;
use dots::Dots;
use outer::Outer;

/// The sizes of a convolution of planes of `rows` × `columns`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Convolution {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// Every output channel of a group sees the input channels of its group.
    pub(crate) groups: usize,
    pub(crate) axes: [Axis; 2],
    pub(crate) samples: usize,
}

impl Convolution {
    /// Writes down what every forward and backward reads: the walks of both axes in both directions.
    pub(crate) fn walks(&self) -> [Vec<usize>; 4] {
        let [rows, columns] = self.axes;
        let [forward, backward] = [Direction::Forward, Direction::Backward];
        [rows.walks(forward), columns.walks(forward), rows.walks(backward), columns.walks(backward)]
    }

    /// Joins the axes, if that changes nothing.
    pub(crate) fn joined(self) -> Self {
        Convolution { axes: Axis::joined(self.axes), ..self }
    }

    /// Returns all sizes as numbers, which tell it from any other.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = usize> + use<'_> {
        let Convolution { inputs, outputs, groups, axes, samples } = self;
        [*inputs, *outputs, *groups, *samples].into_iter().chain(Axis::numbers(axes))
    }

    /// Returns the number of elements of a window.
    fn taps(&self) -> usize {
        self.axes[0].kernel * self.axes[1].kernel
    }

    /// Returns the number of weights of one output: its input channels times the elements of the window.
    fn terms(&self) -> usize {
        self.inputs / self.groups * self.taps()
    }

    fn blocks(&self) -> usize {
        self.samples.div_ceil(LANES)
    }

    /// Returns the number of multiplications, given the number of pairs of a position and an input that it sees.
    fn cost(&self, pairs: usize) -> usize {
        let factors = [self.blocks(), LANES, self.outputs, self.inputs / self.groups];
        factors.into_iter().fold(pairs, usize::saturating_mul)
    }

    /// Returns the blocks of one channel of the input, and of the output.
    fn planes(&self) -> [usize; 2] {
        let [rows, columns] = self.axes;
        [rows.input * columns.input * self.blocks(), rows.output * columns.output * self.blocks()]
    }
}

/// The value that each sum starts from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start<'a, F> {
    Zero,
    /// One value for each channel.
    Channel(&'a [F]),
    /// What is there.
    Old,
}

impl<F> From<Accumulate> for Start<'_, F> {
    fn from(accumulate: Accumulate) -> Self {
        match accumulate {
            Accumulate::Replace => Start::Zero,
            Accumulate::Add => Start::Old,
        }
    }
}

impl<'a, F> From<Option<&'a [F]>> for Start<'a, F> {
    fn from(bias: Option<&'a [F]>) -> Self {
        bias.map_or(Start::Zero, Start::Channel)
    }
}

/// Takes the memory that [`weights`] needs on this thread, so that no step takes it.
pub(crate) fn prepare<F: Scalar>() {
    F::run::<dots::Run>(None);
    F::run::<outer::Run>(None);
}

once! {
    /// Computes the outputs from the inputs `x`. `scratch` has room for the weights.
    pub(crate) fn outputs<'a, F>(
        of: &'a Convolution,
        indices: &'a [Vec<usize>],
        weight: &'a [F],
        start: Start<'a, F>,
        x: &'a [Block<F>],
        y: &'a mut [Block<F>],
        scratch: &'a mut [F]
    ) {
        // Every term of all outputs side by side.
        transpose(weight, of.terms(), scratch);
        combine(of, indices, Direction::Forward, start, scratch, x, y);
    }
}

once! {
    /// Computes, from something of the shape of the outputs, what it is worth in the inputs: x_c = start + Σ_o Σ_k W_ock y_o.
    /// `scratch` has room for the weights.
    pub(crate) fn inputs<'a, F>(
        of: &'a Convolution,
        indices: &'a [Vec<usize>],
        weight: &'a [F],
        start: Start<'a, F>,
        y: &'a [Block<F>],
        x: &'a mut [Block<F>],
        scratch: &'a mut [F]
    ) {
        // Every output of a group and tap of all inputs side by side.
        let (inputs, outputs, taps) = (of.inputs / of.groups, of.outputs / of.groups, of.taps());
        for (g, weight) in weight.chunks_exact((outputs * inputs * taps).max(1)).enumerate() {
            for (o, weight) in weight.chunks_exact(inputs * taps).enumerate() {
                for (c, weight) in weight.chunks_exact(taps).enumerate() {
                    let first = o * taps * of.inputs + g * inputs + c;
                    for (to, &from) in scratch[first..].iter_mut().step_by(of.inputs).zip(weight) {
                        *to = from;
                    }
                }
            }
        }
        combine(of, indices, Direction::Backward, start, scratch, y, x);
    }
}

once! {
    /// Adds to dW_ock the sum of dy_o x_c, with x_c shifted by tap k, over all positions and samples. `scratch` has room for
    /// the weights.
    pub(crate) fn weights<'a, F>(
        of: &'a Convolution,
        x: &'a [Block<F>],
        dy: &'a [Block<F>],
        dw: &'a mut [F],
        scratch: &'a mut [F]
    ) {
        let pairs = of.axes.map(|axis| {
            let seen = |[first, end]: [usize; 2]| end - first;
            (0..axis.kernel).map(|tap| seen(axis.outputs_of(tap))).sum::<usize>()
        });
        let cost = of.cost(pairs[0].saturating_mul(pairs[1]));
        let outputs = of.outputs / of.groups;
        scratch.fill(F::ZERO);
        if outer::fits(of) {
            let part = of.inputs.div_ceil(team::threads(cost));
            let parts = scratch.chunks_mut(part * of.taps() * outputs).enumerate();
            team::share(cost, parts, |(index, sums)| {
                F::run::<outer::Run>(Some(Outer { of, x, dy, first: index * part, sums }));
            });
        } else {
            let part = (of.groups * of.terms()).div_ceil(team::threads(cost));
            let parts = scratch.chunks_mut((part * outputs).max(1)).enumerate();
            team::share(cost, parts, |(index, sums)| {
                F::run::<dots::Run>(Some(Dots { of, x, dy, first: index * part, sums }));
            });
        }
        // The sums of a term lie side by side, those of an output are to.
        for (g, dw) in dw.chunks_exact_mut((outputs * of.terms()).max(1)).enumerate() {
            let sums = &scratch[g * of.terms() * outputs..];
            for (o, dw) in dw.chunks_exact_mut(of.terms()).enumerate() {
                for (dw, &sum) in dw.iter_mut().zip(sums[o..].iter().step_by(outputs)) {
                    *dw += sum;
                }
            }
        }
    }
}

once! {
    /// Adds to each sum all values of its channel of `dy`: the gradient of a bias.
    pub(crate) fn sums<'a, F>(dy: &'a [Block<F>], samples: usize, sums: &'a mut [F]) {
        let (blocks, channel) = (samples.div_ceil(LANES), dy.len() / sums.len().max(1));
        let cost = team::NUMBER * LANES * dy.len();
        let part = sums.len().div_ceil(team::threads(cost)).max(1);
        team::share(cost, sums.chunks_mut(part).zip(dy.chunks((part * channel).max(1))), |(sums, dy)| {
            for (sum, values) in sums.iter_mut().zip(dy.chunks_exact(channel)) {
                *sum += Channel { values, blocks, samples }.total();
            }
        });
    }
}

/// Writes a matrix with rows of this length, column by column.
fn transpose<F: Scalar>(from: &[F], length: usize, to: &mut [F]) {
    let rows = from.len() / length.max(1);
    for (r, row) in from.chunks_exact(length.max(1)).enumerate() {
        for (to, &from) in to[r..].iter_mut().step_by(rows).zip(row) {
            *to = from;
        }
    }
}

/// The channels of a result, and those that it is combined of.
#[derive(Debug, Clone, Copy)]
struct Channels {
    rows: usize,
    terms: usize,
    groups: usize,
}

/// Computes all rows, shared among threads.
fn combine<F: Scalar>(
    of: &Convolution,
    indices: &[Vec<usize>],
    direction: Direction,
    start: Start<'_, F>,
    weights: &[F],
    x: &[Block<F>],
    y: &mut [Block<F>],
) {
    let [rows, columns] = of.axes;
    let [x_plane, y_plane] = of.planes();
    // Forward, outputs are made of inputs; backward, it is the other way round.
    let mut channels = Channels { rows: of.outputs, terms: of.inputs, groups: of.groups };
    let (mut planes, mut width) = ([x_plane, y_plane], [columns.input, columns.output]);
    let [row_walks, column_walks] = match direction {
        Direction::Forward => [&indices[0], &indices[1]],
        Direction::Backward => {
            std::mem::swap(&mut channels.rows, &mut channels.terms);
            planes.reverse();
            width.reverse();
            [&indices[2], &indices[3]]
        }
    };
    let rows = Walks::of(&rows, direction, row_walks);
    let columns = Walks::of(&columns, direction, column_walks);
    let cost = of.cost(rows.pairs().saturating_mul(columns.pairs()));
    let part = channels.rows.div_ceil(team::threads(cost));
    team::share(cost, y.chunks_mut((part * planes[1]).max(1)).enumerate(), |(index, y)| {
        dispatch(Combine {
            channels,
            first: index * part,
            start,
            weights,
            taps: of.axes.map(|axis| axis.kernel),
            rows,
            columns,
            width,
            planes,
            blocks: of.blocks(),
            x,
            y,
        });
    });
}
