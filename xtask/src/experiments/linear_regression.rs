//! Linear regression: a line through points around a random line (the report's first algorithm).

use nn_core::rand::Rng;
use nn_core::random::normal;
use nn_core::{Linear, Scalar, Tensor};
use nn_data::{DataError, Dataset, Regression, make_regression};
use nn_loss::MseLoss;
use nn_train::{Ensemble, Fitted, GradientDescent, Merged, Run, Split, Trial, Trials, TrialsError};
use nn_viz::{Axis, Color, Corner, Figure, Line, Panel, Points};

use super::experiment::{Experiment, Found, Request};
use super::findings::Findings;
use super::loss_panel::{Epochs, caption, loss_panel, on_the_mean, three_digits};
use super::settings::Settings;

const NAME: &str = "linear-regression";

/// The row of this experiment.
pub(super) const EXPERIMENT: Experiment = Experiment {
    name: NAME,
    about: "a line through points around a random line",
    sets: &[NAME],
    single: find::<f32>,
    double: find::<f64>,
};

/// Standard deviation of the points around their true line.
const NOISE: f64 = 0.3;
/// A trial succeeds if its slope and intercept differ by less than this from those of least squares, which no
/// training on these samples can surpass.
const TOLERANCE: f64 = 1e-3;

fn find<F: Scalar>(request: &Request<'_>) -> Found {
    Findings::of_one_set(NAME, request, run::<F>, |merged, settings| Ok(figure(merged, settings)))
}

/// A trial: the trained layer, its data, and the truth behind them.
#[derive(Debug, Clone)]
pub struct Fit<F> {
    /// The trained layer.
    pub model: Linear<F>,
    /// Its data, with the true line.
    pub truth: Regression<F>,
    /// Other points around that line, which were not learned from.
    pub test: Values<F>,
}

/// Points of the plane.
type Values<F> = Dataset<F, Tensor<F>>;

/// Runs the trials. Each draws a line, points around it to learn from and as many to be tested on, starts
/// from random weights, and descends the mean squared error.
///
/// # Errors
/// [`TrialsError`] if the trials cannot run.
pub fn run<F: Scalar>(settings: &Settings, trials: &Trials<'_>) -> Result<Ensemble<F, Fit<F>>, TrialsError> {
    let &Settings { samples, epochs, learning_rate, .. } = settings;
    let descent = GradientDescent::new(learning_rate, epochs);
    let prepare = |trial: Trial| {
        let truth = make_regression::<F>(samples, 1, 1, NOISE, &mut trial.rng("data"))?;
        let test = around(&truth, samples, &mut trial.rng("test"))?;
        Ok((Linear::new(1, 1, &mut trial.rng("network")), Split { training: truth, validation: test }))
    };
    trials.fit(
        &descent,
        &MseLoss::mean(),
        prepare,
        |Fitted { network: model, data: Split { training: truth, validation: test }, history, .. }| {
            let (slope, intercept) = least_squares(&truth.data);
            let success = (model.weight()[[0, 0]].to_f64() - slope).abs() < TOLERANCE
                && (model.bias()[0].to_f64() - intercept).abs() < TOLERANCE;
            Ok(Run::from(history).success(success).keep(Fit { model, truth, test }))
        },
    )
}

/// Draws other points around the true line, from the distribution of the first.
fn around<F: Scalar>(
    truth: &Regression<F>,
    samples: usize,
    rng: &mut impl Rng,
) -> Result<Values<F>, DataError> {
    let (slope, intercept) = (truth.weight[[0, 0]].to_f64(), truth.bias[0].to_f64());
    let x: Vec<f64> = (0..samples).map(|_| normal(rng)).collect();
    let y = x.iter().map(|x| slope * x + intercept + NOISE * normal(rng));
    let column = |values: Vec<f64>| Tensor::from_fn(samples, 1, |sample, _| F::from_f64(values[sample]));
    let y = y.collect();
    Dataset::new(column(x), column(y))
}

/// The slope and intercept that minimise the squared error, in closed form: cov(x, y) / var(x) and ȳ − slope · x̄.
fn least_squares<F: Scalar>(data: &Dataset<F, Tensor<F>>) -> (f64, f64) {
    let n = data.samples() as f64;
    let points: Vec<(f64, f64)> = points(data).collect();
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / n;
    let covariance: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance: f64 = points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum();
    let slope = covariance / variance;
    (slope, mean_y - slope * mean_x)
}

/// Draws the loss, and the best and the worst model. If all diverged, the first stands for the best, and its title says so.
fn figure<F: Scalar>(merged: &Merged<F, Fit<F>>, settings: &Settings) -> Figure {
    let panel = |which: &str, (trial, run): (usize, &Run<F, Fit<F>>)| {
        let loss = merged.outcomes().criterion().of(trial).expect("the chosen trials have a run");
        let title = format!("{which} of {}: test MSE {}", settings.trials, three_digits(loss));
        model_panel(&title, &run.kept)
    };
    let shown = "(b), (c) The trials with the lowest and the highest final test loss: training and test \
                 samples, the fitted line and the true one.";
    Figure::new(7.2, 5.6)
        .description(format!("{} {shown}", caption(settings)))
        .title("Linear regression: training and test loss, best and worst model")
        .row(2.3, [loss_panel("Mean squared error", &on_the_mean(settings), Epochs::Log, merged, settings)])
        .row(2.4, [panel("Best", merged.best()).legend(Corner::Emptiest), panel("Worst", merged.worst())])
}

/// The points that were learned from, the test points, the true line and the fitted line. A model that has
/// diverged out of sight gets no fitted line.
fn model_panel<F: Scalar>(title: &str, fit: &Fit<F>) -> Panel {
    let (x, y): (Vec<f64>, Vec<f64>) = points(&fit.truth.data).unzip();
    let (test_x, test_y): (Vec<f64>, Vec<f64>) = points(&fit.test).unzip();
    let ends = [
        x.iter().chain(&test_x).copied().fold(f64::INFINITY, f64::min),
        x.iter().chain(&test_x).copied().fold(f64::NEG_INFINITY, f64::max),
    ];
    let line = |slope: F, intercept: F| ends.map(|x| slope.to_f64() * x + intercept.to_f64());
    let truth = line(fit.truth.weight[[0, 0]], fit.truth.bias[0]);
    let fitted = line(fit.model.weight()[[0, 0]], fit.model.bias()[0]);
    let mut panel = Panel::new(title)
        .x(Axis::linear("x").shared())
        .y(Axis::linear("y").shared())
        .mark(Points::new("training samples", &x, &y, Color::BLUE).alpha(0.5))
        .mark(Points::new("test samples", &test_x, &test_y, Color::ORANGE).triangles().alpha(0.5));
    if fitted.iter().all(|y| y.abs() < 1e100) {
        panel = panel.mark(Line::new("fitted line", &ends, &fitted, Color::GREEN).width(1.8));
    }
    panel.mark(Line::new("true line", &ends, &truth, Color::INK).width(1.0).dashed())
}

fn points<F: Scalar>(data: &Dataset<F, Tensor<F>>) -> impl Iterator<Item = (f64, f64)> + '_ {
    data.x().feature(0).iter().zip(data.y().feature(0)).map(|(x, y)| (x.to_f64(), y.to_f64()))
}
