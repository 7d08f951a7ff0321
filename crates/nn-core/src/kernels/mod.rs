//! The computations of layers, as loops over slices: one file per kernel, each run through [`simd::dispatch`].
//!
//! All `unsafe` code of the workspace is in [`simd`], which calls functions compiled for an instruction set.

pub(crate) mod affine;
pub(crate) mod attention;
pub(crate) mod batch_norm;
pub(crate) mod combination;
mod combine;
pub(crate) mod conv;
mod dots;
pub(crate) mod dropout;
pub(crate) mod elementwise;
pub(crate) mod embedding;
pub(crate) mod gather;
pub(crate) mod group_norm;
pub(crate) mod join;
pub mod lanes;
pub(crate) mod layer_norm;
mod one_sample;
mod pack;
pub(crate) mod padding;
pub(crate) mod pool;
pub(crate) mod positions;
mod product;
mod products;
pub(crate) mod recurrent;
pub(crate) mod runs;
pub mod simd;
pub(crate) mod softmax;
mod stack_dots;
pub mod team;
pub(crate) mod tokens;
pub mod total;
pub(crate) mod upsample;
pub(crate) mod window;
