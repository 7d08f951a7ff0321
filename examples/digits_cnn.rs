//! Reads handwritten digits with a convolutional network, and compares it with the dense network of the example `digits` on the
//! same splits: `cargo run --release --example digits_cnn`.

use byhand::core::{BatchNorm2d, Conv2d, Flatten, MaxPool2d, Reshape};
use byhand::data::{MinMaxScaler, stratified_train_test_split};
use byhand::prelude::*;
use byhand::train::schedule::CosineAnnealingLr;
use byhand::viz::{Axis, Confusion, Figure, Images, Panel};
use nn_examples::say;

type Digits = Dataset<f32, Vec<usize>>;

/// The number of rows and of columns of an image.
const SIDE: usize = 8;
const EPOCHS: usize = 40;

/// What a trial keeps: its network, its test part, and its predictions for those images.
struct Tested {
    network: Sequential<f32>,
    test: Digits,
    predicted: Vec<usize>,
}

/// Makes a convolutional network: 8 × 8 pixels become 16 channels of 8 × 8, then 32 of 4 × 4, then ten numbers.
fn convolutional(rng: &mut ChaCha8Rng) -> Sequential<f32> {
    Sequential::new()
        .append(Reshape::new([1, SIDE, SIDE]))
        .append(Conv2d::new(1, 16, 3, rng).padding(1))
        .append(BatchNorm2d::new(16))
        .append(Relu)
        .append(Conv2d::new(16, 32, 3, rng).padding(1))
        .append(BatchNorm2d::new(32))
        .append(Relu)
        .append(MaxPool2d::new(2))
        .append(Dropout::new(0.3))
        .append(Flatten)
        .append(Linear::new(32 * 4 * 4, 10, rng))
}

/// Makes the network of the example `digits`.
fn dense(rng: &mut ChaCha8Rng) -> Sequential<f32> {
    Sequential::new()
        .append(Linear::new(SIDE * SIDE, 64, rng))
        .append(Relu)
        .append(Dropout::new(0.2))
        .append(Linear::new(64, 10, rng))
}

/// Trains a network on three quarters of the digits, and tests it on the others.
fn train(
    digits: &Digits,
    trials: usize,
    network: fn(&mut ChaCha8Rng) -> Sequential<f32>,
) -> Result<Ensemble<f32, Tested>, AnyError> {
    let ensemble = Trials::new(trials).run(|trial| {
        let (train, test) = stratified_train_test_split(digits, 0.25, &mut trial.rng("split"))?;
        let mut rng = trial.rng("network");
        let mut network = network(&mut rng);
        let trainer = Trainer::new(Adam::new(0.003)).epochs(EPOCHS).batch_size(32);
        let trainer = trainer.schedule(CosineAnnealingLr::new(EPOCHS));
        let history = trainer.fit(&mut network, &CrossEntropyLoss::mean(), &train, None, &mut rng)?;
        let predicted = argmax(&network.predict(test.x())?)?;
        let accuracy = accuracy(test.y(), &predicted)?;
        let run = Run::from(history).score(Score::higher("test accuracy", accuracy));
        Ok(run.keep(Tested { network, test, predicted }))
    })?;
    Ok(ensemble)
}

fn read() -> Result<(Digits, Vec<String>), AnyError> {
    let file = Csv::open(nn_examples::data("digits.csv"))?.classes::<f32>("digit")?;
    let x = MinMaxScaler::fit(file.data.x())?.transform(file.data.x())?;
    Ok((file.data.with_x(x)?, file.classes))
}

fn main() -> Result<(), AnyError> {
    let (digits, names) = read()?;
    report(&names, &train(&digits, 10, convolutional)?, &train(&digits, 10, dense)?)
}

fn report(
    names: &[String],
    cnn: &Ensemble<f32, Tested>,
    plain: &Ensemble<f32, Tested>,
) -> Result<(), AnyError> {
    say!("convolutional network\n{cnn}\n\ndense network\n{plain}\n")?;
    say!("{}", Comparison::paired(cnn, plain)?.names("convolutional", "dense"))?;
    nn_examples::save(&figure(cnn, names)?, "digits_cnn")
}

/// Draws what the network of the lowest training loss confuses, and what its first layer looks for and finds.
fn figure(cnn: &Ensemble<f32, Tested>, names: &[String]) -> Result<Figure, AnyError> {
    let best = cnn.best().ok_or(AnyError::new("every trial diverged"))?;
    let Tested { network, test, predicted } = &cnn.runs()[best].kept;
    let confusion = ConfusionMatrix::new(test.y(), predicted, names)?;
    let matrix = Panel::new(format!("Test images of trial {best}"))
        .x(Axis::linear("Predicted"))
        .y(Axis::linear("True"))
        .mark(Confusion::new(confusion.classes(), &confusion.rows().collect::<Vec<_>>()).row_shares());

    // The first four layers: the image, the filters, their normalised answers, and what is positive of these.
    let (mut channels, mut filters) = (test.select(&[0])?.x().clone(), Vec::<Vec<f64>>::new());
    for layer in &network.layers()[..4] {
        channels = layer.predict(&channels)?;
    }
    network.layers()[1].visit(&mut |parameter| {
        if parameter.name.to_string() == "weight" {
            filters = parameter.value.chunks(9).map(|w| w.iter().map(|&w| f64::from(w)).collect()).collect();
        }
    });
    let answers: Vec<f64> = channels.sample(0).map(f64::from).collect();
    let image: Vec<f64> = test.x().sample(0).map(f64::from).collect();
    // Each as dark as its largest answer allows.
    let scaled = |answers: &[f64]| -> Vec<f64> {
        let most = answers.iter().fold(f64::MIN_POSITIVE, |most, &answer| most.max(answer));
        answers.iter().map(|answer| answer / most).collect()
    };
    let shown: Vec<Vec<f64>> = [image].into_iter().chain(answers.chunks(SIDE * SIDE).map(scaled)).collect();
    let looked_for = Panel::new("What its first layer looks for: orange > 0, blue < 0")
        .mark(Images::new(3, 3, &filters).signed().columns(4));
    let columns = shown.len();
    let found = Panel::new("An unseen image, and where each filter finds something in it")
        .mark(Images::new(SIDE, SIDE, &shown).range(0.0, 1.0).inverted().columns(columns));
    Ok(Figure::new(7.2, 4.7)
        .title("Handwritten digits and a convolutional network: its errors, its filters and their answers")
        .row(3.2, [matrix, looked_for])
        .row(0.7, [found]))
}

#[test]
fn the_middle_half_of_convolutional_networks_reads_98_5_percent_of_unseen_digits() {
    let (digits, names) = read().unwrap();
    let cnn = train(&digits, 10, convolutional).unwrap();
    let plain = train(&digits, 10, dense).unwrap();
    let [accuracy, of_plain] = [&cnn, &plain].map(|ensemble| ensemble.score().unwrap().summary());
    assert!(accuracy.iqm >= 0.985, "{accuracy:?}");
    assert!(accuracy.q1 > of_plain.q3, "{accuracy:?} {of_plain:?}");
    nn_examples::check_gallery("digits_cnn", || report(&names, &cnn, &plain));
}
