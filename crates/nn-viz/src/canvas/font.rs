//! The embedded font, `DejaVu` Sans: shaping with kerning, and outlines of glyphs. All lengths are in font
//! units.

use std::sync::LazyLock;

use ttf_parser::{Face as Parsed, GlyphId, OutlineBuilder};

/// The licence of the embedded fonts, DejaVu Sans and DejaVu Sans Bold, with the notices that it asks for: those of Bitstream
/// Vera and Arev. A program that shows the licences of what it contains also shows this one.
pub const FONT_LICENSE: &str = include_str!("../../LICENSE-DEJAVU");

/// Font units per em, in both faces.
pub(crate) const EM: f64 = 2048.0;

/// The height of capitals and digits. Text is centred on it, so that the place of a label does not depend on
/// its letters.
pub(crate) const CAP_HEIGHT: f64 = 1493.0;

/// One of the two embedded faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Face {
    /// `DejaVu` Sans.
    Regular,
    /// `DejaVu` Sans Bold.
    Bold,
}

/// A glyph and the place of its origin, in font units from the start of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyph {
    pub(crate) id: u16,
    pub(crate) x: i32,
}

/// The glyphs of a line of text, and the place at which the next one would start.
pub(crate) fn shape(face: Face, text: &str) -> (Vec<Glyph>, i32) {
    let font = face.parsed();
    let mut pen = 0;
    let mut previous = None;
    let mut glyphs = Vec::with_capacity(text.len());
    for character in text.chars() {
        // Glyph 0 is the box that the font shows for characters it does not have.
        let id = font.glyph_index(character).unwrap_or_default();
        pen = i32::saturating_add(pen, previous.map_or(0, |left| kerning(font, left, id)));
        glyphs.push(Glyph { id: id.0, x: pen });
        pen = pen.saturating_add(i32::from(font.glyph_hor_advance(id).unwrap_or_default()));
        previous = Some(id);
    }
    (glyphs, pen)
}

/// The width of a line of text set at `size`, in the unit of `size`.
pub(crate) fn width(face: Face, text: &str, size: f64) -> f64 {
    f64::from(shape(face, text).1) * size / EM
}

/// Passes the outline of a glyph to `builder`; y points up. A space has no outline.
pub(crate) fn outline(face: Face, glyph: u16, builder: &mut impl OutlineBuilder) {
    face.parsed().outline_glyph(GlyphId(glyph), builder);
}

fn kerning(font: &Parsed<'_>, left: GlyphId, right: GlyphId) -> i32 {
    let tables = font.tables().kern.into_iter().flat_map(|kern| kern.subtables);
    let mut pairs = tables.filter(|table| table.horizontal && !table.variable);
    pairs.find_map(|table| table.glyphs_kerning(left, right)).map_or(0, i32::from)
}

impl Face {
    fn parsed(self) -> &'static Parsed<'static> {
        static REGULAR: LazyLock<Parsed<'static>> = LazyLock::new(|| parse(dejavu::sans::regular()));
        static BOLD: LazyLock<Parsed<'static>> = LazyLock::new(|| parse(dejavu::sans::bold()));
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        }
    }
}

fn parse(bytes: &'static [u8]) -> Parsed<'static> {
    Parsed::parse(bytes, 0).expect("the embedded font is whole")
}

#[cfg(test)]
mod tests {
    use super::{CAP_HEIGHT, EM, FONT_LICENSE, Face, shape, width};

    #[test]
    fn the_licence_of_the_fonts_is_named_and_shipped_with_the_notices_that_they_carry() {
        assert_eq!(env!("CARGO_PKG_LICENSE"), "(MIT OR Apache-2.0) AND Bitstream-Vera");
        for face in [Face::Regular, Face::Bold] {
            let names = face.parsed().names();
            let notices =
                names.into_iter().filter(|name| name.name_id == ttf_parser::name_id::COPYRIGHT_NOTICE);
            let notices: Vec<String> = notices.filter_map(|notice| notice.to_string()).collect();
            assert!(!notices.is_empty());
            for line in notices.iter().flat_map(|notice| notice.lines()) {
                assert!(FONT_LICENSE.contains(line), "{line}");
            }
        }
        assert!(
            FONT_LICENSE
                .contains("shall\nbe included in all copies of one or more of the Font Software typefaces")
        );
    }

    #[test]
    fn every_character_a_figure_needs_is_in_the_font() {
        for face in [Face::Regular, Face::Bold] {
            let (glyphs, _) = shape(face, "−·×⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂ηεσµλαβ²–—≤≥±√%R");
            assert!(glyphs.iter().all(|glyph| glyph.id != 0));
        }
        assert_eq!(shape(Face::Regular, "\u{E123}").0[0].id, 0);
    }

    #[test]
    fn kerning_draws_a_v_closer_and_leaves_digits_alone() {
        let alone = |text| width(Face::Regular, text, 1.0);
        assert!(alone("AV") < alone("A") + alone("V"));
        assert_eq!(alone("11"), 2.0 * alone("1"));
    }

    #[test]
    fn the_metrics_are_the_fonts_own() {
        for face in [Face::Regular, Face::Bold] {
            assert_eq!(f64::from(face.parsed().units_per_em()), EM);
            let height =
                face.parsed().glyph_bounding_box(face.parsed().glyph_index('H').unwrap()).unwrap().y_max;
            assert_eq!(f64::from(height), CAP_HEIGHT);
        }
    }
}
