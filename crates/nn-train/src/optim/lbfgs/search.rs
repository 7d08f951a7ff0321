//! The search for a step whose length satisfies the strong Wolfe conditions: the loss falls enough, and so does the slope.

use std::mem::swap;

use nn_core::{Module, Parameters, Scalar};

use super::super::Objective;
use super::super::vector::{dot, max_abs};
use super::flat::{for_each_value, read_gradient};

/// The loss must fall by this share of what the slope promises.
const DECREASE: f64 = 1e-4;
/// The slope must fall to this share of itself.
const FLATTEN: f64 = 0.9;

/// The memory of a line search.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Search<F> {
    /// The parameters where it starts.
    start: Vec<F>,
    /// The ends of the interval that holds a good step.
    ends: [Point<F>; 2],
    trial: Point<F>,
}

impl<F: Scalar> Search<F> {
    pub(super) fn new(length: usize) -> Self {
        let point = || Point { t: 0.0, loss: 0.0, slope: 0.0, gradient: vec![F::ZERO; length] };
        Search { start: vec![F::ZERO; length], ends: [point(), point()], trial: point() }
    }
}

/// A place on the line, with the loss there, its slope along the line and its gradient.
#[derive(Debug, Clone, PartialEq)]
struct Point<F> {
    t: f64,
    loss: f64,
    slope: f64,
    gradient: Vec<F>,
}

/// The line to search, from where the model is.
pub(super) struct Line<'a, F> {
    pub(super) direction: &'a [F],
    /// The gradient where the model is; after the search, where the step led.
    pub(super) gradient: &'a mut Vec<F>,
    /// The first guess of the length; after the search, the length of the step.
    pub(super) t: &'a mut F,
    pub(super) loss: f64,
    pub(super) slope: f64,
}

/// The loss after the step that a search chose, and how many evaluations the search took.
pub(super) struct Found {
    pub(super) loss: f64,
    pub(super) evaluations: usize,
}

/// Searches along the line and moves the model to the step that it chooses: first outwards until an interval must contain a
/// good step, then into that interval. After `limit` further guesses the better end is taken.
pub(super) fn strong_wolfe<F: Scalar>(
    Search { start, ends, trial }: &mut Search<F>,
    Line { direction, gradient, t: chosen, loss, slope }: Line<'_, F>,
    model: &mut dyn Module<F>,
    objective: &mut dyn Objective<F>,
    limit: usize,
    tolerance_change: f64,
) -> Found {
    for_each_value(model, &mut |range, value| start[range].copy_from_slice(value));
    let promised = |t: f64| loss + DECREASE * t * slope;
    let is_flat = |point: &Point<F>| point.slope.abs() <= -FLATTEN * slope;
    let mut evaluate = |t: f64, point: &mut Point<F>| {
        move_to(model, start, F::from_f64(t), direction);
        point.t = t;
        // A loss of −∞ is as broken as one that is NaN, and no minimum.
        let loss = objective.evaluate(model).to_f64();
        point.loss = if loss == f64::NEG_INFINITY { f64::NAN } else { loss };
        read_gradient(&mut point.gradient, model, objective.workspace());
        point.slope = dot(&point.gradient, direction);
    };
    let origin = |point: &mut Point<F>| {
        (point.t, point.loss, point.slope) = (0.0, loss, slope);
        point.gradient.copy_from_slice(gradient);
    };

    // Outwards: ends[0] is the last guess but one, ends[1] the last.
    origin(&mut ends[0]);
    evaluate(chosen.to_f64(), &mut ends[1]);
    let (mut guesses, mut done, mut bracketed) = (0, false, false);
    while guesses < limit {
        let [before, last] = &mut *ends;
        // A loss that is NaN counts as one that has risen, so the search turns back.
        let rises =
            last.loss.is_nan() || last.loss > promised(last.t) || (guesses > 1 && last.loss >= before.loss);
        done = !rises && is_flat(last);
        bracketed = rises || done || last.slope >= 0.0;
        if bracketed {
            break;
        }
        let bounds = (last.t + 0.01 * (last.t - before.t), last.t * 10.0);
        let next = cubic_minimum(before, last, bounds);
        swap(before, last);
        evaluate(next, last);
        guesses += 1;
    }
    if !bracketed {
        origin(&mut ends[0]);
    }

    // Inwards: the end with the lower loss is always a step that decreases the loss.
    let lower = |ends: &[Point<F>; 2]| usize::from(ends[0].loss > ends[1].loss || ends[0].loss.is_nan());
    let mut low = if done { 1 } else { lower(ends) };
    let (length, mut stalled) = (max_abs(direction), false);
    while !done && guesses < limit {
        let (left, right) = (ends[0].t.min(ends[1].t), ends[0].t.max(ends[1].t));
        if (right - left) * length < tolerance_change {
            break;
        }
        let mut t = cubic_minimum(&ends[0], &ends[1], (left, right));
        // A guess on an end, or beside an end for the second time, teaches nothing: keep a tenth of the interval away.
        let margin = 0.1 * (right - left);
        if (right - t).min(t - left) < margin {
            let push = stalled || t >= right || t <= left;
            if push {
                t = if (t - right).abs() < (t - left).abs() { right - margin } else { left + margin };
            }
            stalled = !push;
        } else {
            stalled = false;
        }
        evaluate(t, trial);
        guesses += 1;
        let high = 1 - low;
        if trial.loss.is_nan() || trial.loss > promised(t) || trial.loss >= ends[low].loss {
            swap(&mut ends[high], trial);
            low = lower(ends);
        } else {
            done = is_flat(trial);
            if !done && trial.slope * (ends[high].t - ends[low].t) >= 0.0 {
                ends.swap(0, 1);
            }
            swap(&mut ends[low], trial);
        }
    }

    let best = &mut ends[low];
    *chosen = F::from_f64(best.t);
    swap(gradient, &mut best.gradient);
    move_to(model, start, *chosen, direction);
    Found { loss: best.loss, evaluations: guesses + 1 }
}

/// W ← start + t d
fn move_to<F: Scalar>(model: &mut dyn Parameters<F>, start: &[F], t: F, direction: &[F]) {
    for_each_value(model, &mut |range, value| {
        let from = start[range.clone()].iter().zip(&direction[range]);
        for (value, (&start, &d)) in value.iter_mut().zip(from) {
            *value = start + t * d;
        }
    });
}

/// The place where the cubic through two points with these slopes has its minimum, within `bounds`. Their middle if the cubic has
/// no minimum.
/// Source: Nocedal and Wright, equation 3.59.
fn cubic_minimum<F>(a: &Point<F>, b: &Point<F>, (low, high): (f64, f64)) -> f64 {
    let (a, b) = if a.t <= b.t { (a, b) } else { (b, a) };
    let d1 = a.slope + b.slope - 3.0 * (a.loss - b.loss) / (a.t - b.t);
    let square = d1 * d1 - a.slope * b.slope;
    if square >= 0.0 {
        let d2 = square.sqrt();
        let t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2));
        // Comparisons that give a bound for NaN.
        let t = if t > low { t } else { low };
        if t < high { t } else { high }
    } else {
        (low + high) / 2.0
    }
}
