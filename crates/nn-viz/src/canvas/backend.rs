//! plotters' view of the canvas: a `DrawingBackend` that cannot fail, because it only records what to draw.

use std::convert::Infallible;

use plotters_backend::{
    BackendColor, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle, FontTransform,
};

use super::font::{self, Face};
use super::shapes::{Paint, Point, Stroke, Style};
use super::{Canvas, Letters};
use crate::color::Color;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

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
