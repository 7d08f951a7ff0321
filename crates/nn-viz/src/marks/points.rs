//! Single points.

use super::{Draw, Extent, GlyphWidth, Layer, Margin, Mark, Plane, Subject};
use crate::backend::{Canvas, Frame};
use crate::color::Color;
use crate::element::draw;
use crate::error::VizError;
use crate::symbol::{Symbol, Symbols};

/// Single points. One whose `y` is not finite is left out.
#[derive(Clone, Debug)]
pub struct Points {
    label: String,
    x: Vec<f64>,
    y: Vec<f64>,
    symbols: Symbols,
}

impl Points {
    /// Opaque discs without a halo, 4 points across.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], y: &[f64], color: Color) -> Self {
        let symbols = Symbols { symbol: Symbol::Circle, color, alpha: 1.0, halo: false, size: 4.0 };
        Self { label: label.into(), x: x.to_vec(), y: y.to_vec(), symbols }
    }

    /// Triangles instead of discs.
    #[must_use]
    pub fn triangles(mut self) -> Self {
        self.symbols.symbol = Symbol::Triangle;
        self
    }

    /// The opacity, from 0 to 1.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.symbols.alpha = alpha;
        self
    }

    /// A thin white rim, which keeps crowded points apart and points over a field in sight.
    #[must_use]
    pub fn halo(mut self) -> Self {
        self.symbols.halo = true;
        self
    }

    /// The diameter of a disc in points (1/72 inch), more than 0 and at most 72; a triangle covers about as
    /// much.
    #[must_use]
    pub fn size(mut self, points: f64) -> Self {
        self.symbols.size = points;
        self
    }
}

impl Draw for Points {
    fn kind(&self) -> &'static str {
        "points"
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn layers(&self) -> &'static [Layer] {
        &[Layer::Curve]
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.size("size", self.symbols.size)?;
        subject.opacity(self.symbols.alpha)?;
        subject.series(&self.x, &[("y", &self.y)])
    }

    fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&self.x);
        extent.reach_y(&self.y);
    }

    fn margin(&self) -> Margin {
        Margin::Points
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        let places = self.x.iter().copied().zip(self.y.iter().copied());
        draw(plane, places.filter(|(_, y)| y.is_finite()).collect(), |canvas, places| {
            for &place in places {
                self.symbols.draw(canvas, place);
            }
        })
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        self.symbols.draw(canvas, at.middle());
    }

    fn glyph_width(&self) -> GlyphWidth {
        GlyphWidth::Point
    }
}

impl From<Points> for Mark {
    fn from(points: Points) -> Self {
        Self::new(points)
    }
}
