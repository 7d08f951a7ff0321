//! The canvas and its two writers. plotters draws into a list of operations, from which both the SVG and
//! the PNG are written: they cannot disagree on what is drawn, and the resolution is chosen last.

mod canvas;
mod clip;
mod cover;
mod data_uri;
mod encode;
pub(crate) mod font;
mod png;
mod svg;
mod svg_values;

use crate::color::Color;

pub(crate) use self::canvas::{Canvas, Letters};
pub(crate) use self::font::Face;
pub(crate) use self::png::png;
pub(crate) use self::svg::svg;

/// A place on the canvas in units, y down.
pub(crate) type Point = (i32, i32);

/// plotters has whole-number coordinates, so a unit is small: a twentieth of a CSS pixel.
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

/// A colour and its opacity, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Paint {
    pub(crate) color: Color,
    pub(crate) alpha: f64,
}

/// How an outline is drawn: joins are round, ends are cut off square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) paint: Paint,
    pub(crate) width: i32,
    /// Lengths of a dash and of the gap after it.
    pub(crate) dash: Option<(i32, i32)>,
}

/// What a path is filled and outlined with, in that order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub(crate) fill: Option<Paint>,
    pub(crate) stroke: Option<Stroke>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Lines(Vec<Point>),
    Polygon(Vec<Point>),
    Disc { centre: Point, radius: i32 },
}

/// A line of text; `origin` is the left end of its base line.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) face: Face,
    pub(crate) size: f64,
    pub(crate) paint: Paint,
    pub(crate) origin: Point,
    /// Whether it reads upwards, as beside a vertical axis.
    pub(crate) upwards: bool,
    /// The width of a white rim behind the letters.
    pub(crate) halo: Option<i32>,
}

/// Values on a lattice, each an index into a palette, first row at the top.
#[derive(Clone, Debug)]
pub(crate) struct Raster {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) indices: Vec<u8>,
    pub(crate) palette: Vec<Color>,
}

/// One step of the drawing.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Path {
        shape: Shape,
        style: Style,
    },
    Text(Text),
    /// The centres of the corner nodes lie on the corners of `frame`: half a cell sticks out all around.
    /// Between the nodes colours blend.
    Image {
        raster: Raster,
        frame: Frame,
    },
    /// The raster fills `frame`, each node a rectangle of one colour.
    Pixels {
        raster: Raster,
        frame: Frame,
    },
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

    /// From the upper left one, clockwise.
    pub(crate) fn corners(self) -> [Point; 4] {
        let Self { left, top, right, bottom } = self;
        [(left, top), (right, top), (right, bottom), (left, bottom)]
    }

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

impl Raster {
    /// The same with `times` by `times` nodes for each.
    fn magnified(&self, times: usize) -> Self {
        let rows = self.indices.chunks(self.columns).flat_map(|row| std::iter::repeat_n(row, times));
        let indices = rows.flatten().flat_map(|&index| std::iter::repeat_n(index, times)).collect();
        let palette = self.palette.clone();
        Self { columns: times * self.columns, rows: times * self.rows, indices, palette }
    }

    /// Whether its colours are its indices as levels of grey.
    fn is_grey(&self) -> bool {
        let grey =
            |(level, color): (usize, &Color)| color.components() == (level as u8, level as u8, level as u8);
        self.palette.len() == 256 && self.palette.iter().enumerate().all(grey)
    }

    /// The size of the whole image, outer half cells included, for nodes spread over `frame`:
    /// left, top, width and height.
    fn extent(&self, frame: Frame) -> (f64, f64, f64, f64) {
        let across = frame.width() / (self.columns - 1) as f64;
        let down = frame.height() / (self.rows - 1) as f64;
        (
            f64::from(frame.left) - across / 2.0,
            f64::from(frame.top) - down / 2.0,
            across * self.columns as f64,
            down * self.rows as f64,
        )
    }
}
