//! Chapter 1, a line.

use byhand::loss::HuberLoss;
use byhand::prelude::*;

const HOURS: [f64; 6] = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0];
const HEIGHTS: [f64; 6] = [18.9, 17.6, 16.8, 15.3, 14.4, 12.9];

fn errors(w: f64, b: f64) -> impl Iterator<Item = (f64, f64)> {
    HOURS.into_iter().zip(HEIGHTS).map(move |(x, t)| (x, w * x + b - t))
}

fn loss(w: f64, b: f64) -> f64 {
    errors(w, b).map(|(_, error)| error * error).sum::<f64>() / 6.0
}

fn gradient(w: f64, b: f64) -> [f64; 2] {
    let (dw, db): (Vec<f64>, Vec<f64>) = errors(w, b).map(|(x, error)| (error * x, error)).unzip();
    [dw, db].map(|slopes| 2.0 * slopes.iter().sum::<f64>() / 6.0)
}

/// Takes 600 steps from 0, and returns the loss at the end.
fn descend(rate: f64, gradient: fn(f64, f64) -> [f64; 2]) -> f64 {
    let (mut w, mut b) = (0.0, 0.0);
    for _ in 0..600 {
        let [dw, db] = gradient(w, b);
        (w, b) = (w - rate * dw, b - rate * db);
    }
    loss(w, b)
}

/// Exercise 1. Up to a limit longer steps are better. Beyond it every step leads farther up on the other side
/// of the valley. The limit is 2 divided by the largest curvature of the loss (docs/theory.md, "Linear
/// regression").
#[test]
fn a_learning_rate_just_above_the_limit_diverges() {
    let (q, mean) = (HOURS.iter().map(|x| x * x).sum::<f64>() / 6.0, HOURS.iter().sum::<f64>() / 6.0);
    let curvature = 1.0 + q + ((1.0 - q) * (1.0 - q) + 4.0 * mean * mean).sqrt();
    let limit = 2.0 / curvature;
    assert!((0.21..0.22).contains(&limit), "{limit}");
    let [usual, below, above] = [0.1, 0.21, 0.22].map(|rate| descend(rate, gradient));
    assert!(below <= usual && usual < 0.03, "{usual} {below}");
    assert!(above > 1e6, "{above}");
}

/// Exercise 2. The check by differences finds the fault. Descent does not: it ends somewhere, at a loss a
/// hundred times as high.
#[test]
fn a_wrong_gradient_is_found_by_the_check_and_not_by_the_descent() {
    fn wrong(w: f64, b: f64) -> [f64; 2] {
        let [_, db] = gradient(w, b);
        [db, db]
    }
    let h = 1e-6;
    let by_difference = (loss(h, 0.0) - loss(-h, 0.0)) / (2.0 * h);
    let [[right, _], [faulty, _]] = [gradient(0.0, 0.0), wrong(0.0, 0.0)];
    assert!((right - by_difference).abs() < 1e-4 * right.abs(), "{right} {by_difference}");
    assert!((faulty - by_difference).abs() > 0.3 * right.abs(), "{faulty} {by_difference}");
    let [good, bad] = [gradient, wrong as fn(f64, f64) -> [f64; 2]].map(|gradient| descend(0.1, gradient));
    assert!(bad > 100.0 * good && bad.is_finite(), "{good} {bad}");
}

/// Exercise 3. A square pulls ten times as hard at an error that is ten times as large. Huber's loss pulls
/// with the same force at every error above 1.
#[test]
fn huber_loss_forgives_a_slip_of_the_pen() {
    let slope = |loss: &dyn Loss<f64, Tensor<f64>>, last: f64| {
        let mut heights = HEIGHTS;
        heights[5] = last;
        let data = Dataset::new(Tensor::from_column(&HOURS), Tensor::from_column(&heights)).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut line = Linear::new(1, 1, &mut rng);
        GradientDescent::new(0.1, 600).fit(&mut line, loss, &data, &mut rng).unwrap();
        line.weight()[[0, 0]]
    };
    let moved = |loss: &dyn Loss<f64, Tensor<f64>>| (slope(loss, 1.29) - slope(loss, 12.9)).abs();
    let (squares, huber) = (moved(&MseLoss::mean()), moved(&HuberLoss::mean()));
    assert!(squares > 3.0, "{squares}");
    assert!(huber < 0.25 * squares, "{squares} {huber}");
}
