//! What a module says of an input before it computes anything.

use crate::Workspace;

/// The purpose of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Forward and backward: the workspace holds gradients.
    Train,
    /// Forward alone: the workspace holds no gradients.
    Predict,
}

/// The result of [`Module::plan`](crate::Module::plan): the shape of the output, and the memory to compute it.
#[derive(Debug, Clone)]
pub struct Plan<F> {
    /// Shape of the output, samples first.
    pub output: Vec<usize>,
    /// Memory for one step.
    pub workspace: Workspace<F>,
}
