//! Targets of which some count more than others.

/// Targets, with a weight for each sample: how much it counts in the loss. A weight of 2 counts as much as the same sample
/// twice, a weight of 0 as none. They are part of the target, so whatever selects samples, a split, a fold or a batch, takes
/// their weights along.
///
/// Losses take a `Weighted<T>` where they take a `T`, and say how their mean is defined. A data set checks that there is one
/// weight for each sample, and that each is finite and at least 0.
///
/// ```
/// use nn_core::Weighted;
/// let labels = Weighted::new(vec![0, 1, 1], [1.0, 0.5, 2.0]);
/// assert_eq!((labels.target[1], labels.weights[1]), (1, 0.5));
/// ```
#[doc(alias = "sample_weight")]
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted<T> {
    /// The targets.
    pub target: T,
    /// The weights, one for each sample.
    pub weights: Vec<f64>,
}

impl<T> Weighted<T> {
    /// Gives each sample a weight.
    pub fn new(target: T, weights: impl Into<Vec<f64>>) -> Self {
        Weighted { target, weights: weights.into() }
    }
}
