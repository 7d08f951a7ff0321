//! States as files, in the format that PyTorch users share weights in.

mod dtype;
mod error;
mod header;
mod json;
mod read;
mod replace;
mod write;

use std::path::Path;

pub use error::{StateFileError, StateFileProblem};

use crate::{Scalar, StateDict};

/// # Files
///
/// [safetensors](https://github.com/huggingface/safetensors#format): the length of a header, the header (JSON: name, type,
/// shape and place of each tensor, and [metadata](StateDict::metadata)), the numbers. Nothing in it is code. To PyTorch and
/// back:
///
/// ```python
/// safetensors.torch.save_file(model.state_dict(), "model.safetensors")      # for network.load_safetensors(..)
/// model.load_state_dict(safetensors.torch.load_file("model.safetensors"))   # after network.save_safetensors(..)
/// ```
///
/// - **Written** are F32 or F64, as the state is, and I64 for counters. Equal states give equal bytes, those of the reference
///   implementation: counters first, then by name.
/// - **Read** are F64, F32, F16, BF16 and I64, each number rounded to the nearest of the state's type, as PyTorch's
///   `load_state_dict` does. A finite number that would become infinite is refused. NaN and infinities are kept.
/// - **The kind** of an entry is not in a file: I64 is read as [`Kind::Counter`](crate::Kind::Counter), all else as
///   [`Kind::Learned`](crate::Kind::Learned). A module knows its kinds itself.
/// - **A file from anywhere** may be read: it is an error or a state, never a panic, and no more memory is taken than
///   its length justifies. Stricter than the reference: no key may come twice.
/// - **A failed save** leaves the old file whole: a new file is written beside it, forced to the disk, and renamed.
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
    /// Writes a file. If there is one of this name, it is replaced at once and whole.
    ///
    /// # Errors
    /// [`StateFileError`] with the path: the system does not take the file, this is not a regular file, or as
    /// [`to_safetensors`](StateDict::to_safetensors). What was there before is unchanged then.
    pub fn save_safetensors(&self, path: impl AsRef<Path>) -> Result<(), StateFileError> {
        let path = path.as_ref();
        let save = || replace::replace(path, &write::to_bytes(self)?);
        save().map_err(|problem| problem.of(path))
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`StateFileError`] with the path: the system does not give the file, or as
    /// [`from_safetensors`](StateDict::from_safetensors).
    pub fn load_safetensors(path: impl AsRef<Path>) -> Result<Self, StateFileError> {
        read::from_file(path.as_ref()).map_err(|problem| problem.of(path.as_ref()))
    }

    /// Reads a file that must have exactly the names and shapes of `expected`, and whole numbers for its counters. Names and
    /// shapes are checked before the data is read.
    ///
    /// # Errors
    /// As [`load_safetensors`](StateDict::load_safetensors), and if the file has other names, shapes or counts.
    pub fn load_safetensors_like(
        path: impl AsRef<Path>,
        expected: &StateDict<F>,
    ) -> Result<Self, StateFileError> {
        let path = path.as_ref();
        read::from_file_like(path, expected).map_err(|problem| problem.of(path))
    }

    /// What a file would hold.
    ///
    /// # Errors
    /// [`StateFileError`] names an entry whose values are not as many as its shape says, a counter that is not whole, or a
    /// name that is used twice or reserved. The state of a module that keeps its contract has none of these.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, StateFileError> {
        write::to_bytes(self).map_err(StateFileProblem::of_bytes)
    }

    /// The state in the bytes of a file.
    ///
    /// # Errors
    /// [`StateFileError`] says what is wrong with them, and with which tensor.
    pub fn from_safetensors(bytes: &[u8]) -> Result<Self, StateFileError> {
        read::from_bytes(bytes).map_err(StateFileProblem::of_bytes)
    }
}
