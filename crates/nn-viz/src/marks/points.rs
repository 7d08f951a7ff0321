//! Single points.

use super::check::Subject;
use super::draw::{Draw, Extent, GlyphWidth, Kind, Layer, Margin, Plane};
use super::series::Series;
use crate::canvas::{Canvas, Frame};
use crate::error::VizError;
use crate::ink::{Look, Symbol, Symbols};

/// Single points. A point whose `y` is not finite is left out.
///
/// A panel can have six series of points with one symbol and labels. More would differ in nothing but colour,
/// so they are refused: give each series the symbol of its [`Look::nth`], or use a
/// [`Scatter`](crate::Scatter).
#[derive(Clone, Debug)]
pub struct Points {
    label: String,
    series: Series,
    symbols: Symbols,
}

impl Points {
    /// Makes opaque symbols without a halo, 4 points (1/72 inch) across. The look is a [`Look`], such as
    /// [`Look::nth`], or a [`Color`](crate::Color), which makes discs.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], y: &[f64], look: impl Into<Look>) -> Self {
        let Look { color, symbol, .. } = look.into();
        let symbol = symbol.unwrap_or(Symbol::Circle);
        let symbols = Symbols { symbol, color, alpha: 1.0, halo: false, size: 4.0 };
        Self { label: label.into(), series: Series::new(x, y), symbols }
    }

    /// Draws triangles.
    #[must_use]
    pub fn triangles(mut self) -> Self {
        self.symbols.symbol = Symbol::Triangle;
        self
    }

    /// Sets the opacity, from 0 to 1.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.symbols.alpha = alpha;
        self
    }

    /// Adds a thin white rim, which separates crowded points and keeps points over a field visible.
    #[must_use]
    pub fn halo(mut self) -> Self {
        self.symbols.halo = true;
        self
    }

    /// Sets the diameter of a disc in points (1/72 inch): more than 0 and at most 72. A triangle covers about
    /// the same area.
    #[must_use]
    pub fn size(mut self, points: f64) -> Self {
        self.symbols.size = points;
        self
    }
}

impl Draw for Points {
    fn kind(&self) -> Kind {
        Kind { name: "points", layers: &[Layer::Curve], margin: Margin::Points }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.size("size", self.symbols.size)?;
        subject.opacity(self.symbols.alpha)?;
        self.series.check(subject)
    }

    fn reach(&self, extent: &mut Extent) {
        self.series.reach(extent);
    }

    fn series_symbol(&self) -> Option<Symbol> {
        (!self.label.is_empty()).then_some(self.symbols.symbol)
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        self.symbols.draw_all(plane, self.series.visible())
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        self.symbols.draw(canvas, at.middle());
    }

    fn glyph_width(&self) -> GlyphWidth {
        GlyphWidth::Point
    }
}
