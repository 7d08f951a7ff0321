//! A table of named columns, some of numbers and some of categories, before it becomes the inputs of a network.

mod column;
mod display;

use crate::DataError;
use crate::error::shortened;
pub use column::{Column, ColumnKind, ColumnValues};
use nn_core::SettingError;

/// Columns of equal length, each with a name of its own. A CSV file is [read as one](crate::Csv::table), and a table can be
/// [made](Table::new) of columns in memory. Values may be missing.
///
/// Print a table first: it shows each column with its kind, its missing values and its first values, and what the reader of a file
/// guessed and left out.
///
/// ```
/// use nn_data::{Column, Table};
/// let table = Table::new([
///     Column::numbers("age", [Some(22.0), None, Some(35.0)]),
///     Column::categories("class", [Some("second"), Some("first"), Some("second")]),
/// ])?;
/// assert_eq!(table.rows(), 3);
/// assert_eq!(table.column("age")?.missing(), 1);
/// assert_eq!(table.select(&[2, 0])?.column("class")?.text(0), Some("second"));
/// assert_eq!(
///     table.to_string(),
///     "3 rows
/// age    numbers       1 missing  22, ?, 35
/// class  2 categories             second, first, second"
/// );
/// # Ok::<(), nn_data::DataError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: Vec<Column>,
    origin: Origin,
}

/// Where the rows come from, for messages.
#[derive(Debug, Clone, PartialEq)]
struct Origin {
    /// The file, if there is one.
    file: Option<String>,
    /// The line on which each row starts in the file; of a table in memory, the number of each row. Counted from 1.
    lines: Vec<usize>,
    remarks: Remarks,
}

/// What a reader says of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Remarks {
    /// What was guessed and left out when the file was read.
    pub(crate) notes: Vec<String>,
    /// The columns that were left out, and why.
    pub(crate) left_out: Vec<(String, &'static str)>,
}

impl Table {
    /// Makes a table of these columns.
    ///
    /// # Errors
    /// [`DataError::Setting`] if there is no column, if two have the same name, if one has another length than the first, or
    /// if a number is not finite.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Result<Self, DataError> {
        let columns: Vec<Column> = columns.into_iter().collect();
        let rows = columns.first().map_or(0, Column::rows);
        Table::of(columns, Origin { file: None, lines: (1..=rows).collect(), remarks: Remarks::default() })
    }

    /// Makes a table of the rows of a file that start on these lines.
    pub(crate) fn from_file(
        columns: Vec<Column>,
        file: &str,
        lines: Vec<usize>,
        remarks: Remarks,
    ) -> Result<Self, DataError> {
        Table::of(columns, Origin { file: Some(file.to_owned()), lines, remarks })
    }

    fn of(columns: Vec<Column>, origin: Origin) -> Result<Self, DataError> {
        SettingError::unless(!columns.is_empty(), "Table", "number of columns", "at least 1", 0)?;
        let mut names = std::collections::HashSet::new();
        for column in &columns {
            let name = shortened(column.name(), 40);
            let is_new = names.insert(column.name());
            SettingError::unless(is_new, "Table", "name of a column", "a name of its own for each", &name)?;
            let rows = origin.lines.len();
            let of = format!("length of column {name:?}");
            SettingError::unless(column.rows() == rows, "Table", of, rows, column.rows())?;
            if let Some((row, found)) = column.not_finite() {
                let what = format!("column {name:?} in row {}", row + 1);
                return Err(SettingError::new("Table", what, "a finite number, or none", found).into());
            }
        }
        Ok(Table { columns, origin })
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.origin.lines.len()
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of this name.
    ///
    /// # Errors
    /// [`DataError::Setting`] if there is none.
    pub fn column(&self, name: &str) -> Result<&Column, DataError> {
        self.columns.iter().find(|column| column.name() == name).ok_or_else(|| {
            let names: Vec<String> = self
                .columns
                .iter()
                .take(20)
                .map(|column| format!("{:?}", shortened(column.name(), 40)))
                .collect();
            let mut expected = format!("one of {}", names.join(", "));
            let quoted = format!("{:?}", shortened(name, 40));
            if let Some((_, why)) = self.origin.remarks.left_out.iter().find(|(left_out, _)| left_out == name)
            {
                expected +=
                    &format!(" (left out, {why}: {quoted}, unless `numbers` or `categories` keeps it)");
            }
            SettingError::new("Table", "column", expected, format_args!("{quoted}")).into()
        })
    }

    /// Returns the rows with these indices, in this order.
    ///
    /// # Errors
    /// [`DataError::NoSample`] for an index that is not below [`Table::rows`].
    pub fn select(&self, rows: &[usize]) -> Result<Self, DataError> {
        match rows.iter().find(|&&row| row >= self.rows()) {
            Some(&found) => Err(DataError::NoSample { samples: self.rows(), found }),
            None => Ok(self.part(rows)),
        }
    }

    /// As [`select`](Table::select), for indices that are known to be below [`Table::rows`].
    pub(crate) fn part(&self, rows: &[usize]) -> Self {
        let lines = rows.iter().map(|&row| self.origin.lines[row]).collect();
        Table {
            columns: self.columns.iter().map(|column| column.part(rows)).collect(),
            origin: Origin { file: self.origin.file.clone(), lines, remarks: self.origin.remarks.clone() },
        }
    }

    /// Says where a row comes from, for messages: `cars.csv, line 3`, or `row 2` of a table in memory.
    pub fn place(&self, row: usize) -> String {
        let line = self.origin.lines[row];
        match &self.origin.file {
            Some(file) => format!("{file}, line {line}"),
            None => format!("row {line}"),
        }
    }
}
