//! Points of several classes.

use plotters::style::text_anchor::{HPos, VPos};

use super::check::Subject;
use super::draw::{Draw, Extent, GlyphWidth, Kind, Layer, Margin, Plane};
use super::quantile::{ascending, quantile};
use super::series::Series;
use crate::canvas::{Canvas, Frame};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::style::SCATTER_NAME;
use crate::ink::{Lettering, Look, MOST_ALIKE, Symbol, Symbols, draw, put};

/// Points in the colours of up to ten classes: for instance the two-dimensional codes that a network gives to
/// its samples. A point whose `y` is not finite is left out, and a class without points is not named.
///
/// ```
/// use nn_viz::{Figure, Panel, Scatter};
///
/// let (x, y) = ([0.1, 0.2, 0.9, 0.8], [0.3, 0.1, 0.7, 0.9]);
/// let codes = Scatter::new(&x, &y, &[0, 0, 1, 1], &["zero", "one"]).named();
/// Figure::new(3.0, 3.0).row(1.0, [Panel::new("Codes").mark(codes)]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scatter {
    series: Series,
    classes: Vec<usize>,
    names: Vec<String>,
    alpha: f64,
    size: f64,
    halo: bool,
    shapes: bool,
    named: bool,
}

impl Scatter {
    /// Makes opaque discs, 3 points (1/72 inch) across: one for each `x`. Classes are counted from 0. Each
    /// class has a name, an entry in the legend, and its colour in [`Color::CLASSES`].
    #[must_use]
    pub fn new(x: &[f64], y: &[f64], classes: &[usize], names: &[impl AsRef<str>]) -> Self {
        Self {
            series: Series::new(x, y),
            classes: classes.to_vec(),
            names: names.iter().map(|name| name.as_ref().to_owned()).collect(),
            alpha: 1.0,
            size: 3.0,
            halo: false,
            shapes: false,
            named: false,
        }
    }

    /// Writes the name of each class at the median of its points instead of in the legend. The names of
    /// classes that overlap may overlap as well.
    #[must_use]
    pub fn named(mut self) -> Self {
        self.named = true;
        self
    }

    /// Gives each class one of five shapes in turn, so that classes of similar colours differ in shape.
    /// Points of more than six classes always have shapes, because so many colours alone are hard to tell
    /// apart.
    #[must_use]
    pub fn shapes(mut self) -> Self {
        self.shapes = true;
        self
    }

    /// Adds a thin white rim.
    #[must_use]
    pub fn halo(mut self) -> Self {
        self.halo = true;
        self
    }

    /// Sets the opacity, from 0 to 1.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// Sets the diameter of a disc in points (1/72 inch): more than 0 and at most 72.
    #[must_use]
    pub fn size(mut self, points: f64) -> Self {
        self.size = points;
        self
    }

    fn symbols(&self, class: usize) -> Symbols {
        let Look { color, symbol, .. } = Look::nth(class);
        let shapes = self.shapes || self.names.len() > MOST_ALIKE;
        let symbol = symbol.filter(|_| shapes).unwrap_or(Symbol::Circle);
        Symbols { symbol, color, alpha: self.alpha, halo: self.halo, size: self.size }
    }

    /// The visible points of a class.
    fn members(&self, class: usize) -> Vec<(f64, f64)> {
        let points = self.series.points().zip(&self.classes);
        points.filter(|((_, y), of)| **of == class && y.is_finite()).map(|(point, _)| point).collect()
    }

    /// The classes with at least one visible point.
    fn present(&self) -> Vec<usize> {
        (0..self.names.len()).filter(|&class| !self.members(class).is_empty()).collect()
    }

    fn points(&self, plane: &Plane) -> Result<(), VizError> {
        let mut classes = 0..self.names.len();
        classes.try_for_each(|class| self.symbols(class).draw_all(plane, self.members(class)))
    }

    fn words(&self, plane: &Plane) -> Result<(), VizError> {
        let lettering = Lettering { bold: true, ..Lettering::new(SCATTER_NAME, HPos::Center, VPos::Center) };
        for class in self.present() {
            let (x, y): (Vec<f64>, Vec<f64>) = self.members(class).into_iter().unzip();
            let median = |values: &[f64]| quantile(&ascending(values), 0.5);
            draw(plane, vec![(median(&x), median(&y))], |canvas, places| {
                put(canvas, &self.names[class], places[0], lettering, Color::INK, true);
            })?;
        }
        Ok(())
    }
}

impl Draw for Scatter {
    fn kind(&self) -> Kind {
        let layers: &[Layer] = if self.named { &[Layer::Curve, Layer::Words] } else { &[Layer::Curve] };
        Kind { name: "scatter", layers, margin: Margin::Points }
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.size("size", self.size)?;
        subject.opacity(self.alpha)?;
        self.series.check(subject)?;
        subject.length(("x", self.series.len()), ("classes", self.classes.len()))?;
        subject.colors(self.names.len())?;
        subject.classes(&self.classes, self.names.len())
    }

    fn reach(&self, extent: &mut Extent) {
        self.series.reach(extent);
    }

    fn draw(&self, layer: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        if layer == Layer::Words { self.words(plane) } else { self.points(plane) }
    }

    fn entries(&self) -> Vec<&str> {
        let present = if self.named { Vec::new() } else { self.present() };
        present.into_iter().map(|class| self.names[class].as_str()).collect()
    }

    fn glyph(&self, entry: usize, canvas: &mut Canvas, at: Frame) {
        let symbols = self.symbols(self.present()[entry]);
        // Opaque and not too small, so that the colour is easy to recognise.
        Symbols { alpha: 1.0, size: self.size.max(4.0), ..symbols }.draw(canvas, at.middle());
    }

    fn glyph_width(&self) -> GlyphWidth {
        GlyphWidth::Point
    }
}
