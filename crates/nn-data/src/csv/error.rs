//! What can be wrong with a CSV file, and where.

use std::fmt;
use std::io;

/// A CSV file that cannot be read as asked. Prints as
/// `cars.csv, line 3: column "weight" holds "heavy", expected a number`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {problem}", Line(*line))]
pub struct CsvError {
    /// The file as it was opened, or `<input>`.
    pub file: String,
    /// The line on which the row starts, counted from 1 as editors do; none if the file as a whole is meant.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: CsvProblem,
}

/// What is wrong with a CSV file. Fields are quoted in part if they are long.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsvProblem {
    /// The operating system does not give the file.
    #[error("cannot be read: {reason}")]
    Unreadable {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The failure in the system's words.
        reason: String,
    },
    /// No header.
    #[error("the file is empty; expected a header row with the names of the columns")]
    Empty,
    /// A header and nothing else.
    #[error("there is a header but no row below it")]
    NoRows,
    /// A column without a name.
    #[error("column {position} has no name in the header; give every column one")]
    UnnamedColumn {
        /// Counted from 1.
        position: usize,
    },
    /// Two columns of one name.
    #[error("columns {first} and {second} are both named {column:?}; rename one")]
    DuplicateColumn {
        /// The name.
        column: String,
        /// The first of them, counted from 1.
        first: usize,
        /// The second.
        second: usize,
    },
    /// A name in the header that is no text.
    #[error("the name of column {position} is not UTF-8 text; save the file as UTF-8")]
    HeaderNotUtf8 {
        /// Counted from 1.
        position: usize,
    },
    /// A column was asked for that the file does not have.
    #[error(
        "there is no column {column:?}{}; the columns are {}{}",
        Hint(nearest),
        List(columns),
        Separator(columns)
    )]
    UnknownColumn {
        /// What was asked for.
        column: String,
        /// A name so similar that it may have been meant.
        nearest: Option<String>,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// A column was asked for as a feature twice, or as a target twice.
    #[error("column {column:?} is chosen twice; name it once")]
    ChosenTwice {
        /// The column.
        column: String,
    },
    /// A column was asked for as a feature and as a target.
    #[error("column {column:?} is the target, so it cannot be a feature as well")]
    TargetAsFeature {
        /// The column.
        column: String,
    },
    /// Nothing to learn from.
    #[error("there is no feature; at least one column must be a feature and not a target")]
    NoFeature,
    /// Nothing to learn.
    #[error("there is no target; name at least one column to predict")]
    NoTarget,
    /// A row of another length than the header.
    #[error("expected {expected} {} as in the header, found {found}", plural(*expected))]
    FieldCount {
        /// Columns of the header.
        expected: usize,
        /// Fields of the row.
        found: usize,
    },
    /// The file ends within a quoted field.
    #[error("a quoted field starts in this row and does not end; close it with a double quote")]
    UnclosedQuote,
    /// A field that is no text.
    #[error("column {column:?} is not UTF-8 text; save the file as UTF-8")]
    NotUtf8 {
        /// The column.
        column: String,
    },
    /// A field that is empty or says that its value is missing.
    #[error("column {column:?} {}; fill it in, or leave out such rows with `drop_missing`", Missing(found))]
    MissingValue {
        /// The column.
        column: String,
        /// The field: nothing, `?`, `NA`, `NaN` or `nan`.
        found: String,
    },
    /// No row is left when those with a missing value are dropped.
    #[error("every row has a missing value; of {rows} nothing is left")]
    AllMissing {
        /// Number of rows.
        rows: usize,
    },
    /// A field that should be a number.
    #[error("column {column:?} holds {found:?}, expected a number")]
    NotANumber {
        /// The column.
        column: String,
        /// The field.
        found: String,
    },
    /// NaN or an infinity, written as such.
    #[error("column {column:?} holds {found:?}, expected a finite number")]
    NotFinite {
        /// The column.
        column: String,
        /// The field.
        found: String,
    },
    /// A number that the type would round to infinity.
    #[error("column {column:?} holds {found:?}, beyond the range of {scalar}")]
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

/// For a header that other characters than commas seem to cut: `; fields are to be separated by commas`, or nothing.
struct Separator<'a>(&'a [String]);

impl fmt::Display for Separator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [only] if only.contains([';', '\t', '|']) => {
                f.write_str("; fields are to be separated by commas")
            }
            _ => Ok(()),
        }
    }
}

/// `"a", "b"`, or the first of very many.
struct List<'a>(&'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let shown: Vec<String> = self.0.iter().take(SHOWN).map(|name| format!("{name:?}")).collect();
        f.write_str(&shown.join(", "))?;
        match self.0.len().saturating_sub(SHOWN) {
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
