//! The measures of a figure: lengths and font sizes in points (1/72 inch), unless stated otherwise.

use crate::canvas::{Paint, Stroke, UNITS_PER_INCH};
use crate::color::Color;

pub(crate) const TITLE: f64 = 8.0;
pub(crate) const LETTER: f64 = 9.0;
pub(crate) const AXIS_LABEL: f64 = 7.5;
pub(crate) const TICK_LABEL: f64 = 7.0;
pub(crate) const LEGEND_LABEL: f64 = 7.0;
pub(crate) const CELL_LABEL: f64 = 7.0;
pub(crate) const CAPTION: f64 = 6.5;
pub(crate) const SCATTER_NAME: f64 = 9.0;
/// Smaller letters cannot be read in print.
pub(crate) const SMALLEST_LETTERS: f64 = 3.0;

pub(crate) const SPINE: f64 = 0.6;
pub(crate) const OUTLINE: f64 = 0.5;
pub(crate) const MAJOR_TICK: f64 = 2.6;
pub(crate) const MINOR_TICK: f64 = 1.5;
pub(crate) const GRID_COLOR: Color = Color::rgb(0xE2, 0xE2, 0xE2);

/// The gap between the end of a tick and its label, left of the axis and below it.
pub(crate) const TICK_GAP: f64 = 2.6;
/// The gap between the labels of the ticks and the label of the axis.
pub(crate) const LABEL_GAP: f64 = 5.6;
/// The margin around the whole figure.
pub(crate) const EDGE: f64 = 4.0;
/// The gap above the capitals of a title.
pub(crate) const ABOVE_TITLE: f64 = 3.0;
/// The gap between a title and the frame below it.
pub(crate) const BELOW_TITLE: f64 = 8.0;
/// The gap between two panels of a row.
pub(crate) const COLUMN_GAP: f64 = 12.0;
/// The gap between two rows.
pub(crate) const ROW_GAP: f64 = 9.0;

/// The height of capitals, relative to the font size.
pub(crate) const CAPITALS: f64 = 0.729;
/// The depth of descenders, relative to the font size.
pub(crate) const DESCENDERS: f64 = 0.236;

/// A length in points as canvas units.
pub(crate) fn units(points: f64) -> i32 {
    (points * UNITS_PER_INCH / 72.0).round() as i32
}

/// A solid stroke of a width in points.
pub(crate) fn stroke(color: Color, width: f64) -> Stroke {
    Stroke { paint: Paint { color, alpha: 1.0 }, width: units(width), dash: None }
}
