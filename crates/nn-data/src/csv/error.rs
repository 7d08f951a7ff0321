//! The ways in which a CSV file can be wrong, and where.

mod words;

use std::io;

use super::Delimiter;
use words::{
    Columns, Comment, Hint, In, Line, List, Missing, OtherNumber, Separated, Separator, TooFewNames, Uneven,
    plural,
};

/// What to do about text that is not UTF-8. Most of it was saved by spreadsheets.
const NOT_UTF_8: &str = "if the file is in Latin-1 or Windows-1252, open it with `Csv::options().latin_1()`, otherwise save it as UTF-8";

/// A CSV file that cannot be read as asked. Prints as
/// `cars.csv, line 3: column "weight" holds "heavy", expected a number`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {problem}", Line(*line))]
pub struct CsvError {
    /// The path as it was given, or `<input>`.
    pub file: String,
    /// The line on which the row starts, counted from 1 as in editors. `None` if the error concerns the file as a whole.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: CsvProblem,
}

/// What is wrong with a CSV file. Names and fields of more than forty characters are shortened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsvProblem {
    /// The operating system cannot read the file.
    #[error("cannot be read: {reason}")]
    Unreadable {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The failure in words.
        reason: String,
    },
    /// A file without a header.
    #[error("expected a header row with the names of the columns, found an empty file")]
    Empty,
    /// Two delimiters that give all rows the same number of fields.
    #[error(
        "expected fields that are separated by one character, found that {first} and {second} may separate them; \
         set what does with `Csv::options().delimiter`"
    )]
    UnclearDelimiter {
        /// The first, such as `commas`.
        first: String,
        /// The second.
        second: String,
    },
    /// A first row that seems to have values, because a name is a number.
    #[error(
        "expected a header row with the names of the columns, found {}; if this row has values, open the file with \
         `Csv::options().no_header({rows})`; if it is no part of the table, with `lines({below})`, or with \
         `no_header({below})` if no header is below it; if these are names, with `header()`",
        List(found, *more)
    )]
    HeaderOfValues {
        /// The first fields of the row.
        found: Vec<String>,
        /// The number of fields after them.
        more: usize,
        /// The lines of the table with this row, as a range.
        rows: Box<str>,
        /// Those without it.
        below: Box<str>,
    },
    /// A first row with fewer fields than the others, such as a title above the table.
    #[error(
        "expected a header row with {expected} names, as many as the rows below have fields, found {found}; {}",
        TooFewNames { found: *found, expected: *expected, below, is_header: *is_header, comment: *comment }
    )]
    ShortHeader {
        /// The number of fields in this row.
        found: usize,
        /// The number of fields in most rows below.
        expected: usize,
        /// The lines from the first row with that many fields on, as a range.
        below: Box<str>,
        /// Whether that row may be the header, because no field of it is a number.
        is_header: bool,
        /// The first character of the row if it may start comments.
        comment: Option<char>,
    },
    /// A header without rows.
    #[error("expected at least one row below the header, found none")]
    NoRows,
    /// The file has another format.
    #[error("expected comma-separated values in UTF-8, found {found}")]
    NotCsv {
        /// The format, and what to do.
        found: &'static str,
    },
    /// More numbers than memory can hold.
    #[error(
        "expected a table that memory can hold, found up to {rows} rows and {columns} columns of numbers"
    )]
    NoMemory {
        /// Number of rows.
        rows: usize,
        /// Number of columns in use.
        columns: usize,
    },
    /// Two columns with the same name, which would be read.
    #[error(
        "columns {first} and {second} are both named {column:?}; rename one, or leave out both with `except`"
    )]
    DuplicateColumn {
        /// The name.
        column: String,
        /// The first of the two columns, counted from 1.
        first: usize,
        /// The second of the two columns, counted from 1.
        second: usize,
    },
    /// A name in the header that is not text, of a column that would be a feature.
    #[error(
        "the name of column {position} is not UTF-8 text; {NOT_UTF_8}, or choose other columns with `features`"
    )]
    HeaderNotUtf8 {
        /// The column, counted from 1.
        position: usize,
    },
    /// A requested column that the file does not have.
    #[error(
        "there is no column {column:?}{}; the columns are {}{}",
        Hint(nearest),
        List(columns, *more),
        Separator(columns, *delimiter)
    )]
    UnknownColumn {
        /// The requested name.
        column: String,
        /// The most similar name, if it is similar enough to be meant.
        nearest: Option<Box<str>>,
        /// The first columns of the file.
        columns: Vec<String>,
        /// The number of columns after them.
        more: usize,
        /// What separates the fields.
        delimiter: Delimiter,
    },
    /// A column that was chosen as a feature twice, or as a target twice.
    #[error("column {column:?} is chosen twice; name it once")]
    ChosenTwice {
        /// The column.
        column: String,
    },
    /// A column that was chosen as a feature and as a target.
    #[error("column {column:?} is chosen as a feature and as the target; choose one")]
    TargetAsFeature {
        /// The column.
        column: String,
    },
    /// No column is a feature.
    #[error("expected at least one column that is a feature and not a target, found none")]
    NoFeature,
    /// No column is a target.
    #[error("expected at least one column to predict, found none")]
    NoTarget,
    /// A row with fewer or more fields than the header.
    #[error(
        "expected {expected} {} as in the {}, found {found}{}{}{}",
        plural(*expected),
        if *is_header { "header" } else { "first row" },
        Separated(*delimiter),
        Comment(*comment),
        Uneven { may_be_uneven: *may_be_uneven, lines: lines.as_deref(), is_header: *is_header }
    )]
    FieldCount {
        /// The number of columns in the header.
        expected: usize,
        /// The number of fields in the row.
        found: usize,
        /// What separates the fields.
        delimiter: Delimiter,
        /// Whether the first row is a header.
        is_header: bool,
        /// What this row or the first one starts with, if comments may start with it.
        comment: Option<char>,
        /// Whether [`uneven_rows`](crate::CsvOptions::uneven_rows) would read the row.
        may_be_uneven: bool,
        /// The lines above this row, as a range, if what follows may be notes below the table.
        lines: Option<Box<str>>,
    },
    /// The file ends within a quoted field.
    #[error(
        "a quoted field starts in this row but does not end; close it, or set another character with \
             `Csv::options().quote`"
    )]
    UnclosedQuote,
    /// A field that is not text.
    #[error("column {column:?} is not UTF-8 text; {NOT_UTF_8}")]
    NotUtf8 {
        /// The column.
        column: String,
    },
    /// A file that was said to be in Latin-1.
    #[error("expected text in Latin-1, found text in UTF-8; open the file without `latin_1`")]
    NotLatin1,
    /// A field that is empty or stands for a missing value.
    #[error("column {column:?} {}", Missing(found))]
    MissingValue {
        /// The column.
        column: String,
        /// The field: nothing, or what stands for a missing value.
        found: String,
    },
    /// No row is left after dropping those with a missing value.
    #[error(
        "expected at least one row without missing values, found none among {rows}: {missing} are missing {}; \
         leave such columns out with `except`",
        In(columns, *more)
    )]
    AllMissing {
        /// Number of rows.
        rows: usize,
        /// The number of values that are missing in the columns that have the fewest.
        missing: usize,
        /// The first of these columns.
        columns: Vec<String>,
        /// The number of columns after them.
        more: usize,
    },
    /// A field that should be a number and is not.
    #[error("column {column:?} holds {found:?}, expected a number{}", OtherNumber(found))]
    NotANumber {
        /// The column.
        column: String,
        /// The field.
        found: String,
    },
    /// A field that should be a date and is not one of the format that was set.
    #[error("column {column:?} holds {found:?}, expected a date of the format that was set with `dates`")]
    NotADate {
        /// The column.
        column: String,
        /// The field.
        found: String,
    },
    /// An integer that the floating-point type cannot hold, such as a number that identifies a row.
    #[error(
        "column {column:?} holds {found:?}, which f32 rounds to {rounded}; leave it out with `except`, or read `f64`"
    )]
    Rounded {
        /// The column.
        column: String,
        /// The field.
        found: String,
        /// The nearest number.
        rounded: String,
    },
    /// Columns that are read only if the user says how.
    #[error("expected columns that can be read as they are, found {}", Columns(columns, *more))]
    Unusable {
        /// The first of them.
        columns: Vec<UnusableColumn>,
        /// The number of columns after them.
        more: usize,
    },
    /// A NaN or an infinity.
    #[error(
        "column {column:?} holds {found:?}, expected a finite number; set what stands for no value with `missing`"
    )]
    NotFinite {
        /// The column.
        column: String,
        /// The field.
        found: String,
    },
    /// A number that the floating-point type would round to infinity.
    #[error("column {column:?} holds {found:?}, expected a number within the range of {scalar}")]
    TooLarge {
        /// The column.
        column: String,
        /// The field.
        found: String,
        /// `f32` or `f64`.
        scalar: &'static str,
    },
}

/// A column that is read only if the user says how. Prints as `"height" has no value (leave it out with `except`)`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{column:?} {found} ({remedy})")]
pub struct UnusableColumn {
    /// The column.
    pub column: String,
    /// What it holds.
    pub found: String,
    /// What to do about it.
    pub remedy: String,
}
