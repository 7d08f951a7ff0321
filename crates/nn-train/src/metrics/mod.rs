//! Measures of how good predictions are, with scikit-learn's names, definitions and order of arguments: the true values come
//! first, then the predicted ones.
//!
//! | to judge | use |
//! |---|---|
//! | classes | [`accuracy`], [`ConfusionMatrix`], [`precision_score`], [`recall_score`], [`f1_score`], [`ClassificationReport`] |
//! | scores of classes, at every threshold | [`roc_auc_score`], [`roc_auc_score_ovr`], [`roc_curve()`] |
//! | values | [`r2_score`], [`mean_absolute_error`], [`mean_squared_error`], [`root_mean_squared_error`] |
//!
//! Classes are given by their indices; [`argmax`] finds them from a network's outputs. Everything is computed in `f64`, in
//! the order of the samples. Metrics whose names end in `score` are better when higher, those in `error` when lower.
//!
//! A network that diverged predicts values that are not finite, and their metric is an error, as is their [`argmax`]. In
//! trials, where divergence is a result, [`or_nan`] turns this error into NaN.

mod accuracy;
mod classification_report;
mod confusion_matrix;
mod error;
mod mean_error;
mod precision_recall;
mod r2;
mod roc_auc;
mod roc_curve;

pub use accuracy::{accuracy, argmax};
pub use classification_report::{ClassScores, ClassificationReport};
pub use confusion_matrix::ConfusionMatrix;
pub use error::{MetricError, or_nan};
pub use mean_error::{mean_absolute_error, mean_squared_error, root_mean_squared_error};
pub use precision_recall::{Average, f1_score, precision_score, recall_score};
pub use r2::r2_score;
pub use roc_auc::{roc_auc_score, roc_auc_score_ovr};
pub use roc_curve::{RocCurve, roc_curve};
