//! The canvas: a list of operations that plotters and the marks write and that both file formats read. SVG
//! and PNG therefore agree on what is drawn, and the resolution is chosen last.

mod backend;
mod clip;
mod cover;
pub(crate) mod font;
mod operation;
mod raster;
mod shapes;

use plotters_backend::text_anchor::{HPos, VPos};

pub use self::font::FONT_LICENSE;
pub(crate) use self::font::Face;
pub(crate) use self::operation::{Operation, Text};
pub(crate) use self::raster::Raster;
pub(crate) use self::shapes::{Frame, Paint, Point, Shape, Stroke, Style, UNITS_PER_INCH, UNITS_PER_PIXEL};

/// A drawing: operations, each with the frame to which it is clipped.
#[derive(Clone, Debug)]
pub(crate) struct Canvas {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) operations: Vec<(Option<Frame>, Operation)>,
    clip: Option<Frame>,
}

/// The settings of a line of text. Lengths are in canvas units.
#[derive(Clone, Copy)]
pub(crate) struct Letters {
    pub(crate) face: Face,
    pub(crate) size: f64,
    pub(crate) paint: Paint,
    /// The point of the text that is placed.
    pub(crate) anchor: (HPos, VPos),
    pub(crate) upwards: bool,
    pub(crate) halo: Option<i32>,
}

/// The distance outside their frame at which paths are cut, so that neither ends nor joins of strokes show.
const MARGIN: i32 = 400;

impl Canvas {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self { width, height, operations: Vec::new(), clip: None }
    }

    /// Clips all that follows to `frame`, or to nothing.
    pub(crate) fn clip(&mut self, frame: Option<Frame>) {
        self.clip = frame;
    }

    pub(crate) fn lines(&mut self, points: &[Point], stroke: Stroke) {
        let style = Style { fill: None, stroke: Some(stroke) };
        match self.clip {
            Some(frame) => {
                for part in clip::polyline(points, frame.inflated(MARGIN)) {
                    self.path(Shape::Lines(part), style);
                }
            }
            None => self.path(Shape::Lines(points.to_vec()), style),
        }
    }

    pub(crate) fn polygon(&mut self, points: &[Point], style: Style) {
        let points = match self.clip {
            Some(frame) => clip::polygon(points, frame.inflated(MARGIN)),
            None => points.to_vec(),
        };
        if !points.is_empty() {
            self.path(Shape::Polygon(points), style);
        }
    }

    pub(crate) fn disc(&mut self, centre: Point, radius: i32, style: Style) {
        if self.clip.is_none_or(|frame| frame.inflated(MARGIN + radius).contains(centre)) {
            self.path(Shape::Disc { centre, radius }, style);
        }
    }

    /// Draws a raster with its corner nodes on the corners of a frame; colours blend between the nodes.
    pub(crate) fn image(&mut self, raster: Raster, frame: Frame) {
        self.operations.push((self.clip, Operation::Image { raster, frame }));
    }

    /// Draws a raster as crisp pixels that fill a frame.
    pub(crate) fn pixels(&mut self, raster: Raster, frame: Frame) {
        self.operations.push((self.clip, Operation::Pixels { raster, frame }));
    }

    /// Sets a line of text. Vertical anchors are the top, the middle and the foot of capitals, whichever
    /// letters the text has, so that all labels of a row share their base line.
    pub(crate) fn text(&mut self, text: &str, (x, y): Point, letters: Letters) {
        let Letters { face, size, paint, anchor: (across, down), upwards, halo } = letters;
        let back = match across {
            HPos::Left => 0.0,
            HPos::Center => font::width(face, text, size) / 2.0,
            HPos::Right => font::width(face, text, size),
        };
        let capitals = font::CAP_HEIGHT * size / font::EM;
        let down = match down {
            VPos::Top => capitals,
            VPos::Center => capitals / 2.0,
            VPos::Bottom => 0.0,
        };
        let (right, down) = if upwards { (down, back) } else { (-back, down) };
        let origin = (x + right.round() as i32, y + down.round() as i32);
        let text = Text { text: text.to_owned(), face, size, paint, origin, upwards, halo };
        self.operations.push((self.clip, Operation::Text(text)));
    }

    fn path(&mut self, shape: Shape, style: Style) {
        self.operations.push((self.clip, Operation::Path { shape, style }));
    }
}
