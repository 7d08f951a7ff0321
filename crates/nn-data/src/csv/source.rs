//! The bytes of a CSV file, decompressed if gzip compressed it, and errors that say where in it they are.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::comments::{MARKS, are_no_part, end_of_marked_lines};
use super::dialect::Dialect;
use super::encoding::{from_windows_1252, is_beyond_ascii_in_utf_8, of_mark};
use super::guess;
use super::lines::Lines;
use super::options::CsvOptions;
use super::parts::{Part, cost, divide};
use super::pieces;
use super::records::{Field, Record, Records, line_breaks};
use super::surroundings::{end_of_rule, start_of_notes};
use super::{CsvError, CsvProblem};
use crate::DataError;
use crate::error::{file_name, shortened};

/// The first bytes of a file that gzip compressed.
const GZIP: &[u8] = b"\x1F\x8B";

/// How files start that are mistaken for CSV files, and what they are.
const OTHERS: [(&[u8], &str); 11] = [
    (GZIP, "a file that gzip compressed twice; decompress it first"),
    (b"BZh", "a file that bzip2 compressed; decompress it with bunzip2 first"),
    (b"\xFD7zX", "a file that xz compressed; decompress it with unxz first"),
    (b"\x28\xB5\x2F\xFD", "a file that zstd compressed; decompress it with unzstd first"),
    (b"PK\x03\x04", "a zip file or a workbook; save its table as CSV"),
    (b"\xD0\xCF\x11\xE0", "a workbook; save its table as CSV"),
    (b"PAR1", "a Parquet file; save its table as CSV"),
    (b"<!DO", "a web page; download the file itself"),
    (b"<htm", "a web page; download the file itself"),
    (b"\xFF\xFE\0\0", "text in UTF-32; save the file as UTF-8"),
    (b"\0", "a byte of 0, as in a binary file or in text in UTF-16; save the file as UTF-8"),
];

/// The name of a file, all of its bytes, and how to read them.
#[derive(Clone)]
pub(super) struct Source {
    file: String,
    bytes: Vec<u8>,
    /// Where the lines start that are not to be skipped.
    start: usize,
    /// The lines that were set.
    pub(super) lines: Lines,
    pub(super) dialect: Dialect,
    /// Whether the delimiter is a guess.
    pub(super) is_guess: bool,
    /// The number of lines above the table that are skipped because they are comments, though nobody said so.
    pub(super) comments: usize,
    /// The number of lines below the table that are left out because they are notes, though nobody said so.
    pub(super) notes: usize,
}

impl Source {
    pub(super) fn open(path: &Path, options: &CsvOptions) -> Result<Self, DataError> {
        let file = file_name(path);
        match File::open(path) {
            Ok(opened) => Source::read_with(&file, opened, pieces::read_to_end, options),
            Err(error) => Err(unreadable(&file, &error).into()),
        }
    }

    pub(super) fn read(file: &str, reader: impl Read, options: &CsvOptions) -> Result<Self, DataError> {
        Source::read_with(file, reader, |mut reader, bytes| reader.read_to_end(bytes).map(drop), options)
    }

    /// Reads the start, which says whether gzip compressed it, and then, with `read_to_end` unless it did, the rest.
    fn read_with<R: Read>(
        file: &str,
        mut reader: R,
        read_to_end: impl FnOnce(R, &mut Vec<u8>) -> io::Result<()>,
        options: &CsvOptions,
    ) -> Result<Self, DataError> {
        let start = start_of(&mut reader).map_err(|error| unreadable(file, &error))?;
        if start.starts_with(GZIP) {
            let mut whole = Decompressed(MultiGzDecoder::new(Cursor::new(start).chain(reader)));
            let start = start_of(&mut whole).map_err(|error| unreadable(file, &error))?;
            Source::read_plain(file, start, |bytes| whole.read_to_end(bytes).map(drop), options)
        } else {
            Source::read_plain(file, start, |bytes| read_to_end(reader, bytes), options)
        }
    }

    /// Reads what follows the bytes that were read.
    fn read_plain(
        file: &str,
        bytes: Vec<u8>,
        read_to_end: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
        options: &CsvOptions,
    ) -> Result<Self, DataError> {
        let (dialect, lines) = (Dialect::ORDINARY, options.lines_to_read());
        let mut source = Source {
            file: file.to_owned(),
            bytes,
            start: 0,
            lines,
            dialect,
            is_guess: false,
            comments: 0,
            notes: 0,
        };
        if let Some(&(_, found)) = OTHERS.iter().find(|(start, _)| source.bytes.starts_with(start)) {
            return Err(source.error(CsvProblem::NotCsv { found }).into());
        }
        read_to_end(&mut source.bytes).map_err(|error| unreadable(file, &error))?;
        source.decode(options.is_latin_1)?;
        let read = lines.bytes_of(&source.bytes);
        source.start = read.start;
        source.bytes.truncate(read.end);
        if !source.starts_with_comments(options) {
            (source.dialect, source.is_guess) = guess::dialect(&source, options)?;
        }
        Ok(source)
    }

    /// Turns text in another encoding into UTF-8. A mark at the start of the file says more than the user.
    fn decode(&mut self, is_latin_1: bool) -> Result<(), CsvError> {
        if is_latin_1 || of_mark(&self.bytes).is_some() {
            // Room that is left of the reading would stay while the text is there twice.
            self.bytes.shrink_to_fit();
        }
        let text = if let Some(encoding) = of_mark(&self.bytes) {
            let broken = "text in UTF-16 that breaks off; save the file as UTF-8";
            let text = encoding.to_utf_8(&self.bytes).transpose();
            text.ok_or_else(|| self.error(CsvProblem::NotCsv { found: broken }))?
        } else if is_latin_1 && is_beyond_ascii_in_utf_8(&self.bytes) {
            return Err(self.error(CsvProblem::NotLatin1));
        } else if is_latin_1 {
            from_windows_1252(&self.bytes)
        } else {
            return Ok(());
        };
        self.bytes =
            text.map_err(|error| unreadable(&self.file, &io::Error::new(io::ErrorKind::OutOfMemory, error)))?;
        Ok(())
    }

    /// Skips the lines at the start that can only be comments, unless the user says what comments are. Returns whether there are any.
    fn starts_with_comments(&mut self, options: &CsvOptions) -> bool {
        let start = self.start;
        let Some(end) = end_of_marked_lines(&self.bytes, start).filter(|_| options.comment.is_none()) else {
            return false;
        };
        self.start = end;
        if let Ok((dialect, is_guess)) = guess::dialect(self, options)
            && are_no_part(&self.bytes[start..end], &self.bytes[end..], dialect)
        {
            (self.dialect, self.is_guess) = (dialect, is_guess);
            self.comments = line_breaks(&self.bytes[..end]);
            return true;
        }
        self.start = start;
        false
    }

    /// What a record starts with, if comments may start with it.
    pub(super) fn mark_of(&self, record: Record) -> Option<char> {
        self.bytes.get(record.start).filter(|byte| MARKS.contains(byte)).map(|&byte| byte.into())
    }

    /// The bytes that are not to be skipped, `most` of them unless the file ends before.
    pub(super) fn first_bytes(&self, most: usize) -> &[u8] {
        let rest = &self.bytes[self.start..];
        &rest[..rest.len().min(most)]
    }

    /// The end of a rule below the header, which ends at byte `at`.
    pub(super) fn end_of_rule(&self, at: usize, columns: usize) -> Option<usize> {
        end_of_rule(&self.bytes, at, columns)
    }

    /// Leaves out notes below the rows, which start at byte `at`, unless the user says where the table ends.
    pub(super) fn leave_out_notes(&mut self, at: usize, columns: usize) {
        if self.lines.last.is_none()
            && let Some(start) = start_of_notes(&self.bytes, at, self.dialect, columns)
        {
            let notes = &self.bytes[start..];
            self.notes = line_breaks(notes.trim_ascii_end()) + 1;
            self.bytes.truncate(start);
        }
    }

    /// The number of bytes from byte `at` to the end.
    pub(super) fn bytes_from(&self, at: usize) -> usize {
        self.bytes.len() - at
    }

    /// The records from byte `at` on.
    pub(super) fn records(&self, at: usize) -> Records<'_> {
        Records::new(&self.bytes, at.max(self.start), &self.dialect)
    }

    /// The records of a part.
    pub(super) fn records_of(&self, part: &Part) -> Records<'_> {
        Records::new(&self.bytes[..part.bytes.end], part.bytes.start, &self.dialect)
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

fn unreadable(file: &str, error: &io::Error) -> CsvError {
    let problem = CsvProblem::Unreadable { kind: error.kind(), reason: shortened(&error.to_string(), 200) };
    CsvError { file: file.to_owned(), line: None, problem }
}
