//! The spelling of colours, styles, names, outlines of glyphs and text in SVG.

use std::fmt::{self, Display, Formatter};

use ttf_parser::OutlineBuilder;

use crate::canvas::{Face, Frame, Paint, Stroke, Style};
use crate::color::Color;

/// The attributes that paint a shape.
pub(super) struct Attributes<'a>(pub(super) &'a Style);

impl Display for Attributes<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.0.fill {
            Some(Paint { color, alpha }) => {
                write!(out, " fill=\"{}\"{}", Hex(color), Opacity("fill", alpha))?;
            }
            None => out.write_str(" fill=\"none\"")?,
        }
        if let Some(Stroke { paint: Paint { color, alpha }, width, dash }) = self.0.stroke {
            let (color, opacity) = (Hex(color), Opacity("stroke", alpha));
            write!(out, " stroke=\"{color}\"{opacity} stroke-width=\"{width}\" stroke-linejoin=\"round\"")?;
            if let Some((on, off)) = dash {
                write!(out, " stroke-dasharray=\"{on} {off}\"")?;
            }
        }
        Ok(())
    }
}

struct Opacity(&'static str, f64);

impl Display for Opacity {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.1 < 1.0 {
            true => write!(out, " {}-opacity=\"{:.3}\"", self.0, self.1),
            false => Ok(()),
        }
    }
}

/// A colour as `#rrggbb`.
pub(super) struct Hex(pub(super) Color);

impl Display for Hex {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (red, green, blue) = self.0.components();
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The name of a glyph.
pub(super) struct GlyphId(pub(super) Face, pub(super) u16);

impl Display for GlyphId {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let face = match self.0 {
            Face::Regular => 'r',
            Face::Bold => 'b',
        };
        write!(out, "{face}{}", self.1)
    }
}

/// The name of a clipping frame.
pub(super) struct ClipId(pub(super) Frame);

impl Display for ClipId {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "c{}-{}-{}-{}", self.0.left, self.0.top, self.0.right, self.0.bottom)
    }
}

/// The name of a description: a hash of its text (64-bit FNV-1a), so that two figures in one HTML page share
/// a name only if they share the text.
pub(super) struct DescriptionId<'a>(pub(super) &'a str);

impl Display for DescriptionId<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        write!(out, "d{:016x}", self.0.bytes().fold(0xcbf2_9ce4_8422_2325, step))
    }
}

/// A glyph as path data in font units; y points down.
#[derive(Default)]
pub(super) struct Outline {
    pub(super) data: String,
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.data += &format!("M{x} {}", 0.0 - y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.data += &format!("L{x} {}", 0.0 - y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.data += &format!("Q{x1} {} {x} {}", 0.0 - y1, 0.0 - y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.data += &format!("C{x1} {} {x2} {} {x} {}", 0.0 - y1, 0.0 - y2, 0.0 - y);
    }

    fn close(&mut self) {
        self.data.push('z');
    }
}

/// Text as it can be written in an attribute or between tags.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML cannot represent most control characters, nor these two, in any spelling.
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
