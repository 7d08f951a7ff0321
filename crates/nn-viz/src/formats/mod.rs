//! The file formats that a canvas is written in: SVG, and PNG at any resolution.

mod encode;
mod png;
mod svg;

pub(crate) use self::png::png;
pub(crate) use self::svg::{Words, svg};
