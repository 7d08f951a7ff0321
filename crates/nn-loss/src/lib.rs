//! Losses: how far a network's output is from its target, and which way is down.

mod categorical_cross_entropy;
mod cross_entropy;
mod error;
mod loss;
mod mse;
mod target;

pub use categorical_cross_entropy::CategoricalCrossEntropy;
pub use cross_entropy::CrossEntropyLoss;
pub use error::LossError;
pub use loss::{Loss, Reduction};
pub use mse::MseLoss;
