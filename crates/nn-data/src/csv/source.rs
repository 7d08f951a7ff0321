//! The bytes of a CSV file, decompressed if gzip compressed it, and errors that say where in it they are.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::dialect::Dialect;
use super::guess;
use super::options::CsvOptions;
use super::parts::{Part, cost, divide};
use super::records::{Field, Record, Records, is_line_break, line_breaks};
use super::{CsvError, CsvProblem};
use crate::DataError;
use crate::error::{file_name, shortened};

/// The first bytes of a file that gzip compressed.
const GZIP: &[u8] = b"\x1F\x8B";

/// How files start that are mistaken for CSV files, and what they are.
const OTHERS: [(&[u8], &str); 12] = [
    (GZIP, "a file that gzip compressed twice; decompress it first"),
    (b"BZh", "a file that bzip2 compressed; decompress it with bunzip2 first"),
    (b"\xFD7zX", "a file that xz compressed; decompress it with unxz first"),
    (b"\x28\xB5\x2F\xFD", "a file that zstd compressed; decompress it with unzstd first"),
    (b"PK\x03\x04", "a zip file or a workbook; save its table as CSV"),
    (b"\xD0\xCF\x11\xE0", "a workbook; save its table as CSV"),
    (b"PAR1", "a Parquet file; save its table as CSV"),
    (b"<!DO", "a web page; download the file itself"),
    (b"<htm", "a web page; download the file itself"),
    (b"\xFF\xFE", "text in UTF-16; save the file as UTF-8"),
    (b"\xFE\xFF", "text in UTF-16; save the file as UTF-8"),
    (b"\0", "a byte of 0, as in a binary file or in text in UTF-16; save the file as UTF-8"),
];

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The name of a file, all of its bytes, and how to read them.
#[derive(Clone)]
pub(super) struct Source {
    file: String,
    bytes: Vec<u8>,
    /// Where the lines start that are not to be skipped.
    start: usize,
    pub(super) dialect: Dialect,
    /// Whether the delimiter is a guess.
    pub(super) is_guess: bool,
}

impl Source {
    pub(super) fn open(path: &Path, options: &CsvOptions) -> Result<Self, DataError> {
        let file = file_name(path);
        match File::open(path) {
            Ok(opened) => Source::read(&file, opened, options),
            Err(error) => Err(unreadable(&file, &error).into()),
        }
    }

    pub(super) fn read(file: &str, mut reader: impl Read, options: &CsvOptions) -> Result<Self, DataError> {
        let start = start_of(&mut reader).map_err(|error| unreadable(file, &error))?;
        if start.starts_with(GZIP) {
            let mut whole = Decompressed(MultiGzDecoder::new(Cursor::new(start).chain(reader)));
            let start = start_of(&mut whole).map_err(|error| unreadable(file, &error))?;
            Source::read_plain(file, start, whole, options)
        } else {
            Source::read_plain(file, start, reader, options)
        }
    }

    /// Reads what follows the bytes that were read.
    fn read_plain(
        file: &str,
        bytes: Vec<u8>,
        mut reader: impl Read,
        options: &CsvOptions,
    ) -> Result<Self, DataError> {
        let dialect = Dialect::ORDINARY;
        let mut source = Source { file: file.to_owned(), bytes, start: 0, dialect, is_guess: false };
        if let Some(&(_, found)) = OTHERS.iter().find(|(start, _)| source.bytes.starts_with(start)) {
            return Err(source.error(CsvProblem::NotCsv { found }).into());
        }
        reader.read_to_end(&mut source.bytes).map_err(|error| unreadable(file, &error))?;
        source.start = start_of_lines(&source.bytes, options.skip_lines);
        (source.dialect, source.is_guess) = guess::dialect(&source, options)?;
        Ok(source)
    }

    /// The bytes that are not to be skipped, `most` of them unless the file ends before.
    pub(super) fn first_bytes(&self, most: usize) -> &[u8] {
        let rest = &self.bytes[self.start..];
        &rest[..rest.len().min(most)]
    }

    /// The records from byte `at` on.
    pub(super) fn records(&self, at: usize) -> Records<'_> {
        Records::new(&self.bytes, at.max(self.start), self.dialect)
    }

    /// The records of a part.
    pub(super) fn records_of(&self, part: &Part) -> Records<'_> {
        Records::new(&self.bytes[..part.bytes.end], part.bytes.start, self.dialect)
    }

    /// Divides the rows that start at byte `at` or after it, as [`divide`] does.
    pub(super) fn parts(&self, at: usize, shortest: usize) -> Vec<Part> {
        divide(&self.bytes, at.max(self.start), shortest, self.dialect.quote)
    }

    /// The cost of reading the file, as [`nn_core::team`] counts it.
    pub(super) fn cost(&self) -> usize {
        cost(self.bytes.len())
    }

    /// The name of the file.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// The place of a field of this file.
    pub(super) fn place(&self, field: Field) -> usize {
        field.place_in(&self.bytes)
    }

    /// The line of a byte, counted from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        1 + line_breaks(&self.bytes[..at])
    }

    /// Turns bytes that come one after the other into their lines.
    pub(super) fn lines(&self, places: Vec<usize>) -> Vec<usize> {
        let (mut line, mut before) = (1, 0);
        let line_of = |at: usize| {
            line += line_breaks(&self.bytes[before..at]);
            before = at;
            line
        };
        places.into_iter().map(line_of).collect()
    }

    /// Makes an error that concerns the file as a whole.
    pub(super) fn error(&self, problem: CsvProblem) -> CsvError {
        CsvError { file: self.file.clone(), line: None, problem }
    }

    /// Makes an error that concerns one record.
    pub(super) fn error_in(&self, record: Record, problem: CsvProblem) -> CsvError {
        CsvError { file: self.file.clone(), line: Some(self.line(record.start)), problem }
    }
}

/// Leaves out the bytes, because there may be many.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("file", &self.file).field("size", &self.bytes.len()).finish()
    }
}

/// What gzip compressed. Its errors say so.
struct Decompressed<R>(R);

impl<R: Read> Read for Decompressed<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let say = |error: io::Error| {
            io::Error::new(error.kind(), format!("gzip did not compress all of it: {error}"))
        };
        self.0.read(to).map_err(say)
    }
}

/// Reads as many bytes as tell one format from another.
fn start_of(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.take(4).read_to_end(&mut start)?;
    Ok(start)
}

/// The place after the byte order mark and after so many lines.
fn start_of_lines(bytes: &[u8], lines: usize) -> usize {
    let mut at = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    for _ in 0..lines {
        let Some(length) = bytes[at..].iter().position(|&byte| is_line_break(byte)) else {
            return bytes.len();
        };
        at += length + if bytes[at + length..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    at
}

fn unreadable(file: &str, error: &io::Error) -> CsvError {
    let problem = CsvProblem::Unreadable { kind: error.kind(), reason: shortened(&error.to_string(), 200) };
    CsvError { file: file.to_owned(), line: None, problem }
}
