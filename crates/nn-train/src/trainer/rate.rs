//! The learning rate of a training.

use std::sync::Arc;

use nn_core::SettingError;

use crate::schedule::{ReduceLrOnPlateau, Schedule};

/// What the learning rate depends on.
#[derive(Clone, Default)]
pub(super) enum Rate {
    #[default]
    Constant,
    /// The number of epochs.
    Epochs(Arc<dyn Schedule>),
    /// The number of steps.
    Steps(Arc<dyn Schedule>),
    /// The curve of a criterion.
    Plateau(ReduceLrOnPlateau),
}

impl Rate {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        match self {
            Rate::Constant => Ok(()),
            Rate::Epochs(schedule) | Rate::Steps(schedule) => schedule.check(),
            Rate::Plateau(plateau) => plateau.check(),
        }
    }
}
