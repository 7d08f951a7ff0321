//! Why a model cannot be loaded, saved or used.

use std::path::PathBuf;

use nn_core::{ModuleError, SettingError, StateFileError};
use nn_data::DataError;

/// Why a [`Model`](crate::Model) cannot be loaded, saved or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file cannot be read or written, or no network can be made of it.
    #[error(transparent)]
    File(Box<StateFileError>),
    /// The file is a saved network, but not a model.
    #[error("{}: expected a model, {what}", .file.display())]
    Content {
        /// The file.
        file: PathBuf,
        /// What was found.
        what: String,
    },
    /// The table does not have what the model needs.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The network does not take the features.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The parts of the model do not fit each other.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// An output that is no prediction.
    #[error("{place}: expected {expected}, found {found} for {name:?}; {advice}")]
    Output {
        /// Where the row comes from.
        place: Box<str>,
        /// The class or the target, shortened.
        name: Box<str>,
        /// What was expected.
        expected: &'static str,
        /// The output, as printed.
        found: Box<str>,
        /// What may help.
        advice: &'static str,
    },
}

impl From<StateFileError> for ModelError {
    fn from(error: StateFileError) -> Self {
        ModelError::File(Box::new(error))
    }
}

/// Shortens a text that a message repeats. It may be as long as a file.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
