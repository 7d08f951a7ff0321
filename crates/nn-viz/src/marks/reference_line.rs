//! A straight line across the panel: at one value, or where both are equal.

use super::check::Subject;
use super::draw::{Draw, Extent, Kind, Layer, Margin, Plane};
use crate::canvas::{Canvas, Frame, Stroke};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::{draw, stroke, units};

/// A thin dashed line across the whole panel, beneath all curves: for instance the best epoch, the loss of a
/// model that guesses, or the diagonal on which predictions equal targets.
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
    course: Course,
    color: Color,
}

#[derive(Clone, Copy, Debug)]
enum Course {
    Vertical(f64),
    Horizontal(f64),
    Diagonal,
}

impl ReferenceLine {
    /// Makes a vertical line at one `x`.
    #[must_use]
    pub fn vertical(label: impl Into<String>, x: f64, color: Color) -> Self {
        Self { label: label.into(), course: Course::Vertical(x), color }
    }

    /// Makes a horizontal line at one `y`.
    #[must_use]
    pub fn horizontal(label: impl Into<String>, y: f64, color: Color) -> Self {
        Self { label: label.into(), course: Course::Horizontal(y), color }
    }

    /// Makes the line on which `y` equals `x`. Both axes must be linear, or both logarithmic.
    #[must_use]
    pub fn diagonal(label: impl Into<String>, color: Color) -> Self {
        Self { label: label.into(), course: Course::Diagonal, color }
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
        let (name, axis, value) = match self.course {
            Course::Vertical(x) => ("x", subject.x, x),
            Course::Horizontal(y) => ("y", subject.y, y),
            Course::Diagonal => return subject.same_scales(),
        };
        subject.finite(name, &[value])?;
        subject.signs(name, axis, &[value])
    }

    fn reach(&self, extent: &mut Extent) {
        match self.course {
            Course::Vertical(x) => extent.reach_x(&[x]),
            Course::Horizontal(y) => extent.reach_y(&[y]),
            Course::Diagonal => {}
        }
    }

    fn draw(&self, _: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError> {
        let (across, up) = (plane.get_x_range(), plane.get_y_range());
        let places = match self.course {
            // The other coordinate is not used: any value of its axis will do.
            Course::Vertical(x) => vec![(x, up.start)],
            Course::Horizontal(y) => vec![(across.start, y)],
            Course::Diagonal => {
                let (start, end) = (across.start.max(up.start), across.end.min(up.end));
                if start < end { vec![(start, start), (end, end)] } else { vec![] }
            }
        };
        draw(plane, places, |canvas, places| {
            let ends = match (self.course, places) {
                (Course::Vertical(_), &[(x, _)]) => [(x, frame.bottom), (x, frame.top)],
                (Course::Horizontal(_), &[(_, y)]) => [(frame.left, y), (frame.right, y)],
                (_, &[start, end]) => [start, end],
                // The ranges of the two axes have nothing in common.
                _ => return,
            };
            canvas.lines(&ends, self.stroke());
        })
    }

    fn glyph(&self, _: usize, canvas: &mut Canvas, at: Frame) {
        /// Half the height of the glyph of a vertical line, in points.
        const HALF: f64 = 3.4;
        let (x, y) = at.middle();
        let ends = match self.course {
            Course::Vertical(_) => [(x, y + units(HALF)), (x, y - units(HALF))],
            Course::Horizontal(_) | Course::Diagonal => [(at.left, y), (at.right, y)],
        };
        canvas.lines(&ends, self.stroke());
    }
}
