//! The first row: the names of the columns. A name is looked at only when its column is read or listed.

use std::borrow::Cow;

use super::options::CsvOptions;
use super::records::{Field, Record};
use super::source::Source;
use super::{CsvError, CsvProblem, name};

/// Where the header is. Its names stay in the file, because it may have millions of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) record: Record,
    /// The first byte of the rows.
    pub(super) end: usize,
    names: Names,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Names {
    /// The record has a name for each column.
    All,
    /// It has a name for each column but the first, which has the names of the rows.
    AllButFirst,
    /// It has values.
    None,
}

impl Header {
    /// Finds the header, and refuses a first row that seems to be something else.
    pub(super) fn read(source: &Source, options: &CsvOptions) -> Result<Self, CsvError> {
        let mut records = source.records(0);
        let record = records.next(|_, _| {}).ok_or_else(|| source.error(CsvProblem::Empty))?;
        if !record.is_closed {
            return Err(source.error_in(record, CsvProblem::UnclosedQuote));
        }
        let mut header = Header { record, end: records.at, names: Names::All };
        if options.has_header == Some(false) {
            return Ok(Header { end: record.start, names: Names::None, ..header });
        }
        header.check_length(source, options.has_header == Some(true))?;
        if options.has_header.is_none() {
            header.check_names(source)?;
        }
        Ok(header)
    }

    /// The number of columns.
    pub(super) fn columns(self) -> usize {
        self.record.fields + usize::from(self.names == Names::AllButFirst)
    }

    /// Whether the names are those of the file.
    pub(super) fn is_in_file(self) -> bool {
        self.names != Names::None
    }

    /// Calls `take` with the position of each column, counted from 0, and its name, which is `None` if it is not UTF-8.
    pub(super) fn for_each<'a>(self, source: &'a Source, mut take: impl FnMut(usize, Option<Cow<'a, str>>)) {
        let first = usize::from(self.names == Names::AllButFirst);
        if first == 1 {
            take(0, Some("".into()));
        }
        source.records(self.record.start).next(|position, name: Field<'a>| match self.names {
            Names::None => take(position, Some(format!("column {}", position + 1).into())),
            _ => take(first + position, name.text()),
        });
    }

    /// The error that the first row seems to be one of values.
    pub(super) fn looks_like_values(self, source: &Source) -> CsvError {
        const LISTED: usize = 5;
        let mut found = Vec::new();
        self.for_each(source, |position, text| {
            if position < LISTED {
                found.push(name(text.as_deref().unwrap_or("\u{FFFD}")));
            }
        });
        let more = self.columns() - found.len();
        let lines = source.line(self.record.start);
        source.error_in(self.record, CsvProblem::HeaderOfValues { found, more, lines })
    }

    /// A number is hardly a name.
    fn check_names(self, source: &Source) -> Result<(), CsvError> {
        let mut has_number = false;
        source.records(self.record.start).next(|_, field| {
            let is_number =
                || field.text().and_then(|text| field.number_in(&text)).is_some_and(f64::is_finite);
            has_number |= field.number.is_some() || is_number();
        });
        if has_number { Err(self.looks_like_values(source)) } else { Ok(()) }
    }

    /// Compares the number of names with the numbers of fields in the first rows. Lines above the header often have fewer. A row
    /// that is known to have names lacks the one of the first column if it has one less.
    fn check_length(&mut self, source: &Source, are_names: bool) -> Result<(), CsvError> {
        const ROWS: usize = 50;
        let (mut rows, mut records) = (Vec::with_capacity(ROWS), source.records(self.end));
        while let Some(row) = records.next(|_, _| {}).filter(|row| row.is_closed && rows.len() < ROWS) {
            rows.push(row);
        }
        let names = self.record.fields;
        let with = |fields: usize| rows.iter().filter(|row| row.fields == fields).count();
        let Some(fields) = rows.iter().map(|row| row.fields).max_by_key(|&fields| with(fields)) else {
            return Ok(());
        };
        if 2 * with(fields) <= rows.len() || names >= fields {
            return Ok(());
        }
        let has_names_of_rows = || with(fields) == rows.len() && self.has_names_of_rows(source, rows.len());
        if names + 1 == fields && (are_names || (rows.len() > 1 && has_names_of_rows())) {
            self.names = Names::AllButFirst;
            return Ok(());
        }
        if with(fields) < 2 {
            return Ok(());
        }
        let first = rows.iter().find(|row| row.fields == fields).expect("there are at least two");
        let lines = source.line(first.start) - 1;
        let mut comment = None;
        source.records(self.record.start).next(|place, field| {
            if place == 0 {
                comment = field.text().and_then(|text| text.chars().next()).filter(|c| "#%!".contains(*c));
            }
        });
        let problem = CsvProblem::ShortHeader { found: names, expected: fields, lines, comment };
        Err(source.error_in(self.record, problem))
    }

    /// Whether the first fields of the rows are as R writes the names of rows: 1, 2, 3 and so on, or in quotes as those of the
    /// columns are.
    fn has_names_of_rows(self, source: &Source, rows: usize) -> bool {
        let mut records = source.records(self.record.start);
        let mut are_quoted = true;
        records.next(|_, name| are_quoted &= name.is_quoted());
        let mut are_numbers = true;
        for row in 1..=rows {
            records.next(|place, field| {
                if place == 0 {
                    are_quoted &= field.is_quoted();
                    are_numbers &= field.text().is_some_and(|text| text == row.to_string());
                }
            });
        }
        self.record.fields > 1 && (are_quoted || are_numbers)
    }
}
