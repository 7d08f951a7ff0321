//! Parameters that an optimiser treats in a way of their own.

use std::fmt;
use std::sync::Arc;

/// The settings of a group of parameters, for [`FirstOrder::group`](super::FirstOrder::group): where they differ from those of the
/// optimiser.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    pub(super) lr_factor: f64,
    pub(super) weight_decay: Option<f64>,
    pub(super) is_frozen: bool,
}

impl Group {
    /// With the settings of the optimiser.
    pub fn new() -> Self {
        Group { lr_factor: 1.0, weight_decay: None, is_frozen: false }
    }

    /// With η times this factor, at least 0, whatever a schedule makes of η.
    #[must_use]
    pub fn lr_factor(self, lr_factor: f64) -> Self {
        Group { lr_factor, ..self }
    }

    /// With this weight decay λ, at least 0.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Group { weight_decay: Some(weight_decay), ..self }
    }

    /// Leaves the parameters as they are, bit for bit. Buffers, such as the running statistics of a batch normalisation, still
    /// follow the data.
    #[must_use]
    pub fn frozen(self) -> Self {
        Group { is_frozen: true, ..self }
    }
}

impl Default for Group {
    fn default() -> Self {
        Group::new()
    }
}

/// A group, and the names of its parameters.
#[derive(Clone)]
pub(super) struct Members {
    pub(super) holds: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    pub(super) group: Group,
}

/// Two conditions are equal if they are one.
impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.holds, &other.holds) && self.group == other.group
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.group.fmt(f)
    }
}
