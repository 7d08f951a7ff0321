//! The first panel of most figures: the loss of all trials.

use nn_train::Merged;
use nn_train::statistics::Summary;
use nn_viz::{Axis, Color, Corner, Panel};

use super::settings::Settings;

/// Draws the IQM and the Q1–Q3 band of the loss over the epochs, on a logarithmic scale. `how` names the
/// optimiser and its learning rate.
pub(super) fn loss_panel<F, K>(label: &str, how: &str, merged: &Merged<F, K>, settings: &Settings) -> Panel {
    const ENTRY: &str = "IQM with Q1–Q3 band";
    let curve = merged.curve();
    let epochs: Vec<f64> = (1..=curve.len()).map(|epoch| epoch as f64).collect();
    let column = |value: fn(&Summary) -> f64| on_log_axis(curve, value);
    let Settings { trials, samples, .. } = settings;
    let diverged = match merged.outcomes().diverged() {
        0 => String::new(),
        diverged => format!(", {diverged} diverged"),
    };
    let title = format!("Training loss, {trials} trials of {samples} samples ({how}){diverged}");
    Panel::new(title)
        .x(Axis::linear("Epoch").range(0.0, curve.len() as f64))
        .y(Axis::log(label))
        .band(ENTRY, &epochs, &column(|s| s.q1), &column(|s| s.q3), Color::BLUE)
        .line(ENTRY, &epochs, &column(|s| s.iqm), Color::BLUE)
        .legend(Corner::TopRight)
}

/// Describes gradient descent on a summed loss. The learning rate depends on whether the loss is a sum or a mean.
pub(super) fn on_the_sum(settings: &Settings) -> String {
    format!("η = {} on the sum", settings.learning_rate)
}

/// Describes gradient descent on a mean loss.
pub(super) fn on_the_mean(settings: &Settings) -> String {
    format!("η = {} on the mean", settings.learning_rate)
}

/// One statistic over the epochs, as a logarithmic axis can show it. A loss of 0, which rounding gives a network that is
/// very sure, is drawn at the lowest loss above 0. A loss too large to draw is a gap.
fn on_log_axis(curve: &[Summary], value: fn(&Summary) -> f64) -> Vec<f64> {
    // The margin of the axis must also be within the range of f64.
    const DRAWN: std::ops::RangeInclusive<f64> = 1e-280..=1e280;
    let drawn = curve.iter().flat_map(|s| [s.q1, s.iqm, s.q3]).filter(|loss| DRAWN.contains(loss));
    let lowest = drawn.fold(f64::INFINITY, f64::min);
    let place = |loss: f64| if loss > *DRAWN.end() { f64::NAN } else { loss.max(lowest) };
    curve.iter().map(value).map(place).collect()
}

/// Formats a loss for a title: three significant digits, without an exponent where that is short.
pub(super) fn three_digits(loss: f64) -> String {
    if !loss.is_finite() {
        return "diverged".into();
    }
    let digits_before =
        format!("{loss:e}").split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    match digits_before {
        Some(exponent @ -5..=2) => format!("{loss:.*}", (2 - exponent) as usize),
        _ => format!("{loss:.2e}").replace('-', "−"),
    }
}

#[cfg(test)]
mod tests {
    use nn_train::statistics::Summary;

    use super::{on_log_axis, three_digits};

    #[test]
    fn losses_of_every_size_are_short_and_readable() {
        let cases = [(0.000_346_2, "0.000346"), (0.0901, "0.0901"), (1.0, "1.00"), (317.26, "317")];
        let rare = [
            (2.5e-9, "2.50e−9"),
            (1e12, "1.00e12"),
            (0.0, "0.00"),
            (f64::INFINITY, "diverged"),
            (f64::NAN, "diverged"),
        ];
        for (loss, text) in cases.into_iter().chain(rare) {
            assert_eq!(three_digits(loss), text);
        }
    }

    #[test]
    fn a_logarithmic_axis_shows_zero_at_its_lowest_loss_and_nothing_beyond_all_bounds() {
        let epoch = |losses: [f64; 4]| Summary::of(&mut losses.to_vec()).unwrap();
        let inf = f64::INFINITY;
        let curve = [[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.0, 0.0], [1.0, 1.0, inf, inf]];
        let curve = curve.map(epoch);
        assert_eq!(on_log_axis(&curve, |s| s.q1), [1.75, 0.25, 0.25, 1.0]);
        let q3 = on_log_axis(&curve, |s| s.q3);
        assert_eq!(q3[..3], [3.25, 0.5, 0.25]);
        assert!(q3[3].is_nan());
    }
}
