//! The look of everything and the ways to draw it: sizes, letters, symbols, and the looks of series.

mod area;
mod look;
pub(crate) mod style;
mod symbol;
mod text;

pub(crate) use self::area::{Sheet, draw, line};
pub use self::look::Look;
pub(crate) use self::style::{stroke, units};
pub(crate) use self::symbol::{MOST_ALIKE, Symbol, Symbols};
pub(crate) use self::text::{Lettering, fitted, put, text};
