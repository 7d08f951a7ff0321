//! What a recurrent layer takes from one sequence to the next.

use crate::{Scalar, Tensor};

/// The state that a recurrent layer begins and ends a sequence with, in the [`Workspace`](crate::Workspace) of the layer: a plan makes it
/// with zeros.
///
/// Each tensor has the shape `[n, s]`, with the states of all layers and directions side by side, in the order of the parameters; that of a
/// direction is h, or h and then c for an [`Lstm`](crate::Lstm).
///
/// To begin with a state of your own, write it to `first` of the layer's workspace; it stays there for all calls of `forward`. For those
/// within a network, use [`Workspace::carry_state`](crate::Workspace::carry_state) and
/// [`reset_state`](crate::Workspace::reset_state).
#[derive(Debug, Clone)]
pub struct RecurrentState<F> {
    /// The state before the first step. Of a reverse direction, that is the last of the sequence. If it has another shape than
    /// planned, `forward` panics, with the layer and both shapes.
    pub first: Tensor<F>,
    /// The state after the last step, which `forward` writes.
    pub last: Tensor<F>,
    /// ∂L/∂`first`, which `backward` writes; `None` if planned to predict.
    pub gradient: Option<Tensor<F>>,
}

impl<F: Scalar> RecurrentState<F> {
    pub(crate) fn carry(&mut self) {
        self.first.blocks_mut().copy_from_slice(self.last.blocks());
    }

    /// The last state, too: it may be carried before the next sequence.
    pub(crate) fn reset(&mut self) {
        for state in [&mut self.first, &mut self.last] {
            state.blocks_mut().as_flattened_mut().fill(F::ZERO);
        }
    }
}
