//! Lines of text.

use plotters::element::Text;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, TextStyle};

use super::area::{Sheet, failed};
use super::style::units;
use crate::canvas::{Canvas, Face, Letters, Paint, Point, font};
use crate::color::Color;
use crate::error::VizError;

/// The settings of a line of text.
#[derive(Clone, Copy)]
pub(crate) struct Lettering {
    /// The size of the letters, in points.
    pub(crate) size: f64,
    pub(crate) bold: bool,
    /// Whether the text reads upwards, as beside a vertical axis.
    pub(crate) upwards: bool,
    /// The point of the text that is placed.
    pub(crate) across: HPos,
    pub(crate) down: VPos,
}

impl Lettering {
    /// Regular letters that read from left to right.
    pub(crate) fn new(size: f64, across: HPos, down: VPos) -> Self {
        Self { size, bold: false, upwards: false, across, down }
    }
}

/// Sets a line of text in the colour of ink. An empty text draws nothing.
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

/// Sets a line of text on a canvas, in any colour. A halo keeps it readable on top of points.
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

/// The same lettering, in smaller letters if the text would be longer than `length`.
pub(crate) fn fitted(text: &str, lettering: Lettering, length: i32) -> Lettering {
    let width = font::width(Face::Regular, text, f64::from(units(lettering.size)));
    let share = if width > f64::from(length) { f64::from(length) / width } else { 1.0 };
    Lettering { size: lettering.size * share, ..lettering }
}
