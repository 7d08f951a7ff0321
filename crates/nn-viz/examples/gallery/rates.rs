//! Classifiers that give probabilities: ROC curves and calibration. Attention maps and filters.

use nn_viz::{Axis, Calibration, Color, Corner, Figure, Images, Look, Matrix, Panel, ReferenceLine, Roc};

use crate::noise::Noise;

pub(crate) fn rates() -> Figure {
    let mut noise = Noise(27);
    let roc = Panel::new("ROC curves")
        .x(Axis::linear("False positive rate"))
        .y(Axis::linear("True positive rate"))
        .equal_aspect()
        .mark(ReferenceLine::diagonal("chance", Color::GREY))
        .legend(Corner::BottomRight);
    let roc = [("network", 2.2), ("linear", 1.1)].into_iter().enumerate().fold(
        roc,
        |roc, (index, (name, apart))| {
            let (x, y, area) = curve(apart, &mut noise);
            roc.mark(Roc::new(format!("{name} (AUC {area:.2})"), &x, &y, Look::nth(index)))
        },
    );
    let predicted: Vec<f64> = (0..10).map(|bin| 0.05 + 0.1 * f64::from(bin)).collect();
    let observed = |slope: f64| -> Vec<f64> {
        predicted.iter().map(|p| 1.0 / (1.0 + ((1.0 - p) / p).powf(slope))).collect()
    };
    let samples = [210, 90, 60, 40, 30, 35, 45, 70, 110, 240];
    let calibration = Panel::new("Calibration, with 95 % intervals")
        .x(Axis::linear("Mean predicted probability"))
        .y(Axis::linear("Fraction of class 1"))
        .equal_aspect()
        .mark(ReferenceLine::diagonal("calibrated", Color::GREY))
        .mark(Calibration::new("network", &predicted, &observed(1.05), Look::nth(0)).samples(&samples))
        .mark(Calibration::new("too sure", &predicted, &observed(0.5), Look::nth(1)).samples(&samples))
        .legend(Corner::TopLeft);
    Figure::new(6.4, 3.4).title("ROC curves and calibration").row(1.0, [roc, calibration])
}

/// The rates at all thresholds of scores that are this far apart, and the area under the curve.
fn curve(apart: f64, noise: &mut Noise) -> (Vec<f64>, Vec<f64>, f64) {
    let mut scores: Vec<(f64, bool)> =
        (0..400).map(|i| (noise.bell() + if i % 2 == 0 { apart } else { 0.0 }, i % 2 == 0)).collect();
    scores.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut x, mut y, mut area) = (vec![0.0], vec![0.0], 0.0);
    let (mut wrong, mut right) = (0_u32, 0_u32);
    for (_, positive) in scores {
        if positive {
            right += 1;
        } else {
            wrong += 1;
        }
        area += if positive { 0.0 } else { f64::from(right) / 200.0 / 200.0 };
        x.push(f64::from(wrong) / 200.0);
        y.push(f64::from(right) / 200.0);
    }
    (x, y, area)
}

pub(crate) fn maps() -> Figure {
    let mut noise = Noise(41);
    let tokens = ["the", "cat", "that", "chased", "the", "mice", "was", "tired"];
    let weights = |row: usize, noise: &mut Noise| -> Vec<f64> {
        let weights: Vec<f64> = (0..tokens.len())
            .map(|column| if column > row { 0.0 } else { (1.5 * noise.bell()).exp() })
            .collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect()
    };
    let head = |title: &str, noise: &mut Noise| {
        let rows: Vec<Vec<f64>> = (0..tokens.len()).map(|row| weights(row, noise)).collect();
        Panel::new(title)
            .x(Axis::linear("Attended to"))
            .y(Axis::linear("Token"))
            .mark(Matrix::new("Weight", &tokens, &tokens, &rows).most(1.0))
    };
    let features = ["alcohol", "acid", "ash", "hue"];
    let correlations = [
        [1.0, 0.09, 0.21, -0.07],
        [0.09, 1.0, 0.16, -0.56],
        [0.21, 0.16, 1.0, -0.07],
        [-0.07, -0.56, -0.07, 1.0],
    ];
    let heads = [head("Head 1", &mut noise), head("Head 2", &mut noise)];
    let filters: Vec<Vec<f64>> = (0..24).map(|index| gabor(index, &mut noise)).collect();
    Figure::new(7.2, 5.2).title("Attention, correlations and filters").row(1.2, heads).row(
        1.0,
        [
            Panel::new("Correlations")
                .mark(Matrix::new("r", &features, &features, &correlations).labelled(2)),
            Panel::new("Filters").mark(Images::new(7, 7, &filters).signed().columns(8)),
        ],
    )
}

/// Stripes that fade outwards, at an angle.
fn gabor(index: usize, noise: &mut Noise) -> Vec<f64> {
    let angle = index as f64 * 0.26;
    let pixel = |place: usize| {
        let (x, y) = ((place % 7) as f64 - 3.0, (place / 7) as f64 - 3.0);
        let along = x * angle.cos() + y * angle.sin();
        (1.4 * along + 0.4 * index as f64).cos() * (-(x * x + y * y) / 9.0).exp()
    };
    (0..49).map(|place| pixel(place) + 0.05 * noise.bell()).collect()
}
