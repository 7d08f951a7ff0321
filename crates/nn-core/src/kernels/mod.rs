//! What layers compute, as loops over slices: one file a kernel, each run through [`simd::dispatch`].
//!
//! All `unsafe` of the workspace is in this folder: calls of functions compiled for an instruction set ([`simd`]) and of
//! the matrix product ([`gemm`]).

pub(crate) mod affine;
pub(crate) mod batch_norm;
pub(crate) mod dropout;
pub(crate) mod elementwise;
mod gemm;
pub mod lanes;
pub(crate) mod layer_norm;
pub(crate) mod log_softmax;
pub mod simd;
pub(crate) mod softmax;

pub(crate) use gemm::Gemm;
