//! The grid, the two axes, and the words around a panel.

use plotters::style::text_anchor::{HPos, VPos};

use super::layout::Placed;
use crate::canvas::{Frame, Point, Style};
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
    let (frame, surround) = (placed.frame, &placed.surround);
    let grey = stroke(GRID_COLOR, SPINE);
    if surround.numbers_below() {
        for x in placed.ticks.0.major.iter().map(|(value, _)| placed.x(*value)) {
            line(sheet, (x, frame.top), (x, frame.bottom), grey)?;
        }
    }
    if surround.numbers_beside() {
        for y in placed.ticks.1.major.iter().map(|(value, _)| placed.y(*value)) {
            line(sheet, (frame.left, y), (frame.right, y), grey)?;
        }
    }
    Ok(())
}

/// Draws the left and the lower side of the frame or the outline of a matrix, then ticks, numbers and names.
pub(crate) fn axes(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    match placed.surround {
        Surround::Bare => return Ok(()),
        Surround::Names { .. } => outline(sheet, placed.frame)?,
        Surround::Axes | Surround::Groups { .. } => spines(sheet, placed.frame)?,
    }
    match placed.surround.numbers_below() {
        true => numbers_below(sheet, placed)?,
        false => names_below(sheet, placed)?,
    }
    match placed.surround.numbers_beside() {
        true => numbers_beside(sheet, placed)?,
        false => names_beside(sheet, placed)?,
    }
    minor_ticks(sheet, placed)
}

fn outline(sheet: &Sheet, frame: Frame) -> Result<(), VizError> {
    let outline = Style { fill: None, stroke: Some(stroke(Color::INK, SPINE)) };
    draw(sheet, frame.corners().into(), |canvas, corners| canvas.polygon(corners, outline))
}

fn spines(sheet: &Sheet, frame: Frame) -> Result<(), VizError> {
    let ink = stroke(Color::INK, SPINE);
    line(sheet, (frame.left, frame.top), (frame.left, frame.bottom + ink.width / 2), ink)?;
    line(sheet, (frame.left - ink.width / 2, frame.bottom), (frame.right, frame.bottom), ink)
}

/// Draws a tick that points down at the lower side.
fn tick_below(sheet: &Sheet, frame: Frame, x: i32, length: f64) -> Result<(), VizError> {
    line(sheet, (x, frame.bottom), (x, frame.bottom + units(length)), stroke(Color::INK, SPINE))
}

/// Draws a tick that points to the left at the left side.
fn tick_beside(sheet: &Sheet, frame: Frame, y: i32, length: f64) -> Result<(), VizError> {
    line(sheet, (frame.left - units(length), y), (frame.left, y), stroke(Color::INK, SPINE))
}

fn numbers_below(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    let below = Lettering::new(TICK_LABEL, HPos::Center, VPos::Top);
    for (value, label) in &placed.ticks.0.major {
        let x = placed.x(*value);
        tick_below(sheet, placed.frame, x, MAJOR_TICK)?;
        text(sheet, label, (x, placed.frame.bottom + units(MAJOR_TICK + TICK_GAP)), below)?;
    }
    Ok(())
}

fn numbers_beside(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    let beside = Lettering::new(TICK_LABEL, HPos::Right, VPos::Center);
    for (value, label) in &placed.ticks.1.major {
        let y = placed.y(*value);
        tick_beside(sheet, placed.frame, y, MAJOR_TICK)?;
        text(sheet, label, (placed.frame.left - units(MAJOR_TICK + TICK_GAP), y), beside)?;
    }
    Ok(())
}

fn minor_ticks(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    let (x, y) = &placed.ticks;
    x.minor.iter().try_for_each(|&value| tick_below(sheet, placed.frame, placed.x(value), MINOR_TICK))?;
    y.minor.iter().try_for_each(|&value| tick_beside(sheet, placed.frame, placed.y(value), MINOR_TICK))
}

/// Writes the names of the columns, upwards where they would touch.
fn names_below(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    let (frame, columns) = (placed.frame, &placed.ticks.0.major);
    let size = name_size(frame.width() / columns.len() as f64);
    let gap = units(MAJOR_TICK + TICK_GAP);
    for (value, name) in columns {
        let (upwards, across) = if placed.turned { (true, HPos::Right) } else { (false, HPos::Center) };
        let down = if placed.turned { VPos::Center } else { VPos::Top };
        let below = Lettering { upwards, ..Lettering::new(size, across, down) };
        text(sheet, name, (placed.x(*value), frame.bottom + gap), below)?;
    }
    Ok(())
}

/// Writes the names of the rows.
fn names_beside(sheet: &Sheet, placed: &Placed<'_>) -> Result<(), VizError> {
    let (frame, rows) = (placed.frame, &placed.ticks.1.major);
    let size = name_size(frame.height() / rows.len() as f64);
    let gap = units(MAJOR_TICK + TICK_GAP);
    for (value, name) in rows {
        let beside = Lettering::new(size, HPos::Right, VPos::Center);
        text(sheet, name, (frame.left - gap, placed.y(*value)), beside)?;
    }
    Ok(())
}

/// The size of names in cells of this width, which is smaller where there are many.
fn name_size(cell: f64) -> f64 {
    TICK_LABEL * (cell / f64::from(units(1.1 * TICK_LABEL))).min(1.0)
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
