//! The bytes of an IDX file, unpacked if need be.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::header::Header;
use super::{IdxError, IdxProblem};

/// What a file that gzip packed starts with.
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// A file's name and what is still to be read of it.
pub(super) struct Source<'a> {
    pub(super) file: String,
    reader: Box<dyn Read + 'a>,
    /// The size of the whole file, if that is known and is what the reader gives.
    size: Option<u64>,
}

impl<'a> Source<'a> {
    pub(super) fn open(path: &Path) -> Result<Self, IdxError> {
        let file = path.display().to_string();
        let open = || -> io::Result<(File, Option<u64>)> {
            let opened = File::open(path)?;
            let metadata = opened.metadata()?;
            // A pipe has a size, too, which says nothing.
            Ok((opened, metadata.is_file().then_some(metadata.len())))
        };
        match open() {
            Ok((opened, size)) => Source::peek(&file, opened, size),
            Err(error) => Err(IdxError { file, problem: unreadable(&error) }),
        }
    }

    pub(super) fn new(file: &str, reader: impl Read + 'a) -> Result<Self, IdxError> {
        Source::peek(file, reader, None)
    }

    fn peek(file: &str, mut reader: impl Read + 'a, size: Option<u64>) -> Result<Self, IdxError> {
        let mut start = Vec::new();
        let peeked = reader.by_ref().take(2).read_to_end(&mut start);
        let file = file.to_owned();
        if let Err(error) = peeked {
            return Err(IdxError { file, problem: unreadable(&error) });
        }
        let packed = start == GZIP;
        let whole = Cursor::new(start).chain(reader);
        Ok(if packed {
            Source { file, reader: Box::new(MultiGzDecoder::new(whole)), size: None }
        } else {
            Source { file, reader: Box::new(whole), size }
        })
    }

    /// The next bytes, `most` unless the file ends. Memory grows with what arrives.
    pub(super) fn bytes(&mut self, most: usize) -> Result<Vec<u8>, IdxProblem> {
        let mut bytes = Vec::new();
        let read = self.reader.by_ref().take(most as u64).read_to_end(&mut bytes);
        read.map_err(|error| unreadable(&error))?;
        Ok(bytes)
    }

    /// All that follows the header: as much as it announces, neither less nor more.
    pub(super) fn numbers(&mut self, header: &Header) -> Result<Vec<u8>, IdxProblem> {
        let (announced, expected) = (header.element.announce(&header.shape), header.numbers);
        let check = |found: u64| {
            if found < expected as u64 {
                Err(IdxProblem::TooShort { announced: announced.clone(), expected, found: found as usize })
            } else if found > expected as u64 {
                Err(IdxProblem::TooLong { announced: announced.clone(), expected })
            } else {
                Ok(())
            }
        };
        if let Some(size) = self.size {
            check(size.saturating_sub(header.header as u64))?;
        }
        // One byte more, which must not be there. To look for it makes gzip check its sum, too.
        let numbers = self.bytes(expected + 1)?;
        check(numbers.len() as u64)?;
        Ok(numbers)
    }

    pub(super) fn error(&self, problem: IdxProblem) -> IdxError {
        IdxError { file: self.file.clone(), problem }
    }
}

fn unreadable(error: &io::Error) -> IdxProblem {
    IdxProblem::Unreadable { kind: error.kind(), reason: error.to_string() }
}
