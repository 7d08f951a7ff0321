//! A straight boundary between two clouds of points.

use byhand::core::{Scalar, Softmax};
use byhand::data::make_blobs;
use byhand::prelude::*;
use byhand::viz::{Axis, Color, Corner, Field, Figure, Lattice, Panel, Scatter};

/// Turns two scores into two probabilities.
fn softmax(scores: [f64; 2]) -> [f64; 2] {
    let powers = scores.map(Scalar::exp);
    powers.map(|power| power / (powers[0] + powers[1]))
}

/// Returns the loss of one point: −ln of the probability of its class.
fn cross_entropy(scores: [f64; 2], class: usize) -> f64 {
    -Scalar::ln(softmax(scores)[class])
}

fn main() -> Result<(), AnyError> {
    // A point of class 1 whose scores speak for class 0.
    let p = softmax([1.0, 0.0]);
    println!("probabilities:  {:.4} and {:.4}", p[0], p[1]);
    println!("by formula:    {:+.4} and {:+.4}", p[0] - 0.0, p[1] - 1.0);
    let h = 1e-6;
    let slopes = [[h, 0.0], [0.0, h]].map(|[a, b]| {
        (cross_entropy([1.0 + a, b], 1) - cross_entropy([1.0 - a, -b], 1))
            / (2.0 * h)
    });
    println!("by difference: {:+.4} and {:+.4}", slopes[0], slopes[1]);

    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut draw = |samples| {
        make_blobs::<f64, 2>(samples, &[[-1.0, -1.0], [1.0, 1.0]], 0.9, &mut rng)
    };
    let (data, fresh) = (draw(200)?, draw(1000)?);
    let mut network = Linear::new(2, 2, &mut rng);
    let loss = CrossEntropyLoss::mean();
    let history =
        GradientDescent::new(0.5, 200).fit(&mut network, &loss, &data, &mut rng)?;
    println!(
        "loss: {:.4} before the training, {:.4} after it",
        history.loss[0], history.loss[199]
    );
    let right = accuracy(fresh.y(), &argmax(&network.predict(fresh.x())?)?)?;
    println!("right on {:.1} % of 1000 new points", 100.0 * right);

    // The probability of class 1 at each place of the plane.
    let lattice = Lattice::new((-4.0, 4.0), (-4.0, 4.0), 120, 120)?;
    let places: Vec<[f64; 2]> = lattice.nodes().map(|(x, y)| [x, y]).collect();
    let field = Softmax.predict(&network.predict(&Tensor::from_rows(&places))?)?;
    let [x, y] = [0, 1].map(|axis| data.x().feature(axis));
    let plane = Panel::new("The boundary between two clouds")
        .x(Axis::linear("x₁"))
        .y(Axis::linear("x₂"))
        .mark(Field::new("P(class 1)", lattice, field.feature(1)))
        .mark(Scatter::new(x, y, data.y(), &["class 0", "class 1"]).shapes().halo());

    // The loss and the slope of a point of class 1, by the difference of its scores.
    let ahead: Vec<f64> = (-60..=60).map(|tenth| f64::from(tenth) / 10.0).collect();
    let losses: Vec<f64> =
        ahead.iter().map(|z| cross_entropy([0.0, *z], 1)).collect();
    let slopes: Vec<f64> =
        ahead.iter().map(|z| softmax([0.0, *z])[1] - 1.0).collect();
    let pull = Panel::new("A point of class 1")
        .x(Axis::linear("Score 1 minus score 0"))
        .line("loss", &ahead, &losses, Color::ORANGE)
        .line("slope, ŷ − y", &ahead, &slopes, Color::INK)
        .legend(Corner::TopRight);
    std::fs::create_dir_all("target/figures")?;
    Figure::new(7.2, 3.0)
        .row(1.0, [plane, pull])
        .draw()?
        .save_svg("target/figures/learn-boundary.svg")?;
    Ok(())
}

#[cfg(test)]
use nn_examples::record as println;

#[test]
fn the_chapter_shows_this_program_its_output_and_its_figure() {
    nn_examples::check_chapter(
        "2-a-boundary",
        "boundary",
        include_str!("boundary.rs"),
        main,
    );
}
