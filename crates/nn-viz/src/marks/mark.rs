//! A mark of any kind.

use std::sync::Arc;

use super::draw::Draw;

/// A mark of any kind: what [`Panel::mark`](crate::Panel::mark) accepts. Every kind in the table on
/// [the first page](crate) converts into it.
#[derive(Clone, Debug)]
pub struct Mark(Arc<dyn Draw>);

impl Mark {
    /// The name of the mark in messages, and its text in the legend. Marks with the same label share an entry
    /// of the legend; a mark with an empty label has none. The label of a field stands above its colour bar.
    #[must_use]
    pub fn label(&self) -> &str {
        self.0.label()
    }

    pub(crate) fn draws(&self) -> &dyn Draw {
        &*self.0
    }
}

impl<D: Draw + 'static> From<D> for Mark {
    fn from(mark: D) -> Self {
        Self(Arc::new(mark))
    }
}
