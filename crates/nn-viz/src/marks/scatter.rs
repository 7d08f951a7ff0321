//! Points of several classes.

use plotters::style::text_anchor::{HPos, VPos};

use super::{Draw, Extent, GlyphWidth, Layer, Margin, Mark, Plane, Subject};
use crate::backend::{Canvas, Frame};
use crate::color::Color;
use crate::element::{Lettering, draw, put};
use crate::error::VizError;
use crate::look::Look;
use crate::style::SCATTER_NAME;
use crate::symbol::{Symbol, Symbols};

/// Points in the colours of their classes, up to ten: what a network makes of samples in two dimensions. A
/// point whose `y` is not finite is left out; classes without any point are not named.
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
    x: Vec<f64>,
    y: Vec<f64>,
    classes: Vec<usize>,
    names: Vec<String>,
    alpha: f64,
    size: f64,
    halo: bool,
    shapes: bool,
    named: bool,
}

impl Scatter {
    /// Opaque discs, 3 points across: one for each `x`, with its class counted from 0. Each class has a name
    /// and an entry in the legend; its colour is that of [`Color::CLASSES`].
    #[must_use]
    pub fn new(x: &[f64], y: &[f64], classes: &[usize], names: &[impl AsRef<str>]) -> Self {
        Self {
            x: x.to_vec(),
            y: y.to_vec(),
            classes: classes.to_vec(),
            names: names.iter().map(|name| name.as_ref().to_owned()).collect(),
            alpha: 1.0,
            size: 3.0,
            halo: false,
            shapes: false,
            named: false,
        }
    }

    /// Writes the name of each class at the median of its points, instead of in the legend. Names of classes
    /// that lie on top of one another do so, too.
    #[must_use]
    pub fn named(mut self) -> Self {
        self.named = true;
        self
    }

    /// A shape for each class as well, of five in turn: what differs little in colour differs in shape.
    #[must_use]
    pub fn shapes(mut self) -> Self {
        self.shapes = true;
        self
    }

    /// A thin white rim.
    #[must_use]
    pub fn halo(mut self) -> Self {
        self.halo = true;
        self
    }

    /// The opacity, from 0 to 1.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// The diameter of a disc in points (1/72 inch), more than 0 and at most 72.
    #[must_use]
    pub fn size(mut self, points: f64) -> Self {
        self.size = points;
        self
    }

    fn symbols(&self, class: usize) -> Symbols {
        let Look { color, symbol, .. } = Look::nth(class);
        let symbol = symbol.filter(|_| self.shapes).unwrap_or(Symbol::Circle);
        Symbols { symbol, color, alpha: self.alpha, halo: self.halo, size: self.size }
    }

    /// The places of a class.
    fn members(&self, class: usize) -> Vec<(f64, f64)> {
        let places = self.x.iter().copied().zip(self.y.iter().copied()).zip(&self.classes);
        places.filter(|((_, y), of)| **of == class && y.is_finite()).map(|(place, _)| place).collect()
    }

    /// The classes that have any point.
    fn present(&self) -> Vec<usize> {
        (0..self.names.len()).filter(|&class| !self.members(class).is_empty()).collect()
    }

    fn points(&self, plane: &Plane) -> Result<(), VizError> {
        for class in 0..self.names.len() {
            let symbols = self.symbols(class);
            draw(plane, self.members(class), |canvas, places| {
                for &place in places {
                    symbols.draw(canvas, place);
                }
            })?;
        }
        Ok(())
    }

    fn words(&self, plane: &Plane) -> Result<(), VizError> {
        let lettering = Lettering {
            size: SCATTER_NAME,
            bold: true,
            upwards: false,
            across: HPos::Center,
            down: VPos::Center,
        };
        for class in self.present() {
            let (x, y): (Vec<f64>, Vec<f64>) = self.members(class).into_iter().unzip();
            draw(plane, vec![(median(x), median(y))], |canvas, places| {
                put(canvas, &self.names[class], places[0], lettering, Color::INK, true);
            })?;
        }
        Ok(())
    }
}

/// The middle value, or the mean of the two middle ones.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

impl Draw for Scatter {
    fn kind(&self) -> &'static str {
        "scatter"
    }

    fn label(&self) -> &str {
        ""
    }

    fn layers(&self) -> &'static [Layer] {
        if self.named { &[Layer::Curve, Layer::Words] } else { &[Layer::Curve] }
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.size("size", self.size)?;
        subject.opacity(self.alpha)?;
        subject.series(&self.x, &[("y", &self.y)])?;
        subject.length(("x", self.x.len()), ("classes", self.classes.len()))?;
        subject.colors(self.names.len())?;
        subject.classes(&self.classes, self.names.len())
    }

    fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&self.x);
        extent.reach_y(&self.y);
    }

    fn margin(&self) -> Margin {
        Margin::Points
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
        // Opaque and not too small: the colour is to be seen.
        Symbols { alpha: 1.0, size: self.size.max(4.0), ..symbols }.draw(canvas, at.middle());
    }

    fn glyph_width(&self) -> GlyphWidth {
        GlyphWidth::Point
    }
}

impl From<Scatter> for Mark {
    fn from(scatter: Scatter) -> Self {
        Self::new(scatter)
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 9.0]), 3.0);
        assert_eq!(median(vec![4.0, 1.0, 9.0, 2.0]), 3.0);
    }
}
