//! Tries a grid of optimisers and learning rates on the digits, ten seeds each; chooses by validation and reports on test
//! data: `cargo run --release --example tune`.

use byhand::data::MinMaxScaler;
use byhand::prelude::*;
use byhand::train::optim::Optimizer;
use byhand::train::progress::Progress;
use byhand::train::statistics::Summary;
use byhand::train::{Grid, TrialsError};
use byhand::viz::{Axis, Corner, Curve, Figure, Look, Panel};
use nn_examples::say;

type Digits = Dataset<f32, Vec<usize>>;
/// An optimiser as a function of its learning rate.
type Make = fn(f64) -> Box<dyn Optimizer<f32>>;

const SEEDS: usize = 10;
const EPOCHS: usize = 30;
const RATES: [f64; 6] = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0];

/// The optimisers to try.
const OPTIMISERS: [(&str, Make); 3] = [
    ("SGD", |rate| Box::new(Sgd::new(rate))),
    ("momentum", |rate| Box::new(Sgd::new(rate).momentum(0.9))),
    ("Adam", |rate| Box::new(Adam::new(rate))),
];

/// A cell of the grid: an optimiser, its name and its learning rate.
type Settings = (&'static str, Make, f64);

/// Trains the networks of one cell. All cells see the same splits and start from the same networks, because the generators
/// depend only on seed, trial and purpose.
fn train(
    digits: &Digits,
    &(_, optimiser, rate): &Settings,
    trials: &Trials,
) -> Result<Ensemble<f32>, TrialsError> {
    trials.run(|trial| {
        let (train, validation, test) =
            stratified_train_validation_test_split(digits, 0.2, 0.2, &mut trial.rng("split"))?;
        let mut rng = trial.rng("network");
        let mut network = Sequential::new()
            .append(Linear::new(64, 32, &mut rng))
            .append(Relu)
            .append(Linear::new(32, 10, &mut rng));
        let history = Trainer::new(optimiser(rate)).epochs(EPOCHS).batch_size(32).fit(
            &mut network,
            &CrossEntropyLoss::mean(),
            &train,
            Some(&validation),
            &mut rng,
        )?;
        let output = network.predict(test.x())?;
        let accuracy = or_nan(|| accuracy(test.y(), &argmax(&output)?))?;
        Ok(Run::from(history).score(Score::higher("test accuracy", accuracy)))
    })
}

/// Trains all cells and shows how far it is.
fn tune(digits: &Digits) -> Result<Grid<Settings, f32>, AnyError> {
    let of = |(name, optimiser): (&'static str, Make)| {
        RATES.map(|rate| (format!("{name} at {rate}"), (name, optimiser, rate)))
    };
    let cells = OPTIMISERS.into_iter().flat_map(of);
    let progress = Progress::new();
    let observer = progress.trials();
    let trials = Trials::new(SEEDS).observe(&observer);
    Ok(trials.grid(cells, |cell, trials| train(digits, cell, trials))?)
}

fn read() -> Result<Digits, AnyError> {
    let data = Csv::open(nn_examples::data("digits.csv"))?.classes::<f32>("digit")?.data;
    Ok(data.with_x(MinMaxScaler::fit(data.x())?.transform(data.x())?)?)
}

fn main() -> Result<(), AnyError> {
    report(&tune(&read()?)?)
}

fn report(grid: &Grid<Settings, f32>) -> Result<(), AnyError> {
    say!("{grid}")?;

    // Test data are used only after the choice is made, and only for the two best cells.
    let (first, second) = (&grid.cells()[0], &grid.cells()[1]);
    let comparison = Comparison::paired(&first.ensemble, &second.ensemble)?;
    say!("\n{}", comparison.names(&first.name, &second.name))?;
    nn_examples::save(&figure(grid)?, "tune")
}

/// Draws the validation loss over the epochs for the best learning rate of each optimiser, with the spread of its trials.
fn figure(grid: &Grid<Settings, f32>) -> Result<Figure, AnyError> {
    let epochs: Vec<f64> = (1..=EPOCHS).map(|epoch| epoch as f64).collect();
    let mut panel = Panel::new(format!(
        "Validation loss of {SEEDS} seeds: IQM and Q1–Q3 band, each optimiser at its best rate"
    ))
    .x(Axis::linear("Epoch").range(0.0, EPOCHS as f64))
    .y(Axis::log("Cross-entropy"))
    .legend(Corner::TopRight);
    for (index, (optimiser, _)) in OPTIMISERS.iter().enumerate() {
        let mut cells = grid.cells().iter();
        let best = cells
            .find(|cell| cell.settings.0 == *optimiser)
            .ok_or(AnyError::new("an optimiser without cells"))?;
        let curve = best.ensemble.validation_curve().ok_or(AnyError::new("no validation losses"))?;
        let column = |of: fn(&Summary) -> f64| curve.iter().map(of).collect::<Vec<f64>>();
        let line = Curve::new(&best.name, &epochs, &column(|s| s.iqm), Look::nth(index));
        panel = panel.mark(line.band(&column(|s| s.q1), &column(|s| s.q3)));
    }
    Ok(Figure::new(7.2, 3.4).title("Optimisers on handwritten digits").row(3.0, [panel]))
}

#[test]
fn the_chosen_setting_reads_96_percent_and_the_last_learns_nothing() {
    let grid = tune(&read().unwrap()).unwrap();
    let last = &grid.cells().last().unwrap().ensemble;
    assert!(last.criterion().summary().iqm > 2.0, "ten classes by chance: ln 10 = 2.3");
    assert!(grid.best().unwrap().ensemble.score().unwrap().summary().iqm > 0.96);
    nn_examples::check_gallery("tune", || report(&grid));
}
