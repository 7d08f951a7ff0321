//! Whether a gradient replaces what is there or is added to it.

/// What [`Module::backward`](crate::Module::backward) does with what the memory of its input's gradient holds.
///
/// Where several modules have the same input, as in the branches around a [`Residual`](crate::Residual), its gradient is the
/// sum of theirs: the first replaces, the others add, and no memory is needed for the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accumulate {
    /// Overwrites it.
    Replace,
    /// Adds to it.
    Add,
}
