//! The figure. From top to bottom: the loss on new sequences; the share of trials that have solved the problem; and what the token that asks
//! looks at, in the best and the worst transformer.

use nn_core::Scalar;
use nn_train::statistics::Summary;
use nn_train::{Merged, StudyError};
use nn_viz::{Axis, Color, Corner, Curve, Figure, Look, Matrix, Panel, ReferenceLine};

use super::super::loss_panel::three_digits;
use super::super::settings::Settings;
use super::{EVERY, Kind, PAIRS, SETS, SOLVED, VALUES};

/// What a trial keeps.
type Maps = Vec<Vec<f64>>;

/// The set of trials whose best and worst networks are shown: the transformer on the longer sequences.
const SHOWN: usize = 2;

const LABELS: [&str; Kind::ALL.len()] = ["Transformer", "LSTM"];

/// Losses below this are drawn as this.
const FLOOR: f64 = 1e-6;

/// Draws the figure of all sets of trials.
///
/// # Errors
/// [`StudyError`] if the curves cannot be read any more.
pub(super) fn figure<F: Scalar>(
    all: &[Merged<F, Maps>; SETS.len()],
    settings: &Settings,
) -> Result<Figure, StudyError> {
    let numbers = all.chunks_exact(Kind::ALL.len()).zip(PAIRS);
    let losses = numbers.clone().map(|(sets, pairs)| losses(sets, pairs));
    let solved = numbers.map(|(sets, pairs)| solved(sets, pairs)).collect::<Result<Vec<_>, _>>()?;
    let [best, worst] = [all[SHOWN].best(), all[SHOWN].worst()]
        .map(|(index, run)| (three_digits(all[SHOWN].outcomes().final_loss(index)), &run.kept));
    let description = format!(
        "{} trials of each network. (a), (b) Loss on new sequences of {} and {} pairs: interquartile mean \
         with the band from Q1 to Q3. (c), (d) Share of the trials whose loss is below {SOLVED}. (e) to \
         (h) Where the token that asks looks, in the transformers with the lowest and the highest loss: a \
         row for each place of the pair that is asked for, a column for each place that is looked at.",
        settings.trials, PAIRS[0], PAIRS[1]
    );
    Ok(Figure::new(7.2, 9.6)
        .description(description)
        .title(format!("Associative recall, {} trials of each network", settings.trials))
        .row(2.2, losses)
        .row(1.9, solved)
        .row(2.3, maps("Best transformer", &best.0, best.1))
        .row(2.3, maps("Worst transformer", &worst.0, worst.1)))
}

fn losses<F>(sets: &[Merged<F, Maps>], pairs: usize) -> Panel {
    let guess = Scalar::ln(VALUES as f64);
    let panel = Panel::new(format!("{pairs} pairs: loss on new sequences, IQM with Q1–Q3 band"))
        .x(Axis::linear("Update"))
        .y(Axis::log("Cross-entropy").range(FLOOR, 4.0 * guess));
    let panel = sets.iter().enumerate().fold(panel, |panel, (kind, merged)| {
        let curve = merged.curve();
        let column = |value: fn(&Summary) -> f64| {
            let drawn = curve.iter().map(value).map(|loss| if loss < FLOOR { FLOOR } else { loss });
            drawn.collect::<Vec<f64>>()
        };
        let line = Curve::new(LABELS[kind], &updates(curve.len()), &column(|s| s.iqm), Look::nth(kind));
        panel.mark(line.band(&column(|s| s.q1), &column(|s| s.q3)))
    });
    panel.mark(ReferenceLine::horizontal("a guess", guess, Color::GREY)).legend(Corner::BottomLeft)
}

/// Draws how the share of trials grows that have solved the problem. It is a share of all trials, failures included.
fn solved<F>(sets: &[Merged<F, Maps>], pairs: usize) -> Result<Panel, StudyError> {
    let mut panel = Panel::new(format!("{pairs} pairs: trials with a loss below {SOLVED}"))
        .x(Axis::linear("Update"))
        .y(Axis::linear("Share of trials").range(-0.04, 1.04));
    for (kind, merged) in sets.iter().enumerate() {
        let mut shares = Vec::new();
        merged.for_each_epoch(|_, losses| {
            let count = losses.iter().filter(|&&loss| loss < SOLVED).count();
            shares.push(count as f64 / merged.outcomes().trials() as f64);
        })?;
        panel = panel.mark(Curve::new("", &updates(shares.len()), &shares, Look::nth(kind)));
    }
    Ok(panel)
}

/// Draws the map of each head.
fn maps(which: &str, loss: &str, maps: &Maps) -> Vec<Panel> {
    let [.., pairs] = PAIRS;
    let places: Vec<String> = (1..=pairs).map(|place| place.to_string()).collect();
    let map = |(head, map): (usize, &Vec<f64>)| {
        let rows: Vec<&[f64]> = map.chunks_exact(pairs).collect();
        Panel::new(format!("{which} (loss {loss}), head {}", head + 1))
            .x(Axis::linear("Pair that it looks at"))
            .y(Axis::linear("Pair asked for"))
            .mark(Matrix::new("Weight", &places, &places, &rows).most(1.0))
    };
    maps.iter().enumerate().map(map).collect()
}

/// The numbers of updates after which the loss was measured.
fn updates(count: usize) -> Vec<f64> {
    (1..=count).map(|epoch| (epoch * EVERY) as f64).collect()
}
