//! Tests of finished figures through the public interface, and of the order of the source files.

mod agreement;
mod bytes;
mod cells;
mod classes;
mod compared;
mod curves;
mod diagrams;
mod drawing;
mod errors;
mod files;
mod floors;
mod frames;
mod groups;
mod legends;
mod matrices;
mod not_finite;
mod pixels;
mod ranges;
mod rates;
mod svg;
mod texts;

use nn_viz::{Drawing, Figure, Panel};

/// Draws a figure of one panel, with its width and height in inches.
fn single(width: f64, height: f64, panel: Panel) -> Drawing {
    Figure::new(width, height).row(1.0, [panel]).draw().unwrap()
}
