//! A straight line across the panel at one value.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use crate::canvas::{Canvas, Frame, Stroke};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::{draw, stroke, units};

/// A thin dashed line across the whole panel, beneath all curves: for instance the best epoch, or the loss of
/// a model that guesses.
///
/// ```
/// use nn_viz::{Color, Figure, Panel, ReferenceLine};
///
/// let panel = Panel::new("Validation loss")
///     .line("validation", &[1.0, 2.0, 3.0], &[0.9, 0.4, 0.6], Color::ORANGE)
///     .mark(ReferenceLine::vertical("best epoch, 2", 2.0, Color::INK));
/// Figure::new(3.5, 2.5).row(1.0, [panel]).draw()?;
/// # Ok::<(), nn_viz::VizError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ReferenceLine {
    label: String,
    vertical: bool,
    value: f64,
    color: Color,
}

impl ReferenceLine {
    /// Makes a vertical line at one `x`.
    #[must_use]
    pub fn vertical(label: impl Into<String>, x: f64, color: Color) -> Self {
        Self { label: label.into(), vertical: true, value: x, color }
    }

    /// Makes a horizontal line at one `y`.
    #[must_use]
    pub fn horizontal(label: impl Into<String>, y: f64, color: Color) -> Self {
        Self { label: label.into(), vertical: false, value: y, color }
    }

    fn stroke(&self) -> Stroke {
        Stroke { dash: Some((units(2.6), units(1.6))), ..stroke(self.color, 0.9) }
    }
}

impl Draw for ReferenceLine {
    fn kind(&self) -> Kind {
        Kind { name: "reference line", layers: &[Layer::Reference], margin: Margin::Curve }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError> {
        let (name, axis) = if self.vertical { ("x", subject.x) } else { ("y", subject.y) };
        subject.finite(name, &[self.value])?;
        subject.signs(name, axis, &[self.value])
    }

    fn reach(&self, extent: &mut Extent) {
        match self.vertical {
            true => extent.reach_x(&[self.value]),
            false => extent.reach_y(&[self.value]),
        }
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        // The other coordinate is not used: any value of its axis will do.
        let (x, y) = (plane.get_x_range().start, plane.get_y_range().start);
        let place = if self.vertical { (self.value, y) } else { (x, self.value) };
        draw(plane, vec![place], |canvas, places| {
            let (x, y) = places[0];
            let ends = match self.vertical {
                true => [(x, frame.bottom), (x, frame.top)],
                false => [(frame.left, y), (frame.right, y)],
            };
            canvas.lines(&ends, self.stroke());
        })
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        /// Half the height of the glyph of a vertical line, in points.
        const HALF: f64 = 3.4;
        let (x, y) = at.middle();
        let ends = match self.vertical {
            true => [(x, y + units(HALF)), (x, y - units(HALF))],
            false => [(at.left, y), (at.right, y)],
        };
        canvas.lines(&ends, self.stroke());
    }
}
