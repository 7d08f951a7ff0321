//! The first row: the names of the columns. A name is looked at only when its column is read or listed.

use std::borrow::Cow;

use super::records::{Field, Record};
use super::source::Source;
use super::{CsvError, CsvProblem};

/// Where the header is. Its names stay in the file, because it may have millions of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    pub(super) record: Record,
    /// The first byte behind it.
    pub(super) end: usize,
}

impl Header {
    /// Finds the header.
    pub(super) fn read(source: &Source) -> Result<Self, CsvError> {
        let mut records = source.records(0);
        let record = records.next(|_, _| {}).ok_or_else(|| source.error(CsvProblem::Empty))?;
        if !record.is_closed {
            return Err(source.error_in(record, CsvProblem::UnclosedQuote));
        }
        Ok(Header { record, end: records.at })
    }

    /// The number of columns.
    pub(super) fn columns(self) -> usize {
        self.record.fields
    }

    /// Calls `take` with the position of each column, counted from 0, and its name, which is `None` if it is not UTF-8.
    pub(super) fn for_each<'a>(self, source: &'a Source, mut take: impl FnMut(usize, Option<Cow<'a, str>>)) {
        source.records(self.record.start).next(|position, name: Field<'a>| take(position, name.text()));
    }
}
