//! What is learnt from a table of columns, so that networks can take it: imputing, encoding, scaling, class names.

mod categories;
mod cells;
mod json;
mod levels;
mod numbers;
mod preprocessor;
mod recipe;
mod target;

pub use categories::Categories;
pub use numbers::Numbers;
pub use preprocessor::Preprocessor;
pub use recipe::Recipe;
pub(crate) use target::classes_of;
