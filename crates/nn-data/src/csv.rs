//! Tables in CSV files: a header row with the names of the columns, then one row for each sample.

mod assembly;
mod builder;
mod choice;
mod class_names;
mod column;
mod comments;
mod dates;
mod decimal;
mod dialect;
mod encoding;
mod error;
mod guess;
mod header;
mod lines;
mod missing;
mod mixed;
mod notes;
mod one_unit;
mod options;
mod parts;
mod pieces;
mod records;
mod rows;
mod samples;
mod source;
mod surroundings;
mod suspect;
mod table;
mod thousands;
mod units;
mod unusable;

use std::io::Read;
use std::path::Path;

use crate::DataError;
use crate::error::shortened;
pub use dialect::Delimiter;
use dialect::Dialect;
pub use error::{CsvError, CsvProblem, UnusableColumn};
use header::Header;
use missing::Markers;
pub use options::CsvOptions;
use parts::Part;
pub use samples::{Classification, Values};
use source::Source;
use units::Units;

/// A CSV file in memory. Open it, choose the columns that are features unless all but the target are, and read it as
/// [classes](Csv::classes), as [values](Csv::values), or with all kinds of columns as a [table](Csv::table).
///
/// Fields are separated by commas, semicolons, tabs, vertical bars or white space, as the first lines of the file show:
/// [`Csv::delimiter`] and messages say which. A number may have a decimal comma where no comma separates fields. Where two
/// guesses are as good, the file is refused; [`Csv::options`] sets what a file does not show. What is between thousands is known where
/// a number such as `1,234.5` or `1.234.567` shows it and none contradicts. White space around fields is
/// ignored. A field that starts with a double quote ends at the next double quote and may hold delimiters and line breaks; a
/// doubled `""` in it stands for one. Lines end in LF, CRLF or CR. Empty lines and a byte order mark at the start are skipped,
/// and so are lines above the table that start with `#` or `%`, unless the header may be among them, a line of dashes below the
/// header, and notes below the rows: lines behind an empty one that are shorter than rows and have no number, where empty lines are
/// not usual. A printed table says so. Nothing else is skipped: a value that is missing, not a number or not finite is an error
/// that names its line and column. A file that gzip compressed is
/// decompressed. Text is in UTF-8, or in UTF-16 after its mark; [`latin_1`](CsvOptions::latin_1) reads another encoding.
///
/// **The first row** has the names of the columns. It is refused if a name is a number, if the rows below have more fields, or
/// if it has few names above full rows, for it may have values or be a title: [`no_header`](CsvOptions::no_header),
/// [`header`](CsvOptions::header) and [`lines`](CsvOptions::lines) say what it is. Numbers are names if they are
/// three years or more at equal distances, count from 0 or 1 to at least nine, or are years beside a text above numbers, and a
/// printed table says so. A column without
/// a name is never read, and a name is only looked at if its column is read: what is not read may hold anything. (R leaves out
/// the name of the first column if it has the names of rows. Where these count from 0 or 1, or are quoted, that is a column without a name,
/// and where [`header`](CsvOptions::header) says so.)
///
/// **A missing value** is an empty field or one of `?`, `NA`, `N/A`, `n/a`, `na`, `#N/A`, `#NA`, `<NA>`, `NaN`, `nan`, `NAN`, `-nan`,
/// `-NaN`, `NaT`, `null`, `NULL`, `Null`, `None`, `nil`, `-`, `--`, `–`, `—` and `.`; [`Csv::missing`] sets others. It is an error in
/// classes and values unless [`Csv::drop_missing`] leaves out its row.
///
/// **Memory.** An open file takes its size once it is decompressed, and three times as much while a reader of unknown length fills it,
/// however many fields it has; a field in quotes is copied while it is looked at. Text in another encoding is there twice while it
/// becomes UTF-8, which may be three times as long. Reading it takes less than thirty times its size on top, in the worst of cases: a
/// single row of very many columns, because a [`Tensor`](nn_core::Tensor) stores samples in blocks of sixteen. For a hundred rows of
/// [values](Csv::values) or more it is less than ten times. A [table](Csv::table) takes less than thirty times the size of its file and
/// 0.7 kilobytes for each column. Without a header, the names that we give the columns come on top. Data that memory cannot hold are an
/// error, and no message repeats more than forty characters of a name or a field.
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
    /// Whether the first row might still turn out to have values.
    checks_header: bool,
    features: Option<Vec<String>>,
    except: Vec<String>,
    kinds: Vec<(String, Kind)>,
    missing: Markers,
    drop_missing: bool,
    has_uneven_rows: bool,
    units: Units,
}

/// A kind of column as the user sets it. A format of dates is read when the column is.
#[derive(Debug, Clone)]
enum Kind {
    Numbers,
    Categories,
    Dates(String),
}

impl Csv {
    /// Reads a file and its header.
    ///
    /// # Errors
    /// [`DataError::Csv`] if the file cannot be read or is empty, if it has another format that is known, such as zip, if
    /// two delimiters are as good as each other, if the first row is hardly a header, or if a quoted name in it does not end.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Csv::options().open(path)
    }

    /// Reads `reader` to its end. Messages call it `<input>`.
    ///
    /// # Errors
    /// As [`Csv::open`].
    pub fn from_reader(reader: impl Read) -> Result<Self, DataError> {
        Csv::options().from_reader(reader)
    }

    /// Returns settings for a file that is not written as most are. They are set before the file is opened.
    pub fn options() -> CsvOptions {
        CsvOptions::new()
    }

    /// Chooses the columns that are features, in this order. Without this call, they are all columns with a name but the target
    /// and those of [`except`](Csv::except). A [table](Csv::table) then has these columns alone, so name its target as well.
    #[must_use]
    pub fn features(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.features = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Leaves out these columns. Several may have the same name.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "name,weight,power,origin\nA,1200,66,japan\nB,1650,110,europe\n";
    /// let cars = Csv::from_reader(file.as_bytes())?.except(["name"]);
    /// assert_eq!(cars.classes::<f32>("origin")?.features, ["weight", "power"]);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn except(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.except.extend(names.into_iter().map(Into::into));
        self
    }

    /// A [table](Csv::table) has numbers in these columns, or truth values, and any other text in them is an error. A feature is kept
    /// that counts the rows or has numbers with zeros in front.
    #[must_use]
    pub fn numbers(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.kind(names, &Kind::Numbers)
    }

    /// A [table](Csv::table) has categories in these columns. Numbers are categories as they are written: `1` and `1.0` are two.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "code,weight\n08,1.5\n11,2\n";
    /// let table = Csv::from_reader(file.as_bytes())?.categories(["code"]).table()?;
    /// assert_eq!(table.column("code")?.text(0), Some("08"));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn categories(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.kind(names, &Kind::Categories)
    }

    /// A [table](Csv::table) has the days since 1 January 1970 in these columns, with the time of the day as a fraction. The format is
    /// that of `strptime` in C and Python:
    ///
    /// | in the format | in the file |
    /// |---|---|
    /// | `%Y`, `%y` | the year in four digits, or its last two, from 1969 to 2068 |
    /// | `%m`, `%b` | the month as a number, or its English name, of which three letters will do |
    /// | `%d` | the day of the month |
    /// | `%H`, `%M`, `%S` | hours, minutes, and seconds, which may have decimals |
    /// | `%%` | a percent sign |
    /// | anything else | itself |
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "day,sales\n02.01.1970,5\n31.12.1969,8\n";
    /// let table = Csv::from_reader(file.as_bytes())?.dates(["day"], "%d.%m.%Y").table()?;
    /// assert_eq!(table.column("day")?.number(0), Some(1.0));
    /// assert_eq!(table.column("day")?.number(1), Some(-1.0));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn dates(
        self,
        names: impl IntoIterator<Item = impl Into<String>>,
        format: impl Into<String>,
    ) -> Self {
        self.kind(names, &Kind::Dates(format.into()))
    }

    /// Sets the fields that stand for a missing value, in place of the usual list. A number is one however it is written, and an
    /// empty field is one in any case.
    ///
    /// ```
    /// use nn_data::Csv;
    /// // NA is Namibia, and -999 is what a sensor says that has failed.
    /// let file = "country,rain\nNA,270\nBW,-999.0\n";
    /// let table = Csv::from_reader(file.as_bytes())?.missing(["-999"]).table()?;
    /// assert_eq!(table.column("country")?.text(0), Some("NA"));
    /// assert_eq!(table.column("rain")?.number(1), None);
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn missing(mut self, markers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.missing = Markers::new(markers);
        self
    }

    /// Numbers may have one of these texts before or after them, as in `$5` or `12 km`. All numbers of a column must have the same, or
    /// none; otherwise reading is an error that names the column and both units.
    ///
    /// ```
    /// use nn_data::Csv;
    /// let file = "route,length,price\nA,12 km,$3\nB,7.5 km,$2.50\n";
    /// let routes = Csv::from_reader(file.as_bytes())?.units(["km", "$"]).table()?;
    /// assert_eq!(routes.column("length")?.number(1), Some(7.5));
    /// assert_eq!(routes.column("price")?.number(0), Some(3.0));
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    #[must_use]
    pub fn units(mut self, texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.units = Units::new(texts);
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

    /// What separates the fields, as it was set or guessed.
    ///
    /// ```
    /// use nn_data::{Csv, Delimiter};
    /// let csv = Csv::from_reader("x;y\n1,5;2\n".as_bytes())?;
    /// assert_eq!(csv.delimiter(), Delimiter::Char(';'));
    /// assert_eq!(csv.delimiter().to_string(), "semicolons");
    /// assert!(csv.has_decimal_comma());
    /// # Ok::<(), nn_data::DataError>(())
    /// ```
    pub fn delimiter(&self) -> Delimiter {
        self.source.dialect.delimiter()
    }

    /// Whether numbers have a decimal comma, as it was set or guessed.
    pub fn has_decimal_comma(&self) -> bool {
        self.source.dialect.point == b','
    }

    fn new(mut source: Source, options: &CsvOptions) -> Result<Self, DataError> {
        let header = Header::read(&source, options)?;
        source.leave_out_notes(header.end, header.columns());
        Ok(Csv {
            source,
            header,
            checks_header: !options.has_header && options.lines_of_rows.is_none(),
            features: None,
            except: Vec::new(),
            kinds: Vec::new(),
            missing: Markers::default(),
            drop_missing: false,
            has_uneven_rows: options.has_uneven_rows,
            units: Units::default(),
        })
    }

    fn kind(mut self, names: impl IntoIterator<Item = impl Into<String>>, kind: &Kind) -> Self {
        self.kinds.extend(names.into_iter().map(|name| (name.into(), kind.clone())));
        self
    }

    /// The kind that is set for a column: the last one.
    fn kind_of(&self, column: &str) -> Option<&Kind> {
        self.kinds.iter().rev().find(|(name, _)| name == column).map(|(_, kind)| kind)
    }

    /// Whether the file is one of those for which the parser is compiled apart: of the usual dialect, with rows that are all as long.
    fn is_ordinary(&self) -> bool {
        self.source.dialect == Dialect::ORDINARY && !self.has_uneven_rows
    }

    /// Divides the rows below the header, each of which has at least so many values.
    fn parts(&self, values: usize) -> Vec<Part> {
        let columns = self.header.columns();
        let shortest = if self.has_uneven_rows { columns / 2 + 1 } else { columns };
        // A byte for each delimiter and for the line break, and one for each value.
        self.source.parts(self.header.end, shortest + values)
    }
}

/// Whether a text says how dates are written, as [`Csv::dates`] takes it.
pub(crate) fn is_date_format(text: &str) -> bool {
    dates::DateFormat::new(text).is_ok()
}

/// The name of a column in messages. The header of a hostile file may be a single name.
fn name(column: &str) -> String {
    shortened(column, 40)
}
