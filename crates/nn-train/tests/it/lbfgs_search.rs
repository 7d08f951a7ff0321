//! Tests the line search of L-BFGS, and where it stops, on functions of one parameter that are made for one decision each.

use nn_train::TrainError;
use nn_train::nn_core::{Purpose, Scalar, Workspace};
use nn_train::nn_data::make_regression;
use nn_train::optim::{Lbfgs, Objective, Optimizer};
use nn_train::prelude::*;

/// A function of the weight of a line and its derivative, and every place where it was asked for.
struct Along<F> {
    of: F,
    workspace: Workspace<f64>,
    tried: Vec<f64>,
}

impl<F: Fn(f64) -> (f64, f64)> Objective<f64> for Along<F> {
    fn evaluate(&mut self, model: &dyn Module<f64>) -> f64 {
        let w = weight(model);
        self.tried.push(w);
        let (loss, slope) = (self.of)(w);
        self.workspace.gradients[0][0] = slope;
        loss
    }

    fn workspace(&self) -> &Workspace<f64> {
        &self.workspace
    }
}

fn weight(model: &dyn Module<f64>) -> f64 {
    let mut w = f64::NAN;
    model.visit(&mut |parameter| {
        if parameter.name.to_string() == "weight" {
            w = parameter.value[0];
        }
    });
    w
}

/// Minimises from w = 0. Returns where that led and all places that were tried.
fn minimize(mut lbfgs: Lbfgs<f64>, of: impl Fn(f64) -> (f64, f64)) -> (f64, Vec<f64>) {
    let mut line = Linear::<f64>::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
    line.visit_mut(None, &mut |parameter| parameter.value.fill(0.0));
    let workspace = line.plan(&[1, 1], Purpose::Train).unwrap().workspace;
    let mut along = Along { of, workspace, tried: Vec::new() };
    lbfgs.minimize(&mut line, &mut along).unwrap();
    (weight(&line), along.tried)
}

/// One step by line search, with as many evaluations as it wants.
fn one_step() -> Lbfgs<f64> {
    Lbfgs::new(1.0).strong_wolfe().max_iter(1).max_eval(1000)
}

/// The value and the derivative at `t` of the smooth curve through `(t, value, derivative)`; beyond the last one it is a
/// straight line.
fn through(knots: &[(f64, f64, f64)], t: f64) -> (f64, f64) {
    let last = knots[knots.len() - 1];
    let Some(pair) = knots.windows(2).find(|pair| (pair[0].0..=pair[1].0).contains(&t)) else {
        return (last.1 + (t - last.0) * last.2, last.2);
    };
    let ((t0, f0, s0), (t1, f1, s1)) = (pair[0], pair[1]);
    let (h, u) = (t1 - t0, (t - t0) / (t1 - t0));
    let value = (2.0 * u * u * u - 3.0 * u * u + 1.0) * f0
        + (u * u * u - 2.0 * u * u + u) * h * s0
        + (3.0 * u * u - 2.0 * u * u * u) * f1
        + (u * u * u - u * u) * h * s1;
    let slope =
        6.0 * (u * u - u) * (f0 - f1) / h + (3.0 * u * u - 4.0 * u + 1.0) * s0 + (3.0 * u * u - 2.0 * u) * s1;
    (value, slope)
}

// --- Outwards ---

/// The loss falls with slope −1 to −10 at t = 10, rises by `bump` and falls again with slope −1. The guesses are 1, 10 and 100.
/// At 100 the loss lies below Armijo's line and falls steeply, and only the comparison with the guess before shows that a
/// minimum was passed.
fn over_a_bump(bump: f64) -> impl Fn(f64) -> (f64, f64) {
    move |t| through(&[(0.0, 0.0, -1.0), (10.0, -10.0, -1.0), (90.0, bump - 90.0, -1.0)], t)
}

#[test]
fn a_loss_that_rises_again_below_the_line_of_decrease_ends_the_search_outwards() {
    // With a bump of 90 the loss at 100 is that at 10, which is no decrease either.
    for bump in [95.0, 90.0] {
        let f = over_a_bump(bump);
        assert!(f(100.0).0 >= f(10.0).0 && f(100.0).0 < -1e-4 * 100.0 && f(100.0).1 == -1.0);
        let (w, tried) = minimize(one_step(), f);
        assert_eq!(tried[..4], [0.0, 1.0, 10.0, 100.0]);
        assert!(tried[4..].iter().all(|t| (10.0..100.0).contains(t)), "{tried:?}");
        let (loss, slope) = over_a_bump(bump)(w);
        assert!(loss < -10.0 && slope.abs() <= 0.9, "{w}: {loss}, {slope}");
    }
    // A loss that goes on falling leads further out.
    let (_, tried) = minimize(one_step().max_eval(6), over_a_bump(80.0));
    assert_eq!(tried[..4], [0.0, 1.0, 10.0, 100.0]);
    assert!(tried[4] > 100.0, "{tried:?}");
}

// --- Inwards ---

/// At t = 1 the loss is that of the start, so the search turns back, to t = ½. There it is flat and just below 0, but not
/// by 10⁻⁴ of what the slope promises: the step is too long, and a good one lies before it.
const SHELF: [(f64, f64, f64); 4] = [(0.0, 0.0, -1.0), (0.25, -0.1, 0.0), (0.5, -1e-5, 0.0), (1.0, 0.0, 1.0)];

#[test]
fn a_flat_place_that_decreases_too_little_is_no_step() {
    let (w, tried) = minimize(one_step(), |t| through(&SHELF, t));
    assert_eq!(tried[..3], [0.0, 1.0, 0.5]);
    let ((loss, slope), shelf) = (through(&SHELF, w), through(&SHELF, 0.5));
    assert!(shelf.1.abs() <= 0.9 && shelf.0 < 0.0 && shelf.0 > -1e-4 * 0.5);
    assert!(w < 0.5 && loss <= -1e-4 * w && slope.abs() <= 0.9, "{w}: {loss}, {slope}");

    // With a decrease that is just enough, it is one.
    let mut enough = SHELF;
    enough[2].1 = -1e-4;
    assert_eq!(minimize(one_step(), |t| through(&enough, t)).0, 0.5);
}

/// Beyond t = 0.8 the loss is not finite, and before it falls towards that edge.
#[test]
fn a_loss_that_is_not_finite_is_no_minimum() {
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let edge = |t: f64| if t < 0.8 { (-t, -1.0) } else { (broken, f64::NAN) };
        let (w, tried) = minimize(one_step().max_eval(20), edge);
        assert_eq!(tried[1], 1.0);
        assert!((0.1..0.8).contains(&w), "{broken}: {w}, {tried:?}");
    }
}

/// The reported slope promises a fall where the loss rises: no step is good, and the interval shrinks until parameters would
/// move by less than the tolerance. The direction is as long as the gradient, 8.
#[test]
fn the_search_inwards_stops_when_the_interval_is_below_the_tolerance() {
    for tolerance in [1e-2, 1e-5] {
        let (w, tried) = minimize(one_step().tolerance_change(tolerance), |w| (w, -8.0));
        let [.., before, last] = tried[..] else { panic!("{tried:?}") };
        assert!(last < tolerance && before >= tolerance, "{tried:?}");
        assert_eq!(w, 0.0, "the model is where it was");
    }
}

// --- The end of `minimize` ---

/// The constant slope −2¹³ and a step of length 2⁻¹⁰: the loss changes by 8, the parameter by 2⁻¹⁰.
#[test]
fn minimize_stops_when_no_parameter_moves_by_more_than_the_tolerance() {
    let (slope, stride) = (-8192.0, 1.0 / 1024.0);
    let steps = |tolerance| {
        let lbfgs = Lbfgs::new(stride).max_iter(4).max_eval(100).tolerance_change(tolerance);
        minimize(lbfgs, |w| (slope * w, slope)).1.len() - 1
    };
    // Equality stops as well. Without a stop, the loss after the fourth step is not evaluated.
    assert_eq!([steps(stride), steps(0.999 * stride)], [1, 3]);
}

/// The constant slope −10⁻³ and half a step: the parameter moves by 5·10⁻⁴, the loss changes by 5·10⁻⁷.
#[test]
fn minimize_stops_when_the_loss_changes_by_less_than_the_tolerance() {
    let steps = |tolerance| {
        let lbfgs = Lbfgs::new(0.5).max_iter(4).max_eval(100).tolerance_change(tolerance);
        minimize(lbfgs, |w| (-1e-3 * w, -1e-3)).1.len() - 1
    };
    assert_eq!([steps(0.75e-6), steps(0.25e-6)], [1, 3]);
    // A loss that rises by as much changes by as much.
    let lbfgs = Lbfgs::new(0.5).max_iter(4).max_eval(100).tolerance_change(0.75e-6);
    assert_eq!(minimize(lbfgs, |w| (1e-3 * w, -1e-3)).1.len() - 1, 1);
}

/// The slope along the direction is −10⁻⁶: where that is no more than the tolerance, no step is taken.
#[test]
fn minimize_does_not_start_where_the_slope_is_below_the_tolerance() {
    let walk = |tolerance| {
        let lbfgs = Lbfgs::new(1.0).max_iter(2).tolerance_change(tolerance);
        minimize(lbfgs, |w| (-1e-3 * w, -1e-3)).0
    };
    assert!(walk(2e-6) == 0.0 && walk(0.5e-6) > 0.0);
}

// --- Batches ---

#[test]
fn a_trainer_refuses_mini_batches_under_lbfgs() {
    let data = make_regression::<f64>(40, 1, 1, 0.3, &mut ChaCha8Rng::seed_from_u64(0)).unwrap().data;
    let fit = |trainer: Trainer<'_, f64, Tensor<f64>>| {
        let mut line = Linear::new(1, 1, &mut ChaCha8Rng::seed_from_u64(1));
        let before = line.clone();
        let fitted = trainer.epochs(2).fit(
            &mut line,
            &MseLoss::mean(),
            &data,
            None,
            &mut ChaCha8Rng::seed_from_u64(2),
        );
        assert!(fitted.is_ok() || line == before);
        fitted.map(drop)
    };
    // Also in a box, and also with the last batch dropped, where every epoch sees other samples.
    let boxed: Box<dyn Optimizer<f64>> = Box::new(Lbfgs::new(1.0));
    for trainer in [
        Trainer::new(Lbfgs::new(1.0)).batch_size(39),
        Trainer::new(Lbfgs::new(1.0).strong_wolfe()).batch_size(20),
        Trainer::new(boxed).batch_size(39).drop_last(),
    ] {
        let error = fit(trainer).unwrap_err();
        let TrainError::Setting(setting) = &error else { panic!("{error:?}") };
        assert_eq!((&*setting.of, &*setting.name), ("Trainer", "batch size"));
        let expected =
            "expected all 40 samples: Lbfgs compares one step with the next, so both need the same data";
        assert!(error.to_string().ends_with(expected), "{error}");
    }
    for trainer in [
        Trainer::new(Lbfgs::new(1.0)),
        Trainer::new(Lbfgs::new(1.0)).batch_size(40),
        Trainer::new(Lbfgs::new(1.0)).batch_size(usize::MAX),
    ] {
        fit(trainer).unwrap();
    }
    fit(Trainer::new(Sgd::new(0.1)).batch_size(39)).unwrap();
}

#[test]
fn only_lbfgs_needs_full_batches() {
    fn needs<F: Scalar>(optimizer: impl Optimizer<F>) -> bool {
        optimizer.needs_full_batches()
    }
    assert!(needs::<f32>(Lbfgs::new(1.0)) && needs::<f64>(Lbfgs::new(1.0)));
    assert!(!needs::<f32>(Sgd::new(0.1)) && !needs::<f32>(Adam::new(0.1)));
}
