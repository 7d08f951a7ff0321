//! The looks of series: colours, dashes, and the shapes of their points.

use super::style::{stroke, units};
use super::symbol::Symbol;
use crate::canvas::Stroke;
use crate::color::Color;

/// The look of one series among several. Each of the first ten looks differs from all others in colour and
/// also in dashes or symbols, so that readers can tell the series apart in grey and with colour blindness.
///
/// A [`Color`] alone is also a look: a solid line without symbols.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub(crate) color: Color,
    /// The lengths of a dash and of the gap after it, in points.
    dash: Option<(f64, f64)>,
    pub(crate) symbol: Option<Symbol>,
    /// The place of the first symbol, as a share of the distance between symbols. It differs between series
    /// so that their symbols do not meet.
    pub(crate) phase: f64,
}

impl Look {
    /// Returns the look of the series with this number, counted from 0. The colours repeat from 10 on.
    #[must_use]
    pub fn nth(index: usize) -> Self {
        const DASHES: [Option<(f64, f64)>; 4] = [None, Some((4.0, 2.0)), Some((1.4, 1.4)), Some((7.0, 1.6))];
        const SYMBOLS: [Symbol; 5] =
            [Symbol::Circle, Symbol::Triangle, Symbol::Square, Symbol::Diamond, Symbol::Wedge];
        Self {
            color: Color::CLASSES[index % Color::CLASSES.len()],
            dash: DASHES[index % DASHES.len()],
            symbol: Some(SYMBOLS[index % SYMBOLS.len()]),
            phase: (0.5 + 0.35 * (index % 20) as f64) % 1.0,
        }
    }

    /// Removes the symbols and keeps colour and dashes.
    #[must_use]
    pub fn without_symbols(mut self) -> Self {
        self.symbol = None;
        self
    }

    /// The stroke of a line `width` points wide.
    pub(crate) fn stroke(&self, width: f64) -> Stroke {
        let dash = self.dash.map(|(on, off)| (units(on), units(off)));
        Stroke { dash, ..stroke(self.color, width) }
    }
}

impl From<Color> for Look {
    fn from(color: Color) -> Self {
        Self { color, dash: None, symbol: None, phase: 0.0 }
    }
}
