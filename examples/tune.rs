//! Tries a grid of optimisers and learning rates on the digits, ten seeds each; chooses by validation and reports on test
//! data: `cargo run --release --example tune`.

use byhand::data::MinMaxScaler;
use byhand::prelude::*;
use byhand::train::optim::Optimizer;
use byhand::train::statistics::Summary;
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

/// One cell of the grid.
struct Cell {
    optimiser: &'static str,
    rate: f64,
    ensemble: Ensemble<f32>,
}

impl Cell {
    fn name(&self) -> String {
        format!("{} at {}", self.optimiser, self.rate)
    }

    /// Returns the criterion of the choice, the IQM of the final validation loss. A cell whose networks diverge comes last.
    fn validation(&self) -> f64 {
        self.ensemble.criterion().summary().iqm
    }
}

/// Trains the networks of one cell. All cells see the same splits and start from the same networks, because the generators
/// depend only on seed, trial and purpose.
fn train(digits: &Digits, optimiser: Make, rate: f64) -> Result<Ensemble<f32>, AnyError> {
    let ensemble = Trials::new(SEEDS).run(|trial| {
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
    })?;
    Ok(ensemble)
}

/// Trains all cells and sorts them, the lowest validation loss first.
fn tune(digits: &Digits) -> Result<Vec<Cell>, AnyError> {
    let mut cells = Vec::new();
    for (name, optimiser) in OPTIMISERS {
        for rate in RATES {
            cells.push(Cell { optimiser: name, rate, ensemble: train(digits, optimiser, rate)? });
        }
    }
    cells.sort_by(|a, b| a.validation().total_cmp(&b.validation()));
    Ok(cells)
}

fn read() -> Result<Digits, AnyError> {
    let data = Csv::open(nn_examples::data("digits.csv"))?.classes::<f32>("digit")?.data;
    Ok(data.with_x(MinMaxScaler::fit(data.x())?.transform(data.x())?)?)
}

fn main() -> Result<(), AnyError> {
    let cells = tune(&read()?)?;
    say!("final validation loss of {SEEDS} seeds after {EPOCHS} epochs, best first")?;
    say!("{:22} {:>8}  {:17} {:>8}", "", "IQM", "95 % interval", "diverged")?;
    for cell in &cells {
        let losses = cell.ensemble.criterion();
        let (summary, interval) =
            (losses.summary(), losses.interval().ok_or(AnyError::new("one seed has no interval"))?);
        let range = format!("{:.4} to {:.4}", interval.low, interval.high);
        say!("{:22} {:>8.4}  {range:17} {:>8}", cell.name(), summary.iqm, summary.diverged)?;
    }

    // Test data are used only after the choice is made, and only for the two best cells.
    let (first, second) = (&cells[0], &cells[1]);
    say!("\n{}", Comparison::paired(&first.ensemble, &second.ensemble)?.names(first.name(), second.name()))?;
    nn_examples::save(&figure(&cells)?, "tune")
}

/// Draws the validation loss over the epochs for the best learning rate of each optimiser, with the spread of its trials.
fn figure(cells: &[Cell]) -> Result<Figure, AnyError> {
    let epochs: Vec<f64> = (1..=EPOCHS).map(|epoch| epoch as f64).collect();
    let mut panel = Panel::new(format!(
        "Validation loss of {SEEDS} seeds: IQM and Q1–Q3 band, each optimiser at its best rate"
    ))
    .x(Axis::linear("Epoch").range(0.0, EPOCHS as f64))
    .y(Axis::log("Cross-entropy"))
    .legend(Corner::TopRight);
    for (index, (optimiser, _)) in OPTIMISERS.iter().enumerate() {
        let best = cells
            .iter()
            .find(|cell| cell.optimiser == *optimiser)
            .ok_or(AnyError::new("an optimiser without cells"))?;
        let curve = best.ensemble.validation_curve().ok_or(AnyError::new("no validation losses"))?;
        let column = |of: fn(&Summary) -> f64| curve.iter().map(of).collect::<Vec<f64>>();
        let line = Curve::new(best.name(), &epochs, &column(|s| s.iqm), Look::nth(index));
        panel = panel.mark(line.band(&column(|s| s.q1), &column(|s| s.q3)));
    }
    Ok(Figure::new(7.2, 3.4).title("Optimisers on handwritten digits").row(3.0, [panel]))
}

#[test]
fn the_chosen_setting_reads_96_percent_and_the_last_learns_nothing() {
    let cells = tune(&read().unwrap()).unwrap();
    assert!(cells.last().unwrap().validation() > 2.0, "ten classes by chance: ln 10 = 2.3");
    assert!(cells[0].ensemble.score().unwrap().summary().iqm > 0.96);
}
