//! The places of the panels of a figure. Frames that stand above one another share their sides, and margins
//! are measured from the labels.

use plotters::coord::ranged1d::Ranged;

use super::legend::Legend;
use super::panel::Panel;
use crate::canvas::{Face, Frame, font};
use crate::ink::style::{
    ABOVE_TITLE, AXIS_LABEL, BELOW_TITLE, CAPITALS, COLUMN_GAP, DESCENDERS, EDGE, LABEL_GAP, LETTER,
    MAJOR_TICK, ROW_GAP, TICK_GAP, TICK_LABEL, TITLE,
};
use crate::ink::units;
use crate::scales::{Scale, Ticks};
use crate::surround::{Colorbar, Surround};

/// A panel with its place and its ticks.
pub(crate) struct Placed<'a> {
    pub(crate) panel: &'a Panel,
    pub(crate) scales: (Scale, Scale),
    pub(crate) ticks: (Ticks, Ticks),
    pub(crate) frame: Frame,
    /// The left end of its letter and of the label of its vertical axis.
    pub(crate) left: i32,
    /// The right end of the room beside its frame.
    pub(crate) right: i32,
    /// The colour bar beside the frame, and the right end of its room.
    pub(crate) colorbar: Option<(Colorbar, i32)>,
    pub(crate) surround: Surround,
    /// Whether the names below the frame read upwards, because they are too long to stand side by side.
    pub(crate) turned: bool,
}

impl Placed<'_> {
    /// The horizontal place of a value on the canvas.
    pub(crate) fn x(&self, value: f64) -> i32 {
        self.scales.0.map(&value, (self.frame.left, self.frame.right))
    }

    /// The vertical place of a value on the canvas.
    pub(crate) fn y(&self, value: f64) -> i32 {
        self.scales.1.map(&value, (self.frame.bottom, self.frame.top))
    }
}

/// A row: its relative height, and its panels with their scales.
pub(crate) type Row<'a> = (f64, Vec<(&'a Panel, (Scale, Scale))>);

/// Places all panels on a figure of this width and height in points, row after row. Returns `None` when they
/// do not fit. With letters, each panel needs room for its own.
pub(crate) fn place<'a>(width: f64, height: f64, rows: &[Row<'a>], letters: bool) -> Option<Vec<Placed<'a>>> {
    let mut turned = vec![false; rows.iter().map(|(_, panels)| panels.len()).sum()];
    loop {
        let placed = place_turned(width, height, rows, letters, &turned)?;
        // Turned names take height and never give width, so no panel turns back.
        let turn: Vec<bool> =
            placed.iter().map(|panel| panel.turned || panel.surround.is_crowded(panel.frame)).collect();
        if turn == turned {
            return Some(placed);
        }
        turned = turn;
    }
}

fn place_turned<'a>(
    width: f64,
    height: f64,
    rows: &[Row<'a>],
    letters: bool,
    mut turned: &[bool],
) -> Option<Vec<Placed<'a>>> {
    let shares: f64 = rows.iter().map(|(share, _)| share).sum();
    let mut top = EDGE;
    let mut measured = Vec::with_capacity(rows.len());
    for (share, panels) in rows {
        let bottom = top + (height - 2.0 * EDGE + ROW_GAP) * share / shares - ROW_GAP;
        let (here, others) = turned.split_at(panels.len());
        turned = others;
        measured.push(Measured::new(panels, width, (top, bottom), letters, here)?);
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

/// The shortest side of a frame, in points.
const SMALLEST: f64 = 24.0;

/// A row with known heights and the room that its labels need beside the frames.
struct Measured<'r, 'a> {
    panels: &'r [(&'a Panel, (Scale, Scale))],
    turned: &'r [bool],
    y_ticks: Vec<Ticks>,
    top: f64,
    bottom: f64,
    /// The room to the left of each frame.
    lefts: Vec<f64>,
    /// The length by which the last label of the horizontal axis sticks out to the right of the row.
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
        turned: &'r [bool],
    ) -> Option<Self> {
        let titled = letters || panels.iter().any(|(panel, _)| !panel.title.is_empty());
        let top = top + if titled { ABOVE_TITLE + TITLE * CAPITALS + BELOW_TITLE } else { 2.0 };
        let below = panels.iter().zip(turned).map(|((panel, _), &turned)| {
            let label = if panel.x.label.is_empty() { 0.0 } else { axis_label() };
            panel.surround().below(turned) + label
        });
        let bottom = bottom - below.fold(0.0, f64::max);
        if bottom - top < SMALLEST {
            return None;
        }
        let y_ticks = panels.iter().map(|(panel, (_, y))| panel.surround().rows(y, most(bottom - top, 24.0)));
        let y_ticks: Vec<Ticks> = y_ticks.collect();
        let lefts = panels.iter().zip(&y_ticks).map(|((panel, _), ticks)| {
            let label = if panel.y.label.is_empty() { 0.0 } else { axis_label() };
            let letter = if letters { font::width(Face::Bold, "(m)", LETTER) + LABEL_GAP } else { 0.0 };
            let ticks = match panel.surround() {
                Surround::Bare => 0.0,
                _ => widest(ticks) + TICK_GAP + MAJOR_TICK,
            };
            (label + ticks).max(letter)
        });
        let lefts = lefts.collect();
        let overhang = panels
            .last()
            .map_or(0.0, |(panel, (x, _))| overhang(panel, x, width / panels.len() as f64 * 0.8));
        Some(Self { panels, turned, y_ticks, top, bottom, lefts, overhang, colorbars: colorbars(panels) })
    }

    fn place(self, width: f64, lefts: &[f64], overhang: f64, placed: &mut Vec<Placed<'a>>) -> Option<()> {
        let count = self.panels.len();
        let bar = |index: usize| self.colorbars[index].as_ref().map_or(0.0, Colorbar::room);
        let after = |index: usize| {
            let legend = Legend::new(self.panels[index].0).map_or(0.0, |legend| legend.room());
            let beside = bar(index) + legend;
            if beside > 0.0 || index + 1 < count { beside } else { overhang }
        };
        let around: f64 = (0..count).map(|index| lefts[index] + after(index)).sum();
        let frame = (width - 2.0 * EDGE - around - COLUMN_GAP * (count - 1) as f64) / count as f64;
        let mut cell = EDGE;
        for (index, (&(panel, scales), y_ticks)) in self.panels.iter().zip(self.y_ticks).enumerate() {
            let left = cell + lefts[index];
            let right = left + frame + after(index);
            let surround = panel.surround();
            // Cells of a matrix are square. The rest of the room stays free, to the right or below.
            let room = (frame, self.bottom - self.top);
            let (across, down) = match &surround {
                Surround::Names { columns, rows } => {
                    with_ratio(room, rows.len() as f64 / columns.len() as f64)
                }
                Surround::Axes if panel.equal => with_ratio(room, scales.1.span_in(&scales.0)),
                Surround::Axes | Surround::Groups { .. } | Surround::Bare => room,
            };
            if across.min(down) < SMALLEST {
                return None;
            }
            // A lower frame has room for fewer ticks, whose labels are not longer than those measured.
            let y_ticks = if down < room.1 { surround.rows(&scales.1, most(down, 24.0)) } else { y_ticks };
            let bar_end = units(left + across + bar(index));
            placed.push(Placed {
                panel,
                scales,
                ticks: (x_ticks(panel, scales, (across, down)), y_ticks),
                frame: Frame {
                    left: units(left),
                    top: units(self.top),
                    right: units(left + across),
                    bottom: units(self.top + down),
                },
                left: units(cell),
                right: units(right),
                colorbar: self.colorbars[index].clone().map(|bar| (bar, bar_end)),
                surround,
                turned: self.turned[index],
            });
            cell = right + COLUMN_GAP;
        }
        Some(())
    }
}

/// The colour bar of each panel. Panels whose colours mean the same share one, beside the right-most of them.
fn colorbars(panels: &[(&Panel, (Scale, Scale))]) -> Vec<Option<Colorbar>> {
    let mut bars: Vec<_> = panels.iter().map(|(panel, _)| panel.colorbar()).collect();
    for index in 0..bars.len() {
        let (before, after) = bars.split_at_mut(index + 1);
        let explains = |bar: &Colorbar| after.iter().flatten().any(|later| later.explains(bar));
        before[index].take_if(|bar| explains(bar));
    }
    bars
}

/// The ticks of the horizontal axis of a frame of this size. With an equal aspect, they have the same steps
/// as those of the vertical axis, if there is room for their labels.
fn x_ticks(panel: &Panel, scales: (Scale, Scale), (across, down): (f64, f64)) -> Ticks {
    let usual = panel.surround().columns(&scales.0, most(across, 36.0));
    if !panel.equal {
        return usual;
    }
    let steps = most(down, 24.0) as f64 * across / down;
    let equal = scales.0.ticks(steps as usize);
    let fits = widest(&equal) <= 0.6 * across / equal.major.len() as f64;
    if fits { equal } else { usual }
}

/// The largest width and height inside of a room with this ratio of height to width.
fn with_ratio((width, height): (f64, f64), ratio: f64) -> (f64, f64) {
    (width.min(height / ratio), height.min(width * ratio))
}

/// The number of steps of at least this length for which an axis has room.
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

fn overhang(panel: &Panel, x: &Scale, width: f64) -> f64 {
    // Names stand in the middle of their cells and do not stick out.
    if !panel.surround().numbers_below() {
        return 0.0;
    }
    let ticks = x.ticks(most(width, 36.0)).major;
    let last = ticks.last().map(|(value, label)| {
        font::width(Face::Regular, label, TICK_LABEL) / 2.0 - (1.0 - x.share(*value)) * width
    });
    last.unwrap_or_default().max(0.0)
}
