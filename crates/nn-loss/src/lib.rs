//! Losses: how far a network's output is from its target, and which way is down.
//!
//! | loss | output | target |
//! |---|---|---|
//! | [`MseLoss`] | values | `Tensor` of the same shape |
//! | [`CrossEntropyLoss`] | logits `[n, classes]` | `Vec<usize>` of class indices, or a `Tensor` of probabilities |
//! | [`CategoricalCrossEntropy`] | probabilities `[n, classes]` | the same |
//!
//! A [`Loss`] computes its value and its gradient together, in one [`Reduction`]: they always belong together.
//!
//! ```
//! use nn_core::Tensor;
//! use nn_loss::{CrossEntropyLoss, Loss};
//!
//! let logits = Tensor::from_rows(&[[2.0_f64, 0.0], [0.0, 2.0]]);
//! let (value, gradient) = CrossEntropyLoss::mean().value_and_gradient(&logits, &vec![0, 0])?;
//! // ln(1 + e⁻²) for the first sample, ln(1 + e²) for the second.
//! assert!((value - 1.126928).abs() < 1e-6);
//! // The gradient pushes each logit towards its target: down where it is too high, up where it is too low.
//! assert!(gradient[[1, 1]] > 0.4 && gradient[[1, 0]] < -0.4);
//! # Ok::<(), nn_loss::LossError>(())
//! ```

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

/// The examples of the README are run, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
