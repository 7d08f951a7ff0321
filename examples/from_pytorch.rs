//! Loads a network that PyTorch trained and saved (`from_pytorch.py`, beside this file), compares its answers with
//! PyTorch's, and shows its weights: `cargo run --release --example from_pytorch`.

use std::path::Path;

use byhand::core::BatchNorm1d;
use byhand::prelude::*;
use byhand::viz::{Axis, Confusion, Figure, Images, Panel};
use nn_examples::say;

type Digits = Dataset<f32, Vec<usize>>;

/// Makes the network of the script. Its initial values do not matter, because loading replaces them.
fn network() -> Result<Sequential<f32>, AnyError> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    Ok(Sequential::new()
        .append(Linear::new(64, 32, &mut rng))
        .append(BatchNorm1d::new(32))
        .append(Relu)
        .append(Dropout::new(0.2))
        .append(Linear::new(32, 10, &mut rng)))
}

fn beside(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Loads the trained network, and the images that it has not seen: every fifth.
fn load() -> Result<(Sequential<f32>, Digits), AnyError> {
    let mut network = network()?;
    network.load_safetensors(beside("from_pytorch.safetensors"))?;
    let digits = Csv::open(nn_examples::data("digits.csv"))?.classes::<f32>("digit")?.data;
    let fifths: Vec<usize> = (0..digits.samples()).step_by(5).collect();
    let test = digits.select(&fifths)?;
    let grey = Tensor::from_fn(test.samples(), 64, |sample, pixel| test.x()[[sample, pixel]] / 16.0);
    Ok((network, test.with_x(grey)?))
}

/// Returns the largest difference from the logits that PyTorch computed.
fn difference(logits: &Tensor<f32>) -> Result<f32, AnyError> {
    let names: Vec<String> = (0..10).map(|class| format!("z{class}")).collect();
    let theirs = Csv::open(beside("from_pytorch.csv"))?.values::<f32>(&names)?.data;
    let pairs = (0..10).flat_map(|class| logits.feature(class).iter().zip(theirs.y().feature(class)));
    let larger = |max: f32, x: f32| if x > max || x.is_nan() { x } else { max };
    Ok(pairs.map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, larger))
}

fn main() -> Result<(), AnyError> {
    let (network, test) = load()?;
    report(&network, &test)
}

fn report(network: &Sequential<f32>, test: &Digits) -> Result<(), AnyError> {
    say!("{network}\n")?;
    let logits = network.predict(test.x())?;
    let predicted = argmax(&logits)?;
    say!("accuracy on {} images: {:.4}", test.samples(), accuracy(test.y(), &predicted)?)?;
    say!("largest difference from PyTorch's logits: {:.1e}", difference(&logits)?)?;
    let names: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let confusion = ConfusionMatrix::new(test.y(), &predicted, &names)?;
    nn_examples::save(&figure(network, &confusion)?, "from_pytorch")
}

/// Draws the confusion matrix, and the weights of each hidden unit.
fn figure(network: &Sequential<f32>, confusion: &ConfusionMatrix) -> Result<Figure, AnyError> {
    let state = network.state_dict();
    let weight = &state.get("0.weight").expect("the first layer has weights").value;
    let units: Vec<Vec<f64>> =
        weight.chunks(64).map(|unit| unit.iter().map(|&w| f64::from(w)).collect()).collect();
    let reach = units.iter().flatten().fold(0.0_f64, |reach, w| reach.max(w.abs()));
    let first = Panel::new("First layer: weights of 32 units")
        .mark(Images::new(8, 8, &units).range(-reach, reach).inverted());
    let matrix = Panel::new("Images that it has not seen")
        .x(Axis::linear("Predicted"))
        .y(Axis::linear("True"))
        .mark(Confusion::new(confusion.classes(), &confusion.rows().collect::<Vec<_>>()).row_shares());
    Ok(Figure::new(7.2, 3.5)
        .title("A network from PyTorch: the weights of its first layer, and its confusion matrix")
        .row(3.0, [matrix, first]))
}

#[test]
fn the_logits_are_those_of_pytorch() {
    let (network, test) = load().unwrap();
    let logits = network.predict(test.x()).unwrap();
    let difference = difference(&logits).unwrap();
    assert!(difference < 1e-5, "{difference:e} apart, of logits up to 10");
    assert!(accuracy(test.y(), &argmax(&logits).unwrap()).unwrap() > 0.97);
    nn_examples::check_gallery("from_pytorch", || report(&network, &test));
}
