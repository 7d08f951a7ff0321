//! The bytes of a CSV file, divided into records that know where they start.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

// The leading colons refer to the crate; without them, this would be the module of the same name.
use ::csv::{ByteRecord, Reader, ReaderBuilder};

use super::{CsvError, CsvProblem};

/// The name of a file and all of its bytes.
#[derive(Clone)]
pub(super) struct Source {
    file: String,
    bytes: Vec<u8>,
}

/// One row: its fields as bytes, and where in the file it starts.
#[derive(Debug)]
pub(super) struct Record {
    start: usize,
    fields: ByteRecord,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, CsvError> {
        let file = path.display().to_string();
        match File::open(path) {
            Ok(opened) => Source::read(&file, opened),
            Err(error) => Err(unreadable(&file, &error)),
        }
    }

    pub(super) fn read(file: &str, mut reader: impl Read) -> Result<Self, CsvError> {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|error| unreadable(file, &error))?;
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        Ok(Source { file: file.to_owned(), bytes })
    }

    /// Iterates over all records, starting with the header.
    pub(super) fn records(&self) -> impl Iterator<Item = Result<Record, CsvError>> + '_ {
        let mut reader = parser(&self.bytes[..]);
        std::iter::from_fn(move || {
            let before = offset(&reader);
            let mut fields = ByteRecord::new();
            if !read(&mut reader, &mut fields) {
                return None;
            }
            // The parser skips empty lines, and the LF of a CRLF, only when it reads the next record.
            let skipped =
                self.bytes[before..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let record = Record { start: before + skipped, fields };
            if offset(&reader) == self.bytes.len() && !is_complete(&self.bytes[record.start..]) {
                return Some(Err(self.error_in(&record, CsvProblem::UnclosedQuote)));
            }
            Some(Ok(record))
        })
    }

    /// Makes an error that concerns the file as a whole.
    pub(super) fn error(&self, problem: CsvProblem) -> CsvError {
        CsvError { file: self.file.clone(), line: None, problem }
    }

    /// Makes an error that concerns one record.
    pub(super) fn error_in(&self, record: &Record, problem: CsvProblem) -> CsvError {
        CsvError {
            file: self.file.clone(),
            line: Some(1 + line_breaks(&self.bytes[..record.start])),
            problem,
        }
    }
}

/// Leaves out the bytes, because there may be many.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("file", &self.file).field("size", &self.bytes.len()).finish()
    }
}

impl Record {
    /// The number of fields.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns a field without the white space around it, or `None` if it is not UTF-8.
    pub(super) fn text(&self, field: usize) -> Option<&str> {
        str::from_utf8(&self.fields[field]).ok().map(str::trim)
    }
}

fn unreadable(file: &str, error: &io::Error) -> CsvError {
    let problem = CsvProblem::Unreadable { kind: error.kind(), reason: error.to_string() };
    CsvError { file: file.to_owned(), line: None, problem }
}

fn parser<R: Read>(bytes: R) -> Reader<R> {
    ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes)
}

fn offset(reader: &Reader<impl Read>) -> usize {
    reader.position().byte() as usize
}

/// Reads the next record and returns whether there was one. The crate promises that no error can occur here.
fn read(reader: &mut Reader<impl Read>, fields: &mut ByteRecord) -> bool {
    reader.read_byte_record(fields).expect("reading records of any length from memory cannot fail")
}

/// Whether a file may end after this record. At the end of a file, the parser silently closes an open quote that has swallowed
/// all rows below it. The test is a further line: an open quote swallows that line as well.
fn is_complete(record: &[u8]) -> bool {
    let mut reader = parser(record.chain(&b"\nline"[..]));
    let mut fields = ByteRecord::new();
    read(&mut reader, &mut fields) && read(&mut reader, &mut fields)
}

/// Counts the line breaks: LF, CRLF and CR.
fn line_breaks(bytes: &[u8]) -> usize {
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count() - pairs
}
