//! The bytes of a CSV file, and errors that say where in it they are.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::parts::{Part, cost, divide};
use super::records::{Record, Records, line_breaks};
use super::{CsvError, CsvProblem};
use crate::error::{file_name, shortened};

/// How files start that are mistaken for CSV files, and what they are.
const OTHERS: [(&[u8], &str); 4] = [
    (b"\x1F\x8B", "a file that gzip compressed; decompress it first"),
    (b"PK\x03\x04", "a zip file or a workbook; save its table as CSV"),
    (b"\xFF\xFE", "text in UTF-16; save the file as UTF-8"),
    (b"\xFE\xFF", "text in UTF-16; save the file as UTF-8"),
];

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The name of a file and all of its bytes.
#[derive(Clone)]
pub(super) struct Source {
    file: String,
    bytes: Vec<u8>,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, CsvError> {
        let file = file_name(path);
        match File::open(path) {
            Ok(opened) => Source::read(&file, opened),
            Err(error) => Err(unreadable(&file, &error)),
        }
    }

    pub(super) fn read(file: &str, mut reader: impl Read) -> Result<Self, CsvError> {
        let mut source = Source { file: file.to_owned(), bytes: Vec::new() };
        let start = reader.by_ref().take(4).read_to_end(&mut source.bytes);
        start.map_err(|error| unreadable(file, &error))?;
        if let Some(&(_, found)) = OTHERS.iter().find(|(start, _)| source.bytes.starts_with(start)) {
            return Err(source.error(CsvProblem::NotCsv { found }));
        }
        reader.read_to_end(&mut source.bytes).map_err(|error| unreadable(file, &error))?;
        Ok(source)
    }

    /// The records from byte `at` on.
    pub(super) fn records(&self, at: usize) -> Records<'_> {
        let mark = if self.bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Records::new(&self.bytes, at.max(mark))
    }

    /// The records of a part.
    pub(super) fn records_of(&self, part: &Part) -> Records<'_> {
        Records::new(&self.bytes[..part.bytes.end], part.bytes.start)
    }

    /// Divides the rows that start at byte `at` or after it, as [`divide`] does.
    pub(super) fn parts(&self, at: usize, shortest: usize) -> Vec<Part> {
        divide(&self.bytes, at, shortest)
    }

    /// The cost of reading the file, as [`nn_core::team`] counts it.
    pub(super) fn cost(&self) -> usize {
        cost(self.bytes.len())
    }

    /// Makes an error that concerns the file as a whole.
    pub(super) fn error(&self, problem: CsvProblem) -> CsvError {
        CsvError { file: self.file.clone(), line: None, problem }
    }

    /// Makes an error that concerns one record.
    pub(super) fn error_in(&self, record: Record, problem: CsvProblem) -> CsvError {
        let line = Some(1 + line_breaks(&self.bytes[..record.start]));
        CsvError { file: self.file.clone(), line, problem }
    }
}

/// Leaves out the bytes, because there may be many.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("file", &self.file).field("size", &self.bytes.len()).finish()
    }
}

fn unreadable(file: &str, error: &io::Error) -> CsvError {
    let problem = CsvProblem::Unreadable { kind: error.kind(), reason: shortened(&error.to_string(), 200) };
    CsvError { file: file.to_owned(), line: None, problem }
}
