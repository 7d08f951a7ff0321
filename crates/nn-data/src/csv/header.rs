//! The first row: the names of the columns.

use std::collections::HashMap;

use super::source::{Record, Source};
use super::{CsvError, CsvProblem};

/// Reads the names. Each column must have one, and no two the same.
pub(super) fn read(source: &Source) -> Result<Vec<String>, CsvError> {
    let header = source.records().next().ok_or_else(|| source.error(CsvProblem::Empty))??;
    names(&header).map_err(|problem| source.error_in(&header, problem))
}

fn names(header: &Record) -> Result<Vec<String>, CsvProblem> {
    let mut seen = HashMap::new();
    let mut names = Vec::with_capacity(header.len());
    for (index, position) in (0..header.len()).zip(1..) {
        let name = match header.text(index) {
            None => return Err(CsvProblem::HeaderNotUtf8 { position }),
            Some("") => return Err(CsvProblem::UnnamedColumn { position }),
            Some(name) => name,
        };
        if let Some(first) = seen.insert(name, position) {
            return Err(CsvProblem::DuplicateColumn { column: name.to_owned(), first, second: position });
        }
        names.push(name.to_owned());
    }
    Ok(names)
}
