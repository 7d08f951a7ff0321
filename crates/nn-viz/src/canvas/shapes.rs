//! The parts of a drawing: places, frames, paints and shapes.

use crate::color::Color;

/// A place on the canvas, in canvas units; y points down.
pub(crate) type Point = (i32, i32);

/// Canvas units per CSS pixel. A unit is small because plotters has whole-number coordinates.
pub(crate) const UNITS_PER_PIXEL: f64 = 20.0;
/// Canvas units per inch.
pub(crate) const UNITS_PER_INCH: f64 = 96.0 * UNITS_PER_PIXEL;

/// A rectangle in canvas units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) right: i32,
    pub(crate) bottom: i32,
}

/// A colour and its opacity, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Paint {
    pub(crate) color: Color,
    pub(crate) alpha: f64,
}

/// The pen of a line or an outline. Joins are round, and ends are cut off square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) paint: Paint,
    pub(crate) width: i32,
    /// The lengths of a dash and of the gap after it.
    pub(crate) dash: Option<(i32, i32)>,
}

/// The fill of a shape, and its outline on top of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub(crate) fill: Option<Paint>,
    pub(crate) stroke: Option<Stroke>,
}

/// The geometry of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Lines(Vec<Point>),
    Polygon(Vec<Point>),
    Disc { centre: Point, radius: i32 },
}

impl Frame {
    pub(crate) fn width(self) -> f64 {
        f64::from(self.right) - f64::from(self.left)
    }

    pub(crate) fn height(self) -> f64 {
        f64::from(self.bottom) - f64::from(self.top)
    }

    pub(crate) fn middle(self) -> Point {
        (i32::midpoint(self.left, self.right), i32::midpoint(self.top, self.bottom))
    }

    /// The corners, clockwise from the upper left.
    pub(crate) fn corners(self) -> [Point; 4] {
        let Self { left, top, right, bottom } = self;
        [(left, top), (right, top), (right, bottom), (left, bottom)]
    }

    /// The frame with all sides moved outwards by `margin`.
    pub(crate) fn inflated(self, margin: i32) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    pub(crate) fn contains(self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}
