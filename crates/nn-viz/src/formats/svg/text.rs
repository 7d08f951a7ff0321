//! Lines of text in SVG, as outlines of glyphs or as text.

use std::fmt::{self, Write};

use super::values::{GlyphId, Hex, escaped};
use crate::canvas::{Face, Text, font};

/// The form in which an SVG has its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// Outlines of glyphs, so that every viewer shows the same letters. The words are kept in `data-text`.
    Outlines,
    /// Text that can be selected, copied and found, in the font of the viewer.
    Selectable,
}

/// The fonts of selectable text: the one that figures are measured with, then fonts that look similar.
pub(super) const FAMILY: &str = "DejaVu Sans, Bitstream Vera Sans, Verdana, sans-serif";

pub(super) fn put_text(out: &mut String, text: &Text, words: Words) {
    match words {
        Words::Outlines => put_outlines(out, text),
        Words::Selectable => put_selectable(out, text),
    }
}

fn put_outlines(out: &mut String, text: &Text) {
    let (x, y) = text.origin;
    let turn = if text.upwards { " rotate(-90)" } else { "" };
    let scale = text.size / font::EM;
    if let Some(halo) = text.halo {
        // The halo is a group of its own beneath the letters, because few viewers know `paint-order`.
        let width = f64::from(halo) / scale;
        put(
            out,
            format_args!(
                "<g fill=\"none\" stroke=\"#fff\" stroke-width=\"{width:.0}\" stroke-linejoin=\"round\" \
                 transform=\"translate({x} {y}){turn} scale({scale:.5})\">"
            ),
        );
        put_glyphs(out, text);
    }
    put(
        out,
        format_args!(
            "<g data-text=\"{}\" fill=\"{}\" transform=\"translate({x} {y}){turn} scale({scale:.5})\">",
            escaped(&text.text),
            Hex(text.paint.color),
        ),
    );
    put_glyphs(out, text);
}

fn put_glyphs(out: &mut String, text: &Text) {
    for glyph in font::shape(text.face, &text.text).0 {
        put(out, format_args!("<use xlink:href=\"#{}\" x=\"{}\"/>", GlyphId(text.face, glyph.id), glyph.x));
    }
    out.push_str("</g>\n");
}

/// Writes one text element. Its length is that of the embedded font, so that the text keeps to its place in
/// any font.
fn put_selectable(out: &mut String, text: &Text) {
    let (x, y) = text.origin;
    let turn = if text.upwards { " rotate(-90)" } else { "" };
    let weight = if text.face == Face::Bold { " font-weight=\"bold\"" } else { "" };
    put(out, format_args!("<text transform=\"translate({x} {y}){turn}\" font-size=\"{:.1}\"", text.size));
    let length = font::width(text.face, &text.text, text.size);
    if length >= 1.0 {
        put(out, format_args!(" textLength=\"{length:.0}\" lengthAdjust=\"spacingAndGlyphs\""));
    }
    if let Some(halo) = text.halo {
        // Selectable text is for browsers, which know `paint-order`; a second element would be selected as
        // well.
        put(
            out,
            format_args!(
                " stroke=\"#fff\" stroke-width=\"{halo}\" stroke-linejoin=\"round\" paint-order=\"stroke\""
            ),
        );
    }
    let (fill, words) = (Hex(text.paint.color), escaped(&text.text));
    put(out, format_args!("{weight} fill=\"{fill}\">{words}</text>\n"));
}

fn put(out: &mut String, arguments: fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("writing to memory cannot fail");
}
