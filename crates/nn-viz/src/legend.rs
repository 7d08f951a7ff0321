//! The legend of a panel: one entry for each label, with the glyphs of all marks that carry it.

use plotters::style::text_anchor::{HPos, VPos};

use crate::backend::{Face, Frame, Paint, Style, font};
use crate::color::Color;
use crate::element::{Lettering, Sheet, draw, stroke, text};
use crate::error::VizError;
use crate::mark::Mark;
use crate::panel::{Corner, Panel};
use crate::plot;
use crate::style::{LEGEND_LABEL, OUTLINE, units};

const PADDING: f64 = 4.2;
const ENTRY: f64 = 9.6;
const INSET: f64 = 4.0;
const GLYPH_GAP: f64 = 3.2;
/// Half the height of a band's swatch.
const SWATCH: f64 = 2.8;
/// Widths of a glyph: points need less room than lines.
const LINE_GLYPH: f64 = 13.4;
const POINT_GLYPH: f64 = 5.6;

/// Draws the legend in its corner of the frame; none without a labelled mark.
pub(crate) fn legend(sheet: &Sheet, frame: Frame, panel: &Panel) -> Result<(), VizError> {
    let entries = entries(&panel.marks);
    let Some(corner) = panel.legend.filter(|_| !entries.is_empty()) else { return Ok(()) };
    let is_wide = |mark: &&Mark| !matches!(mark, Mark::Points(_));
    let wide = entries.iter().any(|(_, marks)| marks.iter().any(is_wide));
    let glyph = if wide { LINE_GLYPH } else { POINT_GLYPH };
    let widths = entries.iter().map(|(label, _)| font::width(Face::Regular, label, LEGEND_LABEL));
    let width = 2.0 * PADDING + glyph + GLYPH_GAP + widths.fold(0.0, f64::max);
    let height = 2.0 * PADDING + ENTRY * (entries.len() - 1) as f64 + 2.0 * SWATCH;
    let outline = place(frame, corner, units(width), units(height));
    draw(sheet, corners(outline), |canvas, corners| {
        let fill = Some(Paint { color: Color::WHITE, alpha: 0.88 });
        canvas.polygon(corners, Style { fill, stroke: Some(stroke(Color::rgb(0xD4, 0xD4, 0xD4), OUTLINE)) });
    })?;
    for (row, (label, marks)) in entries.iter().enumerate() {
        let left = outline.left + units(PADDING);
        let middle = outline.top + units(PADDING + SWATCH + ENTRY * row as f64);
        for mark in marks {
            draw_glyph(sheet, mark, Frame { left, top: middle, right: left + units(glyph), bottom: middle })?;
        }
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

/// Labels in the order in which they first appear, each with its marks in drawing order. Fields have a
/// colour bar instead.
fn entries(marks: &[Mark]) -> Vec<(&str, Vec<&Mark>)> {
    let mut entries: Vec<(&str, Vec<&Mark>)> = Vec::new();
    for mark in marks.iter().filter(|mark| !mark.label().is_empty() && !matches!(mark, Mark::Field(_))) {
        match entries.iter_mut().find(|(label, _)| *label == mark.label()) {
            Some((_, marks)) => marks.push(mark),
            None => entries.push((mark.label(), vec![mark])),
        }
    }
    for (_, marks) in &mut entries {
        marks.sort_by_key(|mark| mark.layer());
    }
    entries
}

/// Draws what stands for a mark around the level line from the left to the right of `at`.
fn draw_glyph(sheet: &Sheet, mark: &Mark, at: Frame) -> Result<(), VizError> {
    let ends = vec![(at.left, at.top), (at.right, at.top)];
    match mark {
        Mark::Line(line) => draw(sheet, ends, |canvas, ends| canvas.lines(ends, plot::line_stroke(line))),
        Mark::Band(band) => {
            let swatch = Frame { top: at.top - units(SWATCH), bottom: at.bottom + units(SWATCH), ..at };
            draw(sheet, corners(swatch), |canvas, corners| canvas.polygon(corners, plot::band_style(band)))
        }
        Mark::Points(points) => {
            let centre = vec![((at.left + at.right) / 2, at.top)];
            draw(sheet, centre, |canvas, centre| plot::symbol(canvas, centre[0], points))
        }
        Mark::Field(_) => Ok(()),
    }
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

fn corners(frame: Frame) -> Vec<(i32, i32)> {
    let Frame { left, top, right, bottom } = frame;
    vec![(left, top), (right, top), (right, bottom), (left, bottom)]
}
