//! The figure. Above, the loss of the typical trial; below, the share of trials that have come below two losses.

use nn_core::Scalar;
use nn_train::Ensemble;
use nn_train::statistics::Summary;
use nn_viz::{Axis, Corner, Curve, Figure, Look, Panel};

use super::super::classification::Classifier;
use super::super::settings::Settings;
use super::method::Method;

/// Lower losses are drawn here. Single precision says little about them: the smallest loss that it can give one of 200
/// samples is 10⁻⁷, and the loss of the others is then 0.
const FLOOR: f64 = 1e-8;
/// A loss above this is too large to draw and leaves a gap.
const CEILING: f64 = 1e280;

/// Draws IQM and quartiles of the loss of each method, and the share of its trials that have come below two losses.
pub(super) fn figure<F: Scalar>(ensembles: &[Ensemble<F, Classifier<F>>; 4], settings: &Settings) -> Figure {
    Figure::new(7.2, 5.6)
        .title("Four optimisers on XOR: training loss, and the share of trials that have reached a loss")
        .row(2.6, [losses(ensembles, settings)])
        .row(2.0, [reached(1e-2, "10⁻²", ensembles), reached(1e-4, "10⁻⁴", ensembles)])
}

fn losses<F: Scalar>(ensembles: &[Ensemble<F, Classifier<F>>; 4], settings: &Settings) -> Panel {
    let Settings { trials, samples, epochs, .. } = settings;
    let curves = ensembles.each_ref().map(Ensemble::curve);
    let is_low = curves.iter().flatten().any(|epoch| epoch.q1 < FLOOR);
    let less = if is_low { " (10⁻⁸ stands for less)" } else { "" };
    let title = format!("Training loss, {trials} trials of {samples} samples: IQM with Q1–Q3 band{less}");
    let panel = Panel::new(title).x(passes(*epochs)).y(Axis::log("Cross-entropy per sample"));
    let places = places(*epochs);
    let panel = Method::ALL.into_iter().zip(&curves).enumerate().fold(panel, |panel, (index, curve)| {
        let (method, curve) = curve;
        let column =
            |value: fn(&Summary) -> f64| -> Vec<f64> { curve.iter().map(value).map(drawn).collect() };
        let diverged = match ensembles[index].diverged() {
            0 => String::new(),
            diverged => format!(", {diverged} diverged"),
        };
        let label = format!("{}{diverged}", method.label(settings));
        let line = Curve::new(label, &places, &column(|s| s.iqm), Look::nth(index));
        panel.mark(line.band(&column(|s| s.q1), &column(|s| s.q3)))
    });
    panel.legend(Corner::Emptiest)
}

/// Draws how the share of trials that have found a loss below `bound` grows. It is a share of all trials, failures
/// included.
fn reached<F: Scalar>(bound: f64, text: &str, ensembles: &[Ensemble<F, Classifier<F>>; 4]) -> Panel {
    let epochs = ensembles[0].epochs();
    let panel = Panel::new(format!("Trials that have come below {text}"))
        .x(passes(epochs))
        .y(Axis::linear("Share of trials").range(-0.04, 1.04));
    let places = places(epochs);
    ensembles.iter().enumerate().fold(panel, |panel, (index, ensemble)| {
        let mut shares = vec![0.0; epochs];
        let first = |curve: &[F]| curve.iter().position(|loss| loss.to_f64() < bound);
        for epoch in ensemble.runs().iter().filter_map(|run| first(&run.curve)) {
            shares[epoch] += 1.0;
        }
        let mut sum = 0.0;
        for share in &mut shares {
            sum += *share;
            *share = sum / ensemble.trials() as f64;
        }
        panel.mark(Curve::new("", &places, &shares, Look::nth(index)))
    })
}

/// The axis of all panels.
fn passes(epochs: usize) -> Axis {
    let axis = Axis::log("Epoch: one evaluation of loss and gradient");
    // A range needs two different ends.
    if epochs > 1 { axis.range(1.0, epochs as f64) } else { axis }
}

fn places(epochs: usize) -> Vec<f64> {
    (1..=epochs).map(|epoch| epoch as f64).collect()
}

fn drawn(loss: f64) -> f64 {
    if loss > CEILING { f64::NAN } else { loss.max(FLOOR) }
}
