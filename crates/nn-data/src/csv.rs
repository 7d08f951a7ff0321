//! Tables in CSV files: a header row with the names of the columns, then one row for each sample.

mod choice;
mod class_names;
mod column;
mod error;
mod header;
mod source;

use std::io::Read;
use std::path::Path;

use nn_core::{Scalar, Tensor};

use crate::{DataError, Dataset};
use choice::Choice;
use class_names::ClassNames;
use column::Column;
pub use error::{CsvError, CsvProblem};
use source::{Record, Source};

/// A CSV file in memory. Open it, choose the columns that are features unless all but the target are, and read it as
/// [classes](Csv::classes) or as [values](Csv::values).
///
/// Fields are separated by commas, and white space around them is ignored. A field that starts with a double quote ends at
/// the next double quote and may hold commas and line breaks; a doubled `""` in it stands for one. Lines end in LF, CRLF or
/// CR. Empty lines and a byte order mark at the start are skipped, and nothing else: a value that is missing, not a number or
/// not finite is an error that names its line and column. A missing value is an empty field, `?`, `NA`, `NaN` or `nan`. Only
/// [`Csv::drop_missing`] leaves out such rows. Columns that are not read may hold anything.
///
/// ```
/// use nn_data::Csv;
/// let file = "\
/// weight,power,price,origin
/// 1200,66,9500,japan
/// 1650,110,21000,europe
/// ";
/// let csv = Csv::from_reader(file.as_bytes())?.features(["weight", "power"]);
/// let origin = csv.classes::<f32>("origin")?;
/// assert_eq!(origin.classes, ["europe", "japan"]);
/// assert_eq!(origin.data.y(), &[1, 0]);
/// let price = csv.values::<f64>(["price"])?;
/// assert_eq!(price.data.y()[[1, 0]], 21000.0);
///
/// let error = csv.values::<f64>(["prize"]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"<input>: there is no column "prize" (did you mean "price"?); the columns are "weight", "power", "price", "origin""#
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Csv {
    source: Source,
    columns: Vec<String>,
    features: Option<Vec<String>>,
    drop_missing: bool,
}

/// The samples and their classes, read by [`Csv::classes`].
#[derive(Debug, Clone)]
pub struct Classification<F> {
    /// Inputs `[samples, features]` and class indices.
    pub data: Dataset<F, Vec<usize>>,
    /// The name of each class: the file says `classes[data.y()[sample]]`.
    pub classes: Vec<String>,
    /// The name of each feature.
    pub features: Vec<String>,
    /// The number of rows that [`Csv::drop_missing`] left out.
    pub dropped: usize,
}

/// The samples and the numbers to predict, read by [`Csv::values`].
#[derive(Debug, Clone)]
pub struct Values<F> {
    /// Inputs `[samples, features]` and values `[samples, targets]`.
    pub data: Dataset<F, Tensor<F>>,
    /// The name of each feature.
    pub features: Vec<String>,
    /// The name of each target.
    pub targets: Vec<String>,
    /// The number of rows that [`Csv::drop_missing`] left out.
    pub dropped: usize,
}

impl Csv {
    /// Reads a file and its header.
    ///
    /// # Errors
    /// [`DataError::Csv`] if the file cannot be read or is empty, or if its header has a duplicate name or a column
    /// without a name.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Csv::new(Source::open(path.as_ref())?)
    }

    /// Reads `reader` to its end. Messages call it `<input>`.
    ///
    /// # Errors
    /// As [`Csv::open`].
    pub fn from_reader(reader: impl Read) -> Result<Self, DataError> {
        Csv::new(Source::read("<input>", reader)?)
    }

    /// Chooses the columns that are features, in this order. Without this call, they are all columns but the target.
    #[must_use]
    pub fn features(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.features = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Leaves out the rows with a missing value in a column that is read, instead of refusing the file. Their number is
    /// returned with the data. Ask why the values are missing: the remaining rows may not represent the whole.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "weight,price,origin\n1200,9500,japan\n1650,NA,europe\n980,7900,?\n";
    /// let cars = Csv::from_reader(file.as_bytes())?.features(["weight"]).drop_missing();
    /// let price = cars.values::<f64>(["price"])?;
    /// assert_eq!((price.data.samples(), price.dropped), (2, 1));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn drop_missing(mut self) -> Self {
        self.drop_missing = true;
        self
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Reads the samples with the column `target` as their classes.
    ///
    /// The classes are sorted: by value if all their names are finite numbers (`9` before `10`), otherwise alphabetically by
    /// code point, as by the `LabelEncoder` of scikit-learn. So the index of a class does not depend on the order of the rows.
    /// Names are compared as they are written: `1` and `1.0` are two classes.
    ///
    /// # Errors
    /// [`DataError::Csv`] if a column does not exist or has two roles, or if there is no feature or no row; and for the first
    /// row that has too many or too few fields, a missing or non-UTF-8 field in a column in use, a feature that is not a finite
    /// number in `F`, or a quoted field without an end. With [`Csv::drop_missing`], also if no row is left.
    pub fn classes<F: Scalar>(&self, target: &str) -> Result<Classification<F>, DataError> {
        let Choice { features, targets } = self.choose(&[target])?;
        let mut names = ClassNames::default();
        let (mut x, mut labels) = (Vec::new(), Vec::new());
        let dropped = self.for_each_row(&features, &targets, |row| {
            numbers(&features, row, &mut x)?;
            labels.push(names.index(targets[0].text(row)?));
            Ok(())
        })?;
        let (classes, rank) = names.sorted();
        let labels = labels.into_iter().map(|label| rank[label]).collect();
        let data = Dataset::new(tensor(&x, features.len()), labels)?;
        Ok(Classification { data, classes, features: column_names(&features), dropped })
    }

    /// Reads the samples with the columns `targets` as the numbers to predict. Numbers are read as `f64` and rounded to
    /// `F`.
    ///
    /// # Errors
    /// As [`Csv::classes`]; the targets must also be finite numbers, and there must be at least one.
    pub fn values<F: Scalar>(
        &self,
        targets: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Values<F>, DataError> {
        let names: Vec<_> = targets.into_iter().collect();
        let Choice { features, targets } =
            self.choose(&names.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
        let (mut x, mut y) = (Vec::new(), Vec::new());
        let dropped = self.for_each_row(&features, &targets, |row| {
            numbers(&features, row, &mut x)?;
            numbers(&targets, row, &mut y)
        })?;
        let data = Dataset::new(tensor(&x, features.len()), tensor(&y, targets.len()))?;
        Ok(Values { data, features: column_names(&features), targets: column_names(&targets), dropped })
    }

    fn new(source: Source) -> Result<Self, DataError> {
        let columns = header::read(&source)?;
        Ok(Csv { source, columns, features: None, drop_missing: false })
    }

    fn choose(&self, targets: &[&str]) -> Result<Choice<'_>, CsvError> {
        Choice::new(&self.columns, self.features.as_deref(), targets)
            .map_err(|problem| self.source.error(problem))
    }

    /// Passes every row below the header to `take`, except those to be dropped, and returns the number of dropped rows. At
    /// least one row must be left.
    fn for_each_row(
        &self,
        features: &[Column],
        targets: &[Column],
        mut take: impl FnMut(&Record) -> Result<(), CsvProblem>,
    ) -> Result<usize, CsvError> {
        let (mut rows, mut dropped) = (0, 0);
        for row in self.source.records().skip(1) {
            let row = row?;
            rows += 1;
            let (expected, found) = (self.columns.len(), row.len());
            let taken = if found != expected {
                Err(CsvProblem::FieldCount { expected, found })
            } else if self.drop_missing
                && features.iter().chain(targets).any(|column| column.is_missing(&row))
            {
                dropped += 1;
                Ok(())
            } else {
                take(&row)
            };
            taken.map_err(|problem| self.source.error_in(&row, problem))?;
        }
        if rows == 0 {
            Err(self.source.error(CsvProblem::NoRows))
        } else if rows == dropped {
            Err(self.source.error(CsvProblem::AllMissing { rows }))
        } else {
            Ok(dropped)
        }
    }
}

/// Appends the numbers in these columns of `row`.
fn numbers<F: Scalar>(columns: &[Column], row: &Record, numbers: &mut Vec<F>) -> Result<(), CsvProblem> {
    for column in columns {
        numbers.push(column.number(row)?);
    }
    Ok(())
}

/// Makes a tensor of `values`, which hold sample after sample.
fn tensor<F: Scalar>(values: &[F], features: usize) -> Tensor<F> {
    Tensor::from_fn(values.len() / features, features, |sample, feature| values[sample * features + feature])
}

fn column_names(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.name.to_owned()).collect()
}
