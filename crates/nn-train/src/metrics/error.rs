//! Why a metric cannot be computed.

use nn_core::{Scalar, SettingError, Tensor};

/// Why predictions cannot be judged.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MetricError {
    /// The numbers of predictions and true classes differ, or both are 0.
    #[error("{predicted} predictions for {truth} true classes, expected equal numbers of at least 1")]
    Length {
        /// The number of predictions.
        predicted: usize,
        /// The number of true classes.
        truth: usize,
    },
    /// The shapes of predictions and true values differ, or there are no values.
    #[error(
        "predictions have shape {predicted:?} and true values {truth:?}, expected equal shapes with at least one value"
    )]
    Shape {
        /// The shape of the predictions.
        predicted: Vec<usize>,
        /// The shape of the true values.
        truth: Vec<usize>,
    },
    /// A class index is out of range.
    #[error("a sample has class {label}, but there are only {classes} classes (they count from 0)")]
    Label {
        /// The class index.
        label: usize,
        /// The number of classes.
        classes: usize,
    },
    /// All samples have this class, or none has, so there is nothing to separate.
    #[error(
        "{positives} of {samples} samples have class {class}: its ROC curve needs at least one with and one without it"
    )]
    OneClass {
        /// The class index.
        class: usize,
        /// The number of samples of this class.
        positives: usize,
        /// The number of all samples.
        samples: usize,
    },
    /// Both labellings give all samples one and the same class, so there is no disagreement that chance could have brought.
    #[error("all {samples} samples have class {class} in both, expected at least 2 classes: κ is 0/0")]
    NoDisagreement {
        /// The class index.
        class: usize,
        /// The number of samples.
        samples: usize,
    },
    /// A single sample has no variance.
    #[error("R² of {samples} sample: at least 2 are needed")]
    Samples {
        /// The number of samples.
        samples: usize,
    },
    /// A value is infinite or NaN.
    #[error("the {what} of sample {sample} is {value}, expected a finite number")]
    NotFinite {
        /// Whether the value was predicted or true.
        what: &'static str,
        /// The first sample with such a value.
        sample: usize,
        /// The value.
        value: f64,
    },
    /// The scores of the classes do not add up to 1.
    #[error(
        "the scores of sample {sample} add up to {sum}, expected 1: probabilities, as Softmax gives them"
    )]
    NotProbabilities {
        /// The first sample with such scores.
        sample: usize,
        /// The sum of the scores.
        sum: f64,
    },
    /// A value that is no probability.
    #[error("the prediction of sample {sample} is {value}, expected a probability from 0 to 1")]
    NotProbability {
        /// The first sample with such a value.
        sample: usize,
        /// The value.
        value: f64,
    },
    /// An argument that makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
}

/// Computes a metric. Turns the error for predictions that are not finite into NaN and leaves any other error unchanged. Use
/// it in trials, where a network that diverged is a result that ranks worst and is counted, not a reason to lose all others.
///
/// ```
/// use nn_core::Tensor;
/// use nn_train::metrics::{MetricError, accuracy, argmax, or_nan, r2_score};
/// let truth = Tensor::from_column(&[1.0, 2.0]);
/// assert!(
///     or_nan(|| r2_score(&truth, &Tensor::from_column(&[1.0, f64::INFINITY])))?
///         .is_nan()
/// );
/// assert!(or_nan(|| r2_score(&truth, &Tensor::from_column(&[1.0]))).is_err());
///
/// let outputs = Tensor::from_rows(&[[0.0, f64::NAN], [0.5, 0.25]]);
/// assert!(or_nan(|| accuracy(&[0, 0], &argmax(&outputs)?))?.is_nan());
/// # Ok::<(), MetricError>(())
/// ```
pub fn or_nan(metric: impl FnOnce() -> Result<f64, MetricError>) -> Result<f64, MetricError> {
    match metric() {
        Err(MetricError::NotFinite { what: PREDICTION, .. }) => Ok(f64::NAN),
        other => other,
    }
}

pub(super) const PREDICTION: &str = "prediction";
pub(super) const TRUTH: &str = "true value";

/// Checks that every value is finite.
pub(super) fn finite<F: Scalar>(values: &Tensor<F>, what: &'static str) -> Result<(), MetricError> {
    for sample in 0..values.samples() {
        if let Some(value) = values.sample(sample).map(F::to_f64).find(|value| !value.is_finite()) {
            return Err(MetricError::NotFinite { what, sample, value });
        }
    }
    Ok(())
}
