//! What leaves the strips: outputs and states as rows of tensors.

use super::cell::Cell;
use super::freeze::Freeze;
use super::pass::{Outputs, Pass};
use super::strips::{STRIP, in_strip};
use crate::Scalar;
use crate::kernels::lanes::Block;
use crate::kernels::simd::dispatch;

impl<C: Cell> Pass<C> {
    /// Writes the outputs to the rows of a tensor; those of steps past the end of a sequence are 0.
    pub(crate) fn write_outputs<F: Scalar>(
        &self,
        lengths: &[Block<F>],
        states: &[Block<F>],
        y: &mut [Block<F>],
        outputs: Outputs,
    ) {
        let (blocks, states_of) = (self.blocks(), states.len() / self.blocks());
        for (strip, states) in states.chunks(STRIP * states_of).enumerate() {
            let width = states.len() / states_of;
            let mut write = |first: usize, step: usize, lengths: &[Block<F>], time| {
                let h = &states[step * self.state() * width..][..self.units * width];
                let rows = y.chunks_exact_mut(blocks).skip(first);
                for (from, to) in h.chunks_exact(width).zip(rows) {
                    let to = &mut to[strip * STRIP..][..width];
                    to.copy_from_slice(from);
                    if !lengths.is_empty() {
                        dispatch(Freeze { time, lengths, new: to, old: &[] });
                    }
                }
            };
            match outputs.step {
                None => write(outputs.first, self.steps, &[], 0),
                Some(rows) => {
                    let lengths = in_strip(lengths, strip, width);
                    for step in 0..self.steps {
                        let time = self.time(step);
                        write(time * rows + outputs.first, step + 1, lengths, time);
                    }
                }
            }
        }
    }

    /// Writes the state after `step` steps to the rows of a tensor.
    pub(crate) fn write_state<F: Scalar>(&self, states: &[Block<F>], step: usize, to: &mut [Block<F>]) {
        let (blocks, states_of) = (self.blocks(), states.len() / self.blocks());
        for (strip, states) in states.chunks(STRIP * states_of).enumerate() {
            let width = states.len() / states_of;
            let state = &states[step * self.state() * width..][..self.state() * width];
            for (from, to) in state.chunks_exact(width).zip(to.chunks_exact_mut(blocks)) {
                to[strip * STRIP..][..width].copy_from_slice(from);
            }
        }
    }
}
