//! Draws a figure of each kind from made-up values, as SVG and PNG, into the directory given as an argument.

#![expect(clippy::disallowed_methods, reason = "made-up curves")]

mod classes;
mod digits;
mod noise;
mod rates;
mod scores;
mod training;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use nn_viz::{Axis, Color, Corner, Field, Figure, Lattice, Line, Panel, Points, VizError};

use crate::noise::Noise;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(
        std::env::args().nth(1).ok_or("expected the output directory as an argument; found none")?,
    );
    fs::create_dir_all(&directory)?;
    let figures = [
        ("regression", regression()),
        ("classification", classification()?),
        ("training", training::figure()),
        ("confusion", classes::confusion()),
        ("classes", classes::plane()?),
        ("digits", digits::figure()),
        ("scores", scores::figure()),
        ("rates", rates::rates()),
        ("maps", rates::maps()),
    ];
    for (name, figure) in figures {
        let start = Instant::now();
        let drawing = figure.draw()?;
        drawing.save_svg(directory.join(format!("{name}.svg")))?;
        let svg_done = start.elapsed();
        drawing.save_png(directory.join(format!("{name}.png")), 300.0)?;
        writeln!(io::stdout(), "{name}: SVG in {svg_done:.0?}, all in {:.0?}", start.elapsed())?;
    }
    Ok(())
}

fn regression() -> Figure {
    let mut noise = Noise(7);
    let x: Vec<f64> = (0..200).map(|_| 2.0 * noise.uniform() - 1.0).collect();
    let y: Vec<f64> = x.iter().map(|x| 0.8 * x - 0.15 + 0.16 * noise.bell()).collect();
    let fit = |title: &str, slope: f64, offset: f64| {
        Panel::new(title)
            .x(Axis::linear("x").range(-1.1, 1.1))
            .y(Axis::linear("y").range(-1.5, 1.2))
            .mark(Points::new("test data", &x, &y, Color::BLUE).alpha(0.55))
            .mark(Line::new("fit", &[-1.0, 1.0], &[offset - slope, offset + slope], Color::ORANGE).width(1.6))
            .mark(Line::new("truth", &[-1.0, 1.0], &[-0.95, 0.65], Color::INK).width(0.9).dashed())
            .legend(Corner::TopLeft)
    };
    Figure::new(7.2, 5.6)
        .title("Regression: training loss, best and worst model")
        .row(
            2.3,
            [losses(
                "Training loss, 100 models (η = 0.01, σ² = 0.02, ε = 10⁻⁸)",
                "Mean squared error",
                0.03,
                0.04,
            )],
        )
        .row(
            2.4,
            [
                fit("Best of 100: test MSE = 0.0184, R² = 0.921", 0.81, -0.15),
                fit("Worst of 100: test MSE = 0.0563, R² = 0.742", 0.55, 0.02),
            ],
        )
}

fn classification() -> Result<Figure, VizError> {
    let mut noise = Noise(11);
    let mut moon = |centre: f64, sign: f64, height: f64| -> (Vec<f64>, Vec<f64>) {
        let angles: Vec<f64> = (0..100).map(|_| noise.uniform() * std::f64::consts::PI).collect();
        let x = angles.iter().map(|angle| centre + angle.cos() + 0.12 * noise.bell()).collect();
        let y = angles.iter().map(|angle| height + sign * angle.sin() + 0.12 * noise.bell()).collect();
        (x, y)
    };
    let (zero, one) = (moon(0.0, 1.0, 0.1), moon(1.0, -1.0, 0.4));
    let lattice = Lattice::new((-1.6, 2.6), (-1.2, 1.7), 200, 200)?;
    let panel = |title: &str, score: &dyn Fn(f64, f64) -> f64| {
        let values: Vec<f64> = lattice.nodes().map(|(x, y)| 1.0 / (1.0 + (-score(x, y)).exp())).collect();
        Panel::new(title)
            .x(Axis::linear("x₁"))
            .y(Axis::linear("x₂"))
            .mark(Field::new("P(class 1)", lattice, &values).quartiles())
            .mark(Points::new("class 0", &zero.0, &zero.1, Color::BLUE).halo())
            .mark(Points::new("class 1", &one.0, &one.1, Color::ORANGE).triangles().halo())
    };
    let best = panel("Best of 100: loss 0.002, accuracy 100.0 %", &|x, y| {
        22.0 * ((2.1 * x + 1.1).sin() * 0.75 + 0.12 - y) + 9.0 * (x - 1.6).max(0.0).powi(2)
    });
    let worst =
        panel("Worst of 100: loss 0.309, accuracy 88.0 %", &|x, y| 6.0 * (0.18 * x * x + 0.1 * x - 0.2 - y));
    Ok(Figure::new(7.2, 5.6)
        .title("Classification: training loss, best and worst model")
        .row(2.0, [losses("Training loss, 100 models (η = 0.01)", "Cross-entropy", 0.05, 0.12)])
        .row(2.6, [best.legend(Corner::TopRight), worst]))
}

fn losses(title: &str, label: &str, train: f64, test: f64) -> Panel {
    let mut noise = Noise(3);
    let epochs: Vec<f64> = (0..=1000).map(f64::from).collect();
    let panel = Panel::new(title).x(Axis::linear("Epoch").range(0.0, 1000.0)).y(Axis::log(label));
    let curves = [
        ("train: IQM with Q1–Q3 band", train, Color::BLUE),
        ("test: IQM with Q1–Q3 band", test, Color::ORANGE),
    ];
    let panel = curves.into_iter().fold(panel, |panel, (label, floor, color)| {
        let mut wobble = |level: f64, size: f64| level * (1.0 + size * noise.bell());
        let middle: Vec<f64> =
            epochs.iter().map(|t| wobble(floor + (1.0 - floor) * (-t / 160.0).exp(), 0.006)).collect();
        let low: Vec<f64> = middle.iter().map(|m| wobble(m * 0.76, 0.012)).collect();
        let high: Vec<f64> = middle.iter().map(|m| wobble(m * 1.34, 0.012)).collect();
        panel.band(label, &epochs, &low, &high, color).line(label, &epochs, &middle, color)
    });
    panel.legend(Corner::TopRight)
}
