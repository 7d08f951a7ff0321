//! The claims about four optimisers on XOR.

use std::sync::LazyLock;

use nn_core::Module;
use nn_loss::{CrossEntropyLoss, Loss};
use nn_train::Ensemble;
use xtask::experiments::classification::Classifier;
use xtask::experiments::optimisers::Method;
use xtask::experiments::{Settings, nonlinear_classification};

use crate::{COMMITTED, accuracies};

static RUNS: LazyLock<[Ensemble<f32, Classifier<f32>>; 4]> =
    LazyLock::new(|| Method::ALL.map(|method| method.run(&COMMITTED, &COMMITTED.trials(&|| ())).unwrap()));

/// The mean of the middle half of the losses after `epochs` epochs.
fn iqm(ensemble: &Ensemble<f32, Classifier<f32>>, epochs: usize) -> f64 {
    let mut losses: Vec<f64> = ensemble.runs().iter().map(|run| f64::from(run.curve[epochs - 1])).collect();
    losses.sort_by(f64::total_cmp);
    losses[25..75].iter().sum::<f64>() / 50.0
}

/// The epoch at which the typical trial is first below a loss of 10⁻³.
fn median_epoch(ensemble: &Ensemble<f32, Classifier<f32>>) -> usize {
    let first =
        |curve: &[f32]| curve.iter().position(|&loss| loss < 1e-3).map_or(usize::MAX, |pass| pass + 1);
    let mut epochs: Vec<usize> = ensemble.runs().iter().map(|run| first(&run.curve)).collect();
    epochs.sort_unstable();
    epochs[50]
}

#[test]
fn all_start_from_the_same_networks_on_the_same_points() {
    for other in &RUNS[1..] {
        for ((trial, a), b) in RUNS[0].runs().indexed().zip(other.runs()) {
            assert_eq!(a.curve[0].to_bits(), b.curve[0].to_bits(), "trial {trial}");
            assert!(a.kept.data() == b.kept.data(), "trial {trial}");
        }
    }
}

/// Without momentum this experiment is the report's algorithm, started like the non-linear classification.
#[test]
fn gradient_descent_is_that_of_the_non_linear_classification() {
    let settings = Settings { learning_rate: Method::Sgd.learning_rate(&COMMITTED), ..COMMITTED.clone() };
    let report = nonlinear_classification::run::<f32>(&settings, &settings.trials(&|| ())).unwrap();
    for ((trial, run), other) in report.runs().indexed().zip(RUNS[0].runs()) {
        assert_eq!(run.curve, other.curve, "trial {trial}");
    }
}

#[test]
fn each_is_better_than_gradient_descent_and_l_bfgs_the_best() {
    let [sgd, momentum, adam, lbfgs] = RUNS.each_ref().map(|ensemble| iqm(ensemble, 1000));
    assert!(sgd > 10.0 * adam && adam > 1.2 * momentum && momentum > 1000.0 * lbfgs);
    let [sgd, momentum, adam, lbfgs] = RUNS.each_ref().map(median_epoch);
    assert!(sgd > 5 * adam && adam > momentum && momentum > lbfgs, "{sgd} {adam} {momentum} {lbfgs}");
    let [_, momentum, adam, lbfgs] = RUNS.each_ref().map(|ensemble| iqm(ensemble, 30));
    assert!(adam > momentum && momentum > 1000.0 * lbfgs, "{adam} {momentum} {lbfgs}");
}

/// Of the trials with the same start, as the gallery says.
#[test]
fn adam_ends_below_momentum_in_26_pairs_of_100() {
    let ends = |ensemble: &Ensemble<f32, Classifier<f32>>| ensemble.outcomes().final_losses();
    let pairs = ends(&RUNS[2]).into_iter().zip(ends(&RUNS[1]));
    assert_eq!(pairs.filter(|(adam, momentum)| adam < momentum).count(), 26);
}

#[test]
fn all_learn_xor() {
    for (method, ensemble) in Method::ALL.into_iter().zip(&*RUNS) {
        let learned = accuracies(ensemble).into_iter().filter(|&accuracy| accuracy >= 0.99).count();
        assert!(learned >= 99, "{method:?}: {learned} of 100");
        assert_eq!(ensemble.success_rate().unwrap().successes, learned);
    }
}

/// The lowest loss that L-BFGS has found is that of its final network.
#[test]
fn l_bfgs_stands_where_its_curve_says() {
    for (trial, run) in RUNS[3].runs().indexed() {
        assert!(run.curve.is_sorted_by(|earlier, later| later <= earlier), "trial {trial}");
        let logits = run.kept.network().predict(run.kept.data().x()).unwrap();
        let loss = CrossEntropyLoss::sum().value(&logits, run.kept.data().y()).unwrap() / 200.0;
        assert_eq!(loss, run.curve[999], "trial {trial}");
    }
}
