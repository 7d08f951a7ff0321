//! A column and the table that it is in, and the errors about its values.

use std::fmt::Display;

use crate::error::{listed, shortened};
use crate::{Column, ColumnKind, DataError, Table};

/// A column of a table. Its errors say where a value comes from.
#[derive(Clone, Copy)]
pub(super) struct Cells<'t> {
    pub(super) table: &'t Table,
    pub(super) column: &'t Column,
}

impl<'t> Cells<'t> {
    /// The column of this name, of which the preprocessor expects this kind.
    pub(super) fn expected(table: &'t Table, name: &str, kind: &ColumnKind) -> Result<Self, DataError> {
        let Some(column) = table.columns().iter().find(|column| column.name() == name) else {
            let found = format!("the columns {}", listed(table.columns().iter().map(Column::name)));
            let advice = "give the table all columns of the one that it was fitted on";
            return Err(problem(name, None, "a column of this name", found, advice));
        };
        // Dates are numbers, however a file writes them.
        if column.kind().is_of_numbers() != kind.is_of_numbers() {
            let expected = format!("{}, as in the table it was fitted on", named(kind));
            let advice = "read the file with the kinds of `Preprocessor::columns`, as `Csv::table_like` does";
            return Err(problem(name, None, expected, named(&column.kind()), advice));
        }
        Ok(Cells { table, column })
    }

    /// The error about a value that cannot be used.
    pub(super) fn refuse(
        self,
        row: usize,
        expected: impl Display,
        found: impl Display,
        advice: &str,
    ) -> DataError {
        problem(self.column.name(), Some(self.table.place(row)), expected, found, advice)
    }

    /// The error about a column that cannot be used.
    pub(super) fn refuse_all(self, expected: impl Display, found: impl Display, advice: &str) -> DataError {
        problem(self.column.name(), None, expected, found, advice)
    }
}

/// The error about a column or one of its values.
pub(super) fn problem(
    column: &str,
    place: Option<String>,
    expected: impl Display,
    found: impl Display,
    advice: &str,
) -> DataError {
    DataError::Column {
        column: shortened(column, 40).into(),
        place: place.map(Into::into),
        expected: expected.to_string().into(),
        found: found.to_string().into(),
        advice: advice.into(),
    }
}

/// A kind of column, in words.
pub(super) fn named(kind: &ColumnKind) -> &'static str {
    if kind.is_of_numbers() { "numbers" } else { "categories" }
}
