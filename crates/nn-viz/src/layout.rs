//! Where the panels of a figure go. Frames that stand above one another share their sides, and room is
//! made for what the labels really need.

use plotters::coord::ranged1d::Ranged;

use crate::axis::Scale;
use crate::backend::{Face, Frame, font};
use crate::colorbar::Colorbar;
use crate::panel::Panel;
use crate::style::{
    ABOVE_TITLE, AXIS_LABEL, BELOW_TITLE, CAPITALS, COLUMN_GAP, DESCENDERS, EDGE, LABEL_GAP, LETTER,
    MAJOR_TICK, ROW_GAP, TICK_GAP, TICK_LABEL, TITLE, units,
};
use crate::ticks::Ticks;

/// A panel with its place and its ticks.
pub(crate) struct Placed<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) scales: (Scale, Scale),
    pub(crate) ticks: (Ticks, Ticks),
    pub(crate) frame: Frame,
    /// Where its letter and the label of its vertical axis start.
    pub(crate) left: i32,
    /// Where the room to the right of its frame ends.
    pub(crate) right: i32,
    /// The colour bar that stands there.
    pub(crate) colorbar: Option<Colorbar>,
}

impl Placed<'_> {
    /// Where a value stands on the canvas, from the left.
    pub(crate) fn x(&self, value: f64) -> i32 {
        self.scales.0.map(&value, (self.frame.left, self.frame.right))
    }

    /// Where a value stands on the canvas, from the top.
    pub(crate) fn y(&self, value: f64) -> i32 {
        self.scales.1.map(&value, (self.frame.bottom, self.frame.top))
    }
}

/// One row: its relative height, and its panels with what their axes show.
pub(crate) type Row<'a> = (f64, Vec<(&'a Panel, (Scale, Scale))>);

/// Places all panels on a figure of this width and height in points, row after row; none if they do not
/// fit. With letters, each panel needs room for its own.
pub(crate) fn place<'a>(width: f64, height: f64, rows: &[Row<'a>], letters: bool) -> Option<Vec<Placed<'a>>> {
    let shares: f64 = rows.iter().map(|(share, _)| share).sum();
    let mut top = EDGE;
    let mut measured = Vec::with_capacity(rows.len());
    for (share, panels) in rows {
        let bottom = top + (height - 2.0 * EDGE + ROW_GAP) * share / shares - ROW_GAP;
        measured.push(Measured::new(panels, width, (top, bottom), letters)?);
        top = bottom + ROW_GAP;
    }
    let columns = measured.iter().map(|row| row.lefts.len()).max()?;
    let widest =
        |column| measured.iter().filter_map(|row| row.lefts.get(column).copied()).fold(0.0, f64::max);
    let lefts: Vec<f64> = (0..columns).map(widest).collect();
    let overhang = measured.iter().map(|row| row.overhang).fold(0.0, f64::max);
    let mut placed = Vec::new();
    for row in measured {
        row.place(width, &lefts, overhang, &mut placed)?;
    }
    Some(placed)
}

/// A frame with a side shorter than this, in points, shows nothing.
const SMALLEST: f64 = 24.0;

/// A row of which the heights are known, and the room its labels need beside the frames.
struct Measured<'r, 'a> {
    panels: &'r [(&'a Panel, (Scale, Scale))],
    y_ticks: Vec<Ticks>,
    top: f64,
    bottom: f64,
    lefts: Vec<f64>,
    /// By how much the last label of the horizontal axis sticks out to the right of the row.
    overhang: f64,
    /// The colour bar beside each panel.
    colorbars: Vec<Option<Colorbar>>,
}

impl<'r, 'a> Measured<'r, 'a> {
    fn new(
        panels: &'r [(&'a Panel, (Scale, Scale))],
        width: f64,
        (top, bottom): (f64, f64),
        letters: bool,
    ) -> Option<Self> {
        let titled = letters || panels.iter().any(|(panel, _)| !panel.title.is_empty());
        let top = top + if titled { ABOVE_TITLE + TITLE * CAPITALS + BELOW_TITLE } else { 2.0 };
        let labelled = panels.iter().any(|(panel, _)| !panel.x.label.is_empty());
        let below = MAJOR_TICK + TICK_GAP + TICK_LABEL * CAPITALS + if labelled { axis_label() } else { 0.0 };
        let bottom = bottom - below;
        if bottom - top < SMALLEST {
            return None;
        }
        let y_ticks: Vec<Ticks> =
            panels.iter().map(|(_, (_, y))| y.ticks(most(bottom - top, 24.0))).collect();
        let lefts = panels.iter().zip(&y_ticks).map(|((panel, _), ticks)| {
            let label = if panel.y.label.is_empty() { 0.0 } else { axis_label() };
            let letter = if letters { font::width(Face::Bold, "(m)", LETTER) + LABEL_GAP } else { 0.0 };
            (label + widest(ticks) + TICK_GAP + MAJOR_TICK).max(letter)
        });
        let lefts = lefts.collect();
        let overhang =
            panels.last().map_or(0.0, |(_, (x, _))| overhang(x, width / panels.len() as f64 * 0.8));
        Some(Self { panels, y_ticks, top, bottom, lefts, overhang, colorbars: colorbars(panels) })
    }

    fn place(self, width: f64, lefts: &[f64], overhang: f64, placed: &mut Vec<Placed<'a>>) -> Option<()> {
        let count = self.panels.len();
        let after = |index: usize| match &self.colorbars[index] {
            Some(bar) => bar.room(),
            None if index + 1 == count => overhang,
            None => 0.0,
        };
        let around: f64 = (0..count).map(|index| lefts[index] + after(index)).sum();
        let frame = (width - 2.0 * EDGE - around - COLUMN_GAP * (count - 1) as f64) / count as f64;
        if frame < SMALLEST {
            return None;
        }
        let mut cell = EDGE;
        for (index, (&(panel, scales), y_ticks)) in self.panels.iter().zip(self.y_ticks).enumerate() {
            let left = cell + lefts[index];
            let right = left + frame + after(index);
            placed.push(Placed {
                panel,
                scales,
                ticks: (scales.0.ticks(most(frame, 36.0)), y_ticks),
                frame: Frame {
                    left: units(left),
                    top: units(self.top),
                    right: units(left + frame),
                    bottom: units(self.bottom),
                },
                left: units(cell),
                right: units(right),
                colorbar: self.colorbars[index].clone(),
            });
            cell = right + COLUMN_GAP;
        }
        Some(())
    }
}

/// One bar for panels whose colours mean the same, beside the right-most of them.
fn colorbars(panels: &[(&Panel, (Scale, Scale))]) -> Vec<Option<Colorbar>> {
    let mut bars: Vec<_> = panels.iter().map(|(panel, _)| panel.colorbar()).collect();
    for index in 0..bars.len() {
        let (before, after) = bars.split_at_mut(index + 1);
        let explains = |bar: &Colorbar| after.iter().flatten().any(|later| later.explains(bar));
        before[index].take_if(|bar| explains(bar));
    }
    bars
}

/// How many steps of at least this length an axis has room for.
fn most(length: f64, step: f64) -> usize {
    (length / step).clamp(2.0, 7.0) as usize
}

fn axis_label() -> f64 {
    LABEL_GAP + AXIS_LABEL * (CAPITALS + DESCENDERS)
}

fn widest(ticks: &Ticks) -> f64 {
    let widths = ticks.major.iter().map(|(_, label)| font::width(Face::Regular, label, TICK_LABEL));
    widths.fold(0.0, f64::max)
}

fn overhang(x: &Scale, width: f64) -> f64 {
    let ticks = x.ticks(most(width, 36.0)).major;
    let last = ticks.last().map(|(value, label)| {
        font::width(Face::Regular, label, TICK_LABEL) / 2.0 - (1.0 - x.share(*value)) * width
    });
    last.unwrap_or_default().max(0.0)
}
