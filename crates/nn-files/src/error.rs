//! What can keep a file from being written.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A file that cannot be written. Prints as `cannot write model.safetensors: expected a writable file, found a read-only one`.
#[derive(Debug)]
pub struct WriteError {
    /// The path as the caller gave it.
    pub path: PathBuf,
    /// The problem with it.
    pub problem: WriteProblem,
}

/// The reason for which a file cannot be written.
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteProblem {
    /// The path names a directory, a device or the like.
    NotAFile,
    /// Nobody has permission to write the file.
    ReadOnly,
    /// The operating system cannot write the file.
    System(io::Error),
}

impl WriteProblem {
    pub(crate) fn of(self, path: &Path) -> WriteError {
        WriteError { path: path.to_owned(), problem: self }
    }
}

impl From<io::Error> for WriteProblem {
    fn from(error: io::Error) -> Self {
        WriteProblem::System(error)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}: {}", self.path.display(), self.problem)
    }
}

impl fmt::Display for WriteProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteProblem::NotAFile => {
                f.write_str("expected a regular file, found a directory, a device or the like")
            }
            WriteProblem::ReadOnly => f.write_str("expected a writable file, found a read-only one"),
            WriteProblem::System(error) => error.fmt(f),
        }
    }
}

impl Error for WriteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.problem {
            WriteProblem::System(error) => Some(error),
            WriteProblem::NotAFile | WriteProblem::ReadOnly => None,
        }
    }
}
