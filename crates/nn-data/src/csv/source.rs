//! The bytes of a CSV file, cut into records that know where they start.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

// Two colons: the crate, not the module here.
use ::csv::{ByteRecord, Reader, ReaderBuilder};

use super::{CsvError, CsvProblem};

/// A file's name and all of its bytes.
#[derive(Clone)]
pub(super) struct Source {
    file: String,
    bytes: Vec<u8>,
}

/// One row: its fields, still as bytes.
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

    /// All records, the header first.
    pub(super) fn records(&self) -> impl Iterator<Item = Result<Record, CsvError>> + '_ {
        let mut reader = parser(&self.bytes[..]);
        std::iter::from_fn(move || {
            let before = offset(&reader);
            let mut fields = ByteRecord::new();
            if !read(&mut reader, &mut fields) {
                return None;
            }
            // The parser skips empty lines, and the LF of a CRLF, only when it reads on.
            let skipped =
                self.bytes[before..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let record = Record { start: before + skipped, fields };
            if offset(&reader) == self.bytes.len() && !is_complete(&self.bytes[record.start..]) {
                return Some(Err(self.error_in(&record, CsvProblem::UnclosedQuote)));
            }
            Some(Ok(record))
        })
    }

    /// An error of the file as a whole.
    pub(super) fn error(&self, problem: CsvProblem) -> CsvError {
        CsvError { file: self.file.clone(), line: None, problem }
    }

    /// An error of one record.
    pub(super) fn error_in(&self, record: &Record, problem: CsvProblem) -> CsvError {
        CsvError {
            file: self.file.clone(),
            line: Some(1 + line_breaks(&self.bytes[..record.start])),
            problem,
        }
    }
}

/// Without the bytes, which may be many.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("file", &self.file).field("size", &self.bytes.len()).finish()
    }
}

impl Record {
    /// Number of fields.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field without the white space around it; none if it is not UTF-8.
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

/// Whether there was a record left to read. The crate promises that no error can occur here.
fn read(reader: &mut Reader<impl Read>, fields: &mut ByteRecord) -> bool {
    reader.read_byte_record(fields).expect("bytes in memory, of any length, always parse")
}

/// Whether a file may end after this record. The parser would close an open quote in silence, and with it swallow
/// every row below; but then a further line would also be swallowed.
fn is_complete(record: &[u8]) -> bool {
    let mut reader = parser(record.chain(&b"\nline"[..]));
    let mut fields = ByteRecord::new();
    read(&mut reader, &mut fields) && read(&mut reader, &mut fields)
}

/// LF, CRLF and CR.
fn line_breaks(bytes: &[u8]) -> usize {
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count() - pairs
}
