//! Why there is no grid.

use crate::failure::shortened;
use crate::{ComparisonError, TrialsError};

/// Why the cells of a grid cannot be run or ordered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// There are no cells.
    #[error("the number of cells is 0, expected at least 1")]
    NoCells,
    /// The trials of a cell failed. When those of several would, this is the first.
    #[error("cell {}: {source}", shortened(name, 100))]
    Cell {
        /// The name of the cell.
        name: String,
        /// Why its trials cannot be run or summarised.
        source: Box<TrialsError>,
    },
    /// Two cells are measured differently.
    #[error(
        "cell {} has {found}, the first cell has {expected}, expected the same in all",
        shortened(name, 100)
    )]
    Measure {
        /// The name of the cell.
        name: String,
        /// The measure that the first cell would be chosen by.
        expected: String,
        /// The measure that this cell would be chosen by.
        found: String,
    },
    /// The trials of a cell form no pairs with those of the best.
    #[error("the best cell (A) and cell {} (B): {source}", shortened(name, 100))]
    Pairs {
        /// The name of the cell.
        name: String,
        /// Why they form no pairs.
        source: ComparisonError,
    },
}
