//! What is to be predicted: classes or values of a table.

use nn_core::{Scalar, Tensor};

use super::cells::Cells;
use super::levels::{Counts, Level, Levels, shown};
use crate::error::listed;
use crate::{ColumnKind, DataError, Table, memory};

/// The targets that were learnt.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    None,
    Classes { column: String, levels: Levels },
    Values { columns: Vec<String> },
}

const MISSING: &str = "leave out the rows without a target";

impl Target {
    /// Learns the classes of a column.
    pub(super) fn classes(cells: Cells) -> Result<Self, DataError> {
        let (levels, _) = learnt(cells)?;
        Ok(Target::Classes { column: cells.column.name().to_owned(), levels })
    }

    /// Checks the columns of a regression.
    pub(super) fn values(table: &Table, names: &[String]) -> Result<Self, DataError> {
        for name in names {
            let cells = Cells { table, column: table.column(name)? };
            if !cells.column.kind().is_of_numbers() {
                let advice = "make the column a class with `Recipe::target_classes`";
                return Err(cells.refuse_all("numbers", "categories", advice));
            }
            (0..table.rows()).try_for_each(|row| value(cells, row).map(drop))?;
        }
        Ok(Target::Values { columns: names.to_vec() })
    }

    /// The columns that it needs, and their kinds.
    pub(super) fn columns(&self) -> Vec<(String, ColumnKind)> {
        match self {
            Target::None => Vec::new(),
            Target::Classes { column, levels } => vec![(column.clone(), levels.kind.clone())],
            Target::Values { columns } => {
                columns.iter().map(|column| (column.clone(), ColumnKind::Number)).collect()
            }
        }
    }
}

/// The class index of each row of a table.
pub(super) fn labels(levels: &Levels, table: &Table, column: &str) -> Result<Vec<usize>, DataError> {
    indices(levels, Cells::expected(table, column, &levels.kind)?)
}

/// The names of the classes in a column of a table, and the index of each row's class.
pub(crate) fn classes_of(table: &Table, column: &str) -> Result<(Vec<String>, Vec<usize>), DataError> {
    let (levels, indices) = learnt(Cells { table, column: table.column(column)? })?;
    Ok((levels.names, indices))
}

/// The classes of a column, and the index of each row's class.
fn learnt(cells: Cells) -> Result<(Levels, Vec<usize>), DataError> {
    let levels = Levels { kind: cells.column.kind(), names: Counts::of(cells.column).names };
    let indices = indices(&levels, cells)?;
    Ok((levels, indices))
}

fn indices(levels: &Levels, cells: Cells) -> Result<Vec<usize>, DataError> {
    let index = |(row, level)| match level {
        Level::Known(index) => Ok(index),
        Level::Missing => Err(cells.refuse(row, "a class", "no value", MISSING)),
        Level::Unknown => {
            let known = listed(levels.names.iter().map(String::as_str));
            let expected = format_args!("one of the classes that it was fitted on, {known}");
            let advice = "leave the row out, or fit on a table that has this class";
            Err(cells.refuse(row, expected, shown(cells.column, row), advice))
        }
    };
    levels.find(cells.column).into_iter().enumerate().map(index).collect()
}

/// The values of these columns, one feature for each.
pub(super) fn values<F: Scalar>(table: &Table, columns: &[String]) -> Result<Tensor<F>, DataError> {
    let mut y = memory::tensor("Preprocessor", [table.rows(), columns.len()])?;
    for (target, name) in columns.iter().enumerate() {
        let cells = Cells::expected(table, name, &ColumnKind::Number)?;
        for row in 0..table.rows() {
            let value = F::from_f64(value(cells, row)?);
            if !value.is_finite() {
                let expected = format_args!("a number that is finite in {}", std::any::type_name::<F>());
                return Err(cells.refuse(row, expected, shown(cells.column, row), "compute in f64"));
            }
            y[[row, target]] = value;
        }
    }
    Ok(y)
}

fn value(cells: Cells, row: usize) -> Result<f64, DataError> {
    cells.column.number(row).ok_or_else(|| cells.refuse(row, "a number", "no value", MISSING))
}
