//! Losses: how far a network's output is from its target, and in which direction the distance falls.
//!
//! | loss | output | target |
//! |---|---|---|
//! | [`MseLoss`] | values | `Tensor` of the same shape |
//! | [`L1Loss`], [`HuberLoss`], [`SmoothL1Loss`] | values; outliers pull less | the same |
//! | [`CrossEntropyLoss`] | logits `[n, classes, …]` | class indices, or a `Tensor` of probabilities of the same shape |
//! | [`CategoricalCrossEntropy`] | probabilities `[n, classes, …]` | the same |
//! | [`NllLoss`] | log-probabilities `[n, classes, …]` | class indices |
//! | [`MultiMarginLoss`] | scores `[n, classes, …]` | class indices |
//! | [`BceWithLogitsLoss`] | logits, each for a question of yes or no | `Tensor` of probabilities of the same shape |
//! | [`HingeLoss`] | scores, each for a question of yes or no | `Tensor` of 1 and −1 of the same shape |
//! | [`KlDivLoss`] | log-probabilities | `Tensor` of probabilities of the same shape |
//! | [`PairLoss`], a weighted sum of two losses | the outputs of both, side by side | a pair of their targets |
//!
//! Class indices are a `Vec<usize>` or a `[usize]` for outputs `[n, classes]`, one for each sample. For outputs
//! `[n, classes, d1, …]` they are a [`ClassMap`](nn_core::ClassMap) `[n, d1, …]`, one for each position of each sample, such as
//! the class of each pixel of an image. [`CrossEntropyLoss`] and [`NllLoss`] can
//! [ignore](CrossEntropyLoss::ignore_index) a label.
//!
//! Sequences have one label for each of t steps, a `ClassMap` `[n, t]`. A network that ends in a [`Linear`](nn_core::Linear) layer
//! says `[n, t, classes]`, so losses of classes are told that the [classes are last](CrossEntropyLoss::classes_last). Losses of
//! values take values `[n, t]` or `[n, t, k]` with a [mask](nn_core::Masked) of the steps that count, such as those before the
//! padding.
//!
//! A [`Loss`] computes its value and its gradient together, with one [`Reduction`] for both. The value is added up such that its
//! relative error does not grow with the number of terms: for terms of one sign it is below 10⁻⁶ in `f32`.
//!
//! [`Loss::terms`] returns what is added up, for inspection.
//!
//! A NaN in the output makes the value NaN, and the gradient of the same element, even if the target gives it no weight. Only
//! what is [ignored](CrossEntropyLoss::ignore_index) or [masked](nn_core::Masked) does not enter the result, whatever it is. An
//! infinity makes them NaN or infinite, unless the loss has a limit there: a logit of −∞ in a class that is not the sample's.
//!
//! Where classes are rare, [`balanced_class_weights`] or a [`pos_weight`](BceWithLogitsLoss::pos_weight) for each output make
//! them count as much as the others.
//!
//! Every loss also takes its target with a weight for each sample, [`Weighted`](nn_core::Weighted): each term is multiplied by
//! the weight of its sample. The [mean](Reduction::Mean) divides by the sum of the weights in the place of the number of samples,
//! so that an integer weight is the same as so many copies of the sample. Sixteen networks at once have no weights and no masks.
//!
//! ```
//! use nn_core::{Tensor, Weighted};
//! use nn_loss::{Loss, MseLoss};
//! let y = Tensor::from_column(&[1.0, 4.0]);
//! let target = Weighted::new(Tensor::from_column(&[0.0, 0.0]), [1.0, 3.0]);
//! let value = MseLoss::mean().value(&y, &target)?;
//! assert_eq!(value, (1.0 + 3.0 * 16.0) / (1.0 + 3.0));
//! # Ok::<(), nn_loss::LossError>(())
//! ```
//!
//! To write a loss that compares each
//! output with its own target, implement [`Elementwise`]: two functions.
//!
//! ```
//! use nn_core::Tensor;
//! use nn_loss::{CrossEntropyLoss, Loss};
//!
//! let logits = Tensor::from_rows(&[[2.0_f64, 0.0], [0.0, 2.0]]);
//! let loss = CrossEntropyLoss::mean();
//! let (value, gradient) = loss.value_and_gradient(&logits, &vec![0, 0])?;
//! // ln(1 + e⁻²) for the first sample, ln(1 + e²) for the second.
//! assert!((value - 1.126928).abs() < 1e-6);
//! // Descent follows the negative gradient: it lowers the logit of class 1 and raises
//! // that of class 0.
//! assert!(gradient[[1, 1]] > 0.4 && gradient[[1, 0]] < -0.4);
//! # Ok::<(), nn_loss::LossError>(())
//! ```

mod bce_with_logits;
mod categorical_cross_entropy;
mod class_axis;
mod class_loss;
mod class_weights;
mod cross_entropy;
mod elementwise;
mod error;
mod fit;
mod hinge;
mod huber;
mod ignoring;
mod kl_div;
mod l1;
mod log_likelihood;
mod loss;
mod masked;
mod mse;
mod multi_margin;
mod nll;
mod pair;
mod reduction;
mod sample_weights;
mod scan;
mod smooth_l1;
mod target;

pub use bce_with_logits::{BceWithLogitsLoss, PosWeight};
pub use categorical_cross_entropy::CategoricalCrossEntropy;
pub use class_weights::balanced_class_weights;
pub use cross_entropy::CrossEntropyLoss;
pub use elementwise::Elementwise;
pub use error::LossError;
pub use hinge::HingeLoss;
pub use huber::HuberLoss;
pub use kl_div::KlDivLoss;
pub use l1::L1Loss;
pub use loss::Loss;
pub use mse::MseLoss;
pub use multi_margin::MultiMarginLoss;
pub use nll::NllLoss;
pub use pair::PairLoss;
pub use reduction::Reduction;
pub use smooth_l1::SmoothL1Loss;
pub use target::{ClassIndices, ClassTarget};

/// The examples of the README are tests as well.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
