//! One column of a table: its name and its values.

use std::collections::HashMap;

/// A named column of a [`Table`](crate::Table).
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    name: String,
    values: ColumnValues,
    /// How a file writes the dates that the numbers are.
    date_format: Option<String>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnKind {
    /// Numbers. Truth values are the numbers 1 and 0.
    Number,
    /// Dates, as the numbers of days since 1 January 1970. A file writes them in this format ([`Csv::dates`](crate::Csv::dates)).
    Date(String),
    /// Names of categories.
    Category,
}

impl ColumnKind {
    /// Whether the values are numbers.
    pub(crate) fn is_of_numbers(&self) -> bool {
        *self != ColumnKind::Category
    }
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
        Column::new(name.into(), ColumnValues::Numbers(values.into_iter().collect()))
    }

    /// Makes a column of dates, each as the number of days since 1 January 1970, which a file writes in this format
    /// ([`Csv::dates`](crate::Csv::dates)).
    pub fn dates(
        name: impl Into<String>,
        format: impl Into<String>,
        days: impl IntoIterator<Item = Option<f64>>,
    ) -> Self {
        Column { date_format: Some(format.into()), ..Column::numbers(name, days) }
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
        Column::new(name.into(), ColumnValues::Categories { names, rows })
    }

    /// A column of values that are known to belong together.
    pub(crate) fn new(name: String, values: ColumnValues) -> Self {
        Column { name, values, date_format: None }
    }

    /// The same column as one of dates, if there is a format.
    pub(crate) fn with_date_format(self, format: Option<String>) -> Self {
        Column { date_format: format, ..self }
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
        match (&self.values, &self.date_format) {
            (ColumnValues::Categories { .. }, _) => ColumnKind::Category,
            (ColumnValues::Numbers(_), Some(format)) => ColumnKind::Date(format.clone()),
            (ColumnValues::Numbers(_), None) => ColumnKind::Number,
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
        Column { name: self.name.clone(), values, date_format: self.date_format.clone() }
    }
}
