//! The file formats that a canvas is written in: SVG, and PNG at any resolution.

mod data_uri;
mod encode;
mod png;
mod svg;
mod svg_values;

pub(crate) use self::png::png;
pub(crate) use self::svg::svg;
