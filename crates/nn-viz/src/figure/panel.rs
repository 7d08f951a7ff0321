//! One panel of a figure, as the caller describes it.

use crate::color::Color;
use crate::error::{VizError, beginning};
use crate::marks::{Band, Draw, Extent, Line, Margin, Mark, Points, Subject};
use crate::scales::{Axis, Scale};
use crate::surround::{Colorbar, Surround};

/// A pair of axes with marks between them.
#[derive(Clone, Debug)]
pub struct Panel {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) marks: Vec<Mark>,
    pub(crate) legend: Option<Corner>,
}

/// The place of the legend of a panel.
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
    /// The corner in which the legend hides the least. Among equals, the upper right corner comes first, then
    /// the upper left, the lower left and the lower right.
    Emptiest,
    /// Outside of the frame, to the right of it and of a colour bar, where the legend hides nothing.
    Beside,
}

impl Panel {
    /// Makes a panel with a title, two linear axes without labels, and no marks yet. The axes of a panel
    /// without marks run from 1 to 10.
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

    /// Adds a mark of any kind, such as a [`Curve`](crate::Curve) or a [`Scatter`](crate::Scatter).
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

    /// Adds a band: [`Band::new`]. A band and a line with the same label share an entry of the legend.
    #[must_use]
    pub fn band(self, label: impl Into<String>, x: &[f64], low: &[f64], high: &[f64], color: Color) -> Self {
        self.mark(Band::new(label, x, low, high, color))
    }

    /// Adds points as discs: [`Points::new`].
    #[must_use]
    pub fn points(self, label: impl Into<String>, x: &[f64], y: &[f64], color: Color) -> Self {
        self.mark(Points::new(label, x, y, color))
    }

    /// Shows a legend in a corner of the frame or beside it, if any mark has a label.
    #[must_use]
    pub fn legend(mut self, corner: Corner) -> Self {
        self.legend = Some(corner);
        self
    }

    /// The surroundings of the frame, which the first mark chooses.
    pub(crate) fn surround(&self) -> Surround {
        self.marks.first().map_or(Surround::Axes, |mark| mark.draws().surround())
    }

    /// The bar that explains the colours of the marks.
    pub(crate) fn colorbar(&self) -> Option<Colorbar> {
        self.marks.iter().find_map(|mark| mark.draws().colorbar())
    }

    /// Checks all marks, then finds the scales of the two axes.
    pub(crate) fn scales(&self) -> Result<(Scale, Scale), VizError> {
        let marks = || self.marks.iter().map(Mark::draws);
        marks().try_for_each(|mark| mark.check(&self.subject(mark)))?;
        let extent = Extent::of(marks());
        let margin = marks().map(|mark| mark.kind().margin).max().unwrap_or(Margin::Curve);
        let (margin_x, margin_y) = margin.shares();
        let range = |axis, (low, high)| VizError::Range { panel: beginning(&self.title), axis, low, high };
        let x = self.x.scale(extent.x, margin_x).map_err(|ends| range("x", ends))?;
        let y = self.y.scale(extent.y, margin_y).map_err(|ends| range("y", ends))?;
        Ok((x, y))
    }

    fn subject<'a>(&'a self, mark: &'a dyn Draw) -> Subject<'a> {
        Subject {
            panel: &self.title,
            x: &self.x,
            y: &self.y,
            alone: self.marks.len() == 1,
            kind: mark.kind().name,
            label: mark.label(),
        }
    }
}
