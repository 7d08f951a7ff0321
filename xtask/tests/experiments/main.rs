//! Checks the claims of the figures, with the settings of the committed figures. Every quantity is computed anew. The claims
//! of the report's three experiments are in this file, those of the others in files of their own.

#![expect(clippy::disallowed_methods, reason = "angles, within a tolerance")]

mod attention;
mod convolution;
mod optimisers;
mod sequences;
mod spirals;

use std::sync::LazyLock;

use nn_core::{Module, Scalar, Tensor};
use nn_train::Ensemble;
use xtask::experiments::classification::{Classifier, LabelledPoints};
use xtask::experiments::{Settings, linear_classification, linear_regression, nonlinear_classification};

static COMMITTED: Settings =
    Settings { trials: 100, samples: 200, epochs: 1000, learning_rate: 0.01, seed: 2025, threads: 0 };

static LINES: LazyLock<Ensemble<f32, linear_regression::Fit<f32>>> =
    LazyLock::new(|| linear_regression::run(&COMMITTED, &COMMITTED.trials(&|| ())).unwrap());
static CLOUDS: LazyLock<Ensemble<f32, Classifier<f32>>> =
    LazyLock::new(|| linear_classification::run(&COMMITTED, &COMMITTED.trials(&|| ())).unwrap());
static XOR: LazyLock<Ensemble<f32, Classifier<f32>>> =
    LazyLock::new(|| nonlinear_classification::run(&COMMITTED, &COMMITTED.trials(&|| ())).unwrap());

/// Slope and intercept from the normal equations [Σx², Σx; Σx, n] · [w, b] = [Σxy, Σy], by Cramer's rule.
fn normal_equations(x: &[f32], y: &[f32]) -> (f64, f64) {
    let points = || x.iter().zip(y).map(|(&x, &y)| (f64::from(x), f64::from(y)));
    let sum = |term: fn((f64, f64)) -> f64| points().map(term).sum::<f64>();
    let (n, xx) = (x.len() as f64, sum(|(x, _)| x * x));
    let (sx, sy, xy) = (sum(|(x, _)| x), sum(|(_, y)| y), sum(|(x, y)| x * y));
    let determinant = xx * n - sx * sx;
    ((xy * n - sx * sy) / determinant, (xx * sy - sx * xy) / determinant)
}

/// The difference of the two logits at a place. Above 0, the network predicts class 1.
fn margin(classifier: &Classifier<f32>, place: [f64; 2]) -> f64 {
    let logits = classifier.network().predict(&Tensor::from_rows(&[place.map(|x| x as f32)])).unwrap();
    f64::from(logits[[0, 1]]) - f64::from(logits[[0, 0]])
}

/// Fraction of these points that a network classifies correctly.
fn share_right(classifier: &Classifier<f32>, points: &LabelledPoints<f32>) -> f64 {
    let logits = classifier.network().predict(points.x()).unwrap();
    let labels = points.y();
    let right = |&sample: &usize| (logits[[sample, 1]] > logits[[sample, 0]]) == (labels[sample] == 1);
    (0..labels.len()).filter(right).count() as f64 / labels.len() as f64
}

/// Of all networks on the points that judge them.
fn accuracies(ensemble: &Ensemble<f32, Classifier<f32>>) -> Vec<f64> {
    assert_eq!((ensemble.runs().len(), ensemble.epochs()), (100, 1000));
    let share = |kept: &Classifier<f32>| share_right(kept, kept.judged_by());
    ensemble.runs().iter().map(|run| share(&run.kept)).collect()
}

#[test]
fn every_line_ends_at_its_least_squares() {
    assert_eq!((LINES.runs().len(), LINES.epochs()), (100, 1000));
    for (trial, run) in LINES.runs().indexed() {
        let data = &run.kept.truth.data;
        assert_eq!(data.samples(), 200);
        let (slope, intercept) = normal_equations(data.x().feature(0), data.y().feature(0));
        let (w, b) = (run.kept.model.weight()[[0, 0]], run.kept.model.bias()[0]);
        let farthest = (f64::from(w) - slope).abs().max((f64::from(b) - intercept).abs());
        assert!(farthest < 1e-3, "trial {trial}: {farthest:e} from least squares");
    }
    assert_eq!(LINES.success_rate().unwrap().successes, 100);
}

#[test]
fn the_hundred_lines_differ_and_descend_from_far() {
    let mut slopes: Vec<f32> = LINES.runs().iter().map(|run| run.kept.model.weight()[[0, 0]]).collect();
    slopes.sort_by(f32::total_cmp);
    assert!(slopes.windows(2).all(|pair| pair[0] < pair[1]), "two trials learned the same slope");
    let curve = LINES.curve();
    assert!(curve[0].iqm > 30.0 * curve[999].iqm, "{:?} {:?}", curve[0], curve[999]);
}

/// A line fitted to n points errs on new ones by σ² (1 + 2/n), the noise and what the two parameters have adapted to, on its own
/// points by σ² (1 − 2/n).
#[test]
fn lines_err_more_on_new_points_by_as_much_as_theory_says() {
    let mean = |losses: Vec<f64>| losses.iter().sum::<f64>() / 100.0;
    let test = LINES.validation().unwrap();
    let (training, test) = (mean(LINES.final_losses()), mean(test.values().to_vec()));
    // Each mean is that of 20,000 squares, whose standard deviation is √2 σ².
    let tolerance = 3.0 * 0.09 * (2.0_f64 / 20_000.0).sqrt();
    assert!((training - 0.09 * 0.99).abs() < tolerance, "{training}");
    assert!((test - 0.09 * 1.01).abs() < tolerance, "{test}");
    for (trial, run) in LINES.runs().indexed() {
        let (own, other) = (&run.kept.truth.data, &run.kept.test);
        assert_eq!(other.samples(), 200);
        assert!(own.x()[[0, 0]] != other.x()[[0, 0]], "trial {trial} is tested on what it learned");
        let prediction = run.kept.model.predict(other.x()).unwrap();
        let squares =
            prediction.feature(0).iter().zip(other.y().feature(0)).map(|(p, y)| f64::from(p - y).powi(2));
        let loss = squares.sum::<f64>() / 200.0;
        assert!(
            (loss - f64::from(run.final_validation_loss().unwrap())).abs() < 1e-6 * loss,
            "trial {trial}"
        );
    }
}

#[test]
fn classifiers_are_judged_by_points_that_they_have_not_learned() {
    for ensemble in [&*CLOUDS, &*XOR] {
        for run in ensemble.runs() {
            let (own, judges) = (run.kept.data(), run.kept.judged_by());
            assert_eq!((own.samples(), judges.samples()), (200, 200));
            assert!(own.x() != judges.x());
            assert_eq!(run.score.as_ref().unwrap().value, share_right(&run.kept, judges));
        }
        let (own, new) = (ensemble.curve()[999].iqm, ensemble.validation_curve().unwrap()[999].iqm);
        assert!(new > 1.3 * own, "{own} and {new}");
    }
}

#[test]
fn clouds_are_told_apart_by_a_straight_line_across_the_way_between_their_centres() {
    let accuracies = accuracies(&CLOUDS);
    let mean = accuracies.iter().sum::<f64>() / 100.0;
    let least = accuracies.iter().copied().fold(1.0, f64::min);
    assert!(least >= 0.95 && mean >= 0.98, "least {least}, mean {mean}");

    let [from, to] = linear_classification::CENTERS;
    let between = (to[1] - from[1]).atan2(to[0] - from[0]);
    let mut angles = Vec::new();
    for (trial, run) in CLOUDS.runs().indexed() {
        let at = |x, y| margin(&run.kept, [x, y]);
        let (along_x, along_y) = (at(1.0, 0.0) - at(0.0, 0.0), at(0.0, 1.0) - at(0.0, 0.0));
        // The margin is the same plane everywhere: its zeros are one straight line.
        for (x, y) in [(3.0, -2.0), (-4.0, 1.0), (-2.5, -3.5)] {
            let plane = at(0.0, 0.0) + along_x * x + along_y * y;
            assert!((at(x, y) - plane).abs() < 1e-4 * (1.0 + plane.abs()), "trial {trial} is not linear");
        }
        let angle = (along_y.atan2(along_x) - between).to_degrees().abs();
        assert!(angle < 35.0, "trial {trial}: {angle}° off");
        angles.push(angle);
        let (low, high) = (margin(&run.kept, from), margin(&run.kept, to));
        assert!(low < -3.0 && high > 3.0, "trial {trial}: the centres are at {low} and {high}");
    }
    let mean = angles.iter().sum::<f64>() / 100.0;
    assert!(mean < 10.0, "{mean}° off on average");
}

#[test]
fn at_least_99_of_100_networks_learn_xor() {
    let learned = accuracies(&XOR).into_iter().filter(|&accuracy| accuracy >= 0.99).count();
    assert!(learned >= 99, "{learned} of 100");
    assert_eq!(XOR.success_rate().unwrap().successes, learned);
    // They have learned XOR in every corner, and not the noise of the sample.
    for (trial, run) in XOR.runs().indexed().filter(|(_, run)| run.success == Some(true)) {
        for (x, y) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
            let says_one = margin(&run.kept, [x, y]) > 0.0;
            assert_eq!(says_one, x * y < 0.0, "trial {trial} at ({x}, {y})");
        }
    }
}

/// The figures do not depend on the precision: in double precision each statistic differs by less than 0.01 %.
#[test]
fn single_and_double_precision_agree() {
    fn agree<F: Scalar, D: Scalar, K, L>(
        name: &str,
        single: &Ensemble<F, K>,
        double: &Ensemble<D, L>,
        bound: f64,
    ) {
        let (single, double) = (single.summary(), double.summary());
        let pairs = [
            (single.iqm, double.iqm),
            (single.q1, double.q1),
            (single.q3, double.q3),
            (single.min, double.min),
            (single.max, double.max),
        ];
        for (index, (single, double)) in pairs.into_iter().enumerate() {
            let apart = (single - double).abs() / double;
            assert!(apart < bound, "{name}, statistic {index}: {single} and {double}");
        }
        assert_eq!((single.diverged, double.diverged), (0, 0));
    }
    let lines = linear_regression::run::<f64>(&COMMITTED, &COMMITTED.trials(&|| ())).unwrap();
    agree("linear regression", &*LINES, &lines, 1e-4);
    let clouds = linear_classification::run::<f64>(&COMMITTED, &COMMITTED.trials(&|| ())).unwrap();
    agree("linear classification", &*CLOUDS, &clouds, 1e-4);
    let xor = nonlinear_classification::run::<f64>(&COMMITTED, &COMMITTED.trials(&|| ())).unwrap();
    agree("non-linear classification", &*XOR, &xor, 1e-4);
}
