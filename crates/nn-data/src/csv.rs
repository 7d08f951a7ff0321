//! Tables in CSV files: a header row with the names of the columns, then one row for each sample.

mod choice;
mod class_names;
mod column;
mod error;
mod header;
mod records;
mod source;

use std::io::Read;
use std::path::Path;

use nn_core::{Scalar, Tensor};

use crate::error::shortened;
use crate::{DataError, Dataset};
use choice::Choice;
use class_names::ClassNames;
use column::{Column, is_missing};
pub use error::{CsvError, CsvProblem};
use header::Header;
use records::Field;
use source::Source;

/// A CSV file in memory. Open it, choose the columns that are features unless all but the target are, and read it as
/// [classes](Csv::classes) or as [values](Csv::values).
///
/// Fields are separated by commas, and white space around them is ignored. A field that starts with a double quote ends at
/// the next double quote and may hold commas and line breaks; a doubled `""` in it stands for one. Lines end in LF, CRLF or
/// CR. Empty lines and a byte order mark at the start are skipped, and nothing else: a value that is missing, not a number or
/// not finite is an error that names its line and column. A missing value is an empty field, `?`, `NA`, `NaN` or `nan`. Only
/// [`Csv::drop_missing`] leaves out such rows. Columns that are not read may hold anything, and have no name or that of another.
///
/// **Memory.** An open file takes its size, and three times as much while a reader of unknown length fills it, however
/// many fields it has. Reading it takes less than thirty times its size on top, in the worst of cases: a single row of
/// very many columns, because a [`Tensor`] stores samples in blocks of sixteen. For a hundred rows of numbers or more it
/// is less than ten times. A table that memory cannot hold is an error, and no message repeats more than forty
/// characters of a name or a field.
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
///     "<input>: there is no column \"prize\" (did you mean \"price\"?); \
///      the columns are \"weight\", \"power\", \"price\", \"origin\""
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Csv {
    source: Source,
    header: Header,
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
    /// [`DataError::Csv`] if the file cannot be read or is empty, if it has another format that is known, such as gzip, or if a
    /// quoted name in the header does not end.
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
    /// let cars =
    ///     Csv::from_reader(file.as_bytes())?.features(["weight"]).drop_missing();
    /// let price = cars.values::<f64>(["price"])?;
    /// assert_eq!((price.data.samples(), price.dropped), (2, 1));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn drop_missing(mut self) -> Self {
        self.drop_missing = true;
        self
    }

    /// Returns the names of the columns, as they are written: some may be empty, and several the same. Bytes that are not UTF-8
    /// are replaced by a single U+FFFD.
    pub fn columns(&self) -> Vec<String> {
        let mut names = Vec::with_capacity(self.header.columns());
        self.header.for_each(&self.source, |_, name| {
            names.push(name.map_or_else(|| char::REPLACEMENT_CHARACTER.into(), Into::into));
        });
        names
    }

    /// Reads the samples with the column `target` as their classes.
    ///
    /// The classes are sorted: by value if all their names are finite numbers (`9` before `10`), otherwise alphabetically by
    /// code point, as by the `LabelEncoder` of scikit-learn. So the index of a class does not depend on the order of the rows.
    /// Names are compared as they are written: `1` and `1.0` are two classes.
    ///
    /// # Errors
    /// [`DataError::Csv`] if a column does not exist, has two roles, or shares its name with another, if a column that
    /// would be a feature has no name or one that is not UTF-8, or if there is no feature or no row, or no memory; and
    /// for the first row that has too many or too few fields, a missing or non-UTF-8 field in a column in use, a feature
    /// that is not a finite number in `F`, or a quoted field without an end. With [`Csv::drop_missing`], also if no row
    /// is left.
    pub fn classes<F: Scalar>(&self, target: &str) -> Result<Classification<F>, DataError> {
        let choice = self.choose(&[target])?;
        let mut names = ClassNames::default();
        let (mut x, mut labels) = (self.room(choice.features.len())?, self.room(1)?);
        let dropped = self.for_each_row(&choice, |features, targets| {
            numbers(&choice.features, features, &mut x)?;
            labels.push(names.index(choice.targets[0].text(targets[0])?));
            Ok(())
        })?;
        let (classes, rank) = names.sorted();
        labels.iter_mut().for_each(|label| *label = rank[*label]);
        let data = Dataset::new(self.tensor(x, &choice.features)?, labels)?;
        Ok(Classification { data, classes, features: column_names(choice.features), dropped })
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
        let choice = self.choose(&names.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
        let (mut x, mut y) = (self.room(choice.features.len())?, self.room(choice.targets.len())?);
        let dropped = self.for_each_row(&choice, |features, targets| {
            numbers(&choice.features, features, &mut x)?;
            numbers(&choice.targets, targets, &mut y)
        })?;
        let data = Dataset::new(self.tensor(x, &choice.features)?, self.tensor(y, &choice.targets)?)?;
        let Choice { features, targets } = choice;
        Ok(Values { data, features: column_names(features), targets: column_names(targets), dropped })
    }

    fn new(source: Source) -> Result<Self, DataError> {
        let header = Header::read(&source)?;
        Ok(Csv { source, header, features: None, drop_missing: false })
    }

    fn choose<'a>(&'a self, targets: &[&'a str]) -> Result<Choice<'a>, CsvError> {
        Choice::new(&self.source, self.header, self.features.as_deref(), targets)
    }

    /// Passes the fields of every row below the header to `take`, those of the features and those of the targets, and returns the
    /// number of dropped rows, which `take` does not see. At least one row must be left.
    fn for_each_row<'a>(
        &'a self,
        choice: &Choice,
        mut take: impl FnMut(&[Field<'a>], &[Field<'a>]) -> Result<(), CsvProblem>,
    ) -> Result<usize, CsvError> {
        let Choice { features, targets } = choice;
        // The fields in use, as the choice has them, and their places in the order of the file.
        let positions: Vec<usize> = features.iter().chain(targets).map(|column| column.position).collect();
        let mut order: Vec<usize> = (0..positions.len()).collect();
        order.sort_unstable_by_key(|&place| positions[place]);
        let mut fields = vec![Field::default(); positions.len()];

        let (mut rows, mut dropped) = (0, 0);
        let mut records = self.source.records(self.header.end);
        loop {
            let mut places = order.iter().copied().peekable();
            let row = records.next(|position, field| {
                if let Some(place) = places.next_if(|&place| positions[place] == position) {
                    fields[place] = field;
                }
            });
            let Some(row) = row else { break };
            rows += 1;
            let (expected, found) = (self.header.columns(), row.fields);
            let taken = if !row.is_closed {
                Err(CsvProblem::UnclosedQuote)
            } else if found != expected {
                Err(CsvProblem::FieldCount { expected, found })
            } else if self.drop_missing
                && fields.iter().any(|field| field.text().is_some_and(|text| is_missing(&text)))
            {
                dropped += 1;
                Ok(())
            } else {
                let (features, targets) = fields.split_at(features.len());
                take(features, targets)
            };
            taken.map_err(|problem| self.source.error_in(row, problem))?;
        }
        if rows == 0 {
            Err(self.source.error(CsvProblem::NoRows))
        } else if rows == dropped {
            Err(self.source.error(CsvProblem::AllMissing { rows }))
        } else {
            Ok(dropped)
        }
    }

    /// Returns memory for the values of all rows in this many columns, so that none of it has to grow: it would take three times
    /// as much.
    fn room<T>(&self, columns: usize) -> Result<Vec<T>, CsvError> {
        let rows = self.source.most_rows(self.header.end, self.header.columns());
        let most = self.source.most_numbers(self.header.end);
        let mut values = Vec::new();
        match values.try_reserve_exact(rows.saturating_mul(columns).min(most)) {
            Ok(()) => Ok(values),
            Err(_) => Err(self.source.error(CsvProblem::NoMemory { rows, columns })),
        }
    }

    /// Makes a tensor of `values`, which hold the values of these columns row after row.
    fn tensor<F: Scalar>(&self, values: Vec<F>, columns: &[Column]) -> Result<Tensor<F>, CsvError> {
        let (rows, columns) = (values.len() / columns.len(), columns.len());
        let Ok(mut tensor) = Tensor::try_zeros(&[rows, columns]) else {
            return Err(self.source.error(CsvProblem::NoMemory { rows, columns }));
        };
        for (row, values) in values.chunks(columns).enumerate() {
            for (column, &value) in values.iter().enumerate() {
                tensor[[row, column]] = value;
            }
        }
        Ok(tensor)
    }
}

/// Appends the numbers in these fields of one row.
fn numbers<F: Scalar>(columns: &[Column], fields: &[Field], numbers: &mut Vec<F>) -> Result<(), CsvProblem> {
    for (column, &field) in columns.iter().zip(fields) {
        numbers.push(column.number(field)?);
    }
    Ok(())
}

fn column_names(columns: Vec<Column>) -> Vec<String> {
    columns.into_iter().map(|column| column.name.into_owned()).collect()
}

/// The name of a column in messages. The header of a hostile file may be a single name.
fn name(column: &str) -> String {
    shortened(column, 40)
}
