//! The steps of a drawing.

use super::font::Face;
use super::raster::Raster;
use super::shapes::{Frame, Paint, Point, Shape, Style};

/// One step of the drawing.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Path {
        shape: Shape,
        style: Style,
    },
    Text(Text),
    /// A raster with the centres of its corner nodes on the corners of `frame`, so that half a cell sticks
    /// out on each side. Colours blend between the nodes.
    Image {
        raster: Raster,
        frame: Frame,
    },
    /// A raster that fills `frame`. Each node is a rectangle of one colour.
    Pixels {
        raster: Raster,
        frame: Frame,
    },
}

/// A line of text.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) face: Face,
    pub(crate) size: f64,
    pub(crate) paint: Paint,
    /// The start of the base line.
    pub(crate) origin: Point,
    /// Whether it reads upwards, as beside a vertical axis.
    pub(crate) upwards: bool,
    /// The width of a white rim behind the letters, if there is one.
    pub(crate) halo: Option<i32>,
}
