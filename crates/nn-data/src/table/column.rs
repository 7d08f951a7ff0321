//! One column of a table: its name and its values.

use std::collections::HashMap;

/// A named column of a [`Table`](crate::Table).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    name: String,
    values: ColumnValues,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Numbers. Truth values are the numbers 1 and 0.
    Number,
    /// Names of categories.
    Category,
}

/// The values of a column, one for each row.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnValues {
    /// Finite numbers, and `None` where a value is missing.
    Numbers(Vec<Option<f64>>),
    /// Categories.
    Categories {
        /// Each name once.
        names: Vec<String>,
        /// For each row, the place of its name in `names`, or `None` where a value is missing.
        rows: Vec<Option<usize>>,
    },
}

impl Column {
    /// Makes a column of numbers. A [`Table`](crate::Table) refuses it unless all are finite: a missing one is `None`.
    pub fn numbers(name: impl Into<String>, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        Column { name: name.into(), values: ColumnValues::Numbers(values.into_iter().collect()) }
    }

    /// Makes a column of categories, which are numbered in the order of their first appearance.
    pub fn categories<'a>(
        name: impl Into<String>,
        values: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Self {
        let (mut names, mut places) = (Vec::new(), HashMap::new());
        let mut place = |value: &'a str| {
            *places.entry(value).or_insert_with(|| {
                names.push(value.to_owned());
                names.len() - 1
            })
        };
        let rows = values.into_iter().map(|value| value.map(&mut place)).collect();
        Column { name: name.into(), values: ColumnValues::Categories { names, rows } }
    }

    /// A column of values that are known to belong together.
    pub(crate) fn new(name: String, values: ColumnValues) -> Self {
        Column { name, values }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its values.
    pub fn values(&self) -> &ColumnValues {
        &self.values
    }

    /// What it holds.
    pub fn kind(&self) -> ColumnKind {
        match self.values {
            ColumnValues::Numbers(_) => ColumnKind::Number,
            ColumnValues::Categories { .. } => ColumnKind::Category,
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        match &self.values {
            ColumnValues::Numbers(values) => values.len(),
            ColumnValues::Categories { rows, .. } => rows.len(),
        }
    }

    /// The number of rows without a value.
    pub fn missing(&self) -> usize {
        match &self.values {
            ColumnValues::Numbers(values) => values.iter().filter(|value| value.is_none()).count(),
            ColumnValues::Categories { rows, .. } => rows.iter().filter(|row| row.is_none()).count(),
        }
    }

    /// The number in this row; `None` if it is missing or the column holds categories.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn number(&self, row: usize) -> Option<f64> {
        match &self.values {
            ColumnValues::Numbers(values) => values[row],
            ColumnValues::Categories { .. } => None,
        }
    }

    /// The category in this row; `None` if it is missing or the column holds numbers.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn text(&self, row: usize) -> Option<&str> {
        match &self.values {
            ColumnValues::Numbers(_) => None,
            ColumnValues::Categories { names, rows } => rows[row].map(|place| &names[place][..]),
        }
    }

    /// The first number that is not finite, and its row.
    pub(super) fn not_finite(&self) -> Option<(usize, f64)> {
        let ColumnValues::Numbers(values) = &self.values else { return None };
        let mut numbers = values.iter().enumerate().filter_map(|(row, value)| Some((row, (*value)?)));
        numbers.find(|(_, value)| !value.is_finite())
    }

    pub(super) fn part(&self, rows: &[usize]) -> Self {
        let values = match &self.values {
            ColumnValues::Numbers(values) => {
                ColumnValues::Numbers(rows.iter().map(|&row| values[row]).collect())
            }
            ColumnValues::Categories { names, rows: of } => ColumnValues::Categories {
                names: names.clone(),
                rows: rows.iter().map(|&row| of[row]).collect(),
            },
        };
        Column { name: self.name.clone(), values }
    }
}
