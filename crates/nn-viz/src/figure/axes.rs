//! The grid, the two axes, and the words around a panel.

use plotters::style::text_anchor::{HPos, VPos};

use super::layout::Placed;
use crate::canvas::{Point, Style};
use crate::color::Color;
use crate::error::VizError;
use crate::ink::style::{
    AXIS_LABEL, BELOW_TITLE, GRID_COLOR, LABEL_GAP, LETTER, MAJOR_TICK, MINOR_TICK, SPINE, TICK_GAP,
    TICK_LABEL, TITLE,
};
use crate::ink::{Lettering, Sheet, draw, fitted, line, stroke, text, units};
use crate::surround::Surround;

/// Draws the light lines at labelled ticks, which lie below all marks.
pub(crate) fn grid(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    if placed.surround != Surround::Axes {
        return Ok(());
    }
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
    match placed.surround {
        Surround::Axes => numbers(sheet, placed),
        Surround::Names(_) => names(sheet, placed),
        Surround::Bare => Ok(()),
    }
}

fn numbers(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
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
    for (value, label) in &x_ticks.major {
        let (x, y) = (placed.x(*value), frame.bottom + units(MAJOR_TICK + TICK_GAP));
        down(x, MAJOR_TICK)?;
        text(sheet, label, (x, y), Lettering::new(TICK_LABEL, HPos::Center, VPos::Top))?;
    }
    for (value, label) in &y_ticks.major {
        let (x, y) = (frame.left - units(MAJOR_TICK + TICK_GAP), placed.y(*value));
        left(y, MAJOR_TICK)?;
        text(sheet, label, (x, y), Lettering::new(TICK_LABEL, HPos::Right, VPos::Center))?;
    }
    for &value in &x_ticks.minor {
        down(placed.x(value), MINOR_TICK)?;
    }
    for &value in &y_ticks.minor {
        left(placed.y(value), MINOR_TICK)?;
    }
    Ok(())
}

/// Outlines a matrix and writes the names of its columns and rows, in smaller letters where there are many.
fn names(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    let frame = placed.frame;
    let (columns, rows) = &placed.ticks;
    let outline = Style { fill: None, stroke: Some(stroke(Color::INK, SPINE)) };
    draw(sheet, frame.corners().into(), |canvas, corners| canvas.polygon(corners, outline))?;
    let cell = frame.width() / columns.major.len() as f64;
    let size = TICK_LABEL * (cell / f64::from(units(1.1 * TICK_LABEL))).min(1.0);
    let gap = units(MAJOR_TICK + TICK_GAP);
    for (value, name) in &columns.major {
        let (upwards, across) = if placed.turned { (true, HPos::Right) } else { (false, HPos::Center) };
        let down = if placed.turned { VPos::Center } else { VPos::Top };
        let below = Lettering { upwards, ..Lettering::new(size, across, down) };
        text(sheet, name, (placed.x(*value), frame.bottom + gap), below)?;
    }
    for (value, name) in &rows.major {
        let beside = Lettering::new(size, HPos::Right, VPos::Center);
        text(sheet, name, (frame.left - gap, placed.y(*value)), beside)?;
    }
    Ok(())
}

/// Writes the title, the labels of the axes, and the panel's letter if it has one.
pub(crate) fn words(sheet: &Sheet, placed: &Placed<'_>, letter: Option<char>) -> Result<(), VizError> {
    let (panel, frame) = (placed.panel, placed.frame);
    let base = frame.top - units(BELOW_TITLE);
    let title =
        fitted(&panel.title, Lettering::new(TITLE, HPos::Left, VPos::Bottom), placed.right - frame.left);
    text(sheet, &panel.title, (frame.left, base), title)?;
    if let Some(letter) = letter {
        let bold = Lettering { bold: true, ..Lettering::new(LETTER, HPos::Left, VPos::Bottom) };
        text(sheet, &format!("({letter})"), (placed.left, base), bold)?;
    }
    let under = placed.surround.below(placed.turned) + LABEL_GAP;
    let below: Point = (i32::midpoint(frame.left, frame.right), frame.bottom + units(under));
    let centred = Lettering::new(AXIS_LABEL, HPos::Center, VPos::Top);
    text(sheet, &panel.x.label, below, fitted(&panel.x.label, centred, placed.right - placed.left))?;
    let beside = (placed.left, i32::midpoint(frame.top, frame.bottom));
    let upwards = Lettering { upwards: true, ..fitted(&panel.y.label, centred, frame.bottom - frame.top) };
    text(sheet, &panel.y.label, beside, upwards)
}
