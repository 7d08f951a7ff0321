//! XOR: a linear network cannot learn it, and one hidden layer can.

use byhand::core::Softmax;
use byhand::prelude::*;
use byhand::viz::{
    Axis, Color, Corner, Field, Figure, Lattice, Line, Panel, ReferenceLine, Scatter,
};

type Points = Dataset<f64, Vec<usize>>;

/// Trains a network, and returns the loss of every epoch.
fn train(
    network: &mut Sequential<f64>,
    data: &Points,
) -> Result<Vec<f64>, AnyError> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let descent = GradientDescent::new(0.5, 1000);
    let history = descent.fit(network, &CrossEntropyLoss::mean(), data, &mut rng)?;
    let right = accuracy(data.y(), &argmax(&network.predict(data.x())?)?)?;
    println!(
        "loss {:.4}, right on {:.1} %\n{network}",
        history.loss[999],
        100.0 * right
    );
    Ok(history.loss)
}

/// Draws the points over the probability of class 1.
fn plane(
    title: &str,
    network: &Sequential<f64>,
    data: &Points,
) -> Result<Panel, AnyError> {
    let lattice = Lattice::new((-2.2, 2.2), (-2.2, 2.2), 120, 120)?;
    let places: Vec<[f64; 2]> = lattice.nodes().map(|(x, y)| [x, y]).collect();
    let field = Softmax.predict(&network.predict(&Tensor::from_rows(&places))?)?;
    let [x, y] = [0, 1].map(|axis| data.x().feature(axis));
    Ok(Panel::new(title)
        .x(Axis::linear("x₁").range(-2.2, 2.2))
        .y(Axis::linear("x₂").range(-2.2, 2.2))
        .mark(Field::new("P(class 1)", lattice, field.feature(1)))
        .mark(Scatter::new(x, y, data.y(), &["class 0", "class 1"]).shapes().halo()))
}

fn main() -> Result<(), AnyError> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let data = make_xor::<f64>(200, 0.3, &mut rng)?;
    let mut linear = Sequential::new().append(Linear::new(2, 2, &mut rng));
    let mut deep = Sequential::new()
        .append(Linear::new(2, 4, &mut rng))
        .append(Tanh)
        .append(Linear::new(4, 2, &mut rng));
    let (of_linear, of_deep) =
        (train(&mut linear, &data)?, train(&mut deep, &data)?);

    // The first two parameters are the weight and the bias of the hidden layer.
    let mut parameters = Vec::new();
    deep.visit(&mut |parameter| parameters.push(parameter.value.to_vec()));
    let mut right = plane("One hidden layer, and its four lines", &deep, &data)?;
    for (w, b) in parameters[0].chunks(2).zip(&parameters[1]) {
        // Where w₁ x₁ + w₂ x₂ + b = 0, this unit changes its sign.
        let x2 = [-2.2, 2.2].map(|x1| -(w[0] * x1 + b) / w[1]);
        right = right
            .mark(Line::new("", &[-2.2, 2.2], &x2, Color::INK).dashed().width(0.8));
    }
    let left = plane("No hidden layer", &linear, &data)?;

    let epochs: Vec<f64> = (1..=1000).map(f64::from).collect();
    let losses = Panel::new("Losses")
        .x(Axis::log("Epoch"))
        .y(Axis::linear("Cross-entropy").range(0.0, 1.0))
        .mark(ReferenceLine::horizontal(
            "ln 2: guessing",
            std::f64::consts::LN_2,
            Color::GREY,
        ))
        .line("no hidden layer", &epochs, &of_linear, Color::ORANGE)
        .line("one hidden layer", &epochs, &of_deep, Color::BLUE)
        .legend(Corner::BottomLeft);
    std::fs::create_dir_all("target/figures")?;
    let figure = Figure::new(7.2, 5.2).row(3.0, [left, right]).row(2.0, [losses]);
    figure.draw()?.save_svg("target/figures/learn-xor.svg")?;
    Ok(())
}

#[cfg(test)]
use nn_examples::record as println;

#[test]
fn the_chapter_shows_this_program_its_output_and_its_figure() {
    nn_examples::check_chapter("3-xor", "xor", include_str!("xor.rs"), main);
}
