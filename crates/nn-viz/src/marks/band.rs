//! A band between two curves.

use super::{Draw, Extent, Layer, Margin, Mark, Plane, Subject};
use crate::backend::{Canvas, Frame, Paint, Stroke, Style};
use crate::color::Color;
use crate::element::{draw, stroke};
use crate::error::VizError;
use crate::style::units;

/// The area between two curves over the same `x`, such as quartiles; semi-transparent. Where a value is
/// not finite there is a gap; an interval alone between two gaps is a bar.
#[derive(Clone, Debug)]
pub struct Band {
    label: String,
    x: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    color: Color,
    alpha: f64,
}

impl Band {
    /// A band of 22 % opacity.
    #[must_use]
    pub fn new(label: impl Into<String>, x: &[f64], lower: &[f64], upper: &[f64], color: Color) -> Self {
        let label = label.into();
        Self { label, x: x.to_vec(), lower: lower.to_vec(), upper: upper.to_vec(), color, alpha: 0.22 }
    }

    /// The opacity, from 0 to 1.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }
}

/// Draws the areas between the gaps.
pub(super) fn areas(
    plane: &Plane,
    x: &[f64],
    (lower, upper): (&[f64], &[f64]),
    paint: Paint,
) -> Result<(), VizError> {
    let bar = Stroke { paint, ..stroke(paint.color, 1.0) };
    let indices: Vec<usize> = (0..x.len()).collect();
    let gap = |&index: &usize| !(lower[index].is_finite() && upper[index].is_finite());
    for run in indices.split(gap) {
        let above = run.iter().map(|&index| (x[index], upper[index]));
        let below = run.iter().rev().map(|&index| (x[index], lower[index]));
        draw(plane, above.chain(below).collect(), |canvas, edge| match edge {
            [_, _] => canvas.lines(edge, bar),
            _ => canvas.polygon(edge, Style { fill: Some(paint), stroke: None }),
        })?;
    }
    Ok(())
}

/// Draws what stands for a band in the legend.
pub(super) fn swatch(canvas: &mut Canvas, at: Frame, paint: Paint) {
    /// Half its height.
    const HALF: f64 = 2.8;
    let swatch = Frame { top: at.top - units(HALF), bottom: at.bottom + units(HALF), ..at };
    canvas.polygon(&swatch.corners(), Style { fill: Some(paint), stroke: None });
}

impl Draw for Band {
    fn kind(&self) -> &'static str {
        "band"
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn layers(&self) -> &'static [Layer] {
        &[Layer::Area]
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        subject.opacity(self.alpha)?;
        subject.series(&self.x, &[("lower", &self.lower), ("upper", &self.upper)])
    }

    fn reach(&self, extent: &mut Extent) {
        extent.reach_x(&self.x);
        extent.reach_y(&self.lower);
        extent.reach_y(&self.upper);
    }

    fn margin(&self) -> Margin {
        Margin::Curve
    }

    fn draw(&self, _: Layer, plane: &Plane, _: Frame) -> Result<(), VizError> {
        let paint = Paint { color: self.color, alpha: self.alpha };
        areas(plane, &self.x, (&self.lower, &self.upper), paint)
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        swatch(canvas, at, Paint { color: self.color, alpha: self.alpha });
    }
}

impl From<Band> for Mark {
    fn from(band: Band) -> Self {
        Self::new(band)
    }
}
