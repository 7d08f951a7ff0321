//! The legend of a panel: one entry for each label, with the glyphs of all marks that carry it.

use plotters::style::text_anchor::{HPos, VPos};

use crate::backend::{Face, Frame, Paint, Style, font};
use crate::color::Color;
use crate::element::{Lettering, Sheet, draw, stroke, text};
use crate::error::VizError;
use crate::marks::{Draw, GlyphWidth, Mark};
use crate::panel::{Corner, Panel};
use crate::style::{LEGEND_LABEL, OUTLINE, units};

const PADDING: f64 = 4.2;
const ENTRY: f64 = 9.6;
const INSET: f64 = 4.0;
const GLYPH_GAP: f64 = 3.2;
/// Half the height of an entry.
const SWATCH: f64 = 2.8;
/// Widths of a glyph: points need less room than lines.
const LINE_GLYPH: f64 = 13.4;
const POINT_GLYPH: f64 = 5.6;

/// Draws the legend in its corner of the frame; none without a labelled mark.
pub(crate) fn legend(sheet: &Sheet, frame: Frame, panel: &Panel) -> Result<(), VizError> {
    let entries = entries(&panel.marks);
    let Some(corner) = panel.legend.filter(|_| !entries.is_empty()) else { return Ok(()) };
    let widest = entries.iter().flat_map(|(_, glyphs)| glyphs).map(|glyph| glyph.mark.glyph_width()).max();
    let glyph = if widest == Some(GlyphWidth::Line) { LINE_GLYPH } else { POINT_GLYPH };
    let widths = entries.iter().map(|(label, _)| font::width(Face::Regular, label, LEGEND_LABEL));
    let width = 2.0 * PADDING + glyph + GLYPH_GAP + widths.fold(0.0, f64::max);
    let height = 2.0 * PADDING + ENTRY * (entries.len() - 1) as f64 + 2.0 * SWATCH;
    let outline = place(frame, corner, units(width), units(height));
    draw(sheet, outline.corners().into(), |canvas, corners| {
        let fill = Some(Paint { color: Color::WHITE, alpha: 0.88 });
        canvas.polygon(corners, Style { fill, stroke: Some(stroke(Color::rgb(0xD4, 0xD4, 0xD4), OUTLINE)) });
    })?;
    for (row, (label, glyphs)) in entries.iter().enumerate() {
        let left = outline.left + units(PADDING);
        let middle = outline.top + units(PADDING + SWATCH + ENTRY * row as f64);
        let at = Frame { left, top: middle, right: left + units(glyph), bottom: middle };
        draw(sheet, vec![], |canvas, _| {
            for glyph in glyphs {
                glyph.mark.glyph(glyph.entry, canvas, at);
            }
        })?;
        let lettering = Lettering {
            size: LEGEND_LABEL,
            bold: false,
            upwards: false,
            across: HPos::Left,
            down: VPos::Center,
        };
        text(sheet, label, (left + units(glyph + GLYPH_GAP), middle), lettering)?;
    }
    Ok(())
}

/// What stands for one entry of one mark.
struct Glyph<'a> {
    mark: &'a dyn Draw,
    entry: usize,
}

/// Labels in the order in which they first appear, each with its glyphs in drawing order.
fn entries(marks: &[Mark]) -> Vec<(&str, Vec<Glyph<'_>>)> {
    let mut entries: Vec<(&str, Vec<Glyph<'_>>)> = Vec::new();
    for mark in marks.iter().map(Mark::draws) {
        for (entry, label) in mark.entries().into_iter().enumerate().filter(|(_, label)| !label.is_empty()) {
            let glyph = Glyph { mark, entry };
            match entries.iter_mut().find(|(known, _)| *known == label) {
                Some((_, glyphs)) => glyphs.push(glyph),
                None => entries.push((label, vec![glyph])),
            }
        }
    }
    for (_, glyphs) in &mut entries {
        glyphs.sort_by_key(|glyph| glyph.mark.layer());
    }
    entries
}

fn place(frame: Frame, corner: Corner, width: i32, height: i32) -> Frame {
    let inset = units(INSET);
    let left = match corner {
        Corner::TopLeft | Corner::BottomLeft => frame.left + inset,
        Corner::TopRight | Corner::BottomRight => frame.right - inset - width,
    };
    let top = match corner {
        Corner::TopLeft | Corner::TopRight => frame.top + inset,
        Corner::BottomLeft | Corner::BottomRight => frame.bottom - inset - height,
    };
    Frame { left, top, right: left + width, bottom: top + height }
}
