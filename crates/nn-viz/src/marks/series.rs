//! Values over one `x`, as several kinds of marks show them: a series of `y`, or a ribbon between two series.

use super::check::Subject;
use super::draw::{Extent, Plane};
use crate::canvas::{Canvas, Frame, Paint, Stroke, Style};
use crate::error::VizError;
use crate::ink::{draw, stroke, units};

/// One `y` for each `x`. A `y` that is not finite is a gap.
#[derive(Clone, Debug)]
pub(super) struct Series {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Series {
    pub(super) fn new(x: &[f64], y: &[f64]) -> Self {
        Self { x: x.to_vec(), y: y.to_vec() }
    }

    pub(super) fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.series(&self.x, &[("y", &self.y)])
    }

    pub(super) fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&self.x);
        extent.reach_y(&self.y);
    }

    /// The number of points, gaps included.
    pub(super) fn len(&self) -> usize {
        self.x.len()
    }

    /// All points in the order given, gaps included.
    pub(super) fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.x.iter().copied().zip(self.y.iter().copied())
    }

    /// The points that are not gaps.
    pub(super) fn visible(&self) -> Vec<(f64, f64)> {
        self.points().filter(|(_, y)| y.is_finite()).collect()
    }

    /// Draws a line through the points between the gaps. A point alone between two gaps is a dot.
    pub(super) fn line(&self, plane: &Plane, stroke: Stroke) -> Result<(), VizError> {
        let points: Vec<(f64, f64)> = self.points().collect();
        let dot = Style { fill: Some(stroke.paint), stroke: None };
        for run in points.split(|(_, y)| !y.is_finite()) {
            draw(plane, run.to_vec(), |canvas, points| match points {
                [lone] => canvas.disc(*lone, stroke.width, dot),
                _ => canvas.lines(points, stroke),
            })?;
        }
        Ok(())
    }
}

/// The area between a lower and an upper curve over the same `x`. A value that is not finite is a gap.
#[derive(Clone, Debug)]
pub(super) struct Ribbon {
    x: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
}

impl Ribbon {
    pub(super) fn new(x: &[f64], lower: &[f64], upper: &[f64]) -> Self {
        Self { x: x.to_vec(), lower: lower.to_vec(), upper: upper.to_vec() }
    }

    /// The ribbon around a series, over its `x`.
    pub(super) fn around(series: &Series, lower: &[f64], upper: &[f64]) -> Self {
        Self::new(&series.x, lower, upper)
    }

    pub(super) fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.series(&self.x, &[("lower", &self.lower), ("upper", &self.upper)])
    }

    pub(super) fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&self.x);
        extent.reach_y(&self.lower);
        extent.reach_y(&self.upper);
    }

    /// Draws the areas between the gaps. An interval alone between two gaps is a bar.
    pub(super) fn fill(&self, plane: &Plane, paint: Paint) -> Result<(), VizError> {
        let bar = Stroke { paint, ..stroke(paint.color, 1.0) };
        let indices: Vec<usize> = (0..self.x.len()).collect();
        let gap = |&index: &usize| !(self.lower[index].is_finite() && self.upper[index].is_finite());
        for run in indices.split(gap) {
            let above = run.iter().map(|&index| (self.x[index], self.upper[index]));
            let below = run.iter().rev().map(|&index| (self.x[index], self.lower[index]));
            draw(plane, above.chain(below).collect(), |canvas, edge| match edge {
                [_, _] => canvas.lines(edge, bar),
                _ => canvas.polygon(edge, Style { fill: Some(paint), stroke: None }),
            })?;
        }
        Ok(())
    }

    /// Draws the glyph of a ribbon in the legend.
    pub(super) fn swatch(canvas: &mut Canvas, at: Frame, paint: Paint) {
        /// Half the height of the glyph, in points.
        const HALF: f64 = 2.8;
        let swatch = Frame { top: at.top - units(HALF), bottom: at.bottom + units(HALF), ..at };
        canvas.polygon(&swatch.corners(), Style { fill: Some(paint), stroke: None });
    }
}
