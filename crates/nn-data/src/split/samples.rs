//! What can be split.

use nn_core::{Scalar, Tensor};

use crate::error::{listed, shortened};
use crate::preprocess::classes_of;
use crate::{DataError, Dataset, Table, Target};

/// Samples that can be split: a [`Dataset`], a [`Table`], a [`Tensor`], or a collection of your own.
pub trait Samples {
    /// A part of the samples.
    type Part;

    /// The number of samples.
    fn samples(&self) -> usize;

    /// Returns the samples with these indices, in this order.
    ///
    /// # Panics
    /// If an index is not below [`samples`](Samples::samples).
    fn part(&self, samples: &[usize]) -> Self::Part;
}

/// Samples of which each has a class, so that they can be split with the same mixture of classes in all parts: a
/// [`Dataset`] of classes, or the [`strata`](Table::strata) of a table.
pub trait Labelled: Samples {
    /// The class of each sample. Any numbers will do.
    fn labels(&self) -> &[usize];

    /// Returns the error that a class has too few samples to be in every part.
    fn few_samples(&self, class: usize, samples: usize, expected: usize) -> DataError {
        DataError::FewSamples { class, samples, expected }
    }
}

impl<F: Scalar, T: Target> Samples for Dataset<F, T> {
    type Part = Self;
    fn samples(&self) -> usize {
        Dataset::samples(self)
    }
    fn part(&self, samples: &[usize]) -> Self {
        Dataset::part(self, samples)
    }
}

impl<F: Scalar> Labelled for Dataset<F, Vec<usize>> {
    fn labels(&self) -> &[usize] {
        self.y()
    }
}

impl Samples for Table {
    type Part = Self;
    fn samples(&self) -> usize {
        self.rows()
    }
    fn part(&self, samples: &[usize]) -> Self {
        Table::part(self, samples)
    }
}

impl<F: Scalar> Samples for Tensor<F> {
    type Part = Self;
    fn samples(&self) -> usize {
        Tensor::samples(self)
    }
    fn part(&self, samples: &[usize]) -> Self {
        self.select(samples)
    }
}

/// A table whose parts are to have the same mixture of the classes in one of its columns: [`Table::strata`].
#[derive(Debug, Clone)]
pub struct Strata<'t> {
    table: &'t Table,
    column: String,
    classes: Vec<String>,
    labels: Vec<usize>,
}

impl Table {
    /// Returns this table for a stratified split by a column. Each of its categories, or each of its numbers, is a class.
    ///
    /// ```
    /// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
    /// use nn_data::{Column, Table, stratified_train_test_split};
    /// let yes_or_no = (0..12).map(|row| Some(if row % 3 == 0 { "yes" } else { "no" }));
    /// let table = Table::new([
    ///     Column::numbers("age", (0..12).map(|row| Some(row as f64))),
    ///     Column::categories("answer", yes_or_no),
    /// ])?;
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let strata = table.strata("answer")?;
    /// let (train, test) = stratified_train_test_split(&strata, 0.25, &mut rng)?;
    /// assert_eq!((train.rows(), test.rows()), (9, 3));
    /// let answers = test.column("answer")?;
    /// assert_eq!((0..3).filter(|&row| answers.text(row) == Some("yes")).count(), 1);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// [`DataError::Setting`] if there is no such column, and [`DataError::Column`] if it has a missing value.
    #[doc(alias = "stratify")]
    pub fn strata(&self, column: &str) -> Result<Strata<'_>, DataError> {
        let (classes, labels) = classes_of(self, column)?;
        Ok(Strata { table: self, column: column.to_owned(), classes, labels })
    }
}

impl Samples for Strata<'_> {
    type Part = Table;
    fn samples(&self) -> usize {
        self.table.rows()
    }
    fn part(&self, samples: &[usize]) -> Table {
        self.table.part(samples)
    }
}

impl Labelled for Strata<'_> {
    fn labels(&self) -> &[usize] {
        &self.labels
    }
    fn few_samples(&self, class: usize, samples: usize, expected: usize) -> DataError {
        DataError::Column {
            column: shortened(&self.column, 40).into(),
            place: None,
            expected: format!("at least {expected} rows of each class, one for each part").into(),
            found: format!("{samples} of {}", listed([&self.classes[class][..]])).into(),
            advice: "leave the class out, or split without strata".into(),
        }
    }
}
