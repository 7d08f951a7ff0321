//! The colour bar beside the right-most field of a row.

use plotters::style::text_anchor::{HPos, VPos};

use crate::backend::{Face, Frame, Raster, Style, font};
use crate::color::{self, Color};
use crate::element::{Lettering, Sheet, draw, line, stroke, text};
use crate::error::VizError;
use crate::field::Field;
use crate::style::{MAJOR_TICK, OUTLINE, TICK_GAP, TICK_LABEL, units};

const GAP: f64 = 14.0;
const WIDTH: f64 = 7.0;
/// How far the bar stays below the top and above the foot of the frame.
const INSET: f64 = 5.4;
const TICKS: [(f64, &str); 5] = [(0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")];

/// How much room a bar needs to the right of its frame, in points.
pub(crate) fn room(field: &Field) -> f64 {
    let ticks = TICKS.map(|(_, label)| font::width(Face::Regular, label, TICK_LABEL));
    let bar = GAP + WIDTH + MAJOR_TICK + TICK_GAP + ticks.into_iter().fold(0.0, f64::max);
    bar.max(LABEL_GAP + font::width(Face::Regular, &field.label, TICK_LABEL))
}

/// The label above the bar starts at least this far from the frame.
const LABEL_GAP: f64 = 4.0;

/// Draws the bar in the room that ends at `right`.
pub(crate) fn colorbar(sheet: &Sheet, frame: Frame, right: i32, field: &Field) -> Result<(), VizError> {
    let left = frame.right + units(GAP);
    let bar = Frame {
        left,
        top: frame.top + units(INSET),
        right: left + units(WIDTH),
        bottom: frame.bottom - units(INSET),
    };
    let outline =
        vec![(bar.left, bar.top), (bar.right, bar.top), (bar.right, bar.bottom), (bar.left, bar.bottom)];
    draw(sheet, vec![], |canvas, _| {
        canvas.clip(Some(bar));
        canvas.image(gradient(), bar);
        canvas.clip(None);
    })?;
    let style = Style { fill: None, stroke: Some(stroke(Color::INK, OUTLINE)) };
    draw(sheet, outline, |canvas, corners| canvas.polygon(corners, style))?;

    let lettering =
        Lettering { size: TICK_LABEL, bold: false, upwards: false, across: HPos::Left, down: VPos::Center };
    for (value, label) in TICKS {
        let y = bar.bottom - (value * bar.height()).round() as i32;
        let end = bar.right + units(MAJOR_TICK);
        line(sheet, (bar.right, y), (end, y), stroke(Color::INK, OUTLINE))?;
        text(sheet, label, (end + units(TICK_GAP), y), lettering)?;
    }
    let label = Lettering { across: HPos::Right, down: VPos::Bottom, ..lettering };
    text(sheet, &field.label, (right, frame.top - units(0.5)), label)
}

/// All shades, 1 at the top; two columns wide, because a raster's outer nodes lie on its sides.
fn gradient() -> Raster {
    let indices = (0..=255).rev().flat_map(|index| [index, index]).collect();
    Raster { columns: 2, rows: 256, indices, palette: color::field_palette() }
}
