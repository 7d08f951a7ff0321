//! Trains a network 4-16-3 on the iris data, thirty times, each time on another split, and judges it by what it has not
//! seen: `cargo run --release --example iris`.

use std::error::Error;

use nn_train::nn_data::Classification;
use nn_train::prelude::*;

fn train(iris: &Classification<f32>) -> Result<Ensemble<f32, ConfusionMatrix>, Box<dyn Error>> {
    let ensemble = Trials::new(30).run(|trial| {
        let (train, test) = train_test_split(&iris.data, 0.2, &mut trial.rng("split"))?;
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

        let predicted = argmax(&network.predict(test.x())?);
        let accuracy = accuracy(test.y(), &predicted)?;
        let confusion = ConfusionMatrix::new(test.y(), &predicted, &iris.classes)?;
        Ok(Run::new(history.loss).score(Score::higher("test accuracy", accuracy)).keep(confusion))
    })?;
    Ok(ensemble)
}

fn main() -> Result<(), Box<dyn Error>> {
    let iris = Csv::open(nn_examples::data("iris.csv"))?.classes::<f32>("species")?;
    println!("{} flowers; features: {}\n", iris.data.samples(), iris.features.join(", "));
    let ensemble = train(&iris)?;
    println!("{ensemble}\n");

    // The trial in the middle when all are put in order of their accuracy; of equals, the first to run.
    let accuracies = ensemble.score().ok_or("no scores")?;
    let accuracies = accuracies.values();
    let mut order: Vec<usize> = (0..accuracies.len()).collect();
    order.sort_by(|&a, &b| accuracies[a].total_cmp(&accuracies[b]));
    let median = order[order.len() / 2];
    let confusion = &ensemble.runs()[median].kept;
    println!("the median trial ({median}):\n{confusion}\n\n{}", confusion.report());
    Ok(())
}

#[test]
fn the_middle_half_of_trials_is_right_on_95_percent_of_unseen_flowers() {
    let iris = Csv::open(nn_examples::data("iris.csv")).unwrap().classes("species").unwrap();
    let ensemble = train(&iris).unwrap();
    let accuracies = ensemble.score().unwrap();
    assert!(accuracies.summary().iqm >= 0.95, "{accuracies:?}");
}
