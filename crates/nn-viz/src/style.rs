//! The look: every length, size and grey of a figure, in points unless said otherwise.

use crate::backend::UNITS_PER_INCH;
use crate::color::Color;

pub(crate) const TITLE: f64 = 8.0;
pub(crate) const LETTER: f64 = 9.0;
pub(crate) const AXIS_LABEL: f64 = 7.5;
pub(crate) const TICK_LABEL: f64 = 7.0;
pub(crate) const LEGEND_LABEL: f64 = 7.0;
pub(crate) const CELL_LABEL: f64 = 7.0;
pub(crate) const CAPTION: f64 = 6.5;
pub(crate) const SCATTER_NAME: f64 = 9.0;
/// Smaller ones cannot be read in print.
pub(crate) const SMALLEST_LETTERS: f64 = 3.0;

pub(crate) const SPINE: f64 = 0.6;
pub(crate) const OUTLINE: f64 = 0.5;
pub(crate) const MAJOR_TICK: f64 = 2.6;
pub(crate) const MINOR_TICK: f64 = 1.5;
pub(crate) const GRID_COLOR: Color = Color::rgb(0xE2, 0xE2, 0xE2);

/// Between the end of a tick and its label, left of the axis and below it.
pub(crate) const TICK_GAP: f64 = 2.6;
/// Between tick labels and the axis' label.
pub(crate) const LABEL_GAP: f64 = 5.6;
/// Around the whole figure.
pub(crate) const EDGE: f64 = 4.0;
/// Above a title's capitals, and between them and the frame.
pub(crate) const ABOVE_TITLE: f64 = 3.0;
pub(crate) const BELOW_TITLE: f64 = 8.0;
/// Between two panels of a row, and below each row.
pub(crate) const COLUMN_GAP: f64 = 12.0;
pub(crate) const ROW_GAP: f64 = 9.0;

/// Height of capitals and depth of descenders, relative to the font size.
pub(crate) const CAPITALS: f64 = 0.729;
pub(crate) const DESCENDERS: f64 = 0.236;

/// A length in points as canvas units.
pub(crate) fn units(points: f64) -> i32 {
    (points * UNITS_PER_INCH / 72.0).round() as i32
}
