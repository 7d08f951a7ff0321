//! Whether a mark can be drawn, before anything is.

use crate::error::VizError;
use crate::field::Field;
use crate::mark::Mark;
use crate::panel::Panel;

/// Lengths agree; `x` is finite and at least one `y` is; values suit their axes; options are in bounds.
pub(crate) fn mark(panel: &Panel, mark: &Mark) -> Result<(), VizError> {
    match mark {
        Mark::Field(field) => self::field(panel, mark, field),
        _ => options(panel, mark).and_then(|()| series(panel, mark)).and_then(|()| signs(panel, mark)),
    }
}

fn options(panel: &Panel, mark: &Mark) -> Result<(), VizError> {
    for (property, value, is_length) in mark.options() {
        let sound = if is_length { value > 0.0 && value <= 72.0 } else { (0.0..=1.0).contains(&value) };
        if !sound {
            let (panel, mark) = names(panel, mark);
            return Err(VizError::Style { panel, mark, property, value });
        }
    }
    Ok(())
}

fn series(panel: &Panel, mark: &Mark) -> Result<(), VizError> {
    let (x, others) = mark.series();
    let names = || names(panel, mark);
    if let Some((series, values)) = others.iter().find(|(_, values)| values.len() != x.len()) {
        let (panel, mark) = names();
        let (expected, found) = (x.len(), values.len());
        return Err(VizError::Length { panel, mark, against: "x", expected, series, found });
    }
    if let Some((index, &value)) = x.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        let (panel, mark) = names();
        return Err(VizError::NotFinite { panel, mark, series: "x", index, value });
    }
    if !(0..x.len()).any(|index| others.iter().all(|(_, values)| values[index].is_finite())) {
        let (panel, mark) = names();
        return Err(VizError::Nothing { panel, mark });
    }
    Ok(())
}

/// Infinities are gaps as much as NaN is, and have no sign to complain about.
fn signs(panel: &Panel, mark: &Mark) -> Result<(), VizError> {
    let (x, others) = mark.series();
    let along = x.iter().map(|&value| ("x", panel.x.log, value));
    let up = others.iter().flat_map(|(_, values)| values.iter().map(|&value| ("y", panel.y.log, value)));
    let misplaced = |&(_, log, value): &(_, bool, f64)| log && value.is_finite() && value <= 0.0;
    match along.chain(up).find(misplaced) {
        Some((axis, _, value)) => {
            let (panel, mark) = names(panel, mark);
            Err(VizError::NotPositive { panel, mark, axis, value })
        }
        None => Ok(()),
    }
}

fn field(panel: &Panel, mark: &Mark, field: &Field) -> Result<(), VizError> {
    let (panel_name, mark) = names(panel, mark);
    if panel.x.log || panel.y.log {
        return Err(VizError::FieldOnLogAxis { panel: panel_name, mark });
    }
    let (expected, found) = (field.lattice.len(), field.values.len());
    if expected != found {
        let (against, series) = ("the lattice", "the field");
        return Err(VizError::Length { panel: panel_name, mark, against, expected, series, found });
    }
    // Sums of rounded numbers may lie a little beyond the ends; they are drawn as if they did not.
    match field.values.iter().find(|value| !(-SLACK..=1.0 + SLACK).contains(*value)) {
        Some(&value) => Err(VizError::NotAProbability { panel: panel_name, mark, value }),
        None => Ok(()),
    }
}

const SLACK: f64 = 1e-6;

/// What a message calls the panel and the mark.
fn names(panel: &Panel, mark: &Mark) -> (String, String) {
    let kind = match mark {
        Mark::Line(_) => "line",
        Mark::Band(_) => "band",
        Mark::Points(_) => "points",
        Mark::Field(_) => "field",
    };
    (panel.title.clone(), format!("{kind} {:?}", mark.label()))
}
