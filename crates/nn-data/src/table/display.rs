//! A table as text: what a user prints first.

use std::fmt;

use super::{Column, ColumnValues, Table};
use crate::error::shortened;

/// The maximum number of columns and of values of each that are shown, and of characters of a name and of a value.
const COLUMNS: usize = 50;
const VALUES: usize = 4;
const NAME: usize = 30;
const TEXT: usize = 15;

/// One line for each column, with its name, its kind, the number of its missing values and its first values, of which `?` is a missing
/// one. Then what was guessed and left out when the table was read.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rows(), if self.rows() == 1 { "row" } else { "rows" })?;
        if let Some(file) = &self.origin.file {
            write!(f, " of {file}")?;
        }
        let lines: Vec<[String; 4]> = self.columns.iter().take(COLUMNS).map(cells).collect();
        let width = |cell: usize| lines.iter().map(|line| line[cell].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2)];
        for [name, kind, missing, values] in &lines {
            let [of_name, of_kind, of_missing] = widths;
            write!(f, "\n{name:of_name$}  {kind:of_kind$}  ")?;
            if of_missing > 0 {
                write!(f, "{missing:of_missing$}  ")?;
            }
            f.write_str(values)?;
        }
        if self.columns.len() > COLUMNS {
            write!(f, "\nand {} more columns", self.columns.len() - COLUMNS)?;
        }
        self.origin.remarks.notes.iter().try_for_each(|note| write!(f, "\n({note})"))
    }
}

/// The name, the kind, the number of missing values and the first values.
fn cells(column: &Column) -> [String; 4] {
    let kind = match column.values() {
        ColumnValues::Numbers(_) => "numbers".to_owned(),
        ColumnValues::Categories { names, .. } if names.len() == 1 => "1 category".to_owned(),
        ColumnValues::Categories { names, .. } => format!("{} categories", names.len()),
    };
    let missing = match column.missing() {
        0 => String::new(),
        count => format!("{count} missing"),
    };
    let value = |row| match (column.number(row), column.text(row)) {
        (Some(number), _) => number.to_string(),
        (_, Some(text)) => plain(text, TEXT),
        _ => "?".to_owned(),
    };
    let mut values: Vec<String> = (0..column.rows().min(VALUES)).map(value).collect();
    if column.rows() > VALUES {
        values.push("…".to_owned());
    }
    [plain(column.name(), NAME), kind, missing, values.join(", ")]
}

/// A text on one line.
fn plain(text: &str, most: usize) -> String {
    shortened(text, most).replace(char::is_control, " ")
}
