//! How good predictions are. What is true comes first, then what was predicted, as in scikit-learn, whose names and
//! definitions these are.
//!
//! | to judge | use |
//! |---|---|
//! | classes | [`accuracy`], [`ConfusionMatrix`], [`precision_score`], [`recall_score`], [`f1_score`], [`ClassificationReport`] |
//! | scores of classes, whatever the threshold | [`roc_auc_score`], [`roc_auc_score_ovr`], [`roc_curve()`] |
//! | numbers | [`r2_score`], [`mean_absolute_error`], [`mean_squared_error`], [`root_mean_squared_error`] |
//!
//! Classes are their indices; [`argmax`] makes them from a network's outputs. Everything is computed in `f64`, in the order of
//! the samples. Those that end in `score` are better when higher, those that end in `error` when lower.
//!
//! A network that diverged predicts what is not finite, and a metric of that is an error. In trials, where it is a result,
//! [`or_nan`] makes it one. Only [`argmax`] does not see it: it compares, and NaN is not larger than anything.

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
