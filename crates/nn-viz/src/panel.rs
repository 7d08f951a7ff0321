//! One panel of a figure, as the caller describes it.

use crate::axis::{Axis, Scale};
use crate::check;
use crate::color::Color;
use crate::error::VizError;
use crate::field::Field;
use crate::mark::{Band, Line, Mark, Points};

/// A pair of axes with marks between them.
#[derive(Clone, Debug)]
pub struct Panel {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) marks: Vec<Mark>,
    pub(crate) legend: Option<Corner>,
}

/// A corner of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    /// Upper left.
    TopLeft,
    /// Upper right.
    TopRight,
    /// Lower left.
    BottomLeft,
    /// Lower right.
    BottomRight,
}

impl Panel {
    /// A panel with a title, two linear axes without labels, and nothing in it yet. If that stays so, its
    /// axes run from 1 to 10.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        let (x, y) = (Axis::linear(""), Axis::linear(""));
        Self { title: title.into(), x, y, marks: Vec::new(), legend: None }
    }

    /// Sets the horizontal axis.
    #[must_use]
    pub fn x(mut self, axis: Axis) -> Self {
        self.x = axis;
        self
    }

    /// Sets the vertical axis.
    #[must_use]
    pub fn y(mut self, axis: Axis) -> Self {
        self.y = axis;
        self
    }

    /// Adds a mark of any kind, with its own options.
    #[must_use]
    pub fn mark(mut self, mark: impl Into<Mark>) -> Self {
        self.marks.push(mark.into());
        self
    }

    /// Adds a solid line: [`Line::new`].
    #[must_use]
    pub fn line(self, label: impl Into<String>, x: &[f64], y: &[f64], color: Color) -> Self {
        self.mark(Line::new(label, x, y, color))
    }

    /// Adds a band: [`Band::new`]. With the label of a line, the two share an entry of the legend.
    #[must_use]
    pub fn band(self, label: impl Into<String>, x: &[f64], low: &[f64], high: &[f64], color: Color) -> Self {
        self.mark(Band::new(label, x, low, high, color))
    }

    /// Adds points as discs: [`Points::new`].
    #[must_use]
    pub fn points(self, label: impl Into<String>, x: &[f64], y: &[f64], color: Color) -> Self {
        self.mark(Points::new(label, x, y, color))
    }

    /// Shows a legend in a corner, inside the frame. Without labelled marks there is none.
    #[must_use]
    pub fn legend(mut self, corner: Corner) -> Self {
        self.legend = Some(corner);
        self
    }

    /// The field of the panel, which calls for a colour bar.
    pub(crate) fn field(&self) -> Option<&Field> {
        self.marks.iter().find_map(|mark| match mark {
            Mark::Field(field) => Some(field),
            _ => None,
        })
    }

    /// Checks all marks, then finds what the two axes show.
    pub(crate) fn scales(&self) -> Result<(Scale, Scale), VizError> {
        for mark in &self.marks {
            check::mark(self, mark)?;
        }
        let (x, y) = self.extent();
        // Curves fill the width, points keep off the frame, and a field has no margin at all.
        let has_points = self.marks.iter().any(|mark| matches!(mark, Mark::Points(_)));
        let (margin_x, margin_y) = match (self.field(), has_points) {
            (Some(_), _) => (0.0, 0.0),
            (None, true) => (0.05, 0.05),
            (None, false) => (0.0, 0.05),
        };
        let range = |axis, (low, high)| VizError::Range { panel: self.title.clone(), axis, low, high };
        let x = self.x.scale(x, margin_x).map_err(|ends| range("x", ends))?;
        let y = self.y.scale(y, margin_y).map_err(|ends| range("y", ends))?;
        Ok((x, y))
    }

    /// The smallest and largest finite values along x and along y; an empty panel reaches from 1 to 10.
    fn extent(&self) -> ((f64, f64), (f64, f64)) {
        let nothing = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut x, mut y) = (nothing, nothing);
        for mark in &self.marks {
            if let Mark::Field(field) = mark {
                let extent = field.lattice.extent();
                x = reach(x, &[extent.0.0, extent.0.1]);
                y = reach(y, &[extent.1.0, extent.1.1]);
            }
            let (along, up) = mark.series();
            x = reach(x, along);
            y = up.into_iter().fold(y, |y, (_, values)| reach(y, values));
        }
        let or_default = |extent| if extent == nothing { (1.0, 10.0) } else { extent };
        (or_default(x), or_default(y))
    }
}

fn reach(extent: (f64, f64), values: &[f64]) -> (f64, f64) {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold(extent, |(low, high), value| (low.min(value), high.max(value)))
}
