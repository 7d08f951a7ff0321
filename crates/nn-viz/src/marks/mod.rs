//! What a panel can show. A kind of mark is one file: what the caller says, and its [`Draw`].

mod band;
mod check;
mod confusion;
mod curve;
mod field;
mod images;
mod line;
mod points;
mod regions;
mod rule;
mod scatter;

use std::fmt;
use std::sync::Arc;

use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::DrawingArea;

use crate::axis::Scale;
use crate::backend::{Canvas, Frame};
use crate::colorbar::Colorbar;
use crate::error::VizError;
use crate::surround::Surround;

pub use self::band::Band;
pub(crate) use self::check::Subject;
pub use self::confusion::Confusion;
pub use self::curve::Curve;
pub use self::field::Field;
pub use self::images::Images;
pub use self::line::Line;
pub use self::points::Points;
pub use self::regions::Regions;
pub use self::rule::Rule;
pub use self::scatter::Scatter;

/// Anything a panel shows. Each kind of mark turns into one.
#[derive(Clone, Debug)]
pub struct Mark(Arc<dyn Draw>);

/// An area in data units.
pub(crate) type Plane = DrawingArea<Canvas, Cartesian2d<Scale, Scale>>;

/// All that the rest of the crate asks of a kind of mark.
pub(crate) trait Draw: fmt::Debug + Send + Sync {
    /// What messages call marks of this kind.
    fn kind(&self) -> &'static str;

    /// What messages call this one, and its entry in the legend.
    fn label(&self) -> &str;

    /// What it lies on, and what lies on it: the layers it has a part in, from below.
    fn layers(&self) -> &'static [Layer];

    /// Finds what keeps it from being drawn.
    fn check(&self, subject: &Subject<'_>) -> Result<(), VizError>;

    /// Widens the extent of the panel's data by its own.
    fn reach(&self, extent: &mut Extent);

    /// How much room an automatic range leaves around it.
    fn margin(&self) -> Margin;

    /// Whether there is anything to see of it in so large a frame.
    fn fits(&self, _frame: Frame) -> bool {
        true
    }

    /// Draws its part of a layer. What falls outside of the frame is clipped.
    fn draw(&self, layer: Layer, plane: &Plane, frame: Frame) -> Result<(), VizError>;

    /// Its entries in the legend; those that share a text share the entry, and an empty one has none.
    fn entries(&self) -> Vec<&str> {
        vec![self.label()]
    }

    /// Draws what stands for an entry, around the level line from the left to the right of `at`.
    fn glyph(&self, _entry: usize, _canvas: &mut Canvas, _at: Frame) {}

    /// How wide that is.
    fn glyph_width(&self) -> GlyphWidth {
        GlyphWidth::Line
    }

    /// What stands around the frame. A mark that wants anything but axes has the panel to itself.
    fn surround(&self) -> Surround {
        Surround::Axes
    }

    /// The bar to the right of the frame that explains its colours.
    fn colorbar(&self) -> Option<Colorbar> {
        None
    }
}

/// What lies under what; marks of one layer lie as they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layer {
    /// Covers the ground.
    Ground,
    /// Half transparent.
    Area,
    /// Thin lines to compare with.
    Rule,
    /// What the eye should find.
    Curve,
    /// Names among points.
    Words,
}

impl Layer {
    /// From below.
    pub(crate) const ALL: [Self; 5] = [Self::Ground, Self::Area, Self::Rule, Self::Curve, Self::Words];
}

/// The room an automatic range leaves; the last that any mark of a panel asks for holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Margin {
    /// Curves fill the width.
    Curve,
    /// Points keep off the frame on all sides.
    Points,
    /// What covers the ground ends at the frame.
    None,
}

/// The width of a legend's glyph: points need less room than lines, and dashes with a symbol more.
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

impl Mark {
    pub(crate) fn new(mark: impl Draw + 'static) -> Self {
        Self(Arc::new(mark))
    }

    /// What messages call it, and its text in the legend; marks that share one share the entry, and an empty
    /// one has none. A field's is the label of its colour bar.
    #[must_use]
    pub fn label(&self) -> &str {
        self.0.label()
    }

    pub(crate) fn draws(&self) -> &dyn Draw {
        &*self.0
    }
}

impl Margin {
    /// As shares of the data's extent along x and along y.
    pub(crate) fn shares(self) -> (f64, f64) {
        match self {
            Self::Curve => (0.0, 0.05),
            Self::Points => (0.05, 0.05),
            Self::None => (0.0, 0.0),
        }
    }
}

impl Extent {
    const NOTHING: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

    /// The extent of all marks; without any, it reaches from 1 to 10.
    pub(crate) fn of<'a>(marks: impl Iterator<Item = &'a Mark>) -> Self {
        let mut extent = Self { x: Self::NOTHING, y: Self::NOTHING };
        for mark in marks {
            mark.draws().reach(&mut extent);
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
