//! The bytes of an IDX file, decompressed if gzip compressed it.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::{IdxError, IdxProblem};
use crate::error::{file_name, shortened};

/// The first bytes of a file that gzip compressed.
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// The name of a file, and a reader of its remaining bytes.
pub(super) struct Source<'a> {
    pub(super) file: String,
    reader: Box<dyn Read + 'a>,
    /// The size of the whole file, if it is known and the file is not compressed.
    size: Option<u64>,
}

impl<'a> Source<'a> {
    pub(super) fn open(path: &Path) -> Result<Self, IdxError> {
        let file = file_name(path);
        let open = || -> io::Result<(File, Option<u64>)> {
            let opened = File::open(path)?;
            let metadata = opened.metadata()?;
            // The size of anything but a regular file, such as a pipe, says nothing.
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
        let compressed = start == GZIP;
        let whole = Cursor::new(start).chain(reader);
        Ok(if compressed {
            Source { file, reader: Box::new(MultiGzDecoder::new(whole)), size: None }
        } else {
            Source { file, reader: Box::new(whole), size }
        })
    }

    /// Reads the next bytes, `most` of them unless the file ends before. Memory grows with the bytes that arrive, unless the size
    /// of the file is known.
    pub(super) fn bytes(&mut self, most: usize) -> Result<Vec<u8>, IdxProblem> {
        let (mut bytes, most) = (Vec::new(), most as u64);
        let known = self.size.map_or(0, |size| size.min(most));
        let reserved = bytes.try_reserve_exact(known as usize).map_err(io::Error::from);
        reserved
            .and_then(|()| self.reader.by_ref().take(most).read_to_end(&mut bytes))
            .map_err(|error| unreadable(&error))?;
        Ok(bytes)
    }

    /// The number of bytes after the first `read`, if the size of the file is known.
    pub(super) fn size_after(&self, read: usize) -> Option<u64> {
        self.size.map(|size| size.saturating_sub(read as u64))
    }

    pub(super) fn error(&self, problem: IdxProblem) -> IdxError {
        IdxError { file: self.file.clone(), problem }
    }
}

fn unreadable(error: &io::Error) -> IdxProblem {
    IdxProblem::Unreadable { kind: error.kind(), reason: shortened(&error.to_string(), 200) }
}
