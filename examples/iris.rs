//! Trains a network 4-16-3 on the iris data, thirty times, each time on another split, and evaluates it on unseen flowers:
//! `cargo run --release --example iris`.

use byhand::data::Classification;
use byhand::data::stratified_train_test_split;
use byhand::prelude::*;
use byhand::viz::{Axis, Confusion, Figure, Panel};
use nn_examples::say;

/// What a trial keeps: the classes of its test part, true and predicted.
struct Tested {
    truth: Vec<usize>,
    predicted: Vec<usize>,
}

fn read() -> Result<Classification<f32>, AnyError> {
    Ok(Csv::open(nn_examples::data("iris.csv"))?.classes("species")?)
}

fn train(iris: &Classification<f32>) -> Result<Ensemble<f32, Tested>, AnyError> {
    let ensemble = Trials::new(30).run(|trial| {
        let (train, test) = stratified_train_test_split(&iris.data, 0.2, &mut trial.rng("split"))?;
        let scaler = StandardScaler::fit(train.x())?;
        let train = train.with_x(scaler.transform(train.x())?)?;
        let test = test.with_x(scaler.transform(test.x())?)?;

        let mut rng = trial.rng("network");
        let mut network = Sequential::new()
            .append(Linear::new(4, 16, &mut rng))
            .append(Tanh)
            .append(Linear::new(16, 3, &mut rng));
        let loss = CrossEntropyLoss::mean();
        let history = GradientDescent::new(0.5, 300).fit(&mut network, &loss, &train, &mut rng)?;

        let predicted = argmax(&network.predict(test.x())?)?;
        let accuracy = accuracy(test.y(), &predicted)?;
        let run = Run::from(history).score(Score::higher("test accuracy", accuracy));
        Ok(run.keep(Tested { truth: test.y().clone(), predicted }))
    })?;
    Ok(ensemble)
}

/// Counts every flower once for each trial that had it in its test part.
fn confusion(ensemble: &Ensemble<f32, Tested>, classes: &[String]) -> Result<ConfusionMatrix, AnyError> {
    let all = |of: fn(&Tested) -> &Vec<usize>| -> Vec<usize> {
        ensemble.runs().iter().flat_map(|run| of(&run.kept).clone()).collect()
    };
    Ok(ConfusionMatrix::new(&all(|kept| &kept.truth), &all(|kept| &kept.predicted), classes)?)
}

fn main() -> Result<(), AnyError> {
    let iris = read()?;
    report(&iris, &train(&iris)?)
}

fn report(iris: &Classification<f32>, ensemble: &Ensemble<f32, Tested>) -> Result<(), AnyError> {
    say!("{} flowers; features: {}\n", iris.data.samples(), iris.features.join(", "))?;
    say!("{ensemble}\n")?;

    let confusion = confusion(ensemble, &iris.classes)?;
    say!("test parts of all trials:\n{}", confusion.report())?;
    let matrix = Panel::new("Iris: the test parts of 30 trials")
        .x(Axis::linear("Predicted"))
        .y(Axis::linear("True"))
        .mark(Confusion::new(confusion.classes(), &confusion.rows().collect::<Vec<_>>()).row_shares());
    let figure = Figure::new(4.0, 3.2).title("Iris: confusion matrix of 30 trials").row(2.8, [matrix]);
    nn_examples::save(&figure, "iris")
}

#[test]
fn the_middle_half_of_trials_is_right_on_95_percent_of_unseen_flowers() {
    let iris = read().unwrap();
    let ensemble = train(&iris).unwrap();
    let accuracy = ensemble.score().unwrap();
    assert!(accuracy.summary().iqm >= 0.95, "{accuracy:?}");
    nn_examples::check_gallery("iris", || report(&iris, &ensemble));
}
