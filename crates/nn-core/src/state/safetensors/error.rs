//! What can be wrong with a saved state, and where.

use std::fmt;
use std::io;
use std::path::Path;

use crate::StateError;

/// A saved state that cannot be written, read or used. Prints as
/// `xor.safetensors: tensor "0.bias" has shape [8] of F32, which is 32 bytes, but its offsets span 40`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct StateFileError {
    /// The file as it was named, or `<bytes>`.
    pub file: String,
    /// What is wrong.
    pub problem: StateFileProblem,
}

/// What is wrong with a saved state. Names are shown in part if they are long.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateFileProblem {
    /// The operating system does not give the file.
    #[error("cannot be read: {reason}")]
    Unreadable {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The failure in the system's words.
        reason: String,
    },
    /// The operating system does not take the file. What was there before is still there.
    #[error("cannot be written: {reason}")]
    Unwritable {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The failure in the system's words.
        reason: String,
    },
    /// A directory, a device or the like.
    #[error("is not a regular file")]
    NotAFile,
    /// The names or shapes in the file are not those of the model.
    #[error("{0}")]
    Mismatch(StateError),

    /// Too short even for the length of the header.
    #[error("has {found} bytes, expected at least the 8 with the length of the header; is it cut off?")]
    NoHeader {
        /// Bytes there are.
        found: u64,
    },
    /// The first eight bytes claim a header that is not there, or longer than any may be.
    #[error(
        "claims a header of {claimed} bytes, but {found} follow and at most 100000000 are allowed; \
         is it a safetensors file, and whole?"
    )]
    HeaderLength {
        /// The number in the first eight bytes.
        claimed: u64,
        /// Bytes after it.
        found: u64,
    },
    /// A header that is no text.
    #[error("the header is not UTF-8 text from its byte {position} on")]
    HeaderNotUtf8 {
        /// Counted from 0.
        position: usize,
    },
    /// A header that is not the JSON it should be.
    #[error("the header is not as expected: {reason}")]
    Header {
        /// What was expected and what came, with the tensor if it is within one.
        reason: String,
    },
    /// Two tensors of one name.
    #[error("there are two tensors named {}", Quoted(tensor))]
    DuplicateName {
        /// The name.
        tensor: String,
    },
    /// A tensor that may not have the name that it has.
    #[error("a tensor is named {}, which means something else in a safetensors file", Quoted(tensor))]
    ReservedName {
        /// The name.
        tensor: String,
    },
    /// Numbers of a type that is not read.
    #[error("tensor {} is of type {}, expected F64, F32, F16, BF16 or I64", Quoted(tensor), Quoted(found))]
    Dtype {
        /// The tensor.
        tensor: String,
        /// Its type as the file names it.
        found: String,
    },
    /// A shape of more bytes than a number can count.
    #[error("tensor {} has a shape beyond all memory: {}", Quoted(tensor), Axes(shape))]
    ShapeOverflow {
        /// The tensor.
        tensor: String,
        /// Its shape.
        shape: Vec<u64>,
    },
    /// An end before the start.
    #[error("tensor {} ends at offset {end}, before its start at {begin}", Quoted(tensor))]
    Reversed {
        /// The tensor.
        tensor: String,
        /// Its first byte, counted from the end of the header.
        begin: u64,
        /// The byte after its last.
        end: u64,
    },
    /// Offsets that do not span what the shape says.
    #[error(
        "tensor {} has shape {} of {dtype}, which is {expected} bytes, but its offsets span {found}",
        Quoted(tensor),
        Axes(shape)
    )]
    Size {
        /// The tensor.
        tensor: String,
        /// Its shape.
        shape: Vec<u64>,
        /// Its type.
        dtype: &'static str,
        /// Bytes by its shape and type.
        expected: u64,
        /// Bytes by its offsets.
        found: u64,
    },
    /// Offsets beyond the end of the file.
    #[error(
        "tensor {} ends at offset {end}, but there are {found} bytes of data; is the file cut off?",
        Quoted(tensor)
    )]
    BeyondEnd {
        /// The tensor.
        tensor: String,
        /// The byte after its last, counted from the end of the header.
        end: u64,
        /// Bytes of data there are.
        found: u64,
    },
    /// A tensor that starts before the one before it ends.
    #[error("tensor {} starts at offset {begin}, within another that ends at {expected}", Quoted(tensor))]
    Overlap {
        /// The tensor.
        tensor: String,
        /// Its first byte, counted from the end of the header.
        begin: u64,
        /// Where the one before it ends.
        expected: u64,
    },
    /// Bytes that belong to no tensor.
    #[error("the data from offset {begin} to {end} belongs to no tensor")]
    Unused {
        /// The first of them, counted from the end of the header.
        begin: u64,
        /// The byte after the last.
        end: u64,
    },
    /// The file became shorter while it was read.
    #[error("the data of tensor {} ends early; was the file changed while it was read?", Quoted(tensor))]
    EndsEarly {
        /// The tensor.
        tensor: String,
    },
    /// More numbers than there is memory for.
    #[error("there is no memory for tensor {} of {count} numbers", Quoted(tensor))]
    NoMemory {
        /// The tensor.
        tensor: String,
        /// How many numbers it has.
        count: u64,
    },
    /// A finite number that the type would round to infinity.
    #[error("tensor {} holds {found}, beyond the range of {scalar}", Quoted(tensor))]
    TooLarge {
        /// The tensor.
        tensor: String,
        /// The number.
        found: String,
        /// `f32` or `f64`.
        scalar: &'static str,
    },
    /// An entry to be saved, put together by hand, whose values are not as many as its shape says.
    #[error("tensor {} has shape {shape:?} but {found} values", Quoted(tensor))]
    ValueCount {
        /// The tensor.
        tensor: String,
        /// Its shape.
        shape: Vec<usize>,
        /// How many values it has.
        found: usize,
    },
    /// A counter to be saved that is not a whole number.
    #[error("tensor {} counts something, so it must be a whole number, but is {found}", Quoted(tensor))]
    NotACount {
        /// The tensor.
        tensor: String,
        /// Its value.
        found: String,
    },
}

impl StateFileProblem {
    pub(super) fn unreadable(error: &io::Error) -> Self {
        StateFileProblem::Unreadable { kind: error.kind(), reason: error.to_string() }
    }

    pub(super) fn unwritable(error: &io::Error) -> Self {
        StateFileProblem::Unwritable { kind: error.kind(), reason: error.to_string() }
    }

    pub(super) fn of_bytes(self) -> StateFileError {
        StateFileError { file: "<bytes>".to_owned(), problem: self }
    }

    pub(super) fn of(self, file: &Path) -> StateFileError {
        StateFileError { file: file.display().to_string(), problem: self }
    }
}

/// `"0.weight"`, or the beginning of a long name: a hostile file should not fill the screen.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 80;
        match self.0.char_indices().nth(SHOWN) {
            None => write!(f, "{:?}", self.0),
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
        }
    }
}

/// `[8, 2]`, or the beginning of a long list.
struct Axes<'a>(&'a [u64]);

impl fmt::Display for Axes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        match self.0.get(..SHOWN) {
            Some(shown) if self.0.len() > SHOWN => write!(f, "{shown:?} and {} more", self.0.len() - SHOWN),
            _ => write!(f, "{:?}", self.0),
        }
    }
}
