//! The cells of a matrix.

use plotters::style::text_anchor::{HPos, VPos};

use crate::canvas::{Face, font};
use crate::color::Color;
use crate::ink::style::{CAPITALS, CELL_LABEL, SMALLEST_LETTERS};
use crate::ink::{Lettering, units};

/// The colour of the lines between cells, which is visible between white cells and between dark ones.
pub(super) const GAPS: Color = Color::rgb(0xE2, 0xE8, 0xEE);

/// The lettering of all words of a matrix, small enough that the longest fits into a cell of this width in
/// canvas units. Returns `None` when that would be too small to read.
pub(super) fn lettering(words: impl Iterator<Item = String>, cell: f64) -> Option<Lettering> {
    let longest = words.map(|word| font::width(Face::Regular, &word, 1.0)).fold(0.0, f64::max);
    let cell = cell / f64::from(units(1.0));
    let size = CELL_LABEL.min(0.84 * cell / longest).min(0.7 * cell / CAPITALS);
    (size >= SMALLEST_LETTERS).then_some(Lettering::new(size, HPos::Center, VPos::Center))
}
