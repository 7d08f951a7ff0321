//! Draws the grid, the two axes, and the words around a panel.

use plotters::style::text_anchor::{HPos, VPos};

use crate::backend::{Face, Point, font};
use crate::color::Color;
use crate::element::{Lettering, Sheet, line, stroke, text};
use crate::error::VizError;
use crate::layout::Placed;
use crate::style::{
    AXIS_LABEL, BELOW_TITLE, CAPITALS, GRID_COLOR, LABEL_GAP, LETTER, MAJOR_TICK, MINOR_TICK, SPINE,
    TICK_GAP, TICK_LABEL, TITLE, units,
};

/// Draws the light lines at labelled ticks, which lie below all marks.
pub(crate) fn grid(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    let frame = placed.frame;
    let grey = stroke(GRID_COLOR, SPINE);
    for x in placed.ticks.0.major.iter().map(|(value, _)| placed.x(*value)) {
        line(sheet, (x, frame.top), (x, frame.bottom), grey)?;
    }
    for y in placed.ticks.1.major.iter().map(|(value, _)| placed.y(*value)) {
        line(sheet, (frame.left, y), (frame.right, y), grey)?;
    }
    Ok(())
}

/// Draws the left and the lower side of the frame, the ticks, and their labels.
pub(crate) fn axes(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    let frame = placed.frame;
    let ink = stroke(Color::INK, SPINE);
    for (from, to) in [
        ((frame.left, frame.top), (frame.left, frame.bottom + ink.width / 2)),
        ((frame.left - ink.width / 2, frame.bottom), (frame.right, frame.bottom)),
    ] {
        line(sheet, from, to, ink)?;
    }
    let down = |x: i32, length: f64| line(sheet, (x, frame.bottom), (x, frame.bottom + units(length)), ink);
    let left = |y: i32, length: f64| line(sheet, (frame.left - units(length), y), (frame.left, y), ink);
    let (x_ticks, y_ticks) = &placed.ticks;
    let plain = lettering(TICK_LABEL);
    for (value, label) in &x_ticks.major {
        let (x, y) = (placed.x(*value), frame.bottom + units(MAJOR_TICK + TICK_GAP));
        down(x, MAJOR_TICK)?;
        text(sheet, label, (x, y), Lettering { across: HPos::Center, down: VPos::Top, ..plain })?;
    }
    for (value, label) in &y_ticks.major {
        let (x, y) = (frame.left - units(MAJOR_TICK + TICK_GAP), placed.y(*value));
        left(y, MAJOR_TICK)?;
        text(sheet, label, (x, y), Lettering { across: HPos::Right, down: VPos::Center, ..plain })?;
    }
    for &value in &x_ticks.minor {
        down(placed.x(value), MINOR_TICK)?;
    }
    for &value in &y_ticks.minor {
        left(placed.y(value), MINOR_TICK)?;
    }
    Ok(())
}

/// Writes the title, the labels of the axes, and the panel's letter if it has one.
pub(crate) fn words(sheet: &Sheet, placed: &Placed<'_>, letter: Option<char>) -> Result<(), VizError> {
    let (panel, frame) = (placed.panel, placed.frame);
    let base = frame.top - units(BELOW_TITLE);
    let title = fitted(&panel.title, lettering(TITLE), placed.right - frame.left);
    text(sheet, &panel.title, (frame.left, base), title)?;
    if let Some(letter) = letter {
        let bold = Lettering { bold: true, ..lettering(LETTER) };
        text(sheet, &format!("({letter})"), (placed.left, base), bold)?;
    }
    let under = MAJOR_TICK + TICK_GAP + TICK_LABEL * CAPITALS + LABEL_GAP;
    let below: Point = (i32::midpoint(frame.left, frame.right), frame.bottom + units(under));
    let centred = Lettering { across: HPos::Center, down: VPos::Top, ..lettering(AXIS_LABEL) };
    text(sheet, &panel.x.label, below, fitted(&panel.x.label, centred, placed.right - placed.left))?;
    let beside = (placed.left, i32::midpoint(frame.top, frame.bottom));
    let upwards = Lettering { upwards: true, ..fitted(&panel.y.label, centred, frame.bottom - frame.top) };
    text(sheet, &panel.y.label, beside, upwards)
}

/// Smaller letters for a text that would be longer than `length`.
fn fitted(text: &str, lettering: Lettering, length: i32) -> Lettering {
    let width = font::width(Face::Regular, text, f64::from(units(lettering.size)));
    let share = if width > f64::from(length) { f64::from(length) / width } else { 1.0 };
    Lettering { size: lettering.size * share, ..lettering }
}

fn lettering(size: f64) -> Lettering {
    Lettering { size, bold: false, upwards: false, across: HPos::Left, down: VPos::Bottom }
}
