//! The figure. From top to bottom: the loss on new sequences; where each trial ends; how much the output depends
//! on what came so many steps before; and what the best and the worst network with gates predict.

use nn_core::Scalar;
use nn_train::Merged;
use nn_train::statistics::Summary;
use nn_viz::{Axis, Color, Corner, Curve, Figure, Line, Look, Panel, Points, ReferenceLine, Strip};

use super::super::final_losses::FinalLosses;
use super::super::loss_panel::three_digits;
use super::super::settings::Settings;
use super::{Cell, EVERY, LENGTHS, SETS, SOLVED, Trained, UNITS};

/// The set of trials whose best and worst networks are shown: LSTM on the longer sequences.
const SHOWN: usize = 4;

const LABELS: [&str; Cell::ALL.len()] = ["RNN", "LSTM", "GRU"];

/// The loss of the mean of all targets, which is 1.
const GUESS: f64 = 1.0 / 6.0;

/// Slopes and losses below this are drawn as this.
const FLOOR: f64 = 1e-8;

/// Draws the figure of all sets of trials.
pub(super) fn figure<F: Scalar>(all: &[Merged<F, Trained<F>>; SETS.len()], settings: &Settings) -> Figure {
    let lengths = all.chunks_exact(Cell::ALL.len()).zip(LENGTHS);
    let losses = lengths.clone().map(|(sets, steps)| losses(sets, steps));
    let finals = lengths.map(|(sets, steps)| finals(sets, steps));
    let longest = &all[SETS.len() - Cell::ALL.len()..];
    let (best, worst) = (all[SHOWN].best(), all[SHOWN].worst());
    let slopes = [
        slopes("Untrained", longest, |kept| &kept.untrained),
        slopes("Trained, best trials", longest, |kept| &kept.trained),
    ];
    let predictions = [
        predictions(
            &format!("LSTM, {} steps, best trial", LENGTHS[1]),
            all[SHOWN].outcomes().final_loss(best.0),
            &best.1.kept,
        ),
        predictions(
            &format!("LSTM, {} steps, worst trial", LENGTHS[1]),
            all[SHOWN].outcomes().final_loss(worst.0),
            &worst.1.kept,
        ),
    ];
    let title = format!("The adding problem, {} trials of each network with {UNITS} units", settings.trials);
    let description = format!(
        "{} trials of each network. (a), (b) Loss on new sequences of {} and {} steps: interquartile mean \
         with the band from Q1 to Q3. (c), (d) Loss of each trial after the last update, and how many are \
         below {SOLVED}. (e), (f) How much the output depends on the input so many steps before, untrained \
         and trained. (g), (h) Predicted over true sums of the LSTM with the lowest and with the highest loss.",
        settings.trials, LENGTHS[0], LENGTHS[1]
    );
    Figure::new(7.2, 9.2)
        .title(title)
        .description(description)
        .row(2.2, losses)
        .row(1.9, finals)
        .row(2.2, slopes)
        .row(2.4, predictions)
}

fn losses<F>(sets: &[Merged<F, Trained<F>>], steps: usize) -> Panel {
    // Below the lowest curve there is room for the legend.
    let quartiles = || sets.iter().flat_map(Merged::curve).flat_map(|epoch| [epoch.q1, epoch.q3]);
    let drawn = |loss: &f64| loss.is_finite() && *loss > 0.0;
    let lowest = quartiles().filter(drawn).fold(GUESS, f64::min) / 50.0;
    let highest = 2.0 * quartiles().filter(drawn).fold(GUESS, f64::max);
    let panel = Panel::new(format!("{steps} steps: loss on new sequences, IQM with Q1–Q3 band"))
        .x(Axis::linear("Update"))
        .y(Axis::log("Mean squared error").range(lowest, highest));
    let panel = sets.iter().enumerate().fold(panel, |panel, (cell, merged)| {
        let curve = merged.curve();
        let column = |value: fn(&Summary) -> f64| curve.iter().map(value).collect::<Vec<f64>>();
        let diverged = match merged.outcomes().diverged() {
            0 => String::new(),
            diverged => format!(", {diverged} diverged"),
        };
        let label = format!("{}{diverged}", LABELS[cell]);
        let line = Curve::new(label, &updates(curve.len()), &column(|s| s.iqm), Look::nth(cell));
        panel.mark(line.band(&column(|s| s.q1), &column(|s| s.q3)))
    });
    panel.mark(ReferenceLine::horizontal("always 1", GUESS, Color::GREY)).legend(Corner::BottomLeft)
}

/// Draws the final loss of each trial. Those below the line have solved the problem.
fn finals<F>(sets: &[Merged<F, Trained<F>>], steps: usize) -> Panel {
    let named = sets.iter().enumerate().map(|(cell, merged)| {
        let outcomes = merged.outcomes();
        let solved = outcomes.success_rate().map_or(0, |rate| rate.successes);
        (format!("{}: {solved} of {}", LABELS[cell], outcomes.trials()), outcomes)
    });
    let losses = FinalLosses::of(named, FLOOR);
    let panel = Panel::new(format!("{steps} steps: loss of each trial, and how many are below {SOLVED}"))
        .y(Axis::log("Mean squared error"))
        .mark(ReferenceLine::horizontal("", SOLVED, Color::GREY));
    if losses.is_empty() {
        return panel;
    }
    panel.mark(Strip::new(&losses.names, &losses.values).size(2.4).medians())
}

/// Draws how the output depends on the input so many steps before.
fn slopes<F>(which: &str, sets: &[Merged<F, Trained<F>>], of: impl Fn(&Trained<F>) -> &Vec<f64>) -> Panel {
    let panel = Panel::new(format!("{which}, {} steps: ‖∂ output / ∂ input‖", LENGTHS[1]))
        .x(Axis::linear("Steps back"))
        .y(Axis::log("Root mean square"));
    sets.iter().enumerate().fold(panel, |panel, (cell, merged)| {
        let slopes = of(&merged.best().1.kept);
        let back: Vec<f64> = (0..slopes.len()).map(|step| step as f64).collect();
        let drawn: Vec<f64> = slopes.iter().map(|slope| slope.max(FLOOR)).collect();
        panel.mark(Curve::new("", &back, &drawn, Look::nth(cell)))
    })
}

/// Draws predicted sums over true ones.
fn predictions<F: Scalar>(which: &str, loss: f64, trained: &Trained<F>) -> Panel {
    let values = |values: &[F]| values.iter().map(|value| value.to_f64()).collect::<Vec<f64>>();
    let (truth, predicted) = (values(trained.test.y().feature(0)), values(trained.prediction.feature(0)));
    Panel::new(format!("{which}: loss {}", three_digits(loss)))
        .x(Axis::linear("Sum").range(-0.05, 2.05))
        .y(Axis::linear("Prediction").range(-0.25, 2.25))
        .mark(Line::new("", &[0.0, 2.0], &[0.0, 2.0], Color::GREY).dashed())
        .mark(Points::new("", &truth, &predicted, Color::BLUE).alpha(0.6))
}

/// The numbers of updates after which the loss was measured.
fn updates(count: usize) -> Vec<f64> {
    (1..=count).map(|epoch| (epoch * EVERY) as f64).collect()
}
