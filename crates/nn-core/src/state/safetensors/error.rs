//! What can be wrong with a saved state, and where.

use std::fmt;
use std::io;
use std::path::Path;

use nn_files::WriteProblem;

use crate::state::error::Quoted;
use crate::{ModuleError, StateError};

/// A saved state that cannot be written, read or used. Prints as
/// `xor.safetensors: tensor "0.bias" has shape [8] of F32, which is 32 bytes, but its offsets span 40`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct StateFileError {
    /// The path of the file as the caller gave it, or `<bytes>`.
    pub file: String,
    /// The problem with it.
    pub problem: StateFileProblem,
}

/// A problem with a saved state. Long names are shortened when it is printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateFileProblem {
    /// The operating system cannot read the file.
    #[error("cannot be read: {reason}")]
    Unreadable {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The system's description of the failure.
        reason: String,
    },
    /// The operating system cannot write the file. The old file, if there is one, is unchanged.
    #[error("cannot be written: {reason}")]
    Unwritable {
        /// The kind of failure.
        kind: io::ErrorKind,
        /// The system's description of the failure.
        reason: String,
    },
    /// The path names a directory, a device or the like.
    #[error("is not a regular file")]
    NotAFile,
    /// The names or shapes in the file differ from those of the model.
    #[error("{0}")]
    Mismatch(StateError),
    /// The file as a whole is damaged, cut off, or not a safetensors file.
    #[error("{reason}")]
    Format {
        /// What was expected and what was found.
        reason: String,
    },
    /// The file has the weights of a network, but not its architecture.
    #[error(
        "has no architecture to make a network of{}: make the network, and load its weights with load_safetensors",
        Because(.reason.as_deref())
    )]
    NoArchitecture {
        /// What the file says about it, if anything.
        reason: Option<String>,
    },
    /// No network can be made of the architecture in the file.
    #[error("the architecture in it makes no network: {0}")]
    Architecture(Box<ModuleError>),
    /// One tensor is wrong in the file, or does not fit into the state.
    #[error("tensor {} {reason}", Quoted(tensor))]
    Tensor {
        /// The name of the tensor.
        tensor: String,
        /// What is wrong with it; the end of a sentence that starts with its name.
        reason: String,
    },
}

impl StateFileProblem {
    pub(super) fn unreadable(error: io::Error) -> Self {
        StateFileProblem::Unreadable { kind: error.kind(), reason: error.to_string() }
    }

    pub(crate) fn format(reason: impl Into<String>) -> Self {
        StateFileProblem::Format { reason: reason.into() }
    }

    pub(super) fn tensor(name: &str, reason: impl Into<String>) -> Self {
        StateFileProblem::Tensor { tensor: name.to_owned(), reason: reason.into() }
    }

    pub(super) fn of_bytes(self) -> StateFileError {
        StateFileError { file: "<bytes>".to_owned(), problem: self }
    }

    pub(crate) fn of(self, file: &Path) -> StateFileError {
        StateFileError { file: file.display().to_string(), problem: self }
    }
}

impl From<WriteProblem> for StateFileProblem {
    fn from(problem: WriteProblem) -> Self {
        let kind = match &problem {
            WriteProblem::NotAFile => return StateFileProblem::NotAFile,
            WriteProblem::System(error) => error.kind(),
            // The only other reason: the file is read-only.
            _ => io::ErrorKind::PermissionDenied,
        };
        StateFileProblem::Unwritable { kind, reason: problem.to_string() }
    }
}

/// Prints the reason in brackets, or the beginning of a long one, or nothing.
struct Because<'a>(Option<&'a str>);

impl fmt::Display for Because<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => Ok(()),
            Some(reason) if reason.len() < 300 && !reason.contains(char::is_control) => {
                write!(f, " ({reason})")
            }
            Some(reason) => write!(f, " ({})", Quoted(reason)),
        }
    }
}
