//! What layers compute, as loops over slices: one file a kernel, each run through [`crate::simd::dispatch`].

pub(crate) mod affine;
pub(crate) mod elementwise;
pub(crate) mod softmax;
