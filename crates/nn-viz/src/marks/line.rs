//! A line.

use super::{Draw, Extent, Layer, Margin, Mark, Plane, Subject};
use crate::backend::{Canvas, Frame, Stroke, Style};
use crate::color::Color;
use crate::element::{draw, stroke};
use crate::error::VizError;
use crate::style::units;

/// A line through points, in the order given. A `y` that is not finite leaves a gap; a value alone between
/// two gaps is a dot.
#[derive(Clone, Debug)]
pub struct Line {
    label: String,
    x: Vec<f64>,
    y: Vec<f64>,
    color: Color,
    width: f64,
    dashed: bool,
}

impl Line {
    /// A solid line 1.3 points wide.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], y: &[f64], color: Color) -> Self {
        let label = label.into();
        Self { label, x: x.to_vec(), y: y.to_vec(), color, width: 1.3, dashed: false }
    }

    /// The width in points (1/72 inch), more than 0 and at most 72.
    #[must_use]
    pub fn width(mut self, points: f64) -> Self {
        self.width = points;
        self
    }

    /// Dashes instead of a solid line.
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

/// Draws the runs between the gaps.
pub(super) fn runs(plane: &Plane, x: &[f64], y: &[f64], stroke: Stroke) -> Result<(), VizError> {
    let points: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    let dot = Style { fill: Some(stroke.paint), stroke: None };
    for run in points.split(|(_, y)| !y.is_finite()) {
        draw(plane, run.to_vec(), |canvas, points| match points {
            [lone] => canvas.disc(*lone, stroke.width, dot),
            _ => canvas.lines(points, stroke),
        })?;
    }
    Ok(())
}

impl Draw for Line {
    fn kind(&self) -> &'static str {
        "line"
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn layers(&self) -> &'static [Layer] {
        &[Layer::Curve]
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.size("width", self.width)?;
        subject.series(&self.x, &[("y", &self.y)])
    }

    fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&self.x);
        extent.reach_y(&self.y);
    }

    fn margin(&self) -> Margin {
        Margin::Curve
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        runs(plane, &self.x, &self.y, self.stroke())
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        canvas.lines(&[(at.left, at.top), (at.right, at.top)], self.stroke());
    }
}

impl From<Line> for Mark {
    fn from(line: Line) -> Self {
        Self::new(line)
    }
}
