//! The gradients of the weights: what all steps of all strips add up to.

use super::cell::Cell;
use super::pass::Pass;
use super::strips::STRIP;
use crate::Scalar;
use crate::kernels::affine;
use crate::kernels::dots::Dots;
use crate::kernels::lanes::{Block, LANES};
use crate::kernels::products::{Products, Step};
use crate::kernels::simd::dispatch;
use crate::kernels::team;

/// The gradients of the [`Weights`](super::Weights), to which is added.
pub(crate) struct Gradients<'a, F> {
    pub(crate) input: &'a mut [F],
    pub(crate) state: &'a mut [F],
    pub(crate) biases: [&'a mut [F]; 2],
}

/// Where the values lie that belong to the rows of a matrix: in the inputs of a step, or in the output of the one before.
#[derive(Clone, Copy)]
struct Right<'a, F> {
    strips: &'a [Block<F>],
    /// The rows of a step, of which the first count.
    step: usize,
    rows: usize,
    /// Whether they are in the order of time, and not in that of the steps.
    by_time: bool,
}

impl<C: Cell> Pass<C> {
    /// Adds ∂L/∂W, ∂L/∂U and the gradients of the biases, from those of all `sums`. `totals` has room for the sums of one step.
    pub(crate) fn backward_weights<F: Scalar>(
        &self,
        x: &[Block<F>],
        states: &[Block<F>],
        sums: &[Block<F>],
        totals: &mut [F],
        gradients: Gradients<'_, F>,
    ) {
        let of_x = Right { strips: x, step: self.inputs, rows: self.inputs, by_time: true };
        let of_h = Right { strips: states, step: self.state(), rows: self.units, by_time: false };
        let [b, c] = gradients.biases;
        totals.fill(F::ZERO);
        if !b.is_empty() {
            self.totals(sums, totals);
        }
        let mut first = 0;
        for section in C::SECTIONS {
            let rows = section.gates * self.units;
            let add = |gate: Option<usize>, dw: &mut [F], bias: &mut [F], right: Right<'_, F>| {
                let Some(gate) = gate else { return };
                let place = gate * self.units;
                self.add_products(sums, first, right, &mut dw[place * right.rows..][..rows * right.rows]);
                for (bias, total) in bias.iter_mut().skip(place).zip(&totals[first..first + rows]) {
                    *bias += *total;
                }
            };
            add(section.input, gradients.input, b, of_x);
            add(section.state, gradients.state, c, of_h);
            first += rows;
        }
    }

    /// Adds to dw_ij the products of the gradients of sum `first` + i with row j, over all steps and samples.
    fn add_products<F: Scalar>(&self, sums: &[Block<F>], first: usize, right: Right<'_, F>, dw: &mut [F]) {
        let rows = dw.len() / right.rows;
        let wide = affine::is_wide_gradient(right.rows, rows, self.samples.min(STRIP * LANES));
        let cost = self.cost() / 2;
        let part = rows.div_ceil(team::threads(cost)).next_multiple_of(8);
        team::share(cost, dw.chunks_mut(part * right.rows).enumerate(), |(index, dw)| {
            let (first, rows) = (first + index * part, dw.len() / right.rows);
            let steps = self.each_step(sums).map(|at| {
                let width = at.samples.div_ceil(LANES);
                let place = if right.by_time { self.time(at.step) } else { at.step };
                let strip = &right.strips[at.strip * STRIP * right.strips.len() / self.blocks()..];
                let b = &strip[place * right.step * width..][..right.rows * width];
                let a = &at.sums[first * width..][..rows * width];
                Step { a, b, blocks: width, first: 0, samples: at.samples }
            });
            if wide {
                dispatch(Products { steps, dw, width: right.rows });
            } else {
                for Step { a: dy, b: x, blocks, samples, .. } in steps {
                    dispatch(Dots { x, dy, dw: &mut *dw, db: &mut [], samples, blocks });
                }
            }
        });
    }

    /// Adds the gradients of each sum, over all steps and samples.
    fn totals<F: Scalar>(&self, sums: &[Block<F>], totals: &mut [F]) {
        for At { sums: dy, samples, .. } in self.each_step(sums) {
            let blocks = samples.div_ceil(LANES);
            dispatch(Dots { x: &[], dy, dw: &mut [], db: &mut *totals, samples, blocks });
        }
    }

    /// Returns each step of each strip.
    fn each_step<'a, F: Scalar>(
        &self,
        sums: &'a [Block<F>],
    ) -> impl Iterator<Item = At<'a, F>> + use<'a, '_, C, F> {
        let sums_of = sums.len() / self.blocks();
        sums.chunks(STRIP * sums_of).enumerate().flat_map(move |(strip, sums)| {
            let samples = (self.samples - strip * STRIP * LANES).min(STRIP * LANES);
            let steps = sums.chunks_exact(sums.len() / self.steps).enumerate();
            steps.map(move |(step, sums)| At { strip, step, samples, sums })
        })
    }
}

/// A step of a strip, its number of samples, and the gradients of its sums.
struct At<'a, F> {
    strip: usize,
    step: usize,
    samples: usize,
    sums: &'a [Block<F>],
}
