//! The panel that every figure begins with: the loss of all trials.

use nn_train::statistics::Summary;
use nn_viz::{Axis, Color, Corner, Panel};

use super::Settings;

/// IQM line and Q1–Q3 band of the loss over the epochs, on a logarithmic scale.
pub(super) fn loss_panel(label: &str, curve: &[Summary], settings: &Settings) -> Panel {
    const ENTRY: &str = "IQM with Q1–Q3 band";
    let epochs: Vec<f64> = (1..=curve.len()).map(|epoch| epoch as f64).collect();
    let column = |value: fn(&Summary) -> f64| curve.iter().map(value).collect::<Vec<_>>();
    let Settings { trials, samples, learning_rate, .. } = settings;
    Panel::new(format!("Training loss, {trials} trials of {samples} samples (η = {learning_rate})"))
        .x(Axis::linear("Epoch").range(0.0, curve.len() as f64))
        .y(Axis::log(label))
        .band(ENTRY, &epochs, &column(|s| s.q1), &column(|s| s.q3), Color::BLUE)
        .line(ENTRY, &epochs, &column(|s| s.iqm), Color::BLUE)
        .legend(Corner::TopRight)
}

/// A loss in a title: three significant digits, without an exponent where that is short.
pub(super) fn three_digits(loss: f64) -> String {
    let digits_before =
        format!("{loss:e}").split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    match digits_before {
        Some(exponent @ -5..=2) => format!("{loss:.*}", (2 - exponent) as usize),
        _ => format!("{loss:.2e}").replace('-', "−"),
    }
}

#[cfg(test)]
mod tests {
    use super::three_digits;

    #[test]
    fn losses_of_every_size_are_short_and_readable() {
        let cases = [(0.000_346_2, "0.000346"), (0.0901, "0.0901"), (1.0, "1.00"), (317.26, "317")];
        let rare = [
            (2.5e-9, "2.50e−9"),
            (1e12, "1.00e12"),
            (0.0, "0.00"),
            (f64::INFINITY, "inf"),
            (f64::NAN, "NaN"),
        ];
        for (loss, text) in cases.into_iter().chain(rare) {
            assert_eq!(three_digits(loss), text);
        }
    }
}
