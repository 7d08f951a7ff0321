//! The interface between the figure and the kinds of marks.

use std::fmt;

use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::DrawingArea;

use super::check::Subject;
use crate::canvas::{Canvas, Frame};
use crate::error::VizError;
use crate::ink::Symbol;
use crate::scales::Scale;
use crate::surround::{Colorbar, Surround};

/// An area in data units.
pub(crate) type Plane = DrawingArea<Canvas, Cartesian2d<Scale, Scale>>;

/// Everything that the figure asks of a kind of mark.
pub(crate) trait Draw: fmt::Debug + Send + Sync {
    /// The name, the layers and the margin of the mark.
    fn kind(&self) -> Kind;

    /// The name of this mark in messages and in the legend; empty if it has none.
    fn label(&self) -> &str {
        ""
    }

    /// Checks everything that could keep the mark from being drawn.
    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError>;

    /// Widens the extent of the panel's data by the extent of this mark.
    fn reach(&self, extent: &mut Extent);

    /// Whether a frame of this size is large enough for the mark to be seen.
    fn fits(&self, _frame: Frame) -> bool {
        true
    }

    /// Draws the part of the mark that belongs to a layer. The canvas clips what lies outside the frame.
    fn draw(&self, layer: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError>;

    /// The entries of the mark in the legend. Entries with the same text are merged, and empty ones are
    /// left out.
    fn entries(&self) -> Vec<&str> {
        vec![self.label()]
    }

    /// Draws the glyph of an entry, around the horizontal line from the left to the right of `at`.
    fn glyph(&self, _entry: usize, _canvas: &mut Canvas, _at: Frame) {}

    /// The width of these glyphs.
    fn glyph_width(&self) -> GlyphWidth {
        GlyphWidth::Line
    }

    /// The surroundings of the frame. A mark that needs anything but axes must be the only one of its panel,
    /// except that marks with the same groups share their names.
    fn surround(&self) -> Surround {
        Surround::Axes
    }

    /// The symbol of all points of a mark that is one of several series, if the reader tells them apart by
    /// label.
    fn series_symbol(&self) -> Option<Symbol> {
        None
    }

    /// The bar to the right of the frame that explains the colours of the mark.
    fn colorbar(&self) -> Option<Colorbar> {
        None
    }
}

/// The properties that the marks of a kind share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The name of the kind in messages.
    pub(crate) name: &'static str,
    /// The layers in which the mark draws, from the lowest up.
    pub(crate) layers: &'static [Layer],
    /// The room that an automatic range leaves around the mark.
    pub(crate) margin: Margin,
}

/// The layers of a panel, from the lowest up. Marks of one layer are drawn in the order in which they were
/// added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layer {
    /// Marks that cover the ground.
    Ground,
    /// Half-transparent areas.
    Area,
    /// Thin reference lines.
    Reference,
    /// The data that the reader should see first.
    Curve,
    /// Names among points.
    Words,
}

impl Layer {
    /// All layers, from the lowest up.
    pub(crate) const ALL: [Self; 5] = [Self::Ground, Self::Area, Self::Reference, Self::Curve, Self::Words];
}

/// The room that an automatic range leaves around the data. The marks of a panel share one margin: the last
/// in this order that any of them asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Margin {
    /// Curves fill the width and leave room above and below.
    Curve,
    /// Groups in rows fill the height and leave room on the left and on the right.
    Rows,
    /// Points keep off the frame on all sides.
    Points,
    /// Fractions from 0 to 1 leave just enough room for lines along the frame.
    Fractions,
    /// A mark that covers the ground ends at the frame.
    None,
}

impl Margin {
    /// The margins along x and along y, as shares of the data's extent.
    pub(crate) fn shares(self) -> (f64, f64) {
        match self {
            Self::Curve => (0.0, 0.05),
            Self::Rows => (0.05, 0.0),
            Self::Points => (0.05, 0.05),
            Self::Fractions => (0.015, 0.015),
            Self::None => (0.0, 0.0),
        }
    }
}

/// The width of a glyph in the legend, ascending: points need less room than lines, and dashes with a symbol
/// need more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GlyphWidth {
    Point,
    Line,
    Series,
}

/// The smallest and largest finite values along x and along y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    pub(crate) x: (f64, f64),
    pub(crate) y: (f64, f64),
}

impl Extent {
    const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

    /// The extent of all marks; from 1 to 10 along an axis without any value.
    pub(crate) fn of<'a>(marks: impl Iterator<Item = &'a dyn Draw>) -> Self {
        let mut extent = Self { x: Self::NOTHING, y: Self::NOTHING };
        for mark in marks {
            mark.reach(&mut extent);
        }
        let or_default = |ends| if ends == Self::NOTHING { (1.0, 10.0) } else { ends };
        Self { x: or_default(extent.x), y: or_default(extent.y) }
    }

    pub(crate) fn reach_x(&mut self, values: &[f64]) {
        self.x = reach(self.x, values);
    }

    pub(crate) fn reach_y(&mut self, values: &[f64]) {
        self.y = reach(self.y, values);
    }
}

fn reach(ends: (f64, f64), values: &[f64]) -> (f64, f64) {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold(ends, |(low, high), value| (low.min(value), high.max(value)))
}
