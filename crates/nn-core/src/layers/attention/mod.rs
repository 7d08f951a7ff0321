//! Attention, and the layer that transformers are made of.

mod attend;
mod encoder;
mod function;
mod multihead;
mod sequence;
mod step;
mod transformer;
mod weights;

pub use encoder::TransformerEncoderLayer;
pub use multihead::MultiheadAttention;
