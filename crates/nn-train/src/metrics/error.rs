//! What keeps a metric from being computed.

/// Predictions that cannot be judged.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MetricError {
    /// Different numbers of predictions and true classes, or none of both.
    #[error("{predicted} predictions for {truth} true classes: as many of each are needed, and at least one")]
    Length {
        /// Number of predictions.
        predicted: usize,
        /// Number of true classes.
        truth: usize,
    },
    /// Different shapes of predictions and true values, or no values.
    #[error(
        "predictions are {predicted:?} and true values {truth:?}: both need one shape, and at least one value"
    )]
    Shape {
        /// Shape of the predictions.
        predicted: Vec<usize>,
        /// Shape of the true values.
        truth: Vec<usize>,
    },
    /// A class index without a name.
    #[error("a sample has class {label}, but only {classes} classes are named (they count from 0)")]
    Label {
        /// The class index.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// A class that nothing can be told apart from, or that is not there.
    #[error(
        "{positives} of {samples} samples have class {class}: its ROC curve needs at least one that has and one that has not"
    )]
    OneClass {
        /// The class index.
        class: usize,
        /// How many samples have it.
        positives: usize,
        /// How many samples there are.
        samples: usize,
    },
    /// A statistic of variance over a single sample.
    #[error("R² of {samples} sample: at least 2 are needed")]
    Samples {
        /// How many samples there are.
        samples: usize,
    },
    /// A number that is infinite or NaN.
    #[error("the {what} of sample {sample} is {value}, expected a finite number")]
    NotFinite {
        /// Whether it was predicted or true.
        what: &'static str,
        /// The first sample that has such a number.
        sample: usize,
        /// The number.
        value: f64,
    },
    /// Scores of classes that do not add up to 1.
    #[error(
        "the scores of sample {sample} add up to {sum}, expected 1: probabilities, as Softmax gives them"
    )]
    NotProbabilities {
        /// The first sample with such scores.
        sample: usize,
        /// What they add up to.
        sum: f64,
    },
}

/// NaN for predictions that are not finite, any other error as it came: for trials, where a network that diverged is a
/// result that ranks worst and is counted, not a reason to lose all others.
///
/// ```
/// use nn_core::Tensor;
/// use nn_train::metrics::{MetricError, or_nan, r2_score};
/// let truth = Tensor::from_column(&[1.0, 2.0]);
/// assert!(or_nan(r2_score(&truth, &Tensor::from_column(&[1.0, f64::INFINITY])))?.is_nan());
/// assert!(or_nan(r2_score(&truth, &Tensor::from_column(&[1.0]))).is_err());
/// # Ok::<(), MetricError>(())
/// ```
pub fn or_nan(metric: Result<f64, MetricError>) -> Result<f64, MetricError> {
    match metric {
        Err(MetricError::NotFinite { what: PREDICTION, .. }) => Ok(f64::NAN),
        other => other,
    }
}

pub(super) const PREDICTION: &str = "prediction";
pub(super) const TRUTH: &str = "true value";
