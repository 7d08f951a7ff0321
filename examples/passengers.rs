//! From a table of mixed columns, with missing values, semicolons and decimal commas, to a model in one file that another
//! program uses (`predict.rs`, beside this file): `cargo run --release --example passengers`.

use byhand::data::{Column, Numbers, Recipe, Table};
use byhand::prelude::*;
use byhand::train::metrics::{Bins, calibration_curve, roc_auc_score, roc_curve};
use byhand::viz::{Axis, Calibration, Color, Corner, Curve, Figure, Look, Panel, ReferenceLine, Roc};
use nn_examples::say;

/// Trains on three fifths of the rows. Returns the model, and the fifth that it has not seen.
fn train() -> Result<(Model<f32>, Table), AnyError> {
    // Yes and no would be 1 and 0; as categories they name the classes.
    let passengers = Csv::open(nn_examples::data("passengers.csv"))?
        .except(["ticket"])
        .categories(["booked again"])
        .table()?;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let rows = passengers.strata("booked again")?;
    let (train, validation, test) = stratified_train_validation_test_split(&rows, 0.2, 0.2, &mut rng)?;

    // Learnt from the training part alone: what is imputed, the categories, the scales, the names of the classes.
    let preprocessor = Recipe::new()
        .numbers(["age"], Numbers::new().indicator())
        .numbers(["fare"], Numbers::new().ln_1p())
        .target_classes("booked again")
        .fit(&train)?;
    let (train, validation) = (preprocessor.classes(&train)?, preprocessor.classes(&validation)?);

    let mut network = Sequential::new()
        .append(Linear::new(preprocessor.features(), 24, &mut rng))
        .append(Tanh)
        .append(Dropout::new(0.2))
        .append(Linear::new(24, 2, &mut rng));
    Trainer::new(Adam::new(0.01)).epochs(200).batch_size(32).early_stopping(30).fit(
        &mut network,
        &CrossEntropyLoss::mean(),
        &train,
        Some(&validation),
        &mut rng,
    )?;
    let model = Model::new(network, preprocessor)
        .metadata("data", "passengers.csv, made up by scripts/passengers.py");
    Ok((model, test))
}

/// Returns the share of rows whose class is predicted.
fn accuracy_on(model: &Model<f32>, table: &Table) -> Result<f64, AnyError> {
    let truth = model.preprocessor().classes::<f32>(table)?;
    Ok(accuracy(truth.y(), model.predict(table)?.classes())?)
}

fn main() -> Result<(), AnyError> {
    let (model, test) = train()?;
    report(&model, &test)
}

fn report(model: &Model<f32>, test: &Table) -> Result<(), AnyError> {
    say!("{}\n\nfeatures: {}\n", model.network(), model.preprocessor().feature_names().join(", "))?;
    say!("accuracy on {} unseen passengers: {:.4}", test.rows(), accuracy_on(model, test)?)?;
    model.save("target/passengers.safetensors")?;
    say!("model: target/passengers.safetensors; cargo run --release --example predict predicts with it")?;
    nn_examples::save(&figure(model, test)?, "passengers")
}

/// Draws what the model answers, whom it finds among unseen passengers, and whether its probabilities are frequencies.
fn figure(model: &Model<f32>, test: &Table) -> Result<Figure, AnyError> {
    let truth = model.preprocessor().classes::<f32>(test)?;
    let predictions = model.predict(test)?;
    let p: Vec<f32> = predictions.values().feature(1).to_vec();
    let rates = roc_curve(truth.y(), &p)?;
    let label = format!("AUC {:.2}", roc_auc_score(truth.y(), &p)?);
    let roc = Panel::new("Unseen passengers: who is found")
        .x(Axis::linear("False positive rate"))
        .y(Axis::linear("True positive rate"))
        .equal_aspect()
        .mark(ReferenceLine::diagonal("chance", Color::GREY))
        .mark(Roc::new(label, &rates.false_positive_rate, &rates.true_positive_rate, Look::nth(0)))
        .legend(Corner::BottomRight);
    let bins = calibration_curve(truth.y(), &p, Bins::Quantile(8))?;
    let curve = Calibration::new(
        "eight bins, 95 % intervals",
        &bins.mean_predicted_probability,
        &bins.fraction_of_positives,
        Look::nth(0),
    );
    let calibration = Panel::new("Is a probability a frequency?")
        .x(Axis::linear("Mean predicted probability"))
        .y(Axis::linear("Share that booked again"))
        .equal_aspect()
        .mark(ReferenceLine::diagonal("calibrated", Color::GREY))
        .mark(curve.samples(&bins.samples))
        .legend(Corner::TopLeft);
    Ok(Figure::new(6.4, 5.6).title("Who books again").row(2.3, [by_age(model)?]).row(3.0, [roc, calibration]))
}

/// Draws what the model answers for passengers that differ in age and class alone.
fn by_age(model: &Model<f32>) -> Result<Panel, AnyError> {
    let ages: Vec<f64> = (1..=85).map(f64::from).collect();
    let mut panel = Panel::new("Alone from Split, 50.00, ten minutes late")
        .x(Axis::linear("Age"))
        .y(Axis::linear("Probability of booking again"));
    for (index, class) in ["first", "second", "third"].into_iter().enumerate() {
        let all = |value: f64| ages.iter().map(move |_| Some(value));
        let passengers = Table::new([
            Column::categories("class", ages.iter().map(|_| Some(class))),
            Column::numbers("age", ages.iter().copied().map(Some)),
            Column::numbers("fare", all(50.0)),
            Column::categories("port", ages.iter().map(|_| Some("Split"))),
            Column::numbers("companions", all(0.0)),
            Column::numbers("delay", all(10.0)),
        ])?;
        let predictions = model.predict(&passengers)?;
        let yes: Vec<f64> = predictions.values().feature(1).iter().map(|&p| f64::from(p)).collect();
        panel = panel.mark(Curve::new(class, &ages, &yes, Look::nth(index)));
    }
    Ok(panel.legend(Corner::TopRight))
}

#[test]
fn the_model_that_predict_uses_is_this_one() {
    let (model, _) = train().unwrap();
    let directory = std::env::temp_dir().join(format!("passengers-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("passengers.safetensors");
    model.save(&path).unwrap();
    let (saved, committed) = (std::fs::read(&path).unwrap(), include_bytes!("passengers.safetensors"));
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(saved == committed, "copy target/passengers.safetensors to examples");
}

#[test]
fn two_thirds_of_unseen_passengers_are_predicted_and_more_than_by_the_larger_class() {
    let (model, test) = train().unwrap();
    let truth = model.preprocessor().classes::<f32>(&test).unwrap();
    let larger = truth.y().iter().filter(|&&class| class == 0).count() as f64 / test.rows() as f64;
    let accuracy = accuracy_on(&model, &test).unwrap();
    assert!(accuracy > larger + 0.15, "{accuracy} against {larger}");
    nn_examples::check_gallery("passengers", || report(&model, &test));
}
