//! Reads handwritten digits and trains a network 64-64-10 with dropout and Adam on mini-batches until the validation loss
//! rises, twenty times, each time on another split, and evaluates it on unseen images:
//! `cargo run --release --example digits`.

use byhand::data::MinMaxScaler;
use byhand::prelude::*;
use byhand::viz::{Axis, Color, Confusion, Corner, Curve, Figure, Images, Look, Panel, ReferenceLine};
use nn_examples::say;

type Digits = Dataset<f32, Vec<usize>>;

/// What a trial keeps: its curves, its test part, and its predictions for those images.
struct Tested {
    history: History<f32>,
    test: Digits,
    predicted: Vec<usize>,
}

fn train(digits: &Digits, trials: usize) -> Result<Ensemble<f32, Tested>, AnyError> {
    let ensemble = Trials::new(trials).run(|trial| {
        let (train, validation, test) =
            stratified_train_validation_test_split(digits, 0.15, 0.15, &mut trial.rng("split"))?;
        let mut rng = trial.rng("network");
        let mut network = Sequential::new()
            .append(Linear::new(64, 64, &mut rng))
            .append(Relu)
            .append(Dropout::new(0.2))
            .append(Linear::new(64, 10, &mut rng));
        let history = Trainer::new(Adam::new(0.003)).epochs(100).batch_size(32).early_stopping(10).fit(
            &mut network,
            &CrossEntropyLoss::mean(),
            &train,
            Some(&validation),
            &mut rng,
        )?;

        let predicted = argmax(&network.predict(test.x())?)?;
        let accuracy = accuracy(test.y(), &predicted)?;
        let run = Run::from(history.clone()).score(Score::higher("test accuracy", accuracy));
        Ok(run.keep(Tested { history, test, predicted }))
    })?;
    Ok(ensemble)
}

fn read() -> Result<(Digits, Vec<String>), AnyError> {
    let file = Csv::open(nn_examples::data("digits.csv"))?.classes::<f32>("digit")?;
    // Grey levels are integers from 0 to 16.
    let scaler = MinMaxScaler::fit(file.data.x())?;
    let x = scaler.transform(file.data.x())?;
    Ok((file.data.with_x(x)?, file.classes))
}

fn main() -> Result<(), AnyError> {
    let (digits, names) = read()?;
    report(&digits, &names, &train(&digits, 20)?)
}

fn report(digits: &Digits, names: &[String], ensemble: &Ensemble<f32, Tested>) -> Result<(), AnyError> {
    say!("{} images of 8 × 8 pixels\n", digits.samples())?;
    say!("{ensemble}\n")?;

    let best = ensemble.best().ok_or(AnyError::new("every trial diverged"))?;
    let Tested { test, predicted, .. } = &ensemble.runs()[best].kept;
    let confusion = ConfusionMatrix::new(test.y(), predicted, names)?;
    say!("trial {best}, which has the lowest validation loss, on its test part:\n{}", confusion.report())?;
    nn_examples::save(&figure(ensemble, &confusion)?, "digits")
}

/// Draws the curves, the confusion matrix and the errors of the trial with the lowest validation loss.
fn figure(ensemble: &Ensemble<f32, Tested>, confusion: &ConfusionMatrix) -> Result<Figure, AnyError> {
    let trial = ensemble.best().ok_or(AnyError::new("every trial diverged"))?;
    let Tested { history, test, predicted } = &ensemble.runs()[trial].kept;
    let epochs: Vec<f64> = (1..=history.epochs()).map(|epoch| epoch as f64).collect();
    let wide = |losses: &[f32]| losses.iter().map(|&loss| f64::from(loss)).collect::<Vec<f64>>();
    let best = history.best.ok_or(AnyError::new("no validation loss is a number"))? + 1;
    let curves =
        Panel::new(format!("Trial {trial}, the lowest validation loss of {}", ensemble.runs().len()))
            .x(Axis::linear("Epoch"))
            .y(Axis::log("Cross-entropy"))
            .mark(Curve::new("training, with dropout", &epochs, &wide(&history.loss), Look::nth(0)))
            .mark(Curve::new("validation", &epochs, &wide(&history.validation), Look::nth(1)))
            .mark(ReferenceLine::vertical(format!("restored: epoch {best}"), best as f64, Color::GREY))
            .legend(Corner::TopRight);

    let matrix = Panel::new("Test images")
        .x(Axis::linear("Predicted"))
        .y(Axis::linear("True"))
        .mark(Confusion::new(confusion.classes(), &confusion.rows().collect::<Vec<_>>()).row_shares());

    let wrong: Vec<usize> = (0..test.samples()).filter(|&i| predicted[i] != test.y()[i]).take(12).collect();
    let images: Vec<Vec<f64>> = wrong.iter().map(|&i| test.x().sample(i).map(f64::from).collect()).collect();
    let captions: Vec<String> =
        wrong.iter().map(|&i| format!("{} → {}", test.y()[i], predicted[i])).collect();
    let misread = Panel::new("Misread: true → predicted")
        .mark(Images::new(8, 8, &images).range(0.0, 1.0).inverted().captions(&captions));

    Ok(Figure::new(7.2, 5.8)
        .title("Handwritten digits: curves, confusion matrix and errors of one network")
        .row(1.9, [curves])
        .row(3.0, [matrix, misread]))
}

#[test]
fn the_middle_half_of_trials_reads_97_percent_of_unseen_digits() {
    let (digits, names) = read().unwrap();
    let ensemble = train(&digits, 20).unwrap();
    let accuracy = ensemble.score().unwrap();
    assert!(accuracy.summary().iqm >= 0.97, "{accuracy:?}");
    nn_examples::check_gallery("digits", || report(&digits, &names, &ensemble));
}
