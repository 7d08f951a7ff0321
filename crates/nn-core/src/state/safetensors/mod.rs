//! Saves states as files and loads them, in the format in which PyTorch users share weights.

mod dtype;
mod error;
mod header;
mod json;
mod read;
mod write;

use std::path::Path;

pub use error::{StateFileError, StateFileProblem};
pub(crate) use json::Shortened;

use crate::{Scalar, StateDict};

/// # Files
///
/// The format is [safetensors](https://github.com/huggingface/safetensors#format): the length of the header, the header itself
/// (JSON with the name, type, shape and position of each tensor, and [metadata](StateDict::metadata)), and the values. A file
/// cannot contain code. Models go to PyTorch and back like this:
///
/// ```python
/// # for network.load_safetensors(..)
/// safetensors.torch.save_file(model.state_dict(), "model.safetensors")
/// # after network.save_safetensors(..)
/// model.load_state_dict(safetensors.torch.load_file("model.safetensors"))
/// ```
///
/// - **Types written**: F32 or F64, depending on the state, and I64 for counters. Equal states give equal bytes, the same that
///   the reference implementation writes: counters come first, and tensors of one type are sorted by name.
/// - **Types read**: F64, F32, F16, BF16 and I64. Each value is rounded to the nearest value of the state's type, as PyTorch's
///   `load_state_dict` does. A finite value that would become infinite is refused. NaN and infinities are kept.
/// - **Kinds**: a file does not hold the kind of an entry. I64 is read as [`Kind::Counter`](crate::Kind::Counter), every other
///   type as [`Kind::Learned`](crate::Kind::Learned). A module knows the kinds of its own parameters.
/// - **Untrusted files** can be read: the result is a state or an error, never a panic, and reading takes no more memory than the
///   length of the file justifies. Unlike the reference, nn refuses a file in which a name or a key appears twice.
/// - **A failed save** leaves the old file intact, because the new one is written beside it, flushed to the disk, and then
///   renamed. What a killed process left beside it is removed by the next save into that directory.
///
/// ```
/// use nn_core::StateDict;
/// # use nn_core::{Entry, Kind};
/// # let entry = Entry { name: "0.bias".into(), kind: Kind::Learned, shape: vec![2], value: vec![0.5, -1.0] };
/// # let mut state = StateDict::<f64>::from_iter([entry]);
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("model.safetensors");
/// state.metadata_mut().insert("epoch".into(), "12".into());
/// state.save_safetensors(&path)?;
///
/// let loaded = StateDict::<f64>::load_safetensors(&path)?;
/// assert_eq!(loaded.metadata()["epoch"], "12");
/// assert_eq!(loaded, state);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<F: Scalar> StateDict<F> {
    /// Saves this state to a file. An existing file is replaced in one step, so there is a complete file at any time. A link is
    /// followed, and the permissions of the old file are kept.
    ///
    /// # Errors
    /// Returns a [`StateFileError`] with the path when the system cannot write the file, when the file is read-only, when the
    /// path names something other than a regular file, or for the reasons given at [`to_safetensors`](StateDict::to_safetensors). An existing file is
    /// unchanged then.
    pub fn save_safetensors(&self, path: impl AsRef<Path>) -> Result<(), StateFileError> {
        let path = path.as_ref();
        let bytes = write::to_bytes(self).map_err(|problem| problem.of(path))?;
        nn_files::write(path, bytes).map_err(|error| StateFileProblem::from(error.problem).of(path))
    }

    /// Loads a state from a file.
    ///
    /// # Errors
    /// Returns a [`StateFileError`] with the path when the system cannot read the file, or for the reasons given at
    /// [`from_safetensors`](StateDict::from_safetensors).
    pub fn load_safetensors(path: impl AsRef<Path>) -> Result<Self, StateFileError> {
        let path = path.as_ref();
        read::from_file(path).map_err(|problem| problem.of(path))
    }

    /// Loads a state from a file if it [fits](StateDict::check_like) `expected`. Names and shapes are checked before the data is
    /// read, so a file for another model costs no more than its header.
    ///
    /// # Errors
    /// Returns a [`StateFileError`] for the reasons given at [`load_safetensors`](StateDict::load_safetensors), or with
    /// [`StateFileProblem::Mismatch`].
    pub fn load_safetensors_like(path: impl AsRef<Path>, expected: &Self) -> Result<Self, StateFileError> {
        let path = path.as_ref();
        read::from_file_like(path, expected).map_err(|problem| problem.of(path))
    }

    /// Returns the bytes of a file with this state.
    ///
    /// # Errors
    /// Returns a [`StateFileError`] that names the entry when the number of its values does not match its shape, when it is a
    /// counter but not a whole number, or when its name is reserved or appears twice. The state of a module that keeps its
    /// contract has none of these problems.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, StateFileError> {
        write::to_bytes(self).map_err(StateFileProblem::of_bytes)
    }

    /// Reads a state from the bytes of a file.
    ///
    /// # Errors
    /// Returns a [`StateFileError`] that says what is wrong with the bytes and names the tensor.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, StateFileError> {
        read::from_bytes(bytes).map_err(StateFileProblem::of_bytes)
    }
}
