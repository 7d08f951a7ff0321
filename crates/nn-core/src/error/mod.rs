//! Errors found before a module runs: a shape that does not fit, a setting or a value that makes no sense.

mod any;
mod module;
mod setting;
mod shape;
mod value;

pub use any::AnyError;
pub use module::{ModuleError, ModuleProblem};
pub use setting::{Setting, SettingError};
pub use shape::ShapeError;
pub use value::ValueError;
