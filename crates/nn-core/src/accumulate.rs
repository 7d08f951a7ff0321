//! Whether a gradient replaces the old values or is added to them.

/// Whether [`Module::backward`](crate::Module::backward) replaces the values in the memory of `dx` or adds to them.
///
/// Where several modules have the same input, as in [`Branches`](crate::Branches), its gradient
/// is the sum of theirs: the first one replaces, the others add, and the terms need no memory of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accumulate {
    /// Overwrites the old values.
    Replace,
    /// Adds to the old values.
    Add,
}
