//! The choice of columns that are features and targets.

use std::collections::HashMap;

use super::{Column, CsvProblem};

/// The columns by their role. No column has two roles.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    pub(super) features: Vec<Column<'a>>,
    pub(super) targets: Vec<Column<'a>>,
}

impl<'a> Choice<'a> {
    /// Looks up the names in the header. Without names of features, all columns but the targets are features.
    pub(super) fn new(
        header: &'a [String],
        features: Option<&[String]>,
        targets: &[&str],
    ) -> Result<Self, CsvProblem> {
        let mut free: HashMap<&str, Column> =
            header.iter().enumerate().map(|(index, name)| (name.as_str(), Column { index, name })).collect();
        let targets: Vec<Column> =
            targets.iter().map(|&name| take(name, &mut free, header, &[])).collect::<Result<_, _>>()?;
        let features: Vec<Column> = match features {
            Some(names) => {
                names.iter().map(|name| take(name, &mut free, header, &targets)).collect::<Result<_, _>>()?
            }
            None => header.iter().filter_map(|name| free.remove(name.as_str())).collect(),
        };
        if targets.is_empty() {
            return Err(CsvProblem::NoTarget);
        }
        if features.is_empty() {
            return Err(CsvProblem::NoFeature);
        }
        Ok(Choice { features, targets })
    }
}

/// Removes a column from those that are `free`, which have no role yet.
fn take<'a>(
    name: &str,
    free: &mut HashMap<&str, Column<'a>>,
    header: &[String],
    targets: &[Column],
) -> Result<Column<'a>, CsvProblem> {
    if let Some(column) = free.remove(name) {
        return Ok(column);
    }
    let column = name.to_owned();
    Err(if targets.iter().any(|target| target.name == name) {
        CsvProblem::TargetAsFeature { column }
    } else if header.iter().any(|other| other == name) {
        CsvProblem::ChosenTwice { column }
    } else {
        CsvProblem::UnknownColumn { column, nearest: nearest(name, header), columns: header.to_vec() }
    })
}

/// Returns the name most similar to `wanted`, if at most a third of its letters would have to change. Case is ignored.
fn nearest(wanted: &str, header: &[String]) -> Option<String> {
    let wanted: Vec<char> = wanted.to_lowercase().chars().collect();
    let (distance, name) =
        header.iter().map(|name| (distance(&wanted, name), name)).min_by_key(|&(distance, _)| distance)?;
    (3 * distance <= wanted.len()).then(|| name.clone())
}

/// The Levenshtein distance: the minimum number of letters to insert, delete or replace.
fn distance(wanted: &[char], name: &str) -> usize {
    // The distances from the letters of `name` so far to every prefix of `wanted`.
    let mut row: Vec<usize> = (0..=wanted.len()).collect();
    for letter in name.to_lowercase().chars() {
        let mut diagonal = row[0];
        row[0] += 1;
        for (i, &other) in wanted.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[i + 1];
            row[i + 1] = replaced.min(diagonal + 1).min(row[i] + 1);
        }
    }
    row[wanted.len()]
}
