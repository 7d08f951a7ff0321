//! The few ways in which the rest of the crate draws through plotters: text, straight lines, and points
//! mapped by an area's coordinates and handed to the canvas as they are.

use std::convert::Infallible;
use std::slice::Iter;

use plotters::coord::{CoordTranslate, Shift};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, Rect};
use plotters::element::{CoordMapper, Drawable, PointCollection, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, TextStyle};
use plotters_backend::DrawingErrorKind;

use crate::backend::{Canvas, Face, Letters, Paint, Point, Stroke, font};
use crate::color::Color;
use crate::error::VizError;
use crate::style::units;

/// An area in canvas units.
pub(crate) type Sheet = DrawingArea<Canvas, Shift>;

/// Maps points by the area's coordinates and lets `draw` put them on the canvas.
pub(crate) fn draw<C: CoordTranslate>(
    area: &DrawingArea<Canvas, C>,
    points: Vec<C::From>,
    draw: impl Fn(&mut Canvas, &[Point]),
) -> Result<(), VizError> {
    area.draw(&Mapped { points, draw }).map_err(|error| failed(&error))
}

/// A straight line between two places on the sheet.
pub(crate) fn line(sheet: &Sheet, from: Point, to: Point, stroke: Stroke) -> Result<(), VizError> {
    draw(sheet, vec![from, to], |canvas, ends| canvas.lines(ends, stroke))
}

/// How a text is set: size in points, and which of its points is placed.
#[derive(Clone, Copy)]
pub(crate) struct Lettering {
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) upwards: bool,
    pub(crate) across: HPos,
    pub(crate) down: VPos,
}

/// A line of ink-coloured text, if there is any.
pub(crate) fn text(sheet: &Sheet, text: &str, at: Point, lettering: Lettering) -> Result<(), VizError> {
    if text.is_empty() {
        return Ok(());
    }
    let Lettering { size, bold, upwards, across, down } = lettering;
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let turn = if upwards { FontTransform::Rotate270 } else { FontTransform::None };
    let font = FontDesc::new(FontFamily::SansSerif, f64::from(units(size)), style).transform(turn);
    let (red, green, blue) = Color::INK.components();
    let ink = RGBColor(red, green, blue);
    let style = TextStyle::from(font).color(&ink).pos(Pos::new(across, down));
    sheet.draw(&Text::new(text, at, style)).map_err(|error| failed(&error))
}

/// Text on a canvas, in a colour of its own; with a halo, it stays readable on top of points.
pub(crate) fn put(
    canvas: &mut Canvas,
    text: &str,
    at: Point,
    lettering: Lettering,
    color: Color,
    halo: bool,
) {
    let Lettering { size, bold, upwards, across, down } = lettering;
    let face = if bold { Face::Bold } else { Face::Regular };
    let paint = Paint { color, alpha: 1.0 };
    let halo = halo.then(|| units(2.0));
    let size = f64::from(units(size));
    canvas.text(text, at, Letters { face, size, paint, anchor: (across, down), upwards, halo });
}

/// Smaller letters for a text that would be longer than `length`.
pub(crate) fn fitted(text: &str, lettering: Lettering, length: i32) -> Lettering {
    let width = font::width(Face::Regular, text, f64::from(units(lettering.size)));
    let share = if width > f64::from(length) { f64::from(length) / width } else { 1.0 };
    Lettering { size: lettering.size * share, ..lettering }
}

/// A solid stroke of a width in points.
pub(crate) fn stroke(color: Color, width: f64) -> Stroke {
    Stroke { paint: Paint { color, alpha: 1.0 }, width: units(width), dash: None }
}

fn failed(error: &DrawingAreaErrorKind<Infallible>) -> VizError {
    VizError::Drawing(error.to_string())
}

struct Mapped<P, F> {
    points: Vec<P>,
    draw: F,
}

/// plotters' own mapper moves points outside of the area onto its edge; this one leaves them where they
/// are, for the canvas to clip.
struct Unclamped;

impl CoordMapper for Unclamped {
    type Output = Point;

    fn map<C: CoordTranslate>(coordinates: &C, from: &C::From, _: &Rect) -> Point {
        coordinates.translate(from)
    }
}

impl<'a, P: 'a, F> PointCollection<'a, P, Unclamped> for &'a Mapped<P, F> {
    type Point = &'a P;
    type IntoIter = Iter<'a, P>;

    fn point_iter(self) -> Iter<'a, P> {
        self.points.iter()
    }
}

impl<P, F: Fn(&mut Canvas, &[Point])> Drawable<Canvas, Unclamped> for Mapped<P, F> {
    fn draw<I: Iterator<Item = Point>>(
        &self,
        points: I,
        canvas: &mut Canvas,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        (self.draw)(canvas, &Vec::from_iter(points));
        Ok(())
    }
}
