//! How far each activation and its derivative are from the truth, over the whole range and in both precisions.
//!
//! The truth is in `oracle/activations.txt`, written by `scripts/math_oracle.py` with 80 digits. The bounds are those that the
//! documentation of [`Activation`] promises.

use nn_core::{Activation, Elu, Gelu, GeluTanh, Scalar, Sigmoid, Silu, Softplus, Tanh};

/// √(2/π)
const SQRT_2_OVER_PI: f64 = 0.797_884_560_802_865_4;

/// A point of the oracle.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    f: f64,
    df: f64,
}

impl Point {
    /// Returns the size of the two terms of the derivative of x · gate(x): the gate and x · gate′(x).
    fn gated(self) -> f64 {
        let gate = self.f / self.x;
        gate.abs() + (self.df - gate).abs()
    }
}

#[test]
fn activations_and_their_derivatives_stay_within_their_bounds() {
    both("Tanh", Tanh, |at| 3.0 * at.f.abs(), |_| 4.0);
    both("Sigmoid", Sigmoid, |at| 3.0 * at.f, |at| if at.x > 0.0 { 2.0 } else { 5.0 * at.df });
    both("Elu", Elu::default(), |at| 4.0 * at.f.abs(), |at| 2.0 * at.df);
    both("Softplus", Softplus::default(), |at| 4.0 * at.f, |at| 3.0 * at.df);
    both("Silu", Silu, |at| 4.0 * at.f.abs(), |at| 6.0 * at.gated());
    let gelu = |x: f64| 8.0 + x * x;
    both("Gelu", Gelu, move |at| gelu(at.x) * at.f.abs(), move |at| gelu(at.x) * at.gated());
    let tanh = |x: f64| 8.0 + 4.0 * (SQRT_2_OVER_PI * (x + 0.044_715 * x * x * x)).abs();
    both("GeluTanh", GeluTanh, move |at| tanh(at.x) * at.f.abs(), move |at| tanh(at.x) * at.gated());
}

/// Checks both precisions, where `f` and `df` bound the errors in units of the precision's ε.
fn both<A: Activation>(name: &str, activation: A, f: impl Fn(Point) -> f64, df: impl Fn(Point) -> f64) {
    let points = oracle(name);
    assert!(points.len() > 200, "{name}: {} points", points.len());
    check::<f32, A>(activation, &points, f64::from(f32::EPSILON), &f, &df);
    check::<f64, A>(activation, &points, f64::EPSILON, &f, &df);
}

fn check<F: Scalar, A: Activation>(
    activation: A,
    points: &[Point],
    epsilon: f64,
    f: &dyn Fn(Point) -> f64,
    df: &dyn Fn(Point) -> f64,
) {
    for &at in points {
        let x = F::from_f64(at.x);
        let y = activation.f(x);
        let found = [y, activation.df(x, y)].map(F::to_f64);
        // Numbers below the smallest normal one have fewer digits, and a derivative multiplies them by up to x³.
        let least = 4.0 * F::MIN_POSITIVE.to_f64() * (1.0 + at.x.abs().powi(3));
        for (what, found, truth, bound) in [("f", found[0], at.f, f(at)), ("f′", found[1], at.df, df(at))] {
            let error = (found - truth).abs();
            let name = std::any::type_name::<F>();
            assert!(
                error <= epsilon * (bound + least),
                "{what} of {activation} at {} in {name}: {found:e}, not {truth:e}: {} ε, more than {bound}",
                at.x,
                error / epsilon
            );
        }
    }
}

fn oracle(name: &str) -> Vec<Point> {
    let bits = |text: &str| f64::from_bits(u64::from_str_radix(text, 16).unwrap());
    let lines = include_str!("../oracle/activations.txt").lines().skip_while(|line| *line != name).skip(1);
    lines
        .map_while(|line| {
            let mut columns = line.split(' ').map(bits);
            line.contains(' ').then(|| Point {
                x: columns.next().unwrap(),
                f: columns.next().unwrap(),
                df: columns.next().unwrap(),
            })
        })
        .collect()
}

/// The derivative is taken from eˣ and not from y, where it is lost in the rounding of y.
#[test]
fn elu_has_a_slope_where_y_is_nearly_minus_alpha() {
    for alpha in [1.0, 2.0] {
        let slope = Elu { alpha }.df(-17.0_f32, Elu { alpha }.f(-17.0));
        assert!(
            (f64::from(slope) / (alpha * 4.139_937_718_785_167e-8) - 1.0).abs()
                < 2.0 * f64::from(f32::EPSILON)
        );
    }
    assert!(
        (Elu::default().df(-36.0_f64, -1.0) / 2.319_522_830_243_569_4e-16 - 1.0).abs() < 2.0 * f64::EPSILON
    );
}
