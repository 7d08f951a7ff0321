//! Drawing through plotters: an area maps points by its coordinates and hands them to the canvas unchanged.

use std::convert::Infallible;
use std::slice::Iter;

use plotters::coord::{CoordTranslate, Shift};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, Rect};
use plotters::element::{CoordMapper, Drawable, PointCollection};
use plotters_backend::DrawingErrorKind;

use crate::canvas::{Canvas, Point, Stroke};
use crate::error::VizError;

/// An area in canvas units.
pub(crate) type Sheet = DrawingArea<Canvas, Shift>;

/// Maps points by the coordinates of the area and lets `draw` put them on the canvas.
pub(crate) fn draw<C: CoordTranslate>(
    area: &DrawingArea<Canvas, C>,
    points: Vec<C::From>,
    draw: impl Fn(&mut Canvas, &[Point]),
) -> Result<(), VizError> {
    area.draw(&Mapped { points, draw }).map_err(|error| failed(&error))
}

/// Draws a straight line between two places on the sheet.
pub(crate) fn line(sheet: &Sheet, from: Point, to: Point, stroke: Stroke) -> Result<(), VizError> {
    draw(sheet, vec![from, to], |canvas, ends| canvas.lines(ends, stroke))
}

/// The error of the crate for an error of plotters.
pub(super) fn failed(error: &DrawingAreaErrorKind<Infallible>) -> VizError {
    VizError::Drawing(error.to_string())
}

struct Mapped<P, F> {
    points: Vec<P>,
    draw: F,
}

/// Leaves points outside of the area where they are, so that the canvas can clip lines at the frame.
/// plotters' own mapper moves such points onto the edge of the area, which bends lines.
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
