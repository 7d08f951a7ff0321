//! Choosing among configurations: cross-validation, and grids of settings.

mod cross_validate;
mod cross_validator;
mod error;
mod grid;
mod table;

pub use cross_validator::{BoxedFolds, CrossValidator};
pub use error::GridError;
pub use grid::{Cell, Grid};
