//! Tables in CSV files: a header row with the names of the columns, then one row for each sample.

mod choice;
mod class_names;
mod column;
mod decimal;
mod error;
mod header;
mod parts;
mod records;
mod rows;
mod source;

use std::io::Read;
use std::path::Path;

use nn_core::{Scalar, Tensor};

use crate::error::shortened;
use crate::{DataError, Dataset};
use choice::Choice;
use class_names::ClassNames;
use column::Column;
pub use error::{CsvError, CsvProblem};
use header::Header;
use parts::Part;
use rows::Rows;
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
/// very many columns, because a [`Tensor`] stores samples in blocks of sixteen. For a hundred rows of [values](Csv::values) or more it
/// is less than ten times. A table that memory cannot hold is an error, and no message repeats more than forty
/// characters of a name or a field.
///
/// **Speed.** Several threads share a file of 250 kB or more, unless a field is quoted, as they share the work of wide layers
/// ([`nn_core::team`]). What is read, and the error, are those of one thread.
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
        let parts = self.parts(&choice);
        let mut x = self.room(&parts, choice.features.len())?;
        let mut memory = Vec::with_capacity(parts.len());
        for (part, x) in parts.iter().zip(divided(&mut x, &parts)) {
            let mut labels = self.labels(part.rows)?;
            labels.resize(part.rows, 0);
            memory.push((x, ClassNames::default(), labels));
        }
        let (memory, rows) =
            self.read(&choice, &parts, memory, |(x, names, labels), row, place, field| {
                match choice.features.get(place) {
                    Some(feature) => write(feature.number(field)?, x[place], row),
                    None => write(names.index(choice.targets[0].text(field)?), labels, row),
                }
                Ok(())
            })?;
        let mut names = ClassNames::default();
        let mut labels = self.labels(rows.count())?;
        for ((_, names_of_part, labels_of_part), kept) in memory.into_iter().zip(&rows.kept) {
            names.absorb(names_of_part, &labels_of_part[..kept.len()], &mut labels);
        }
        let (classes, rank) = names.sorted();
        labels.iter_mut().for_each(|label| *label = rank[*label]);
        let data = Dataset::new(self.kept(x, &rows)?, labels)?;
        Ok(Classification { data, classes, features: column_names(choice.features), dropped: rows.dropped })
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
        let parts = self.parts(&choice);
        let mut x = self.room(&parts, choice.features.len())?;
        let mut y = self.room(&parts, choice.targets.len())?;
        let memory = divided(&mut x, &parts).into_iter().zip(divided(&mut y, &parts)).collect();
        let (_, rows) = self.read(&choice, &parts, memory, |(x, y), row, place, field| {
            match choice.features.get(place) {
                Some(feature) => write(feature.number(field)?, x[place], row),
                None => {
                    let place = place - choice.features.len();
                    write(choice.targets[place].number(field)?, y[place], row);
                }
            }
            Ok(())
        })?;
        let data = Dataset::new(self.kept(x, &rows)?, self.kept(y, &rows)?)?;
        let Choice { features, targets } = choice;
        let (features, targets) = (column_names(features), column_names(targets));
        Ok(Values { data, features, targets, dropped: rows.dropped })
    }

    fn new(source: Source) -> Result<Self, DataError> {
        let header = Header::read(&source)?;
        Ok(Csv { source, header, features: None, drop_missing: false })
    }

    fn choose<'a>(&'a self, targets: &[&'a str]) -> Result<Choice<'a>, CsvError> {
        Choice::new(&self.source, self.header, self.features.as_deref(), targets)
    }

    /// Divides the rows below the header.
    fn parts(&self, choice: &Choice) -> Vec<Part> {
        // A byte for each comma and for the line break, and one for each value.
        let shortest = self.header.columns() + choice.features.len() + choice.targets.len();
        self.source.parts(self.header.end, shortest)
    }

    /// Makes a tensor with room for the rows of all parts.
    fn room<F: Scalar>(&self, parts: &[Part], columns: usize) -> Result<Tensor<F>, CsvError> {
        self.zeros(parts.iter().map(|part| part.rows).sum(), columns)
    }

    /// Makes a tensor of the rows that are kept.
    fn kept<F: Scalar>(&self, all: Tensor<F>, rows: &Rows) -> Result<Tensor<F>, CsvError> {
        if rows.count() == all.samples() {
            return Ok(all);
        }
        let mut kept = self.zeros(rows.count(), all.features())?;
        for feature in 0..all.features() {
            let from = rows.kept.iter().flat_map(|range| &all.feature(feature)[range.clone()]);
            kept.feature_mut(feature).iter_mut().zip(from).for_each(|(to, &value)| *to = value);
        }
        Ok(kept)
    }

    fn zeros<F: Scalar>(&self, rows: usize, columns: usize) -> Result<Tensor<F>, CsvError> {
        Tensor::try_zeros(&[rows, columns])
            .map_err(|_| self.source.error(CsvProblem::NoMemory { rows, columns }))
    }

    /// Returns memory for this many labels, so that it does not have to grow: that would take three times as much.
    fn labels(&self, rows: usize) -> Result<Vec<usize>, CsvError> {
        let mut labels = Vec::new();
        match labels.try_reserve_exact(rows) {
            Ok(()) => Ok(labels),
            Err(_) => Err(self.source.error(CsvProblem::NoMemory { rows, columns: 1 })),
        }
    }
}

/// The columns of a tensor, divided among the parts for whose rows it has room.
fn divided<'a, F: Scalar>(tensor: &'a mut Tensor<F>, parts: &[Part]) -> Vec<Vec<&'a mut [F]>> {
    let (features, stride) = (tensor.features(), tensor.blocks_per_feature());
    let mut divided: Vec<_> = parts.iter().map(|_| Vec::with_capacity(features)).collect();
    let mut blocks = tensor.blocks_mut();
    for _ in 0..features {
        let mut column = blocks.split_off_mut(..stride).expect("a column of each feature").as_flattened_mut();
        for (part, columns) in parts.iter().zip(&mut divided) {
            columns.push(column.split_off_mut(..part.rows).expect("room for the rows of all parts"));
        }
    }
    divided
}

/// Writes what a row has in a column. There may be no room for a row that will be dropped or refused.
fn write<T>(value: T, column: &mut [T], row: usize) {
    if let Some(to) = column.get_mut(row) {
        *to = value;
    }
}

fn column_names(columns: Vec<Column>) -> Vec<String> {
    columns.into_iter().map(|column| column.name.into_owned()).collect()
}

/// The name of a column in messages. The header of a hostile file may be a single name.
fn name(column: &str) -> String {
    shortened(column, 40)
}
