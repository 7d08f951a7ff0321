//! Counts of predicted against true classes.

use std::fmt;

use super::accuracy::check;
use super::{ClassificationReport, MetricError};

/// The number of samples of each true class (row) with each predicted class (column), in the order of the class indices.
///
/// ```
/// use nn_train::metrics::ConfusionMatrix;
/// let matrix = ConfusionMatrix::new(&[0, 1, 0], &[0, 1, 1], &["cat", "dog"])?;
/// assert_eq!(matrix.count(0, 1), 1);
/// assert_eq!(matrix.normalised(), [[0.5, 0.5], [0.0, 1.0]]);
/// assert_eq!(
///     matrix.to_string(),
///     "\
/// true \\ predicted   cat   dog
///              cat     1     1
///              dog     0     1"
/// );
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: Vec<String>,
    /// The counts, row by row.
    counts: Vec<usize>,
}

impl ConfusionMatrix {
    /// Counts predicted against true classes, for classes with these names.
    ///
    /// # Errors
    /// Returns [`MetricError`] if the two differ in length or are empty, or a label has no name.
    pub fn new(
        truth: &[usize],
        predicted: &[usize],
        classes: &[impl AsRef<str>],
    ) -> Result<Self, MetricError> {
        check(truth.len(), predicted.len())?;
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

    /// Returns the names of the classes, in the order of their indices.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Returns the number of samples of class `truth` that were predicted as class `predicted`.
    ///
    /// # Panics
    /// Panics if one of them is not a class.
    pub fn count(&self, truth: usize, predicted: usize) -> usize {
        self.counts[truth * self.classes.len()..][..self.classes.len()][predicted]
    }

    /// Returns the counts of each true class, one slice per class.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[usize]> {
        self.counts.chunks_exact(self.classes.len()) // A sample was counted, so there is a class.
    }

    /// Returns the number of samples.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Returns the matrix with each row divided by its sum: the distribution of predictions for each true class, with its
    /// recall on the diagonal. A class without samples has a row of zeros. This is scikit-learn's `confusion_matrix(…,
    /// normalize="true")`.
    pub fn normalised(&self) -> Vec<Vec<f64>> {
        let normalise = |row: &[usize]| {
            let samples = row.iter().sum::<usize>().max(1) as f64;
            row.iter().map(|&count| count as f64 / samples).collect()
        };
        self.rows().map(normalise).collect()
    }

    /// Returns precision, recall and F1 of every class, and their averages.
    pub fn report(&self) -> ClassificationReport {
        ClassificationReport::new(self)
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
        for (name, row) in self.classes.iter().zip(self.rows()) {
            write!(f, "\n{name:>first$}")?;
            for count in row {
                write!(f, " {count:>column$}")?;
            }
        }
        Ok(())
    }
}
