//! A recording as a script for browsers: one assignment of JSON, because pages that are opened from a disk cannot fetch
//! files. Numbers have the digits that can be seen: the page computes its pictures from rounded weights.

use super::{Recording, Run};

/// Thousandths, in which weights and points are written.
const UNIT: f64 = 1000.0;

/// Writes the script.
pub(super) fn script(recording: &Recording) -> String {
    let Recording { name, layers, epochs, finals, runs } = recording;
    let runs: Vec<String> = runs.iter().map(run).collect();
    format!(
        "watch.recordings[\"{name}\"] = {{\n\"layers\":{layers},\n\"epochs\":{epochs},\n\"finals\":{finals},\n\"runs\":[\n{runs}\n]}};\n",
        layers = list(layers.iter().map(usize::to_string)),
        epochs = list(epochs.iter().map(usize::to_string)),
        finals = list(finals.iter().map(|&loss| three_digits(loss))),
        runs = runs.join(",\n"),
    )
}

fn run(run: &Run) -> String {
    let Run { which, trial, losses, points, truth, parameters } = run;
    format!(
        "{{\"which\":\"{which}\",\"trial\":{trial},\n\"losses\":{losses},\n\"points\":{points},\n\"truth\":{truth},\n\
         \"parameters\":{parameters}}}",
        losses = list(losses.iter().map(|&loss| three_digits(loss))),
        points = list(points.iter().flatten().map(|&value| decimal(value))),
        truth = list(truth.iter().map(|&value| decimal(value))),
        parameters = list(changes(parameters).iter().map(|frame| list(frame.iter().map(i64::to_string)))),
    )
}

/// Returns the first frame in thousandths, then the difference of each to the one before it, because small numbers are
/// short. Frames are rounded before they are subtracted, so that errors do not add up.
fn changes(frames: &[Vec<f64>]) -> Vec<Vec<i64>> {
    let mut last = vec![0; frames.first().map_or(0, Vec::len)];
    let changes = frames.iter().map(|frame| {
        let rounded: Vec<i64> = frame.iter().map(|value| (value * UNIT).round() as i64).collect();
        let changes = rounded.iter().zip(&last).map(|(new, old)| new - old).collect();
        last = rounded;
        changes
    });
    changes.collect()
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// Three decimals, without zeros at the end.
fn decimal(value: f64) -> String {
    // Adding 0 turns −0 into 0.
    ((value * UNIT).round() / UNIT + 0.0).to_string()
}

/// Three significant digits. JSON has no infinity: a loss that is not finite is null.
fn three_digits(loss: f64) -> String {
    if loss.is_finite() { format!("{loss:.2e}") } else { "null".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_valid() {
        let decimals = [(0.12345, "0.123"), (-0.0001, "0"), (2.0, "2"), (-1.5, "-1.5")];
        assert!(decimals.into_iter().all(|(value, text)| decimal(value) == text));
        let losses =
            [(0.000_346_2, "3.46e-4"), (12.0, "1.20e1"), (f64::NAN, "null"), (f64::INFINITY, "null")];
        assert!(losses.into_iter().all(|(loss, text)| three_digits(loss) == text));
    }

    #[test]
    fn changes_add_up_to_each_frame_rounded() {
        let frames = [vec![0.5004, -1.0], vec![0.5008, -1.0004], vec![0.5012, -1.0008]];
        assert_eq!(changes(&frames), [[500, -1000], [1, 0], [0, -1]]);
        assert!(changes(&[]).is_empty());
    }
}
