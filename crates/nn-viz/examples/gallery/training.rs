//! Several series in one panel, each with its spread, and training against validation.

use nn_viz::{Axis, Color, Corner, Curve, Figure, Look, Panel, Points, ReferenceLine};

use crate::noise::Noise;

pub(crate) fn figure() -> Figure {
    Figure::new(7.2, 5.4)
        .title("Optimisers compared; training against validation")
        .row(1.2, [optimisers()])
        .row(
            1.0,
            [validation("Overfitting: 1 trial", 0.0, 0.03), validation("Overfitting: 20 trials", 0.2, 0.0)],
        )
}

fn optimisers() -> Panel {
    let epochs: Vec<f64> = (1..=200).map(f64::from).collect();
    let mut noise = Noise(5);
    let mut panel = Panel::new("Validation loss of four optimisers, 20 trials each")
        .x(Axis::linear("Epoch").range(0.0, 200.0))
        .y(Axis::log("Cross-entropy"))
        .legend(Corner::Emptiest);
    let optimisers = [
        ("SGD", 90.0, 0.3),
        ("SGD, momentum 0.9", 45.0, 0.16),
        ("RMSprop", 25.0, 0.11),
        ("Adam", 18.0, 0.06),
    ];
    for (index, (name, time, floor)) in optimisers.into_iter().enumerate() {
        let middle: Vec<f64> = epochs
            .iter()
            .map(|t| (floor + (2.3 - floor) * (-t / time).exp()) * (1.0 + 0.012 * noise.bell()))
            .collect();
        let times = |factor: f64| -> Vec<f64> { middle.iter().map(|y| y * factor).collect() };
        let curve = Curve::new(name, &epochs, &middle, Look::nth(index))
            .band(&times(0.84), &times(1.22))
            .interval(&times(0.94), &times(1.07));
        panel = panel.mark(curve);
    }
    panel
}

fn validation(title: &str, spread: f64, wobble: f64) -> Panel {
    let mut noise = Noise(9);
    let epochs: Vec<f64> = (1..=60).map(f64::from).collect();
    let mut curve = |rise: f64, floor: f64| -> Vec<f64> {
        let value = |t: &f64| floor + 2.0 * (-t / 7.0).exp() + rise * t;
        epochs.iter().map(|t| value(t) * (1.0 + wobble * noise.bell())).collect()
    };
    let (train, validation) = (curve(-0.002, 0.2), curve(0.006, 0.3));
    let best =
        (0..validation.len()).min_by(|&a, &b| validation[a].total_cmp(&validation[b])).unwrap_or_default();
    let mut curves = [
        Curve::new("training", &epochs, &train, Look::nth(0).without_symbols()),
        Curve::new("validation", &epochs, &validation, Look::nth(1).without_symbols()),
    ];
    if spread > 0.0 {
        let around =
            |y: &[f64], sign: f64| -> Vec<f64> { y.iter().map(|y| y * (1.0 + sign * spread)).collect() };
        let [a, b] = curves;
        curves = [
            a.band(&around(&train, -1.0), &around(&train, 1.0)),
            b.band(&around(&validation, -1.0), &around(&validation, 1.0)),
        ];
    }
    let axes = Panel::new(title).x(Axis::linear("Epoch").range(0.0, 60.0)).y(Axis::linear("Cross-entropy"));
    let label = format!("best epoch, {}", epochs[best]);
    let panel = axes.mark(ReferenceLine::vertical(&label, epochs[best], Color::INK));
    let panel = curves.into_iter().fold(panel, Panel::mark);
    panel
        .mark(Points::new("", &[epochs[best]], &[validation[best]], Color::ORANGE).size(5.5).halo())
        .legend(Corner::Emptiest)
}
