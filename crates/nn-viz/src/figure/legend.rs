//! The legend of a panel: one entry for each label, with the glyphs of all marks that carry it.

use plotters::style::text_anchor::{HPos, VPos};

use super::panel::{Corner, Panel};
use crate::canvas::{Face, Frame, Operation, Paint, Style, font};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::style::{LEGEND_LABEL, OUTLINE};
use crate::ink::{Lettering, Sheet, draw, stroke, text, units};
use crate::marks::{Draw, GlyphWidth, Mark};

// All lengths are in points.

/// The gap between the outline and the entries.
const PADDING: f64 = 4.2;
/// The distance between the base lines of two entries.
const ENTRY: f64 = 9.6;
/// The gap between the frame of the panel and the outline.
const INSET: f64 = 4.0;
/// The gap between a glyph and its label.
const GLYPH_GAP: f64 = 3.2;
/// Marks that come this close to a legend count as hidden.
const CLEARANCE: f64 = 3.0;
/// Half the height of a glyph.
const SWATCH: f64 = 2.8;
/// The gap between a frame and a legend beside it.
const BESIDE: f64 = 7.0;

/// The legend of a panel.
pub(crate) struct Legend<'a> {
    entries: Vec<(&'a str, Vec<Glyph<'a>>)>,
    corner: Corner,
    /// The width of the glyphs, in points.
    glyph: f64,
    /// Width and height, in points.
    size: (f64, f64),
}

impl<'a> Legend<'a> {
    /// Returns `None` when no legend was asked for or no mark has a label.
    pub(crate) fn new(panel: &'a Panel) -> Option<Self> {
        let entries = entries(&panel.marks);
        let corner = panel.legend.filter(|_| !entries.is_empty())?;
        let widest =
            entries.iter().flat_map(|(_, glyphs)| glyphs).map(|glyph| glyph.mark.glyph_width()).max();
        let glyph = match widest.unwrap_or(GlyphWidth::Point) {
            GlyphWidth::Point => 5.6,
            GlyphWidth::Line => 13.4,
            GlyphWidth::Series => 19.0,
        };
        let widths = entries.iter().map(|(label, _)| font::width(Face::Regular, label, LEGEND_LABEL));
        let width = 2.0 * PADDING + glyph + GLYPH_GAP + widths.fold(0.0, f64::max);
        let height = 2.0 * PADDING + ENTRY * (entries.len() - 1) as f64 + 2.0 * SWATCH;
        Some(Self { entries, corner, glyph, size: (width, height) })
    }

    /// The width of the room that the legend needs to the right of the frame, in points.
    pub(crate) fn room(&self) -> f64 {
        // Beside the frame, a legend has no outline and therefore no padding.
        if self.corner == Corner::Beside { BESIDE + self.size.0 - 2.0 * PADDING } else { 0.0 }
    }

    /// Draws the legend in its corner of the frame, or to the right of `beside`. The emptiest corner follows
    /// from what is `drawn` in the panel.
    pub(crate) fn draw(
        &self,
        sheet: &Sheet,
        frame: Frame,
        beside: i32,
        drawn: &[Operation],
    ) -> Result<(), VizError> {
        let (size, glyph) = ((units(self.size.0), units(self.size.1)), self.glyph);
        let corner = match self.corner {
            Corner::Emptiest => emptiest(frame, size, drawn),
            corner => corner,
        };
        let outline = match corner {
            Corner::Beside => place(Frame { right: beside, ..frame }, corner, size),
            corner => place(frame, corner, size),
        };
        if corner != Corner::Beside {
            draw(sheet, outline.corners().into(), |canvas, corners| {
                let fill = Some(Paint { color: Color::WHITE, alpha: 0.88 });
                canvas.polygon(
                    corners,
                    Style { fill, stroke: Some(stroke(Color::rgb(0xD4, 0xD4, 0xD4), OUTLINE)) },
                );
            })?;
        }
        for (row, (label, glyphs)) in self.entries.iter().enumerate() {
            let left = outline.left + units(PADDING);
            let middle = outline.top + units(PADDING + SWATCH + ENTRY * row as f64);
            let at = Frame { left, top: middle, right: left + units(glyph), bottom: middle };
            draw(sheet, vec![], |canvas, _| {
                for glyph in glyphs {
                    glyph.mark.glyph(glyph.entry, canvas, at);
                }
            })?;
            let lettering = Lettering::new(LEGEND_LABEL, HPos::Left, VPos::Center);
            text(sheet, label, (left + units(glyph + GLYPH_GAP), middle), lettering)?;
        }
        Ok(())
    }
}

/// The glyph of one entry of one mark.
struct Glyph<'a> {
    mark: &'a dyn Draw,
    entry: usize,
}

/// The labels in the order in which they first appear, each with its glyphs in drawing order.
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
        glyphs.sort_by_key(|glyph| glyph.mark.kind().layers.first());
    }
    entries
}

/// The corner in which a legend hides the least.
fn emptiest(frame: Frame, size: (i32, i32), drawn: &[Operation]) -> Corner {
    let order = [Corner::TopRight, Corner::TopLeft, Corner::BottomLeft, Corner::BottomRight];
    let hidden = |corner| {
        let area = place(frame, corner, size).inflated(units(CLEARANCE));
        drawn.iter().map(|operation| operation.cover(area)).sum::<f64>()
    };
    let mut best = (f64::INFINITY, Corner::TopRight);
    for corner in order {
        let hidden = hidden(corner);
        if hidden < best.0 {
            best = (hidden, corner);
        }
    }
    best.1
}

fn place(frame: Frame, corner: Corner, (width, height): (i32, i32)) -> Frame {
    let inset = units(INSET);
    let left = match corner {
        Corner::TopLeft | Corner::BottomLeft => frame.left + inset,
        Corner::TopRight | Corner::BottomRight | Corner::Emptiest => frame.right - inset - width,
        Corner::Beside => frame.right + units(BESIDE - PADDING),
    };
    let top = match corner {
        Corner::TopLeft | Corner::TopRight | Corner::Emptiest => frame.top + inset,
        Corner::BottomLeft | Corner::BottomRight => frame.bottom - inset - height,
        Corner::Beside => frame.top,
    };
    Frame { left, top, right: left + width, bottom: top + height }
}
