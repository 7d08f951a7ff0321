//! Measures of how good predictions are, with scikit-learn's names, definitions and order of arguments: the true values come
//! first, then the predicted ones.
//!
//! | to judge | use |
//! |---|---|
//! | classes | [`accuracy`], [`ConfusionMatrix`], [`precision_score`], [`recall_score`], [`f1_score`], [`ClassificationReport`] |
//! | classes of which some are rare | [`balanced_accuracy_score`], [`matthews_corrcoef`], [`cohen_kappa_score`] |
//! | scores of classes, at every threshold | [`roc_auc_score`], [`roc_auc_score_ovr`], [`roc_curve()`], [`average_precision_score`], [`precision_recall_curve()`] |
//! | the order of the scores of many classes | [`top_k_accuracy_score`] |
//! | probabilities | [`log_loss`], [`calibration_curve()`] |
//! | values | [`r2_score`], [`explained_variance_score`], [`mean_absolute_error`], [`mean_squared_error`], [`root_mean_squared_error`], [`mean_absolute_percentage_error`] |
//!
//! Classes are given by their indices; [`argmax`] finds them from a network's outputs. Everything is computed in `f64`, in
//! the order of the samples. Metrics whose names end in `score` are better when higher, those in `error` or `loss` when lower.
//!
//! Where a metric is 0/0, as with samples of one class alone, it has the value that scikit-learn gives it by default, which
//! its page names. Where scikit-learn raises an error or returns NaN, the metric is an error.
//!
//! A network that diverged predicts values that are not finite, and their metric is an error, as is their [`argmax`]. In
//! trials, where divergence is a result, [`or_nan`] turns this error into NaN.

mod accuracy;
mod balanced_accuracy;
mod calibration_curve;
mod chance;
mod classification_report;
mod confusion_matrix;
mod error;
mod explained_variance;
mod levels;
mod log_loss;
mod mean_error;
mod precision_recall;
mod precision_recall_curve;
mod probabilities;
mod r2;
mod roc_auc;
mod roc_curve;
mod top_k;

pub use accuracy::{accuracy, argmax};
pub use balanced_accuracy::balanced_accuracy_score;
pub use calibration_curve::{Bins, CalibrationCurve, calibration_curve};
pub use chance::{cohen_kappa_score, matthews_corrcoef};
pub use classification_report::{ClassScores, ClassificationReport};
pub use confusion_matrix::ConfusionMatrix;
pub use error::{MetricError, or_nan};
pub use explained_variance::explained_variance_score;
pub use log_loss::log_loss;
pub use mean_error::{
    mean_absolute_error, mean_absolute_percentage_error, mean_squared_error, root_mean_squared_error,
};
pub use precision_recall::{Average, f1_score, precision_score, recall_score};
pub use precision_recall_curve::{PrecisionRecallCurve, average_precision_score, precision_recall_curve};
pub use r2::r2_score;
pub use roc_auc::{roc_auc_score, roc_auc_score_ovr};
pub use roc_curve::{RocCurve, roc_curve};
pub use top_k::top_k_accuracy_score;
