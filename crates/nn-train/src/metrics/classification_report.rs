//! Precision, recall and F1 of every class, as a table.

use std::collections::BTreeMap;
use std::fmt;

use super::ConfusionMatrix;
use super::precision_recall::{Average, Tally, averaged};

/// Precision, recall and F1 of every class and their averages: scikit-learn's `classification_report`, with all named
/// classes, including those that do not occur. The ratio 0/0 counts as 0, see [`precision_score`](super::precision_score).
///
/// `Display` prints scikit-learn's table, with two decimals or as many as the format specifies (`{:.3}`).
///
/// ```
/// use nn_train::metrics::ConfusionMatrix;
/// let matrix =
///     ConfusionMatrix::new(&[0, 1, 0, 1], &[0, 1, 1, 1], &["cat", "dog"])?;
/// let report = matrix.report();
/// assert_eq!((report.accuracy, report.classes[0].recall), (0.75, 0.5));
/// assert_eq!(
///     report.to_string(),
///     "              precision    recall  f1-score   support
///
///          cat       1.00      0.50      0.67         2
///          dog       0.67      1.00      0.80         2
///
///     accuracy                           0.75         4
///    macro avg       0.83      0.75      0.73         4
/// weighted avg       0.83      0.75      0.73         4"
/// );
/// # Ok::<(), nn_train::metrics::MetricError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ClassificationReport {
    /// The scores of each class, in the order of the class indices.
    pub classes: Vec<ClassScores>,
    /// The fraction of samples whose predicted class is the true one.
    pub accuracy: f64,
    /// The means over classes, under the name "macro avg".
    pub macro_average: ClassScores,
    /// The means over classes, weighted by their number of samples, under the name "weighted avg".
    pub weighted_average: ClassScores,
}

/// One row of a [`ClassificationReport`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ClassScores {
    /// The name of the class or of the average.
    pub name: String,
    /// The [precision](super::precision_score).
    pub precision: f64,
    /// The [recall](super::recall_score).
    pub recall: f64,
    /// The [F1](super::f1_score).
    pub f1: f64,
    /// The number of samples that truly have the class.
    pub support: usize,
}

impl ClassificationReport {
    pub(super) fn new(matrix: &ConfusionMatrix) -> Self {
        let tally = |(class, row): (usize, &[usize])| {
            let predicted = matrix.rows().map(|row| row[class]).sum();
            (class, Tally { hits: row[class], predicted, truth: row.iter().sum() })
        };
        let tallies: BTreeMap<_, _> = matrix.rows().enumerate().map(tally).collect();
        let scores = |name: &str, average, support| ClassScores {
            name: name.to_owned(),
            precision: averaged(&tallies, average, Tally::precision),
            recall: averaged(&tallies, average, Tally::recall),
            f1: averaged(&tallies, average, Tally::f1),
            support,
        };
        let class =
            |(class, name): (usize, &String)| scores(name, Average::Class(class), tallies[&class].truth);
        ClassificationReport {
            classes: matrix.classes().iter().enumerate().map(class).collect(),
            accuracy: averaged(&tallies, Average::Micro, Tally::recall),
            macro_average: scores("macro avg", Average::Macro, matrix.total()),
            weighted_average: scores("weighted avg", Average::Weighted, matrix.total()),
        }
    }
}

impl fmt::Display for ClassificationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(2);
        let averages = [&self.macro_average, &self.weighted_average];
        let names = self.classes.iter().chain(averages).map(|scores| scores.name.chars().count());
        let width = names.max().unwrap_or(0);
        let row = |f: &mut fmt::Formatter<'_>, scores: &ClassScores| {
            let ClassScores { name, precision, recall, f1, support } = scores;
            write!(
                f,
                "\n{name:>width$}  {precision:>9.digits$} {recall:>9.digits$} {f1:>9.digits$} {support:>9}"
            )
        };
        writeln!(f, "{:width$}  {:>9} {:>9} {:>9} {:>9}", "", "precision", "recall", "f1-score", "support")?;
        for scores in &self.classes {
            row(f, scores)?;
        }
        let (accuracy, total) = (self.accuracy, self.macro_average.support);
        write!(f, "\n\n{:>width$}  {:9} {:9} {accuracy:>9.digits$} {total:>9}", "accuracy", "", "")?;
        averages.into_iter().try_for_each(|scores| row(f, scores))
    }
}
