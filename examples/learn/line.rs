//! A line through six measurements, by gradient descent: by hand, then with nn.

use byhand::prelude::*;
use byhand::viz::{Axis, Color, Corner, Figure, Panel};

/// How long a candle has burned, in hours, and how high it is then, in centimetres.
const HOURS: [f64; 6] = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0];
const HEIGHTS: [f64; 6] = [18.9, 17.6, 16.8, 15.3, 14.4, 12.9];

/// Returns the mean squared error of the line w x + b.
fn loss(w: f64, b: f64) -> f64 {
    let errors = HOURS.iter().zip(HEIGHTS).map(|(x, t)| w * x + b - t);
    errors.map(|error| error * error).sum::<f64>() / 6.0
}

/// Returns the slopes of the loss: dL/dw and dL/db.
fn gradient(w: f64, b: f64) -> [f64; 2] {
    let (mut dw, mut db) = (0.0, 0.0);
    for (x, t) in HOURS.iter().zip(HEIGHTS) {
        let error = w * x + b - t;
        dw += 2.0 * error * x / 6.0;
        db += 2.0 * error / 6.0;
    }
    [dw, db]
}

fn main() -> Result<(), AnyError> {
    // Is the formula right? Move w, then b, a little to both sides.
    let h = 1e-6;
    let [dw, db] = gradient(0.0, 0.0);
    println!("by formula:    dL/dw {dw:.4}, dL/db {db:.4}");
    let dw = (loss(h, 0.0) - loss(-h, 0.0)) / (2.0 * h);
    let db = (loss(0.0, h) - loss(0.0, -h)) / (2.0 * h);
    println!("by difference: dL/dw {dw:.4}, dL/db {db:.4}");

    let mut lines = Panel::new("The line on its way to the measurements")
        .x(Axis::linear("Hours").range(0.0, 3.5))
        .y(Axis::linear("Height (cm)").range(0.0, 25.0));
    let (mut w, mut b, mut losses) = (0.0, 0.0, Vec::new());
    for step in 0..=600 {
        losses.push(loss(w, b));
        if let Some(shown) =
            [1, 10, 100, 600].iter().position(|shown| *shown == step)
        {
            let (name, color) =
                (format!("after step {step}"), Color::CLASSES[shown]);
            println!(
                "{name}: height = {w:.3} · hours + {b:.3}, loss {:.4}",
                loss(w, b)
            );
            lines = lines.line(name, &[0.0, 3.5], &[b, 3.5 * w + b], color);
        }
        let [dw, db] = gradient(w, b);
        (w, b) = (w - 0.1 * dw, b - 0.1 * db);
    }

    // The same with nn, from a random start.
    let [x, t] = [HOURS, HEIGHTS].map(|values| Tensor::from_column(&values));
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut line = Linear::new(1, 1, &mut rng);
    let (descent, data) = (GradientDescent::new(0.1, 600), Dataset::new(x, t)?);
    descent.fit(&mut line, &MseLoss::mean(), &data, &mut rng)?;
    let (w, b) = (line.weight()[[0, 0]], line.bias()[0]);
    println!("with nn: height = {w:.3} · hours + {b:.3}");

    lines = lines.points("measured", &HOURS, &HEIGHTS, Color::INK);
    let steps: Vec<f64> = (0..=600).map(f64::from).collect();
    let curve = Panel::new("The loss on that way")
        .x(Axis::linear("Step").range(0.0, 600.0))
        .y(Axis::log("Mean squared error (cm²)"))
        .line("", &steps, &losses, Color::INK);
    let figure =
        Figure::new(7.2, 3.0).row(1.0, [lines.legend(Corner::BottomRight), curve]);
    std::fs::create_dir_all("target/figures")?;
    figure.draw()?.save_svg("target/figures/learn-line.svg")?;
    Ok(())
}

#[cfg(test)]
use nn_examples::record as println;

#[test]
fn the_chapter_shows_this_program_its_output_and_its_figure() {
    nn_examples::check_chapter("1-a-line", "line", include_str!("line.rs"), main);
}
