//! The known categories of a column, each with an index.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use crate::error::shortened;
use crate::{Column, ColumnKind, ColumnValues};

/// The names that a column was seen to have, in the order of their indices. A column of numbers has levels, too: the name of a
/// number is the shortest decimal that reads back as it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    pub(super) kind: ColumnKind,
    pub(super) names: Vec<String>,
}

/// What a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Missing,
    Known(usize),
    Unknown,
}

/// How often each name occurs, in the order of the names.
pub(super) struct Counts {
    pub(super) names: Vec<String>,
    pub(super) counts: Vec<usize>,
}

impl Counts {
    /// Counts the names of a column. They are sorted by value if all are finite numbers, and otherwise alphabetically by code
    /// point, as [`Csv::classes`](crate::Csv::classes) does.
    pub(super) fn of(column: &Column) -> Self {
        let mut counted: Vec<(String, usize)> = match column.values() {
            ColumnValues::Numbers(values) => {
                let mut counts: HashMap<u64, usize> = HashMap::new();
                values.iter().flatten().for_each(|&value| *counts.entry(bits(value)).or_default() += 1);
                counts.into_iter().map(|(bits, count)| (f64::from_bits(bits).to_string(), count)).collect()
            }
            ColumnValues::Categories { names, rows } => {
                let mut counts = vec![0; names.len()];
                rows.iter().flatten().for_each(|&place| counts[place] += 1);
                names.iter().cloned().zip(counts).filter(|&(_, count)| count > 0).collect()
            }
        };
        let compare = order_of(counted.iter().map(|(name, _)| &name[..]));
        counted.sort_by(|(a, _), (b, _)| compare(a, b));
        let (names, counts) = counted.into_iter().unzip();
        Counts { names, counts }
    }

    /// The most frequent name, the first of those that are equally frequent; `None` without a value.
    pub(super) fn most_frequent(&self) -> Option<&str> {
        let most = self.counts.iter().max()?;
        let first = self.counts.iter().position(|count| count == most)?;
        Some(&self.names[first])
    }

    /// The names, and this one among them.
    pub(super) fn names_with(mut self, name: Option<&str>) -> Vec<String> {
        if let Some(name) = name.filter(|&name| self.names.iter().all(|known| known != name)) {
            self.names.push(name.to_owned());
            let compare = order_of(self.names.iter().map(String::as_str));
            self.names.sort_by(|a, b| compare(a, b));
        }
        self.names
    }
}

impl Levels {
    /// Returns the first name that cannot be a level: one that is there twice, or not a number in a column of numbers.
    pub(super) fn refused(&self) -> Option<&str> {
        let (mut names, mut numbers) = (HashSet::new(), HashSet::new());
        let mut is_new = |name: &str| match self.kind {
            ColumnKind::Category => names.insert(name.to_owned()),
            ColumnKind::Number | ColumnKind::Date(_) => {
                number(name).is_some_and(|value| numbers.insert(bits(value)))
            }
        };
        self.names.iter().map(String::as_str).find(|name| !is_new(name))
    }

    /// Returns the index of a name.
    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| match self.kind {
            ColumnKind::Category => known == name,
            ColumnKind::Number | ColumnKind::Date(_) => {
                number(name).is_some() && number(known) == number(name)
            }
        })
    }

    /// Finds the level of each row of a column of the same kind.
    pub(super) fn find(&self, column: &Column) -> Vec<Level> {
        match column.values() {
            ColumnValues::Numbers(values) => {
                let known: HashMap<u64, usize> = (0..self.names.len())
                    .filter_map(|index| Some((bits(number(&self.names[index])?), index)))
                    .collect();
                let find = |value: &f64| known.get(&bits(*value)).copied();
                values.iter().map(|value| Level::of(value.as_ref().map(find))).collect()
            }
            ColumnValues::Categories { names, rows } => {
                let known: HashMap<&str, usize> =
                    self.names.iter().enumerate().map(|(index, name)| (&name[..], index)).collect();
                let places: Vec<Option<usize>> =
                    names.iter().map(|name| known.get(&name[..]).copied()).collect();
                rows.iter().map(|row| Level::of(row.map(|place| places[place]))).collect()
            }
        }
    }
}

impl Level {
    fn of(found: Option<Option<usize>>) -> Self {
        match found {
            None => Level::Missing,
            Some(None) => Level::Unknown,
            Some(Some(index)) => Level::Known(index),
        }
    }
}

/// A value as the tables name it, shortened.
pub(super) fn shown(column: &Column, row: usize) -> String {
    match (column.text(row), column.number(row)) {
        (Some(text), _) => format!("{:?}", shortened(text, 40)),
        (None, Some(number)) => shortened(&number.to_string(), 40),
        (None, None) => "no value".to_owned(),
    }
}

/// The finite number that a name spells.
pub(super) fn number(name: &str) -> Option<f64> {
    name.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Equal numbers have equal bits, 0 and −0 as well.
fn bits(value: f64) -> u64 {
    (value + 0.0).to_bits()
}

/// How these names are sorted: by value if all are finite numbers.
fn order_of<'a>(mut names: impl Iterator<Item = &'a str>) -> fn(&str, &str) -> Ordering {
    if names.all(|name| number(name).is_some()) { by_value } else { Ord::cmp }
}

/// Compares two names of finite numbers, and equal numbers that are written differently by how they are written.
fn by_value(a: &str, b: &str) -> Ordering {
    let values = number(a).partial_cmp(&number(b)).expect("finite numbers compare");
    values.then_with(|| a.cmp(b))
}
