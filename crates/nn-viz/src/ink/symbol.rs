//! The shapes of points.

use plotters::coord::CoordTranslate;
use plotters::drawing::DrawingArea;

use super::area;
use super::style::{stroke, units};
use crate::canvas::{Canvas, Paint, Point, Style};
use crate::color::Color;
use crate::error::VizError;

/// The shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// A disc.
    Circle,
    /// A triangle that points up.
    Triangle,
    /// An upright square.
    Square,
    /// A square on its corner.
    Diamond,
    /// A triangle that points down.
    Wedge,
}

/// The largest number of classes or series of points that can have the same symbol. The first six colours are
/// farther apart than further ones can be.
pub(crate) const MOST_ALIKE: usize = 6;

/// The look of points of one kind. All shapes cover about the same area as a disc `size` points across.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Symbols {
    pub(crate) symbol: Symbol,
    pub(crate) color: Color,
    pub(crate) alpha: f64,
    pub(crate) halo: bool,
    pub(crate) size: f64,
}

impl Symbols {
    /// Draws a symbol at each place, in the coordinates of the area.
    pub(crate) fn draw_all<C: CoordTranslate>(
        &self,
        area: &DrawingArea<Canvas, C>,
        places: Vec<C::From>,
    ) -> Result<(), VizError> {
        area::draw(area, places, |canvas, places| places.iter().for_each(|&place| self.draw(canvas, place)))
    }

    /// Draws one symbol on the canvas.
    pub(crate) fn draw(&self, canvas: &mut Canvas, (x, y): Point) {
        let fill = Some(Paint { color: self.color, alpha: self.alpha });
        let style = Style { fill, stroke: self.halo.then(|| stroke(Color::WHITE, 0.55)) };
        let radius = self.size / 2.0;
        // A triangle is centred at half its height, so that it is level with a disc.
        let (half, height) = (units(radius * 1.25), units(radius * 1.1));
        match self.symbol {
            Symbol::Circle => canvas.disc((x, y), units(radius), style),
            Symbol::Triangle => {
                canvas.polygon(&[(x, y - height), (x + half, y + height), (x - half, y + height)], style);
            }
            Symbol::Wedge => {
                canvas.polygon(&[(x, y + height), (x + half, y - height), (x - half, y - height)], style);
            }
            Symbol::Square => {
                let side = units(radius * 0.89);
                let corners =
                    [(x - side, y - side), (x + side, y - side), (x + side, y + side), (x - side, y + side)];
                canvas.polygon(&corners, style);
            }
            Symbol::Diamond => {
                let arm = units(radius * 1.3);
                canvas.polygon(&[(x, y - arm), (x + arm, y), (x, y + arm), (x - arm, y)], style);
            }
        }
    }
}
