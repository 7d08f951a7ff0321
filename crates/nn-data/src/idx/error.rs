//! What can be wrong with an IDX file.

use std::fmt;
use std::io;

/// An IDX file that cannot be read as asked. Prints as
/// `train.idx: type code 0x0a, expected 0x08 (u8), 0x09 (i8), 0x0b (i16), 0x0c (i32), 0x0d (f32) or 0x0e (f64)`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct IdxError {
    /// The file as it was opened, or `<input>`.
    pub file: String,
    /// What is wrong.
    pub problem: IdxProblem,
}

/// What is wrong with an IDX file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdxProblem {
    /// The operating system does not give the file, or gzip cannot unpack it.
    #[error("cannot be read: {reason}")]
    Unreadable {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The failure in words.
        reason: String,
    },
    /// No file of this format.
    #[error("starts with {}, expected 00 00 of an IDX file or 1f 8b of one that gzip packed", Hex(found))]
    NotIdx {
        /// The first bytes, one or two.
        found: Vec<u8>,
    },
    /// The file ends too early to say what it holds.
    #[error("the header has {expected} bytes, but the file ends after {found}")]
    HeaderEnds {
        /// The header's size, as far as it could be read.
        expected: usize,
        /// The file's.
        found: usize,
    },
    /// A type that the format does not have.
    #[error(
        "type code {code:#04x}, expected 0x08 (u8), 0x09 (i8), 0x0b (i16), 0x0c (i32), 0x0d (f32) or 0x0e (f64)"
    )]
    UnknownType {
        /// The third byte.
        code: u8,
    },
    /// Not even samples.
    #[error("the header announces no axes, expected at least one")]
    NoAxes,
    /// An axis without entries.
    #[error("axis {axis} has size 0, expected at least 1")]
    EmptyAxis {
        /// Counted from 0, which is the samples.
        axis: usize,
    },
    /// More numbers than there are addresses.
    #[error("the header announces {announced}, more than memory can hold")]
    TooLarge {
        /// Sizes and type.
        announced: String,
    },
    /// Numbers are missing.
    #[error("the header announces {announced} in {}, but {} it", Bytes(*expected), Follow(*found))]
    TooShort {
        /// Sizes and type.
        announced: String,
        /// Bytes that these take.
        expected: usize,
        /// Bytes that came.
        found: usize,
    },
    /// Something follows the numbers.
    #[error("the header announces {announced} in {}, but more follow it", Bytes(*expected))]
    TooLong {
        /// Sizes and type.
        announced: String,
        /// Bytes that these take.
        expected: usize,
    },
    /// NaN, an infinity, or a number that the type would round to one.
    #[error(
        "sample {sample} has {found} as number {number}, expected a finite number within the range of {scalar}"
    )]
    NotFinite {
        /// The sample, counted from 0.
        sample: usize,
        /// The number's place in the sample, counted from 0.
        number: usize,
        /// What is there.
        found: String,
        /// `f32` or `f64`.
        scalar: &'static str,
    },
    /// Labels were asked for, and the file has something else.
    #[error("holds {announced}, expected labels: one whole number a sample")]
    NotLabels {
        /// Sizes and type.
        announced: String,
    },
    /// A label that is no index.
    #[error("sample {sample} has the label {found}, expected a number that is not negative")]
    NegativeLabel {
        /// The sample, counted from 0.
        sample: usize,
        /// Its label.
        found: i64,
    },
}

/// `50 4b`.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: Vec<String> = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        f.write_str(&bytes.join(" "))
    }
}

/// `12 bytes`.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { "byte" } else { "bytes" })
    }
}

/// `only 3 follow`, of bytes.
struct Follow(usize);

impl fmt::Display for Follow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("none follows"),
            1 => f.write_str("only 1 follows"),
            found => write!(f, "only {found} follow"),
        }
    }
}
