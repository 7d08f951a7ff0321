//! The ways in which a CSV file can be wrong, and where.

use std::fmt;
use std::io;

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
    /// A column without a name that would be a feature.
    #[error("column {position} has no name in the header; name it, or choose the columns with `features`")]
    UnnamedColumn {
        /// The column, counted from 1.
        position: usize,
    },
    /// Two columns with the same name, which would be read.
    #[error("columns {first} and {second} are both named {column:?}; rename one, or read neither")]
    DuplicateColumn {
        /// The name.
        column: String,
        /// The first of the two columns, counted from 1.
        first: usize,
        /// The second of the two columns, counted from 1.
        second: usize,
    },
    /// A name in the header that is not text, of a column that would be a feature.
    #[error("the name of column {position} is not UTF-8 text; save the file as UTF-8")]
    HeaderNotUtf8 {
        /// The column, counted from 1.
        position: usize,
    },
    /// A requested column that the file does not have.
    #[error(
        "there is no column {column:?}{}; the columns are {}{}",
        Hint(nearest),
        List(columns, *more),
        Separator(columns)
    )]
    UnknownColumn {
        /// The requested name.
        column: String,
        /// The most similar name, if it is similar enough to be meant.
        nearest: Option<String>,
        /// The first columns of the file.
        columns: Vec<String>,
        /// The number of columns after them.
        more: usize,
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
    #[error("expected {expected} {} as in the header, found {found}", plural(*expected))]
    FieldCount {
        /// The number of columns in the header.
        expected: usize,
        /// The number of fields in the row.
        found: usize,
    },
    /// The file ends within a quoted field.
    #[error("a quoted field starts in this row but does not end; close it with a double quote")]
    UnclosedQuote,
    /// A field that is not text.
    #[error("column {column:?} is not UTF-8 text; save the file as UTF-8")]
    NotUtf8 {
        /// The column.
        column: String,
    },
    /// A field that is empty or stands for a missing value.
    #[error("column {column:?} {}; fill it in, or leave out such rows with `drop_missing`", Missing(found))]
    MissingValue {
        /// The column.
        column: String,
        /// The field: nothing, `?`, `NA`, `NaN` or `nan`.
        found: String,
    },
    /// No row is left after dropping those with a missing value.
    #[error("expected at least one row without missing values, found none among {rows}")]
    AllMissing {
        /// Number of rows.
        rows: usize,
    },
    /// A field that should be a number and is not.
    #[error("column {column:?} holds {found:?}, expected a number")]
    NotANumber {
        /// The column.
        column: String,
        /// The field.
        found: String,
    },
    /// A NaN or an infinity.
    #[error("column {column:?} holds {found:?}, expected a finite number")]
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

/// `, line 3` or nothing.
struct Line(Option<usize>);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// ` (did you mean "weight"?)` or nothing.
struct Hint<'a>(&'a Option<String>);

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |name| write!(f, " (did you mean {name:?}?)"))
    }
}

/// `; separate the fields by commas` for a header that seems to use another separator, or nothing.
struct Separator<'a>(&'a [String]);

impl fmt::Display for Separator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [only] if only.contains([';', '\t', '|']) => f.write_str("; separate the fields by commas"),
            _ => Ok(()),
        }
    }
}

/// `"a", "b"`, or the first few and the number of the others.
struct List<'a>(&'a [String], usize);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed: Vec<String> = self.0.iter().map(|name| format!("{name:?}")).collect();
        f.write_str(&listed.join(", "))?;
        match self.1 {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// `has no value`, or `holds "?", which stands for a missing value`.
struct Missing<'a>(&'a str);

impl fmt::Display for Missing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => f.write_str("has no value"),
            found => write!(f, "holds {found:?}, which stands for a missing value"),
        }
    }
}

fn plural(fields: usize) -> &'static str {
    if fields == 1 { "field" } else { "fields" }
}
