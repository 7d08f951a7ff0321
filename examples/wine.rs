//! Tells three sorts of wine by thirteen measurements, with what is learned from the data learned anew in every fold of ten
//! cross-validations, and saves one model of all wines: `cargo run --release --example wine`.

use byhand::data::{Recipe, StratifiedKFold, Table};
use byhand::prelude::*;
use byhand::train::optim::AdamW;
use byhand::viz::{Axis, Confusion, Figure, Panel};
use nn_examples::say;

/// What a trial keeps: the classes of its fold, true and predicted.
struct Tested {
    truth: Vec<usize>,
    predicted: Vec<usize>,
}

fn read() -> Result<Table, AnyError> {
    Ok(Csv::open(nn_examples::data("wine.csv"))?.table()?)
}

/// Trains a model on a table: what it learns, scales and names of classes included, comes from this table alone.
fn train(wines: &Table, rng: &mut ChaCha8Rng) -> Result<(Model<f32>, History<f32>), AnyError> {
    let preprocessor = Recipe::new().target_classes("cultivar").fit(wines)?;
    let data = preprocessor.classes::<f32>(wines)?;
    let mut network = Sequential::new()
        .append(Linear::new(preprocessor.features(), 8, rng))
        .append(Tanh)
        .append(Linear::new(8, 3, rng));
    let trainer = Trainer::new(AdamW::new(0.02).weight_decay(0.05)).epochs(60).batch_size(16);
    let history = trainer.fit(&mut network, &CrossEntropyLoss::mean(), &data, None, rng)?;
    Ok((Model::new(network, preprocessor).metadata("data", "UCI Wine"), history))
}

/// Ten cross-validations of five folds.
fn validate(wines: &Table) -> Result<Ensemble<f32, Tested>, AnyError> {
    let (wines, folds) = (wines.strata("cultivar")?, StratifiedKFold::new(5));
    let ensemble = Trials::new(10).cross_validate(&wines, &folds, |part, fold, trial| {
        let (model, history) = train(part, &mut trial.rng("network"))?;
        let truth = model.preprocessor().classes::<f32>(fold)?.y().clone();
        let predicted = model.predict(fold)?.classes().to_vec();
        let accuracy = accuracy(&truth, &predicted)?;
        let run = Run::from(history).score(Score::higher("accuracy of the folds", accuracy));
        Ok(run.keep(Tested { truth, predicted }))
    })?;
    Ok(ensemble)
}

fn main() -> Result<(), AnyError> {
    let wines = read()?;
    report(&wines, &validate(&wines)?)
}

fn report(wines: &Table, ensemble: &Ensemble<f32, Tested>) -> Result<(), AnyError> {
    say!("{wines}\n")?;
    say!("{ensemble}\n")?;

    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let (model, _) = train(wines, &mut rng)?;
    model.save("target/wine.safetensors")?;
    say!("model of all wines: target/wine.safetensors; predict rows of a table with")?;
    say!("cargo run --release --example predict target/wine.safetensors data/wine.csv\n")?;

    let all = |of: fn(&Tested) -> &Vec<usize>| -> Vec<usize> {
        ensemble.runs().iter().flat_map(|run| of(&run.kept).clone()).collect()
    };
    let names = model.preprocessor().class_names();
    let confusion = ConfusionMatrix::new(&all(|kept| &kept.truth), &all(|kept| &kept.predicted), names)?;
    say!("all folds:\n{}", confusion.report())?;
    let matrix = Panel::new("Wine: the folds of 10 cross-validations")
        .x(Axis::linear("Predicted"))
        .y(Axis::linear("True"))
        .mark(Confusion::new(confusion.classes(), &confusion.rows().collect::<Vec<_>>()).row_shares());
    let figure = Figure::new(4.2, 3.2).title("Wine: confusion matrix of all folds").row(2.8, [matrix]);
    nn_examples::save(&figure, "wine")
}

#[test]
fn the_middle_half_of_folds_is_right_on_96_percent_of_unseen_wines() {
    let wines = read().unwrap();
    let ensemble = validate(&wines).unwrap();
    assert_eq!(ensemble.trials(), 50);
    let accuracy = ensemble.score().unwrap();
    assert!(accuracy.summary().iqm >= 0.96, "{accuracy:?}");
    nn_examples::check_gallery("wine", || report(&wines, &ensemble));
}
