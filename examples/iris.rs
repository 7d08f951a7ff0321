//! Trains a network 4-16-3 on the iris data, thirty times, each time on another split, and judges it by what it has not
//! seen: `cargo run --release --example iris`.

use std::error::Error;

use nn_train::nn_data::Classification;
use nn_train::prelude::*;
use nn_train::statistics::RESAMPLES;

/// What a trial keeps: accuracy and confusion matrix of its test part.
struct Tested {
    accuracy: f64,
    confusion: ConfusionMatrix,
}

fn train(iris: &Classification<f32>) -> Result<Ensemble<f32, Tested>, Box<dyn Error>> {
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
        Ok(Run::new(history.loss).keep(Tested { accuracy, confusion }))
    })?;
    Ok(ensemble)
}

fn main() -> Result<(), Box<dyn Error>> {
    let iris = Csv::open(nn_examples::data("iris.csv"))?.classes::<f32>("species")?;
    println!("{} flowers; features: {}\n", iris.data.samples(), iris.features.join(", "));
    let ensemble = train(&iris)?;
    println!("training, {ensemble}\n");

    let accuracies: Vec<f64> = ensemble.runs().iter().map(|run| run.kept.accuracy).collect();
    let middle = iqm(&accuracies).ok_or("no trials")?;
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let interval = bootstrap_iqm(&accuracies, RESAMPLES, &mut rng).ok_or("no trials")?;
    let (low, high) = (interval.low, interval.high);
    println!(
        "test accuracy, IQM of {} trials: {middle:.3} (95 % interval {low:.3} to {high:.3})\n",
        accuracies.len()
    );

    // The trial in the middle when all are put in order of their accuracy; of equals, the first to run.
    let mut order: Vec<usize> = (0..accuracies.len()).collect();
    order.sort_by(|&a, &b| accuracies[a].total_cmp(&accuracies[b]));
    let median = order[order.len() / 2];
    let Tested { accuracy, confusion } = &ensemble.runs()[median].kept;
    println!("the median trial ({median}), test accuracy {accuracy:.3}:\n{confusion}");
    Ok(())
}

#[test]
fn the_middle_half_of_trials_is_right_on_95_percent_of_unseen_flowers() {
    let iris = Csv::open(nn_examples::data("iris.csv")).unwrap().classes("species").unwrap();
    let ensemble = train(&iris).unwrap();
    let accuracies: Vec<f64> = ensemble.runs().iter().map(|run| run.kept.accuracy).collect();
    assert!(iqm(&accuracies).unwrap() >= 0.95, "{accuracies:?}");
}
