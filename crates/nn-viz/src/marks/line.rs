//! A line.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use super::series::Series;
use crate::canvas::{Canvas, Frame, Stroke};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::{stroke, units};

/// A line through points, in the order given. A `y` that is not finite leaves a gap; a point alone between
/// two gaps is drawn as a dot.
#[derive(Clone, Debug)]
pub struct Line {
    label: String,
    series: Series,
    color: Color,
    width: f64,
    dashed: bool,
}

impl Line {
    /// Makes a solid line 1.3 points wide.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], y: &[f64], color: Color) -> Self {
        Self { label: label.into(), series: Series::new(x, y), color, width: 1.3, dashed: false }
    }

    /// Sets the width in points (1/72 inch): more than 0 and at most 72.
    #[must_use]
    pub fn width(mut self, points: f64) -> Self {
        self.width = points;
        self
    }

    /// Draws dashes instead of a solid line.
    #[must_use]
    pub fn dashed(mut self) -> Self {
        self.dashed = true;
        self
    }

    fn stroke(&self) -> Stroke {
        let dash = self.dashed.then(|| (units(4.0), units(2.2)));
        Stroke { dash, ..stroke(self.color, self.width) }
    }
}

impl Draw for Line {
    fn kind(&self) -> Kind {
        Kind { name: "line", layers: &[Layer::Curve], margin: Margin::Curve }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.size("width", self.width)?;
        self.series.check(subject)
    }

    fn reach(&self, extent: &mut Extent) {
        self.series.reach(extent);
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        self.series.line(plane, self.stroke())
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        canvas.lines(&[(at.left, at.top), (at.right, at.top)], self.stroke());
    }
}
