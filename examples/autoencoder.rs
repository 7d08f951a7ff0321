//! Encodes handwritten digits as two numbers and decodes them: a deep autoencoder beside a linear one, what they restore
//! of unseen images, and a map of the codes: `cargo run --release --example autoencoder`.

use byhand::core::Gelu;
use byhand::data::{MinMaxScaler, stratified_train_test_split};
use byhand::prelude::*;
use byhand::train::schedule::CosineAnnealingLr;
use byhand::viz::{Axis, Figure, Images, Panel, Scatter};
use nn_examples::say;

/// Digits for training and for testing, with grey levels from 0 to 1.
struct Digits {
    train: Tensor<f32>,
    test: Tensor<f32>,
    labels: Vec<usize>,
    names: Vec<String>,
}

fn read(rng: &mut ChaCha8Rng) -> Result<Digits, AnyError> {
    let file = Csv::open(nn_examples::data("digits.csv"))?.classes::<f32>("digit")?;
    let (train, test) = stratified_train_test_split(&file.data, 0.25, rng)?;
    let grey = MinMaxScaler::fit(file.data.x())?;
    let labels = test.y().clone();
    Ok(Digits {
        train: grey.transform(train.x())?,
        test: grey.transform(test.x())?,
        labels,
        names: file.classes,
    })
}

/// Makes a network of two halves, so that the encoder can be used alone: it is layer 0.
fn deep(rng: &mut ChaCha8Rng) -> Sequential<f32> {
    let encoder = Sequential::new()
        .append(Linear::new(64, 64, rng))
        .append(Gelu)
        .append(Linear::new(64, 32, rng))
        .append(Gelu)
        .append(Linear::new(32, 2, rng));
    let decoder = Sequential::new()
        .append(Linear::new(2, 32, rng))
        .append(Gelu)
        .append(Linear::new(32, 64, rng))
        .append(Gelu)
        .append(Linear::new(64, 64, rng));
    Sequential::new().append(encoder).append(decoder)
}

/// Makes a linear autoencoder: at best it finds the plane of the first two principal components.
fn linear(rng: &mut ChaCha8Rng) -> Sequential<f32> {
    Sequential::new().append(Linear::new(64, 2, rng)).append(Linear::new(2, 64, rng))
}

/// A network, and its mean squared error on unseen images.
type Trained = (Sequential<f32>, f32);

/// Trains a network to reproduce its input.
fn train(mut network: Sequential<f32>, digits: &Digits, rng: &mut ChaCha8Rng) -> Result<Trained, AnyError> {
    // The input is its own target.
    let pairs = Dataset::new(digits.train.clone(), digits.train.clone())?;
    let loss = MseLoss::mean();
    Trainer::new(Adam::new(0.003)).epochs(200).batch_size(32).schedule(CosineAnnealingLr::new(200)).fit(
        &mut network,
        &loss,
        &pairs,
        None,
        rng,
    )?;
    let error = loss.value(&network.predict(&digits.test)?, &digits.test)?;
    Ok((network, error))
}

/// Returns the error of giving the same answer, the mean image, for every image.
fn error_of_the_mean(digits: &Digits) -> Result<f32, AnyError> {
    let mean = |x: &[f32]| x.iter().sum::<f32>() / x.len() as f32;
    let means: Vec<f32> = (0..64).map(|pixel| mean(digits.train.feature(pixel))).collect();
    let answer = Tensor::from_fn(digits.test.samples(), 64, |_, pixel| means[pixel]);
    Ok(MseLoss::mean().value(&answer, &digits.test)?)
}

/// Trains the deep autoencoder, then the linear one.
fn train_both() -> Result<(Digits, [Trained; 2]), AnyError> {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let digits = read(&mut rng)?;
    let deep = train(deep(&mut rng), &digits, &mut rng)?;
    let linear = train(linear(&mut rng), &digits, &mut rng)?;
    Ok((digits, [deep, linear]))
}

fn main() -> Result<(), AnyError> {
    let (digits, both) = train_both()?;
    report(&digits, &both)
}

fn report(digits: &Digits, both: &[Trained; 2]) -> Result<(), AnyError> {
    let [(deep, of_deep), (linear, of_linear)] = both;
    say!("{} digits to train with, {} to test with", digits.train.samples(), digits.test.samples())?;
    say!("\n{deep}\n")?;
    say!("mean squared error of a pixel of unseen images")?;
    say!("  the mean image instead of each digit   {:.4}", error_of_the_mean(digits)?)?;
    say!("  two numbers, linear autoencoder        {of_linear:.4}")?;
    say!("  two numbers, deep autoencoder          {of_deep:.4}")?;
    nn_examples::save(&figure(digits, deep, linear)?, "autoencoder")
}

/// Draws the first image of each digit and what is restored of it, and the codes of all unseen images.
fn figure(digits: &Digits, deep: &Sequential<f32>, linear: &Sequential<f32>) -> Result<Figure, AnyError> {
    let firsts: Vec<usize> =
        (0..10).filter_map(|digit| digits.labels.iter().position(|&l| l == digit)).collect();
    let rows = [&digits.test, &deep.predict(&digits.test)?, &linear.predict(&digits.test)?];
    let image = |x: &Tensor<f32>, sample| x.sample(sample).map(f64::from).collect::<Vec<f64>>();
    let images: Vec<Vec<f64>> =
        rows.iter().flat_map(|x| firsts.iter().map(|&sample| image(x, sample))).collect();
    let restored = Panel::new("Unseen digits (top), restored from two numbers (middle), on a plane (bottom)")
        .mark(Images::new(8, 8, &images).range(0.0, 1.0).inverted().columns(10));

    let codes = deep.layers()[0].predict(&digits.test)?;
    let axis = |feature| codes.feature(feature).iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
    let map = Panel::new("Codes of the unseen digits")
        .x(Axis::linear("First number"))
        .y(Axis::linear("Second number"))
        .mark(Scatter::new(&axis(0), &axis(1), &digits.labels, &digits.names).named().alpha(0.7));
    Ok(Figure::new(7.2, 7.4)
        .title("An autoencoder of digits: what it restores, and its codes")
        .row(2.1, [restored])
        .row(4.4, [map]))
}

#[test]
fn two_numbers_restore_more_when_the_way_there_and_back_is_deep() {
    let (digits, both) = train_both().unwrap();
    let [(_, deep), (_, linear)] = both;
    let mean = error_of_the_mean(&digits).unwrap();
    assert!(deep < 0.75 * linear && linear < mean, "deep {deep}, linear {linear}, mean {mean}");
    nn_examples::check_gallery("autoencoder", || report(&digits, &both));
}
