//! The steps of one direction, forward and back.

use super::cell::{self, Cell};
use super::combine::{Combine, Source, Start, rows_of};
use super::freeze::Freeze;
use super::strips::{STRIP, in_strip};
use crate::kernels::elementwise::Sum;
use crate::kernels::lanes::{Block, LANES};
use crate::kernels::one_sample::{self, Terms};
use crate::kernels::simd::dispatch;
use crate::kernels::team;
use crate::{Accumulate, Scalar};

/// A layer in one direction, on a batch of sequences.
///
/// Its memory lies in [strips](super::strips). The rows of each sample, from the first step that is computed to the last:
/// - the states, one more than there are steps: that before the first step comes first;
/// - what a step keeps, of all steps, or of one if there is no way back;
/// - the gradients of the sums of all steps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pass<C> {
    pub(crate) cell: C,
    pub(crate) inputs: usize,
    pub(crate) units: usize,
    pub(crate) steps: usize,
    pub(crate) samples: usize,
    /// Whether it goes from the last step to the first.
    pub(crate) reversed: bool,
}

/// W, U, and the biases b and c of the layer, both of which may be empty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights<'a, F> {
    pub(crate) input: &'a [F],
    pub(crate) state: &'a [F],
    pub(crate) biases: [&'a [F]; 2],
}

/// The rows of a tensor that belong to the output h of one direction: of each step, or of the last alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outputs {
    /// The first row of a step.
    pub(crate) first: usize,
    /// The number of rows from one step to the next, or `None` if there is only what the last step computes.
    pub(crate) step: Option<usize>,
}

impl<C: Cell> Pass<C> {
    /// Returns the number of rows of a state.
    pub(crate) fn state(&self) -> usize {
        C::STATES * self.units
    }

    /// Returns the number of rows that a step keeps.
    pub(crate) fn kept(&self) -> usize {
        C::KEPT * self.units
    }

    /// Returns the number of sums of a step.
    pub(crate) fn sums(&self) -> usize {
        cell::sums::<C>() * self.units
    }

    pub(super) fn blocks(&self) -> usize {
        self.samples.div_ceil(LANES)
    }

    /// Returns the time of a step: its place in the sequence.
    pub(super) fn time(&self, step: usize) -> usize {
        if self.reversed { self.steps - 1 - step } else { step }
    }

    /// Returns the number of multiplications of all steps.
    pub(super) fn cost(&self) -> usize {
        let terms = self.inputs.saturating_add(self.units);
        let factors = [self.steps, self.sums(), terms];
        factors.into_iter().fold(self.blocks() * LANES, usize::saturating_mul)
    }

    /// Goes over all steps, from the states `first`, whose rows are those of a tensor.
    pub(crate) fn forward<F: Scalar>(
        &self,
        weights: Weights<'_, F>,
        lengths: &[Block<F>],
        x: &[Block<F>],
        first: &[Block<F>],
        states: &mut [Block<F>],
        kept: &mut [Block<F>],
    ) {
        let [states_of, kept_of, x_of] = [states.len(), kept.len(), x.len()].map(|all| all / self.blocks());
        let parts = states.chunks_mut(STRIP * states_of);
        let parts = parts.zip(kept.chunks_mut(STRIP * kept_of)).zip(x.chunks(STRIP * x_of)).enumerate();
        team::share(self.cost(), parts, |(strip, ((states, kept), x))| {
            let width = states.len() / states_of;
            let rows = states.chunks_exact_mut(width).zip(first.chunks_exact(self.blocks()));
            for (to, from) in rows.take(self.state()) {
                to.copy_from_slice(&from[strip * STRIP..][..width]);
            }
            self.forward_strip(weights, in_strip(lengths, strip, width), x, states, kept);
        });
    }

    fn forward_strip<F: Scalar>(
        &self,
        weights: Weights<'_, F>,
        lengths: &[Block<F>],
        x: &[Block<F>],
        states: &mut [Block<F>],
        kept: &mut [Block<F>],
    ) {
        let width = x.len() / (self.steps * self.inputs);
        let [input, state, kept_of, units] =
            [self.inputs, self.state(), self.kept(), self.units].map(|rows| rows * width);
        for step in 0..self.steps {
            let time = self.time(step);
            let (before, after) = states[step * state..][..2 * state].split_at_mut(state);
            // All steps share one place if there is no way back.
            let place = step * kept_of % kept.len();
            let kept = &mut kept[place..][..kept_of];
            self.sum(weights, &x[time * input..][..input], &before[..units], width, kept);
            let lone = self.samples == 1;
            dispatch(cell::Forward { cell: self.cell, kept, before, after, lone });
            if !lengths.is_empty() {
                dispatch(Freeze { time, lengths, new: after, old: before });
            }
        }
    }

    /// Computes the sums of a step from its input and from the output of the step before.
    fn sum<F: Scalar>(
        &self,
        weights: Weights<'_, F>,
        x: &[Block<F>],
        h: &[Block<F>],
        width: usize,
        sums: &mut [Block<F>],
    ) {
        let mut rest = sums;
        for section in C::SECTIONS {
            let rows = section.gates * self.units;
            let (y, others) = rest.split_at_mut(rows * width);
            rest = others;
            let [b, c] = weights.biases;
            let (of_x, b) = self.source(section.input, rows, weights.input, b, x, width);
            let (of_h, c) = self.source(section.state, rows, weights.state, c, h, width);
            let sources = [of_x, of_h];
            if self.samples == 1 {
                let start =
                    |i: usize| [b, c].iter().filter_map(|bias| bias.get(i)).fold(F::ZERO, |a, b| a + *b);
                let terms = sources.map(|Source { weights, b, .. }| Terms { weights, x: b });
                dispatch(one_sample::Forward { start, terms, y });
            } else {
                dispatch(Combine { start: Start::Biases([b, c]), sources, rows, width, stride: width, y });
            }
        }
    }

    /// Returns what so many rows from the first of a gate on make of `b`, and their biases; nothing if there is no gate.
    fn source<'a, F: Scalar>(
        &self,
        gate: Option<usize>,
        rows: usize,
        weights: &'a [F],
        bias: &'a [F],
        b: &'a [Block<F>],
        width: usize,
    ) -> (Source<'a, F>, &'a [F]) {
        let (Some(gate), terms) = (gate, b.len() / width) else { return (Source::NONE, &[]) };
        let first = gate * self.units;
        let source = Source { weights: rows_of(weights, first, rows, terms), strides: [terms, 1], b };
        (source, rows_of(bias, first, rows, 1))
    }

    /// Goes back over all steps, from the gradient `dy` of the outputs, and computes those of all sums. `scratch` has room for two
    /// states of each sample; the first of them ends as the gradient of the state before the first step.
    pub(crate) fn backward<F: Scalar>(
        &self,
        weights: Weights<'_, F>,
        lengths: &[Block<F>],
        (dy, outputs): (&[Block<F>], Outputs),
        [states, kept]: [&[Block<F>]; 2],
        [sums, scratch]: [&mut [Block<F>]; 2],
    ) {
        let [states_of, kept_of, sums_of, scratch_of] =
            [states.len(), kept.len(), sums.len(), scratch.len()].map(|all| all / self.blocks());
        let memory = states.chunks(STRIP * states_of).zip(kept.chunks(STRIP * kept_of));
        let written = sums.chunks_mut(STRIP * sums_of).zip(scratch.chunks_mut(STRIP * scratch_of));
        team::share(
            self.cost(),
            memory.zip(written).enumerate(),
            |(strip, ((states, kept), (sums, scratch)))| {
                let width = states.len() / states_of;
                let [state, held] = cell::rows_mut::<_, 2>(scratch);
                let [state_of, kept_of, sums_of, units] =
                    [self.state(), self.kept(), self.sums(), self.units].map(|rows| rows * width);
                let lengths = in_strip(lengths, strip, width);
                let add = |first: usize, state: &mut [Block<F>]| {
                    let rows = dy.chunks_exact(self.blocks()).skip(first);
                    for (to, from) in state[..units].chunks_exact_mut(width).zip(rows) {
                        dispatch(Sum { to, with: &from[strip * STRIP..][..width] });
                    }
                };
                state.fill([F::ZERO; LANES]);
                if outputs.step.is_none() {
                    add(outputs.first, state);
                }
                for step in (0..self.steps).rev() {
                    let time = self.time(step);
                    if !lengths.is_empty() {
                        held.copy_from_slice(state);
                    }
                    if let Some(rows) = outputs.step {
                        add(time * rows + outputs.first, state);
                    }
                    if !lengths.is_empty() {
                        dispatch(Freeze { time, lengths, new: state, old: &[] });
                    }
                    let (kept, before) =
                        (&kept[step * kept_of..][..kept_of], &states[step * state_of..][..state_of]);
                    let sums = &mut sums[step * sums_of..][..sums_of];
                    dispatch(cell::Backward { cell: self.cell, kept, before, state: &mut *state, sums });
                    self.before(weights, sums, width, &mut state[..units]);
                    if !lengths.is_empty() {
                        dispatch(Freeze { time, lengths, new: state, old: held });
                    }
                }
            },
        );
    }

    /// Adds what the gradients of the sums of a step are worth in the output of the step before.
    fn before<F: Scalar>(
        &self,
        weights: Weights<'_, F>,
        sums: &[Block<F>],
        width: usize,
        h: &mut [Block<F>],
    ) {
        self.sections(sums, width, |section, rows, b| {
            let Some(gate) = section.state else { return };
            let weights = rows_of(weights.state, gate * self.units, rows, self.units);
            self.back(weights, self.units, b, Accumulate::Add, [width; 2], h);
        });
    }

    /// Computes Σ_i w_ij b_i for each of the `rows` j of `y`, or adds it to them. Rows have so many blocks, and in `y` so many from one to
    /// the next.
    fn back<F: Scalar>(
        &self,
        weights: &[F],
        rows: usize,
        b: &[Block<F>],
        accumulate: Accumulate,
        [width, stride]: [usize; 2],
        y: &mut [Block<F>],
    ) {
        if self.samples == 1 {
            let add = accumulate == Accumulate::Add;
            return dispatch(one_sample::Backward { weights, y: b, add, x: &mut y[..rows] });
        }
        let start = match accumulate {
            Accumulate::Replace => Start::Zero,
            Accumulate::Add => Start::Old,
        };
        let sources = [Source { weights, strides: [1, rows], b }, Source::NONE];
        dispatch(Combine { start, sources, rows, width, stride, y });
    }

    /// Computes the gradient of the input from those of all sums, or adds it to `dx`, whose rows are those of a tensor.
    pub(crate) fn backward_input<F: Scalar>(
        &self,
        weights: Weights<'_, F>,
        sums: &[Block<F>],
        dx: &mut [Block<F>],
        accumulate: Accumulate,
    ) {
        let (blocks, sums_of) = (self.blocks(), sums.len() / self.blocks());
        let part = self.steps.div_ceil(team::threads(self.cost())) * self.inputs * blocks;
        team::share(self.cost(), dx.chunks_mut(part).enumerate(), |(index, dx)| {
            let first = index * part / (self.inputs * blocks);
            for (t, dx) in dx.chunks_exact_mut(self.inputs * blocks).enumerate() {
                // The steps run backwards or not, and back again.
                let step = self.time(first + t);
                for (strip, sums) in sums.chunks(STRIP * sums_of).enumerate() {
                    let width = sums.len() / sums_of;
                    let sums = &sums[step * self.sums() * width..][..self.sums() * width];
                    let mut accumulate = accumulate;
                    self.sections(sums, width, |section, rows, b| {
                        let Some(gate) = section.input else { return };
                        let weights = rows_of(weights.input, gate * self.units, rows, self.inputs);
                        let dx = &mut dx[strip * STRIP..];
                        self.back(weights, self.inputs, b, accumulate, [width, blocks], dx);
                        accumulate = Accumulate::Add;
                    });
                }
            }
        });
    }

    /// Calls `work` with each section of the sums of a step, its number of rows, and the rows.
    pub(super) fn sections<'a, F>(
        &self,
        sums: &'a [Block<F>],
        width: usize,
        mut work: impl FnMut(&'static cell::Section, usize, &'a [Block<F>]),
    ) {
        let mut rest = sums;
        for section in C::SECTIONS {
            let rows = section.gates * self.units;
            let (here, others) = rest.split_at(rows * width);
            rest = others;
            work(section, rows, here);
        }
    }
}
