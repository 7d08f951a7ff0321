//! The ways in which an IDX file can be wrong.

use std::fmt;
use std::io;

/// An IDX file that cannot be read as asked. Prints as
/// `train.idx: axis 0 has size 0, expected at least 1`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct IdxError {
    /// The path as it was given, or `<input>`.
    pub file: String,
    /// What is wrong.
    pub problem: IdxProblem,
}

/// What is wrong with an IDX file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdxProblem {
    /// The operating system cannot read the file, or gzip cannot decompress it.
    #[error("cannot be read: {reason}")]
    Unreadable {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The failure in words.
        reason: String,
    },
    /// The file has another format.
    #[error("expected 00 00 (IDX) or 1f 8b (IDX compressed by gzip) at the start, found {}", Hex(found))]
    NotIdx {
        /// The first bytes, one or two.
        found: Vec<u8>,
    },
    /// The file ends within the header.
    #[error("expected a header of {expected} bytes, found the end of the file after {found}")]
    HeaderEnds {
        /// The size of the header in bytes, as far as it is known.
        expected: usize,
        /// The size of the file in bytes.
        found: usize,
    },
    /// A type code that the format does not define.
    #[error(
        "expected a type code of 0x08 (u8), 0x09 (i8), 0x0b (i16), 0x0c (i32), 0x0d (f32) or 0x0e (f64), found {code:#04x}"
    )]
    UnknownType {
        /// The third byte of the file.
        code: u8,
    },
    /// A header without axes, not even one for the samples.
    #[error("the header announces no axes, expected at least one")]
    NoAxes,
    /// An axis of size 0.
    #[error("axis {axis} has size 0, expected at least 1")]
    EmptyAxis {
        /// The axis, counted from 0; axis 0 counts the samples.
        axis: usize,
    },
    /// More numbers than memory can hold.
    #[error("the header announces {announced}, which is more than memory can hold")]
    TooLarge {
        /// The sizes and the type in words.
        announced: String,
    },
    /// Fewer than eight samples, so large that a tensor of them would be mostly padding.
    #[error(
        "the header announces {announced}, which take {used} bytes as a tensor and {padding} more, because it stores samples in \
         sixteens; put at least eight samples into one file"
    )]
    Padding {
        /// The sizes and the type in words.
        announced: String,
        /// The number of bytes of the numbers.
        used: usize,
        /// The number of bytes of the padding.
        padding: usize,
    },
    /// The file ends before the last number.
    #[error("the header announces {announced} in {}, but {} it", Bytes(*expected), Follow(*found))]
    TooShort {
        /// The sizes and the type in words.
        announced: String,
        /// The number of bytes that these numbers take.
        expected: usize,
        /// The number of bytes that were found.
        found: usize,
    },
    /// The file goes on after the last number.
    #[error("the header announces {announced} in {}, but more follow it", Bytes(*expected))]
    TooLong {
        /// The sizes and the type in words.
        announced: String,
        /// The number of bytes that these numbers take.
        expected: usize,
    },
    /// A NaN, an infinity, or a number that the type would round to infinity.
    #[error(
        "number {number} of sample {sample} is {found}, expected a finite number within the range of {scalar}"
    )]
    NotFinite {
        /// The sample, counted from 0.
        sample: usize,
        /// The number's place in the sample, counted from 0.
        number: usize,
        /// The number.
        found: String,
        /// `f32` or `f64`.
        scalar: &'static str,
    },
    /// Labels were requested from a file that holds something else.
    #[error("expected labels, one whole number for each sample; found {announced}")]
    NotLabels {
        /// The sizes and the type in words.
        announced: String,
    },
    /// Images were requested from a file that holds something else.
    #[error("expected grey images, n x height x width numbers of u8; found {announced}")]
    NotImages {
        /// The sizes and the type in words.
        announced: String,
    },
    /// A negative label.
    #[error("sample {sample} has the label {found}, expected at least 0")]
    NegativeLabel {
        /// The sample, counted from 0.
        sample: usize,
        /// The label.
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
