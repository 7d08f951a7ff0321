//! The figure. From top to bottom: the loss of the typical trial; the share of trials that have come below two
//! losses; where each trial ends, and which method ends lower in pairs of trials.

use nn_train::statistics::Summary;
use nn_train::{Merged, Outcomes, StudyError};
use nn_viz::{Axis, Boxes, Corner, Curve, Figure, Look, Panel};

use super::super::final_losses::{FinalLosses, pairs};
use super::super::settings::Settings;
use super::method::Method;

/// Lower losses are drawn here. Single precision says little about them: the smallest loss that it can give one of 200
/// samples is 10⁻⁷, and the loss of the others is then 0.
const FLOOR: f64 = 1e-8;
/// A loss above this is too large to draw and leaves a gap.
const CEILING: f64 = 1e280;

/// Draws IQM and quartiles of the loss of each method, and the share of its trials that have come below two losses.
///
/// # Errors
/// [`StudyError`] if the curves cannot be read any more.
pub(super) fn figure<F, K>(all: &[Merged<F, K>; 4], settings: &Settings) -> Result<Figure, StudyError> {
    let Settings { trials, samples, .. } = settings;
    let ends = Method::ALL.map(Method::name).into_iter().zip(all.each_ref().map(Merged::outcomes));
    let ends: Vec<_> = ends.collect();
    Ok(Figure::new(7.2, 7.8)
        .description(format!(
            "{trials} networks on {samples} samples each, trained by four methods from the same start. (a) \
             Interquartile mean of the training loss and the band from Q1 to Q3, by evaluations of loss and \
             gradient. (b), (c) Share of all trials that have come below a loss of 0.01 and of 0.0001. (d) \
             Loss of the trials at the end: quartiles, and the trials far from them. (e) Share of the pairs of \
             trials, from one start, in which one method ends below another."
        ))
        .title("Four optimisers on XOR: training loss, and the share of trials that have reached a loss")
        .row(2.6, [losses(all, settings)])
        .row(2.0, [reached(1e-2, "10⁻²", all)?, reached(1e-4, "10⁻⁴", all)?])
        .row(1.9, [finals(&ends), pairs(Panel::new("Pairs from one start: which ends lower"), &ends)]))
}

fn losses<F, K>(all: &[Merged<F, K>; 4], settings: &Settings) -> Panel {
    let Settings { trials, samples, epochs, .. } = settings;
    let curves = all.each_ref().map(Merged::curve);
    let is_low = curves.iter().copied().flatten().any(|epoch| epoch.q1 < FLOOR);
    let less = if is_low { " (10⁻⁸ stands for less)" } else { "" };
    let title = format!("Training loss, {trials} trials of {samples} samples: IQM with Q1–Q3 band{less}");
    let panel = Panel::new(title).x(passes(*epochs)).y(Axis::log("Cross-entropy per sample"));
    let places = places(*epochs);
    let panel = Method::ALL.into_iter().zip(&curves).enumerate().fold(panel, |panel, (index, curve)| {
        let (method, curve) = curve;
        let column =
            |value: fn(&Summary) -> f64| -> Vec<f64> { curve.iter().map(value).map(drawn).collect() };
        let diverged = match all[index].outcomes().diverged() {
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
fn reached<F, K>(bound: f64, text: &str, all: &[Merged<F, K>; 4]) -> Result<Panel, StudyError> {
    let epochs = all[0].outcomes().epochs();
    let mut panel = Panel::new(format!("Trials that have come below {text}"))
        .x(passes(epochs))
        .y(Axis::linear("Share of trials").range(-0.04, 1.04));
    let places = places(epochs);
    for (index, merged) in all.iter().enumerate() {
        let outcomes = merged.outcomes();
        let mut has = vec![false; outcomes.indices().len()];
        let mut shares = Vec::with_capacity(epochs);
        merged.for_each_epoch(|_, losses| {
            has.iter_mut().zip(losses).for_each(|(has, &loss)| *has |= loss < bound);
            let count = has.iter().filter(|&&has| has).count();
            shares.push(count as f64 / outcomes.trials() as f64);
        })?;
        panel = panel.mark(Curve::new("", &places, &shares, Look::nth(index)));
    }
    Ok(panel)
}

/// Draws the quartiles of the final losses of each method, and the trials far from them.
fn finals(ends: &[(&str, &Outcomes)]) -> Panel {
    let losses = FinalLosses::of(ends.iter().map(|&(name, outcomes)| (name.to_owned(), outcomes)), FLOOR);
    let panel = Panel::new("Loss of the trials at the end").x(Axis::log("Cross-entropy per sample"));
    if losses.is_empty() {
        return panel;
    }
    panel.mark(Boxes::new(&losses.names, &losses.values).horizontal())
}

/// The axis of the panels of curves.
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
