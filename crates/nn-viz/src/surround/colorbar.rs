//! The colour bar beside a panel.

use plotters::style::text_anchor::{HPos, VPos};

use crate::canvas::{Face, Frame, Raster, Style, font};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::style::{MAJOR_TICK, OUTLINE, TICK_GAP, TICK_LABEL};
use crate::ink::{Lettering, Sheet, draw, line, stroke, text, units};
use crate::scales::Axis;

/// The gap between the frame and the bar, in points.
const GAP: f64 = 14.0;
/// The width of the bar, in points.
const WIDTH: f64 = 7.0;
/// The distance of the bar from the top and from the foot of the frame, in points.
const INSET: f64 = 5.4;
/// The smallest distance between the frame and the label above the bar, in points.
const LABEL_GAP: f64 = 4.0;

/// The contents of a colour bar: 256 colours, the last at the top, and labels at shares of its height.
#[derive(Clone, Debug)]
pub(crate) struct Colorbar {
    label: String,
    palette: Vec<Color>,
    ticks: Vec<(f64, String)>,
}

impl Colorbar {
    /// A bar of shares or probabilities, from 0 to 1.
    pub(crate) fn of_shares(label: &str, palette: Vec<Color>) -> Self {
        let ticks = [(0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")];
        let ticks = ticks.map(|(share, label)| (share, label.to_owned())).into();
        Self { label: label.to_owned(), palette, ticks }
    }

    /// A bar of numbers from a lower to an upper one.
    pub(crate) fn of_range(label: &str, palette: Vec<Color>, ends: (f64, f64)) -> Self {
        // An automatic scale exists for all ends.
        let ticks = Axis::linear("").scale(ends, 0.0).map_or(Vec::new(), |scale| {
            let major = scale.ticks(5).major;
            major.into_iter().map(|(value, label)| (scale.share(value), label)).collect()
        });
        Self { label: label.to_owned(), palette, ticks }
    }

    /// The width of the room that the bar needs to the right of the frame, in points.
    pub(crate) fn room(&self) -> f64 {
        let ticks = self.ticks.iter().map(|(_, label)| font::width(Face::Regular, label, TICK_LABEL));
        let bar = GAP + WIDTH + MAJOR_TICK + TICK_GAP + ticks.fold(0.0, f64::max);
        bar.max(LABEL_GAP + font::width(Face::Regular, &self.label, TICK_LABEL))
    }

    /// Whether the colours of another bar mean the same as those of this one.
    pub(crate) fn explains(&self, other: &Self) -> bool {
        self.palette == other.palette && self.ticks == other.ticks
    }

    /// All colours, in two columns, because the outer nodes of a raster lie on its sides.
    fn gradient(&self) -> Raster {
        let indices = (0..=255).rev().flat_map(|index| [index, index]).collect();
        Raster { columns: 2, rows: 256, indices, palette: self.palette.clone() }
    }

    /// Draws the bar to the right of a frame, in the room that ends at `right`.
    pub(crate) fn draw(&self, sheet: &Sheet, frame: Frame, right: i32) -> Result<(), VizError> {
        let left = frame.right + units(GAP);
        let bar = Frame {
            left,
            top: frame.top + units(INSET),
            right: left + units(WIDTH),
            bottom: frame.bottom - units(INSET),
        };
        draw(sheet, vec![], |canvas, _| {
            canvas.clip(Some(bar));
            canvas.image(self.gradient(), bar);
            canvas.clip(None);
        })?;
        let style = Style { fill: None, stroke: Some(stroke(Color::INK, OUTLINE)) };
        draw(sheet, bar.corners().into(), |canvas, corners| canvas.polygon(corners, style))?;

        let lettering = Lettering::new(TICK_LABEL, HPos::Left, VPos::Center);
        for (share, label) in &self.ticks {
            let y = bar.bottom - (share * bar.height()).round() as i32;
            let end = bar.right + units(MAJOR_TICK);
            line(sheet, (bar.right, y), (end, y), stroke(Color::INK, OUTLINE))?;
            text(sheet, label, (end + units(TICK_GAP), y), lettering)?;
        }
        let label = Lettering { across: HPos::Right, down: VPos::Bottom, ..lettering };
        text(sheet, &self.label, (right, frame.top - units(0.5)), label)
    }
}
