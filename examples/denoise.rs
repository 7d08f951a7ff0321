//! Removes noise from handwritten digits: a convolutional autoencoder beside a dense one with as many parameters, on the same
//! images: `cargo run --release --example denoise`.

use byhand::core::random::normal;
use byhand::core::{Conv2d, ConvTranspose2d, Flatten, MaxPool2d, Reshape};
use byhand::data::{MinMaxScaler, stratified_train_test_split};
use byhand::prelude::*;
use byhand::train::schedule::CosineAnnealingLr;
use byhand::viz::{Figure, Images, Panel};
use nn_examples::say;

/// The number of rows and of columns of an image.
const SIDE: usize = 8;
/// The standard deviation of the noise of each pixel; grey levels are from 0 to 1.
const NOISE: f64 = 0.4;
const EPOCHS: usize = 60;

/// Noisy images, each with the clean one that is to be restored.
type Pairs = Dataset<f32, Tensor<f32>>;

/// What a trial keeps: its test part, and what its network makes of the noisy images.
struct Tested {
    test: Pairs,
    restored: Tensor<f32>,
}

/// Makes an encoder that halves the size of an image and a decoder that doubles it again: 10,545 parameters.
fn convolutional(rng: &mut ChaCha8Rng) -> Sequential<f32> {
    Sequential::new()
        .append(Reshape::new([1, SIDE, SIDE]))
        .append(Conv2d::new(1, 16, 3, rng).padding(1))
        .append(Relu)
        .append(MaxPool2d::new(2))
        .append(Conv2d::new(16, 24, 3, rng).padding(1))
        .append(Relu)
        .append(Conv2d::new(24, 24, 3, rng).padding(1))
        .append(Relu)
        .append(ConvTranspose2d::new(24, 16, 2, rng).stride(2))
        .append(Relu)
        .append(Conv2d::new(16, 1, 3, rng).padding(1))
        .append(Flatten)
}

/// Makes the dense one: 10,513 parameters.
fn dense(rng: &mut ChaCha8Rng) -> Sequential<f32> {
    Sequential::new().append(Linear::new(64, 81, rng)).append(Relu).append(Linear::new(81, 64, rng))
}

/// Adds noise to clean images.
fn noisy(clean: &Tensor<f32>, rng: &mut ChaCha8Rng) -> Result<Pairs, AnyError> {
    let mut x = clean.clone();
    for pixel in 0..x.features() {
        x.feature_mut(pixel).iter_mut().for_each(|grey| *grey += (NOISE * normal(rng)) as f32);
    }
    Ok(Dataset::new(x, clean.clone())?)
}

/// Trains a network to restore clean images, and tests it on images and noise that it has not seen.
fn train(
    digits: &Dataset<f32, Vec<usize>>,
    trials: usize,
    network: fn(&mut ChaCha8Rng) -> Sequential<f32>,
) -> Result<Ensemble<f32, Tested>, AnyError> {
    let ensemble = Trials::new(trials).run(|trial| {
        let (train, test) = stratified_train_test_split(digits, 0.25, &mut trial.rng("split"))?;
        let train = noisy(train.x(), &mut trial.rng("noise"))?;
        let test = noisy(test.x(), &mut trial.rng("noise of the test"))?;
        let mut rng = trial.rng("network");
        let mut network = network(&mut rng);
        let trainer = Trainer::new(Adam::new(0.003)).epochs(EPOCHS).batch_size(32);
        let trainer = trainer.schedule(CosineAnnealingLr::new(EPOCHS));
        let history = trainer.fit(&mut network, &MseLoss::mean(), &train, None, &mut rng)?;
        let restored = network.predict(test.x())?;
        let error = MseLoss::mean().value(&restored, test.y())?;
        let run = Run::from(history).score(Score::lower("error of a pixel", f64::from(error)));
        Ok(run.keep(Tested { test, restored }))
    })?;
    Ok(ensemble)
}

fn read() -> Result<Dataset<f32, Vec<usize>>, AnyError> {
    let file = Csv::open(nn_examples::data("digits.csv"))?.classes::<f32>("digit")?;
    let x = MinMaxScaler::fit(file.data.x())?.transform(file.data.x())?;
    Ok(file.data.with_x(x)?)
}

fn main() -> Result<(), AnyError> {
    let digits = read()?;
    report(&train(&digits, 10, convolutional)?, &train(&digits, 10, dense)?)
}

fn report(cnn: &Ensemble<f32, Tested>, plain: &Ensemble<f32, Tested>) -> Result<(), AnyError> {
    say!("mean squared error of a pixel of unseen images; that of the noisy ones is {:.2}\n", NOISE * NOISE)?;
    say!("convolutional autoencoder\n{cnn}\n\ndense autoencoder\n{plain}\n")?;
    say!("{}", Comparison::paired(cnn, plain)?.names("convolutional", "dense"))?;
    nn_examples::save(&figure(cnn, plain)?, "denoise")
}

/// Draws the first unseen images of trial 0: clean, with noise, and restored by both networks.
fn figure(cnn: &Ensemble<f32, Tested>, plain: &Ensemble<f32, Tested>) -> Result<Figure, AnyError> {
    const SHOWN: usize = 16;
    let [cnn, plain] = [cnn, plain].map(|ensemble| &ensemble.runs()[0].kept);
    let row = |title: &str, x: &Tensor<f32>| {
        let images: Vec<Vec<f64>> =
            (0..SHOWN).map(|sample| x.sample(sample).map(f64::from).collect()).collect();
        let images = Images::new(SIDE, SIDE, &images).range(0.0, 1.0).inverted().columns(SHOWN);
        Panel::new(title.to_owned()).mark(images)
    };
    Ok(Figure::new(7.2, 3.6)
        .title("Digits without noise, with noise, and restored by two autoencoders")
        .row(1.0, [row("Unseen digits", cnn.test.y())])
        .row(1.0, [row("With noise", cnn.test.x())])
        .row(1.0, [row("Restored by the convolutional autoencoder", &cnn.restored)])
        .row(1.0, [row("Restored by the dense autoencoder", &plain.restored)]))
}

#[test]
fn a_convolutional_autoencoder_removes_more_noise_than_a_dense_one() {
    let digits = read().unwrap();
    let cnn = train(&digits, 10, convolutional).unwrap();
    let plain = train(&digits, 10, dense).unwrap();
    let [error, of_plain] = [&cnn, &plain].map(|ensemble| ensemble.score().unwrap().summary());
    assert!(error.iqm < 0.25 * NOISE * NOISE && error.q3 < of_plain.q1, "{error:?} {of_plain:?}");
    nn_examples::check_gallery("denoise", || report(&cnn, &plain));
}
