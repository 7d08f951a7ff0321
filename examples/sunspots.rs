//! Forecasts the numbers of sunspots of the next eleven years from those of the last 22: LSTM and GRU beside a linear autoregression
//! and persistence, from twenty seeds: `cargo run --release --example sunspots`.

use byhand::core::{Flatten, Gru, Lstm};
use byhand::data::{StandardScaler, Windows, temporal_train_validation_test_split};
use byhand::prelude::*;
use byhand::train::EarlyStopping;
use byhand::train::statistics::Summary;
use byhand::viz::{Axis, Color, Corner, Curve, Figure, Look, Panel, ReferenceLine};
use nn_examples::say;

/// The number of years that a forecast sees: two cycles of the sun.
const LENGTH: usize = 22;
/// The number of years that it forecasts: one cycle.
const HORIZON: usize = 11;
/// The number of years that are held out for validation and for the test, four cycles each.
const HELD_OUT: usize = 44;
const SEEDS: usize = 20;
const UNITS: usize = 16;

/// The networks of all seeds, each with its forecasts of the test.
type Forecasts = Ensemble<f32, Tensor<f32>>;

/// A network as a function of its generator.
type Make = fn(&mut ChaCha8Rng) -> Sequential<f32>;

const NETWORKS: [(&str, Make); 3] = [
    ("LSTM", |rng| {
        Sequential::new().append(Lstm::new(1, UNITS, rng).last()).append(Linear::new(UNITS, HORIZON, rng))
    }),
    ("GRU", |rng| {
        Sequential::new().append(Gru::new(1, UNITS, rng).last()).append(Linear::new(UNITS, HORIZON, rng))
    }),
    ("linear autoregression", |rng| {
        Sequential::new().append(Flatten).append(Linear::new(LENGTH, HORIZON, rng))
    }),
];

/// The series in units of its training part, cut into windows. No step of the test is in an input or in the scale of a training sample.
struct Sun {
    first_year: usize,
    series: Tensor<f32>,
    scaler: StandardScaler,
    train: Dataset<f32, Tensor<f32>>,
    validation: Dataset<f32, Tensor<f32>>,
    test: Dataset<f32, Tensor<f32>>,
}

fn read() -> Result<Sun, AnyError> {
    let file = Csv::open(nn_examples::data("sunspots.csv"))?.values::<f32>(["sunspots"])?;
    let (years, series) = (file.data.x(), file.data.y());
    let (train, validation, test) = temporal_train_validation_test_split(series, HELD_OUT, HELD_OUT)?;
    let scaler = StandardScaler::fit(&train)?;
    let parts = [train, validation, test].map(|part| scaler.transform(&part));
    let [train, validation, test] = parts;
    let windows = Windows::new(LENGTH).horizon(HORIZON);
    let [train, validation, test] = windows.of_parts([&train?, &validation?, &test?])?;
    let first_year = years[[0, 0]] as usize;
    Ok(Sun { first_year, series: series.clone(), scaler, train, validation, test })
}

impl Sun {
    /// Returns forecasts or targets, `[n, 11]`, in sunspots.
    fn in_sunspots(&self, values: &Tensor<f32>) -> Result<Tensor<f32>, AnyError> {
        Ok(self.scaler.select(&[0; HORIZON])?.inverse_transform(values)?)
    }

    /// Returns the root mean squared error of forecasts of the test years, in sunspots.
    fn error(&self, forecasts: &Tensor<f32>) -> Result<f64, AnyError> {
        let truth = self.in_sunspots(self.test.y())?;
        Ok(f64::from(MseLoss::mean().value(&self.in_sunspots(forecasts)?, &truth)?).sqrt())
    }

    /// Returns forecasts that repeat what was seen so many years before the first of them: the last year, or the last cycle.
    fn repeated(&self, years: usize) -> Tensor<f32> {
        let x = self.test.x();
        let year = |ahead: usize| LENGTH - years + ahead % years;
        Tensor::from_fn(x.samples(), HORIZON, |sample, ahead| x[[sample, year(ahead)]])
    }

    /// Trains a network from each seed, until forecasts of the validation years get no better. Keeps its forecasts of the test.
    fn train(&self, network: Make) -> Result<Forecasts, AnyError> {
        let ensemble = Trials::new(SEEDS).run(|trial| {
            let mut rng = trial.rng("network");
            let mut network = network(&mut rng);
            let trainer = Trainer::new(Adam::new(0.005)).epochs(400).batch_size(32);
            let history = trainer.early_stopping(EarlyStopping::new(30)).fit(
                &mut network,
                &MseLoss::mean(),
                &self.train,
                Some(&self.validation),
                &mut rng,
            )?;
            let forecasts = network.predict(self.test.x())?;
            let score = Score::lower("error on test years, in sunspots", self.error(&forecasts)?);
            Ok(Run::from(history).score(score).keep(forecasts))
        })?;
        Ok(ensemble)
    }
}

fn main() -> Result<(), AnyError> {
    let sun = read()?;
    let [lstm, gru, linear] = NETWORKS.map(|(_, network)| sun.train(network));
    report(&sun, &[lstm?, gru?, linear?])
}

fn report(sun: &Sun, all: &[Forecasts; 3]) -> Result<(), AnyError> {
    let first = sun.first_year + sun.series.samples() - HELD_OUT;
    say!(
        "root mean squared error of forecasts of {HORIZON} years, from {first} on, in sunspots; the networks \
         with {SEEDS} seeds:\n"
    )?;
    let mut ranking = Vec::new();
    for (name, years) in [("the last year repeated", 1), ("the last cycle repeated", HORIZON)] {
        let error = sun.error(&sun.repeated(years))?;
        say!("{name:25}{error:.1}")?;
        ranking.push((error, name));
    }
    for ((name, _), ensemble) in NETWORKS.iter().zip(all) {
        let Summary { iqm, q1, q3, .. } = summary(ensemble)?;
        say!("{name:25}IQM {iqm:.1}, Q1 to Q3 {q1:.1} to {q3:.1}")?;
        ranking.push((iqm, name));
    }
    ranking.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let names: Vec<&str> = ranking.into_iter().map(|(_, name)| name).collect();
    say!("\nfrom the best to the worst: {}\n", names.join(", "))?;
    let [lstm, gru, linear] = all;
    say!("{}\n", Comparison::paired(gru, lstm)?.names("GRU", "LSTM"))?;
    say!("{}", Comparison::paired(gru, linear)?.names("GRU", "linear"))?;
    nn_examples::save(&figure(sun, all)?, "sunspots")
}

fn summary(ensemble: &Forecasts) -> Result<Summary, AnyError> {
    Ok(ensemble.score().ok_or(AnyError::new("every trial has a score"))?.summary())
}

/// Draws (a) the series and (b) the forecasts from one year on, and (c) the errors by how far ahead they are.
fn figure(sun: &Sun, all: &[Forecasts; 3]) -> Result<Figure, AnyError> {
    let years =
        |first: usize, count: usize| (first..first + count).map(|year| year as f64).collect::<Vec<_>>();
    let series: Vec<f64> = sun.series.feature(0).iter().map(|&number| f64::from(number)).collect();
    let first_test = sun.first_year + series.len() - HELD_OUT;
    let whole = Panel::new("Sunspots of a year")
        .x(Axis::linear("Year"))
        .y(Axis::linear("Sunspots"))
        .line("", &years(sun.first_year, series.len()), &series, Color::INK)
        .mark(ReferenceLine::vertical("validation from here", (first_test - HELD_OUT) as f64, Color::GREY))
        .mark(ReferenceLine::vertical("test from here", first_test as f64, Color::BLUE))
        .legend(Corner::TopLeft);

    // A forecast for the years of one test sample.
    const SAMPLE: usize = 16;
    let first = first_test + SAMPLE;
    let ahead = years(first, HORIZON);
    let seen = &series[first - LENGTH - sun.first_year..first + HORIZON - sun.first_year];
    let mut forecast =
        Panel::new(format!("Forecasts made at the end of {}: IQM and Q1–Q3 of the seeds", first - 1))
            .x(Axis::linear("Year"))
            .y(Axis::linear("Sunspots").range(-40.0, 250.0))
            .line("what came", &years(first - LENGTH, seen.len()), seen, Color::INK)
            .legend(Corner::TopLeft);
    let mut errors = Panel::new("Error of all test samples by years ahead: IQM and Q1–Q3 of the seeds")
        .x(Axis::linear("Years ahead"))
        .y(Axis::linear("Root mean squared error"));
    let truth = sun.in_sunspots(sun.test.y())?;
    for (index, ((name, _), ensemble)) in NETWORKS.iter().zip(all).enumerate() {
        let forecasts: Vec<Tensor<f32>> =
            ensemble.runs().iter().map(|run| sun.in_sunspots(&run.kept)).collect::<Result<_, _>>()?;
        let over_seeds = |value: &dyn Fn(&Tensor<f32>, usize) -> f64| -> Vec<Summary> {
            let of = |year| forecasts.iter().map(|forecast| value(forecast, year)).collect::<Vec<f64>>();
            (0..HORIZON).filter_map(|year| Summary::of(&mut of(year))).collect()
        };
        let one = over_seeds(&|forecast, year| f64::from(forecast[[SAMPLE, year]]));
        let error = over_seeds(&|forecast, year| {
            let pairs = forecast.feature(year).iter().zip(truth.feature(year));
            let squares: f64 = pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum();
            (squares / truth.samples() as f64).sqrt()
        });
        let curve = |label: &str, x: &[f64], values: &[Summary]| {
            let column = |value: fn(&Summary) -> f64| values.iter().map(value).collect::<Vec<f64>>();
            Curve::new(label, x, &column(|s| s.iqm), Look::nth(index))
                .band(&column(|s| s.q1), &column(|s| s.q3))
        };
        forecast = forecast.mark(curve(name, &ahead, &one));
        errors = errors.mark(curve(name, &years(1, HORIZON), &error));
    }
    Ok(Figure::new(7.2, 7.4)
        .title("Sunspots: forecasts of eleven years")
        .row(2.0, [whole])
        .row(2.4, [forecast])
        .row(2.2, [errors]))
}

/// The GRU is the best, by a little; the LSTM does not even reach what repeats the last cycle.
#[test]
fn gated_units_are_the_best_and_not_every_network_is_better_than_none() {
    let sun = read().unwrap();
    let [last_year, last_cycle] = [1, HORIZON].map(|years| sun.error(&sun.repeated(years)).unwrap());
    let all = NETWORKS.map(|(_, network)| sun.train(network).unwrap());
    let [lstm, gru, linear] = all.each_ref().map(|ensemble| summary(ensemble).unwrap());
    assert!(gru.q3 < last_cycle && gru.q3 < linear.q1, "{gru:?} {linear:?} {last_cycle}");
    assert!(lstm.q1 > last_cycle && lstm.max < last_year, "{lstm:?} {last_cycle} {last_year}");
    nn_examples::check_gallery("sunspots", || report(&sun, &all));
}
