//! The `DrawingBackend` plotters draws on. It cannot fail: it only writes down what to draw.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle, FontTransform,
};

use super::{Face, Frame, Operation, Paint, Point, Raster, Shape, Stroke, Style, Text, clip, font};
use crate::color::Color;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// A drawing under way or done: operations, each with the frame it is clipped to.
#[derive(Clone, Debug)]
pub(crate) struct Canvas {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) operations: Vec<(Option<Frame>, Operation)>,
    clip: Option<Frame>,
}

/// How a line of text is set; lengths in canvas units.
#[derive(Clone, Copy)]
pub(crate) struct Letters {
    pub(crate) face: Face,
    pub(crate) size: f64,
    pub(crate) paint: Paint,
    /// Which of its points is placed.
    pub(crate) anchor: (HPos, VPos),
    pub(crate) upwards: bool,
    pub(crate) halo: Option<i32>,
}

/// Paths are cut this far outside their frame, so that neither a stroke's end nor its join shows.
const MARGIN: i32 = 400;

impl Canvas {
    pub(crate) fn new(width: u32, height: u32) -> Self {
        Self { width, height, operations: Vec::new(), clip: None }
    }

    /// What follows shows inside of `frame` only.
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

    /// Shows a raster whose corner nodes lie at two opposite corners.
    pub(crate) fn image(&mut self, raster: Raster, frame: Frame) {
        self.operations.push((self.clip, Operation::Image { raster, frame }));
    }

    /// Shows a raster as crisp pixels that fill a frame.
    pub(crate) fn pixels(&mut self, raster: Raster, frame: Frame) {
        self.operations.push((self.clip, Operation::Pixels { raster, frame }));
    }

    /// Sets a line of text. Vertical anchors are the top, the middle and the foot of the capitals, whatever
    /// the letters: labels of one row share their base line.
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

impl DrawingBackend for Canvas {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): Point, color: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: Point, to: Point, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = Point>>(&mut self, path: I, style: &S) -> Drawn {
        self.lines(&Vec::from_iter(path), stroke(style));
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: Point, to: Point, style: &S, fill: bool) -> Drawn {
        self.polygon(&[from, (to.0, from.1), to, (from.0, to.1)], filled_or_not(style, fill));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, centre: Point, radius: u32, style: &S, fill: bool) -> Drawn {
        self.disc(centre, radius as i32, filled_or_not(style, fill));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = Point>>(&mut self, edge: I, style: &S) -> Drawn {
        self.polygon(&Vec::from_iter(edge), filled_or_not(style, true));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: Point) -> Drawn {
        let letters = Letters {
            face: face(style),
            size: style.size(),
            paint: paint(style.color()),
            anchor: (style.anchor().h_pos, style.anchor().v_pos),
            upwards: matches!(style.transform(), FontTransform::Rotate270),
            halo: None,
        };
        self.text(text, at, letters);
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let width = font::width(face(style), text, style.size());
        Ok((width.round() as u32, (font::CAP_HEIGHT * style.size() / font::EM).round() as u32))
    }
}

fn face<S: BackendTextStyle>(style: &S) -> Face {
    match style.style() {
        FontStyle::Bold => Face::Bold,
        _ => Face::Regular,
    }
}

fn filled_or_not<S: BackendStyle>(style: &S, fill: bool) -> Style {
    match fill {
        true => Style { fill: Some(paint(style.color())), stroke: None },
        false => Style { fill: None, stroke: Some(stroke(style)) },
    }
}

fn stroke<S: BackendStyle>(style: &S) -> Stroke {
    Stroke { paint: paint(style.color()), width: style.stroke_width() as i32, dash: None }
}

fn paint(BackendColor { alpha, rgb: (red, green, blue) }: BackendColor) -> Paint {
    Paint { color: Color::rgb(red, green, blue), alpha }
}
