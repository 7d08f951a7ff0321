//! Which loss finds the line when some points lie far from it? The noise has Student's t distribution with 1.5 degrees of
//! freedom, whose variance is infinite, and each loss fits the same hundred data sets:
//! `cargo run --release --example outliers`.

use byhand::data::{Regression, make_regression};
use byhand::loss::{HuberLoss, L1Loss, Loss, MseLoss};
use byhand::prelude::*;
use byhand::viz::{Axis, Color, Corner, Figure, Line, Panel, Points, Strip, Violin};
use nn_examples::say;
use rand_distr::StudentT;

const SAMPLES: usize = 100;
const TRIALS: usize = 100;

type Values = Box<dyn Loss<f64, Tensor<f64>>>;

/// The losses to compare.
fn losses() -> [(&'static str, Values); 3] {
    [
        ("squared error", Box::new(MseLoss::mean())),
        ("Huber", Box::new(HuberLoss::mean().delta(1.0))),
        ("absolute error", Box::new(L1Loss::mean())),
    ]
}

/// A line that was fitted, and the data with the true line.
struct Fit {
    data: Regression<f64>,
    weight: f64,
    bias: f64,
}

impl Fit {
    /// Returns the distance of the two coefficients from the true ones.
    fn error(&self) -> f64 {
        let [weight, bias] = [self.weight - self.data.weight[[0, 0]], self.bias - self.data.bias[0]];
        (weight * weight + bias * bias).sqrt()
    }
}

/// The name of a loss, and what it fits.
type Named = (&'static str, Ensemble<f64, Fit>);

/// Fits every data set with one loss. A trial has the same data for each loss, because they depend on seed, trial and purpose.
fn train(loss: &Values) -> Result<Ensemble<f64, Fit>, AnyError> {
    let noise = StudentT::new(1.5)?;
    let ensemble = Trials::new(TRIALS).run(|trial| {
        let data = make_regression(SAMPLES, 1, 1, &noise, &mut trial.rng("data"))?;
        let mut rng = trial.rng("network");
        let mut line = Linear::new(1, 1, &mut rng);
        let history = GradientDescent::new(0.1, 1000).fit(&mut line, loss, &data.data, &mut rng)?;
        let fit = Fit { weight: line.weight()[[0, 0]], bias: line.bias()[0], data };
        Ok(Run::from(history).score(Score::lower("error of the coefficients", fit.error())).keep(fit))
    })?;
    Ok(ensemble)
}

fn main() -> Result<(), AnyError> {
    report(&train_all()?)
}

/// Fits every data set with each loss.
fn train_all() -> Result<Vec<Named>, AnyError> {
    losses().into_iter().map(|(name, loss)| Ok((name, train(&loss)?))).collect()
}

fn report(ensembles: &[Named]) -> Result<(), AnyError> {
    for (name, ensemble) in ensembles {
        let score = ensemble.score().ok_or(AnyError::new("every trial has a score"))?;
        let summary = score.summary();
        let interval = score.interval().ok_or(AnyError::new("one trial has no interval"))?;
        say!(
            "{name:15} error of the coefficients: IQM {:.3} (95 % interval {:.3} to {:.3}), largest {:.2}",
            summary.iqm,
            interval.low,
            interval.high,
            summary.max
        )?;
    }
    let [(squared, a), (huber, b), _] = ensembles else { return Err(AnyError::new("three losses")) };
    say!("\n{}", Comparison::paired(b, a)?.names(*huber, *squared))?;
    nn_examples::save(&figure(ensembles)?, "outliers")
}

/// Draws (a) the data of the trial that misled the squared error most, with all lines, and (b) the errors of all trials.
fn figure(ensembles: &[Named]) -> Result<Figure, AnyError> {
    let errors = |ensemble: &Ensemble<f64, Fit>| {
        ensemble.runs().iter().map(|run| run.kept.error()).collect::<Vec<_>>()
    };
    let of_squares = ensembles[0].1.runs().indexed().map(|(trial, run)| (trial, &run.kept));
    let (worst, Fit { data, .. }) = of_squares
        .max_by(|(_, a), (_, b)| a.error().total_cmp(&b.error()))
        .ok_or(AnyError::new("no trials"))?;
    let column = |tensor: &Tensor<f64>| tensor.feature(0).to_vec();
    let at = |weight: f64, bias: f64| [-3.0, 3.0].map(|x| weight * x + bias);

    let mut lines = Panel::new(format!("Trial {worst}: the lines that each loss finds"))
        .x(Axis::linear("x").range(-3.0, 3.0))
        .y(Axis::linear("y").range(-15.0, 15.0))
        .mark(Points::new("", &column(data.data.x()), &column(data.data.y()), Color::GREY))
        .line("true line", &[-3.0, 3.0], &at(data.weight[[0, 0]], data.bias[0]), Color::INK)
        .legend(Corner::BottomLeft);
    for (index, (name, ensemble)) in ensembles.iter().enumerate() {
        let color = Color::CLASSES[index];
        let fit = &ensemble.runs()[worst].kept;
        lines = lines.mark(Line::new(*name, &[-3.0, 3.0], &at(fit.weight, fit.bias), color).dashed());
    }
    let names: Vec<&str> = ensembles.iter().map(|(name, _)| *name).collect();
    let errors: Vec<Vec<f64>> = ensembles.iter().map(|(_, ensemble)| errors(ensemble)).collect();
    let all = Panel::new(format!("Errors of {TRIALS} trials"))
        .y(Axis::log("Error of the coefficients"))
        .mark(Strip::new(&names, &errors).size(2.0))
        .mark(Violin::new(&names, &errors));
    Ok(Figure::new(7.2, 3.6)
        .title("A line among outliers: Student's t noise, 1.5 degrees of freedom")
        .row(3.0, [lines, all]))
}

#[test]
fn losses_that_bound_the_pull_of_an_outlier_find_the_line_better() {
    let ensembles = train_all().unwrap();
    let errors: Vec<f64> =
        ensembles.iter().map(|(_, ensemble)| ensemble.score().unwrap().summary().iqm).collect();
    assert!(errors[1] < 0.5 * errors[0] && errors[2] < 0.5 * errors[0], "{errors:?}");
    nn_examples::check_gallery("outliers", || report(&ensembles));
}
