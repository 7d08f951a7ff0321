//! The bar beside a panel that explains its colours.

use plotters::style::text_anchor::{HPos, VPos};

use crate::backend::{Face, Frame, Raster, Style, font};
use crate::color::Color;
use crate::element::{Lettering, Sheet, draw, line, stroke, text};
use crate::error::VizError;
use crate::style::{MAJOR_TICK, OUTLINE, TICK_GAP, TICK_LABEL, units};

const GAP: f64 = 14.0;
const WIDTH: f64 = 7.0;
/// How far the bar stays below the top and above the foot of the frame.
const INSET: f64 = 5.4;
/// The label above the bar starts at least this far from the frame.
const LABEL_GAP: f64 = 4.0;

/// What a bar shows: 256 colours, the last at the top, and labels at shares of its height.
#[derive(Clone, Debug)]
pub(crate) struct Colorbar {
    pub(crate) label: String,
    pub(crate) palette: Vec<Color>,
    pub(crate) ticks: Vec<(f64, String)>,
}

impl Colorbar {
    /// How much room it needs to the right of its frame, in points.
    pub(crate) fn room(&self) -> f64 {
        let ticks = self.ticks.iter().map(|(_, label)| font::width(Face::Regular, label, TICK_LABEL));
        let bar = GAP + WIDTH + MAJOR_TICK + TICK_GAP + ticks.fold(0.0, f64::max);
        bar.max(LABEL_GAP + font::width(Face::Regular, &self.label, TICK_LABEL))
    }

    /// Whether its colours mean the same as those of another.
    pub(crate) fn explains(&self, other: &Self) -> bool {
        self.palette == other.palette && self.ticks == other.ticks
    }

    /// All shades; two columns wide, because a raster's outer nodes lie on its sides.
    fn gradient(&self) -> Raster {
        let indices = (0..=255).rev().flat_map(|index| [index, index]).collect();
        Raster { columns: 2, rows: 256, indices, palette: self.palette.clone() }
    }
}

/// Draws the bar in the room that ends at `right`.
pub(crate) fn colorbar(sheet: &Sheet, frame: Frame, right: i32, shown: &Colorbar) -> Result<(), VizError> {
    let left = frame.right + units(GAP);
    let bar = Frame {
        left,
        top: frame.top + units(INSET),
        right: left + units(WIDTH),
        bottom: frame.bottom - units(INSET),
    };
    draw(sheet, vec![], |canvas, _| {
        canvas.clip(Some(bar));
        canvas.image(shown.gradient(), bar);
        canvas.clip(None);
    })?;
    let style = Style { fill: None, stroke: Some(stroke(Color::INK, OUTLINE)) };
    draw(sheet, bar.corners().into(), |canvas, corners| canvas.polygon(corners, style))?;

    let lettering =
        Lettering { size: TICK_LABEL, bold: false, upwards: false, across: HPos::Left, down: VPos::Center };
    for (share, label) in &shown.ticks {
        let y = bar.bottom - (share * bar.height()).round() as i32;
        let end = bar.right + units(MAJOR_TICK);
        line(sheet, (bar.right, y), (end, y), stroke(Color::INK, OUTLINE))?;
        text(sheet, label, (end + units(TICK_GAP), y), lettering)?;
    }
    let label = Lettering { across: HPos::Right, down: VPos::Bottom, ..lettering };
    text(sheet, &shown.label, (right, frame.top - units(0.5)), label)
}
