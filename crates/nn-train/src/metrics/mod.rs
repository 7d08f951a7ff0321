//! How good a classifier is, counted in samples. What is true comes first, then what was predicted, as in scikit-learn.

use std::fmt;

use nn_core::{Scalar, Tensor};

/// The class that each sample is taken for: the index of its largest output, the first of equals.
///
/// ```
/// use nn_core::Tensor;
/// let scores = Tensor::from_rows(&[[0.1, 0.7, 0.2], [3.0, 3.0, 1.0]]);
/// assert_eq!(nn_train::metrics::argmax(&scores), [1, 0]);
/// ```
pub fn argmax<F: Scalar>(outputs: &Tensor<F>) -> Vec<usize> {
    let largest = |sample| {
        let mut best = 0;
        for class in 1..outputs.features() {
            if outputs[[sample, class]] > outputs[[sample, best]] {
                best = class;
            }
        }
        best
    };
    (0..outputs.samples()).map(largest).collect()
}

/// The fraction of samples whose predicted class is the true one.
///
/// # Errors
/// [`MetricError`] if the two differ in length or are empty.
///
/// ```
/// use nn_train::metrics::accuracy;
/// assert_eq!(accuracy(&[0, 1, 1, 2], &[0, 1, 0, 2])?, 0.75);
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
pub fn accuracy(truth: &[usize], predicted: &[usize]) -> Result<f64, MetricError> {
    check(truth, predicted)?;
    let hits = predicted.iter().zip(truth).filter(|(predicted, truth)| predicted == truth).count();
    Ok(hits as f64 / truth.len() as f64)
}

/// How many samples of each true class (row) were taken for each class (column), in the order of the class indices.
///
/// ```
/// use nn_train::metrics::ConfusionMatrix;
/// let matrix = ConfusionMatrix::new(&[0, 1, 0], &[0, 1, 1], &["cat", "dog"])?;
/// assert_eq!(matrix.count(0, 1), 1);
/// assert_eq!(matrix.to_string(), "\
/// true \\ predicted   cat   dog
///              cat     1     1
///              dog     0     1");
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: Vec<String>,
    /// Row after row.
    counts: Vec<usize>,
}

impl ConfusionMatrix {
    /// Counts predictions against the truth, for classes of these names.
    ///
    /// # Errors
    /// [`MetricError`] if the two differ in length or are empty, or a label has no name.
    pub fn new(
        truth: &[usize],
        predicted: &[usize],
        classes: &[impl AsRef<str>],
    ) -> Result<Self, MetricError> {
        check(truth, predicted)?;
        let names: Vec<String> = classes.iter().map(|name| name.as_ref().to_owned()).collect();
        let mut counts = vec![0; names.len() * names.len()];
        for (&predicted, &truth) in predicted.iter().zip(truth) {
            let label = predicted.max(truth);
            if label >= names.len() {
                return Err(MetricError::Label { label, classes: names.len() });
            }
            counts[truth * names.len() + predicted] += 1;
        }
        Ok(ConfusionMatrix { classes: names, counts })
    }

    /// How many samples of class `truth` were taken for class `predicted`.
    ///
    /// # Panics
    /// If one of them is not a class.
    pub fn count(&self, truth: usize, predicted: usize) -> usize {
        self.counts[truth * self.classes.len()..][..self.classes.len()][predicted]
    }
}

impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CORNER: &str = "true \\ predicted";
        let widest = self.classes.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let (first, column) = (widest.max(CORNER.len()), widest.max(3) + 2);
        write!(f, "{CORNER:>first$}")?;
        for name in &self.classes {
            write!(f, " {name:>column$}")?;
        }
        for (name, row) in self.classes.iter().zip(self.counts.chunks(self.classes.len())) {
            write!(f, "\n{name:>first$}")?;
            for count in row {
                write!(f, " {count:>column$}")?;
            }
        }
        Ok(())
    }
}

fn check(truth: &[usize], predicted: &[usize]) -> Result<(), MetricError> {
    if predicted.len() != truth.len() || truth.is_empty() {
        return Err(MetricError::Length { predicted: predicted.len(), truth: truth.len() });
    }
    Ok(())
}

/// Predictions that cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
    /// A class index without a name.
    #[error("a sample has class {label}, but only {classes} classes are named (they count from 0)")]
    Label {
        /// The class index.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
}
