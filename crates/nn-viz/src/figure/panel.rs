//! One panel of a figure, as the caller describes it.

use std::collections::BTreeSet;

use crate::color::Color;
use crate::error::{VizError, beginning};
use crate::ink::{MOST_ALIKE, Symbol};
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
    /// Whether one unit is as long along x as along y.
    pub(crate) equal: bool,
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
        Self { title: title.into(), x, y, marks: Vec::new(), legend: None, equal: false }
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

    /// Makes one unit as long along x as along y, so that shapes and angles are true: for positions in a
    /// plane, or predictions against targets. The ranges stay as they are. The frame becomes narrower or
    /// lower instead, and the free room is to its right or below it.
    ///
    /// Both axes must be linear axes of numbers. A figure that has no room for so long or so high a frame is
    /// refused with [`VizError::Size`].
    ///
    /// ```
    /// use nn_viz::{Color, Figure, Panel};
    ///
    /// // A circle that looks like one, although the figure is twice as wide as high.
    /// let angles = (0..=100).map(|step| f64::from(step) * 0.0628318);
    /// let (x, y): (Vec<f64>, Vec<f64>) = angles.map(|a| (a.cos(), a.sin())).unzip();
    /// let panel = Panel::new("Unit circle").equal_aspect().line("", &x, &y, Color::BLUE);
    /// Figure::new(5.0, 2.5).row(1.0, [panel]).draw()?;
    /// # Ok::<(), nn_viz::VizError>(())
    /// ```
    #[must_use]
    pub fn equal_aspect(mut self) -> Self {
        self.equal = true;
        self
    }

    /// The surroundings of the frame, which the first mark chooses that needs more than axes of numbers.
    pub(crate) fn surround(&self) -> Surround {
        let surrounds = self.marks.iter().map(|mark| mark.draws().surround());
        surrounds.into_iter().find(|surround| *surround != Surround::Axes).unwrap_or(Surround::Axes)
    }

    /// The bar that explains the colours of the marks.
    pub(crate) fn colorbar(&self) -> Option<Colorbar> {
        self.marks.iter().find_map(|mark| mark.draws().colorbar())
    }

    /// Checks all marks, then finds the scales of the two axes.
    pub(crate) fn scales(&self) -> Result<(Scale, Scale), VizError> {
        let marks = || self.marks.iter().map(Mark::draws);
        marks().try_for_each(|mark| mark.check(&self.subject(mark)))?;
        self.check_aspect()?;
        self.check_symbols()?;
        let extent = Extent::of(marks());
        let margin = marks().map(|mark| mark.kind().margin).max().unwrap_or(Margin::Curve);
        let (margin_x, margin_y) = margin.shares();
        let range = |axis, (low, high)| VizError::Range { panel: beginning(&self.title), axis, low, high };
        let x = self.x.scale(extent.x, margin_x).map_err(|ends| range("x", ends))?;
        let y = self.y.scale(extent.y, margin_y).map_err(|ends| range("y", ends))?;
        Ok((x, y))
    }

    /// Checks that both axes can have the same unit, if they must.
    fn check_aspect(&self) -> Result<(), VizError> {
        let found = match self.surround() {
            Surround::Axes if self.x.log => "a logarithmic x axis",
            Surround::Axes if self.y.log => "a logarithmic y axis",
            Surround::Axes => return Ok(()),
            Surround::Names { .. } | Surround::Groups { .. } | Surround::Bare => {
                "a mark with axes of its own"
            }
        };
        match self.equal {
            true => Err(VizError::EqualAspect { panel: beginning(&self.title), found }),
            false => Ok(()),
        }
    }

    /// Checks that no more series of points have the same symbol than colours alone can tell apart.
    fn check_symbols(&self) -> Result<(), VizError> {
        let mut alike: Vec<(Symbol, BTreeSet<&str>)> = Vec::new();
        for mark in self.marks.iter().map(Mark::draws) {
            let Some(symbol) = mark.series_symbol() else { continue };
            match alike.iter_mut().find(|(known, _)| *known == symbol) {
                Some((_, labels)) => _ = labels.insert(mark.label()),
                None => alike.push((symbol, BTreeSet::from([mark.label()]))),
            }
        }
        let found = alike.iter().map(|(_, labels)| labels.len()).max().unwrap_or_default();
        let (panel, most) = (beginning(&self.title), MOST_ALIKE);
        if found > most { Err(VizError::TooManyAlike { panel, found, most }) } else { Ok(()) }
    }

    fn subject<'a>(&'a self, mark: &'a dyn Draw) -> Subject<'a> {
        Subject {
            panel: &self.title,
            x: &self.x,
            y: &self.y,
            alone: self.marks.len() == 1,
            surround: self.surround(),
            kind: mark.kind().name,
            label: mark.label(),
        }
    }
}
