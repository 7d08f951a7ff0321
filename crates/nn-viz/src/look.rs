//! How series of one panel differ: in colour, in dashes and in the shape of their points.

use crate::backend::Stroke;
use crate::color::Color;
use crate::element::stroke;
use crate::style::units;
use crate::symbol::Symbol;

/// The look of one series among several. Each of the first ten differs from all others in colour, and also in
/// dashes or symbols: they can be told apart in grey and by colour-blind readers.
///
/// A [`Color`] alone is a look, too: a solid line without symbols.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub(crate) color: Color,
    /// Lengths of a dash and of the gap after it, in points.
    dash: Option<(f64, f64)>,
    pub(crate) symbol: Option<Symbol>,
    /// Where the symbols begin, as a share of their distance: those of two series do not meet.
    pub(crate) phase: f64,
}

impl Look {
    /// The look of the series with this number, counted from 0; from 10 on, they begin anew.
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

    /// The same colour and dashes without symbols.
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
