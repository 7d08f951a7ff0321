//! Scores of several configurations: strips, violins, boxes, and intervals of paired differences.

use nn_viz::{Axis, Boxes, Color, Figure, Intervals, Panel, ReferenceLine, Strip, Violin};

use crate::noise::Noise;

const NAMES: [&str; 4] = ["SGD", "momentum", "RMSprop", "Adam"];
const TRIALS: usize = 40;

pub(crate) fn figure() -> Figure {
    let scores = scores();
    let losses: Vec<Vec<f64>> =
        scores.iter().map(|scores| scores.iter().map(|score| (1.05 - score).powi(2)).collect()).collect();
    let accuracy = |title: &str| Panel::new(title).y(Axis::linear("Test accuracy").shared());
    let boxes = Panel::new("The same in rows, with all trials")
        .x(Axis::linear("Test accuracy"))
        .mark(Boxes::new(&NAMES, &scores).without_outliers().horizontal())
        .mark(Strip::new(&NAMES, &scores).size(2.4).alpha(0.6).color(Color::INK).horizontal());
    Figure::new(7.2, 5.2)
        .title("Scores of optimisers")
        .description("Test accuracy of four optimisers in 40 trials each: Adam is the most accurate.")
        .row(
            1.0,
            [
                accuracy("Strips with medians").mark(Strip::new(&NAMES, &scores).medians()),
                accuracy("Boxes").mark(Boxes::new(&NAMES, &scores)).mark(ReferenceLine::horizontal(
                    "",
                    0.8,
                    Color::GREY,
                )),
                Panel::new("Violins on a logarithmic axis")
                    .y(Axis::log("Test loss"))
                    .mark(Violin::new(&NAMES, &losses)),
            ],
        )
        .row(1.0, [boxes, differences(&scores)])
}

/// The scores of all trials, by optimiser. Trials with the same index begin alike, so their scores go
/// together.
fn scores() -> Vec<Vec<f64>> {
    let mut noise = Noise(13);
    let starts: Vec<f64> = (0..TRIALS).map(|_| 0.02 * noise.bell()).collect();
    let mut of = |level: f64, spread: f64| -> Vec<f64> {
        starts.iter().map(|start| (level + start + spread * noise.bell()).min(0.995)).collect()
    };
    vec![of(0.84, 0.03), of(0.88, 0.02), of(0.885, 0.025), of(0.93, 0.012)]
}

/// The mean differences to the first optimiser, paired by trial, with two standard errors on each side. That
/// of the first to itself is 0; it keeps the rows beside those of the boxes.
fn differences(scores: &[Vec<f64>]) -> Panel {
    let (mut means, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
    for others in scores {
        let differences: Vec<f64> = others.iter().zip(&scores[0]).map(|(a, b)| a - b).collect();
        let n = differences.len() as f64;
        let mean = differences.iter().sum::<f64>() / n;
        let variance = differences.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (n - 1.0);
        let error = 2.0 * (variance / n).sqrt();
        means.push(mean);
        low.push(mean - error);
        high.push(mean + error);
    }
    Panel::new("Gain over SGD, paired by trial")
        .x(Axis::linear("Difference in test accuracy"))
        .mark(ReferenceLine::vertical("", 0.0, Color::GREY))
        .mark(Intervals::new(&NAMES, &means, &low, &high).horizontal())
}
