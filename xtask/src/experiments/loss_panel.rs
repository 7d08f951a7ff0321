//! The first panel of the report's figures: the losses of all trials, of learning and of new samples.

use nn_train::Merged;
use nn_train::statistics::{Interval, Summary};
use nn_viz::{Axis, Color, Corner, Curve, Line, Look, Panel};

use super::settings::Settings;

/// Draws IQM and Q1–Q3 band of the training and the test losses at the beginning of each epoch, and to the
/// right of the last epoch the intervals of the final IQMs. `how` names the optimiser and its learning rate.
pub(super) fn loss_panel<F, K>(
    label: &str,
    how: &str,
    scale: Epochs,
    merged: &Merged<F, K>,
    settings: &Settings,
) -> Panel {
    let Settings { trials, samples, .. } = settings;
    let outcomes = merged.outcomes();
    let diverged = match outcomes.diverged() {
        0 => String::new(),
        diverged => format!(", {diverged} diverged"),
    };
    let title = format!("Loss, {trials} trials of {samples} samples ({how}){diverged}");
    let (training, epochs) = (merged.curve(), merged.curve().len());
    let test = merged.validation_curve().unwrap_or_default();
    let drawn = Drawn::of([training, test].concat().iter());
    let mut panel = Panel::new(title).x(scale.axis(epochs)).y(Axis::log(label));
    // The test loss was measured after the update of its epoch, which is before that of the next.
    for (name, curve, first, look) in [
        ("training: IQM, Q1–Q3 band, final 95 % interval", training, 1, Look::nth(0)),
        ("test", &test[..test.len().min(epochs - 1)], 2, Look::nth(1)),
    ] {
        let places: Vec<f64> = (first..first + curve.len()).map(|epoch| epoch as f64).collect();
        let column = |value: fn(&Summary) -> f64| -> Vec<f64> {
            curve.iter().map(value).map(|loss| drawn.place(loss)).collect()
        };
        let (iqm, q1, q3) = (column(|s| s.iqm), column(|s| s.q1), column(|s| s.q3));
        // Q3 is the first to become infinite. Trials that all diverge in the first update have no test loss to draw.
        if q3.iter().any(|loss| loss.is_finite()) {
            panel = panel.mark(Curve::new(name, &places, &iqm, look.without_symbols()).band(&q1, &q3));
        }
    }
    let intervals = [
        (outcomes.iqm_interval(), 1, Color::BLUE),
        (outcomes.validation().and_then(|losses| losses.interval()), 2, Color::ORANGE),
    ];
    for (interval, place, color) in intervals {
        let Some(Interval { low, high }) = interval else { continue };
        let (x, y) = ([scale.beyond(epochs, place); 2], [low, high].map(|loss| drawn.place(loss)));
        // Too many trials diverged to bound the mean.
        if y.iter().all(|loss| loss.is_finite()) {
            panel = panel.mark(Line::new("", &x, &y, color).width(3.0));
        }
    }
    panel.legend(Corner::Emptiest)
}

/// The scale of the epochs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Epochs {
    /// For trainings in which much happens to the end.
    Linear,
    /// For trainings in which most happens in the first epochs.
    Log,
}

impl Epochs {
    /// An axis with room for the intervals behind the last epoch.
    fn axis(self, epochs: usize) -> Axis {
        let end = self.beyond(epochs, 3);
        match self {
            Epochs::Linear => Axis::linear("Epoch").range(0.0, end),
            Epochs::Log => Axis::log("Epoch").range(1.0, end),
        }
    }

    /// The first, second or third place behind the last epoch.
    fn beyond(self, epochs: usize, place: u32) -> f64 {
        let step = match self {
            Epochs::Linear => 0.008,
            Epochs::Log => 0.05,
        };
        epochs as f64 * (1.0 + step * f64::from(place))
    }
}

/// Says for the description of a figure what its first panel shows.
pub(super) fn caption(settings: &Settings) -> String {
    let Settings { trials, samples, epochs, .. } = settings;
    format!(
        "{trials} trials of {samples} samples, {epochs} epochs. (a) Interquartile mean of the loss and the \
         band from Q1 to Q3, of the training samples and of as many test samples of each trial, which it \
         does not learn from; at the right the 95 % bootstrap intervals of the final means."
    )
}

/// Describes gradient descent on a summed loss. The learning rate depends on whether the loss is a sum or a mean.
pub(super) fn on_the_sum(settings: &Settings) -> String {
    format!("η = {} on the sum", settings.learning_rate)
}

/// Describes gradient descent on a mean loss.
pub(super) fn on_the_mean(settings: &Settings) -> String {
    format!("η = {} on the mean", settings.learning_rate)
}

/// The losses that a logarithmic axis can show.
struct Drawn {
    lowest: f64,
}

impl Drawn {
    /// The margin of the axis must also be within the range of f64.
    const LOSSES: std::ops::RangeInclusive<f64> = 1e-280..=1e280;

    fn of<'s>(curve: impl Iterator<Item = &'s Summary>) -> Self {
        let losses = curve.flat_map(|s| [s.q1, s.iqm, s.q3]).filter(|loss| Drawn::LOSSES.contains(loss));
        Drawn { lowest: losses.fold(f64::INFINITY, f64::min) }
    }

    /// A loss of 0, which rounding gives a network that is very sure, is drawn at the lowest loss above 0. A
    /// loss too large to draw is a gap.
    fn place(&self, loss: f64) -> f64 {
        if loss > *Drawn::LOSSES.end() { f64::NAN } else { loss.max(self.lowest) }
    }
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

    use super::{Drawn, three_digits};

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
        let drawn = Drawn::of(curve.iter());
        assert_eq!(curve.each_ref().map(|s| drawn.place(s.q1)), [1.75, 0.25, 0.25, 1.0]);
        let q3 = curve.each_ref().map(|s| drawn.place(s.q3));
        assert_eq!(q3[..3], [3.25, 0.5, 0.25]);
        assert!(q3[3].is_nan());
    }
}
