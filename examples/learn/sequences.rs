//! Which network finds two numbers far apart in a sequence, and adds them?

use byhand::core::{Gru, Rnn, Select, TransformerEncoderLayer};
use byhand::data::make_adding;
use byhand::prelude::*;
use byhand::viz::{Axis, Color, Corner, Curve, Figure, Look, Panel, ReferenceLine};

const STEPS: usize = 30;
const EPOCHS: usize = 20;

/// Returns by how much the answer rises with a marked number, by its step.
fn influence(
    network: &Sequential<f32>,
    x: &Tensor<f32>,
) -> Result<Vec<f64>, AnyError> {
    let (before, mut slopes) = (network.predict(x)?, Vec::new());
    for step in 0..STEPS {
        // Each step has two inputs: a number and its mark.
        let mut raised = x.clone();
        raised.feature_mut(2 * step).iter_mut().for_each(|number| *number += 0.1);
        let after = network.predict(&raised)?;
        let marked = (0..x.samples()).filter(|s| x[[*s, 2 * step + 1]] == 1.0);
        let rises: Vec<f64> =
            marked.map(|s| f64::from(after[[s, 0]] - before[[s, 0]])).collect();
        slopes.push(rises.iter().sum::<f64>() / (0.1 * rises.len() as f64));
    }
    Ok(slopes)
}

fn main() -> Result<(), AnyError> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let learn = make_adding::<f32>(1000, STEPS, &mut rng)?;
    let test = make_adding::<f32>(1000, STEPS, &mut rng)?;
    let plain = Sequential::new().append(Rnn::new(2, 16, &mut rng).last());
    let gated = Sequential::new().append(Gru::new(2, 16, &mut rng).last());
    let attention = Sequential::new()
        .append(Linear::new(2, 16, &mut rng))
        .append(TransformerEncoderLayer::new(16, 2, 32, &mut rng))
        .append(Select::new(1, -1));

    let mut losses = Panel::new("Error on new sequences")
        .x(Axis::linear("Epoch").range(0.0, EPOCHS as f64))
        .y(Axis::log("Mean squared error"))
        .mark(ReferenceLine::horizontal("always 1", 1.0 / 6.0, Color::GREY))
        .legend(Corner::BottomLeft);
    let mut reach = Panel::new("What the answer follows")
        .x(Axis::linear("Step of the marked number").range(0.0, STEPS as f64 + 1.0))
        .y(Axis::linear("Rise of the answer").range(-0.2, 1.4))
        .mark(ReferenceLine::horizontal("", 1.0, Color::GREY));
    let epochs: Vec<f64> = (1..=EPOCHS).map(|epoch| epoch as f64).collect();
    let steps: Vec<f64> = (1..=STEPS).map(|step| step as f64).collect();
    let networks = [("plain", plain), ("gates", gated), ("attention", attention)];
    for (index, (name, network)) in networks.into_iter().enumerate() {
        let mut network = network.append(Linear::new(16, 1, &mut rng));
        let trainer = Trainer::new(Adam::new(0.01)).epochs(EPOCHS).batch_size(32);
        let (trainer, loss) = (trainer.clip_grad_norm(1.0), MseLoss::mean());
        let history =
            trainer.fit(&mut network, &loss, &learn, Some(&test), &mut rng)?;
        let errors: Vec<f64> =
            history.validation.iter().map(|e| f64::from(*e)).collect();
        println!("{name}: error {:.4} on new sequences", errors[EPOCHS - 1]);
        let slopes = influence(&network, test.x())?;
        losses = losses.mark(Curve::new(name, &epochs, &errors, Look::nth(index)));
        reach = reach.mark(Curve::new(name, &steps, &slopes, Look::nth(index)));
    }
    std::fs::create_dir_all("target/figures")?;
    let figure = Figure::new(7.2, 3.0).row(1.0, [losses, reach]);
    figure.draw()?.save_svg("target/figures/learn-sequences.svg")?;
    Ok(())
}

#[cfg(test)]
use nn_examples::record as println;

#[test]
fn the_chapter_shows_this_program_its_output_and_its_figure() {
    nn_examples::check_chapter(
        "5-sequences",
        "sequences",
        include_str!("sequences.rs"),
        main,
    );
}
