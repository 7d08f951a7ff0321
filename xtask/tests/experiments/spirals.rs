//! The claims about two spirals, told apart by a deep network.

use std::f64::consts::TAU;
use std::sync::LazyLock;

use nn_core::{Module, Tensor};
use nn_train::Ensemble;
use xtask::experiments::classification::Classifier;
use xtask::experiments::spirals;

use crate::{COMMITTED, accuracies};

static SPIRALS: LazyLock<Ensemble<f32, Classifier<f32>>> =
    LazyLock::new(|| spirals::run(&COMMITTED, &COMMITTED.trials(&|| ())).unwrap());

#[test]
fn at_least_99_of_100_networks_tell_the_spirals_apart() {
    let learned = accuracies(&SPIRALS).into_iter().filter(|&accuracy| accuracy >= 0.99).count();
    assert!(learned >= 99, "{learned} of 100");
    assert_eq!(SPIRALS.success_rate().unwrap().successes, learned);
}

/// The networks have learned the arms and not the points: they are right all along the arms, except in the middle, where
/// the arms meet.
#[test]
fn the_networks_follow_the_arms_between_the_points() {
    const PLACES: usize = 1000;
    let radius = |place: usize| 0.05 + 0.95 * place as f64 / PLACES as f64;
    let arm = |place: usize, half: f64| {
        let angle = TAU * (1.75 * radius(place) + half);
        [radius(place) * angle.cos(), radius(place) * angle.sin()]
    };
    let (mut least, mut sum) = (1.0_f64, 0.0);
    for run in SPIRALS.runs() {
        for (class, half) in [(0, 0.0), (1, 0.5)] {
            let x = Tensor::from_fn(PLACES, 2, |place, axis| arm(place, half)[axis] as f32);
            let logits = run.kept.network().predict(&x).unwrap();
            let right = |&place: &usize| logits[[place, class]] > logits[[place, 1 - class]];
            let share = (0..PLACES).filter(right).count() as f64 / PLACES as f64;
            least = least.min(share);
            sum += share / 200.0;
        }
    }
    assert!(least > 0.97 && sum > 0.998, "least {least}, mean {sum}");
}
