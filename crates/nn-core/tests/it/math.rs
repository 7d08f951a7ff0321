//! exp, ln, tanh, exp_m1, erf and erfc of [`Scalar`]: distance from the true value, special values, and monotonicity.
//!
//! The true values for `f64` are in `oracle/math.txt`, written by `scripts/math_oracle.py` with 80 digits. The unit
//! test beside the functions compares every 97th `f32` with `f64`.

use nn_core::Scalar;

const INF: f64 = f64::INFINITY;
/// The smallest subnormal number.
const TINY: f64 = f64::from_bits(1);

// --- Error bounds ---

#[test]
fn f64_stays_within_its_bounds_over_the_whole_range() {
    for (name, function, bound) in [
        ("exp", <f64 as Scalar>::exp as fn(f64) -> f64, 1.1),
        ("ln", <f64 as Scalar>::ln, 1.2),
        ("tanh", <f64 as Scalar>::tanh, 3.0),
        ("exp_m1", <f64 as Scalar>::exp_m1, 3.0),
        ("erf", <f64 as Scalar>::erf, 1.5),
        ("erfc", <f64 as Scalar>::erfc, 16.0),
    ] {
        let points = oracle(name);
        assert!(points.len() > 1000, "{name}: {} points", points.len());
        let error = |&(x, cut, rest): &(f64, f64, f64)| (x, ulp(function(x), cut, rest));
        let (x, worst) = points.iter().map(error).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        assert!(worst < bound, "{name}: {worst} ULP at {x:e}");
    }
}

/// Returns the distance in units in the last place from the true value, which is `cut` and, away from 0, `rest` of a
/// unit more.
fn ulp(got: f64, cut: f64, rest: f64) -> f64 {
    if cut == INF || got == INF || got.is_nan() {
        return if got == cut { 0.0 } else { INF };
    }
    let unit = f64::from_bits(cut.abs().to_bits() + 1) - cut.abs();
    ((got - cut) / unit - rest.copysign(cut)).abs()
}

/// Returns x, f(x) cut off to a double, and the part cut off, in units.
fn oracle(name: &str) -> Vec<(f64, f64, f64)> {
    let bits = |text: &str| f64::from_bits(u64::from_str_radix(text, 16).unwrap());
    let lines = include_str!("../oracle/math.txt").lines().skip_while(|line| *line != name).skip(1);
    lines
        .map_while(|line| {
            let mut columns = line.split(' ');
            let (x, cut, rest) = (columns.next()?, columns.next()?, columns.next()?);
            Some((bits(x), bits(cut), rest.parse().unwrap()))
        })
        .collect()
}

// --- Special values, in both precisions ---

#[test]
fn special_values_are_those_of_ieee_754() {
    special::<f32>(f64::from(f32::MIN_POSITIVE), f64::from(f32::from_bits(1)));
    special::<f64>(f64::MIN_POSITIVE, TINY);
}

fn special<F: Scalar>(min_positive: f64, tiny: f64) {
    let name = std::any::type_name::<F>();
    let call = |function: fn(F) -> F, x: f64| function(F::from_f64(x)).to_f64();
    for (function, of, x, expected) in [
        ("exp", F::exp as fn(F) -> F, 0.0, 1.0),
        ("exp", F::exp, -0.0, 1.0),
        ("exp", F::exp, tiny, 1.0),
        ("exp", F::exp, -min_positive, 1.0),
        ("exp", F::exp, INF, INF),
        ("exp", F::exp, -INF, 0.0),
        ("exp", F::exp, 1e30, INF),
        ("exp", F::exp, -1e30, 0.0),
        ("exp", F::exp, f64::NAN, f64::NAN),
        ("ln", F::ln, 1.0, 0.0),
        ("ln", F::ln, 0.0, -INF),
        ("ln", F::ln, -0.0, -INF),
        ("ln", F::ln, -tiny, f64::NAN),
        ("ln", F::ln, -1.0, f64::NAN),
        ("ln", F::ln, INF, INF),
        ("ln", F::ln, -INF, f64::NAN),
        ("ln", F::ln, f64::NAN, f64::NAN),
        ("tanh", F::tanh, 0.0, 0.0),
        ("tanh", F::tanh, -0.0, -0.0),
        ("tanh", F::tanh, tiny, tiny),
        ("tanh", F::tanh, -tiny, -tiny),
        ("tanh", F::tanh, min_positive, min_positive),
        ("tanh", F::tanh, INF, 1.0),
        ("tanh", F::tanh, -INF, -1.0),
        ("tanh", F::tanh, 1e30, 1.0),
        ("tanh", F::tanh, f64::NAN, f64::NAN),
        ("exp_m1", F::exp_m1, 0.0, 0.0),
        ("exp_m1", F::exp_m1, -0.0, -0.0),
        ("exp_m1", F::exp_m1, tiny, tiny),
        ("exp_m1", F::exp_m1, -tiny, -tiny),
        ("exp_m1", F::exp_m1, min_positive, min_positive),
        ("exp_m1", F::exp_m1, INF, INF),
        ("exp_m1", F::exp_m1, -INF, -1.0),
        ("exp_m1", F::exp_m1, 1e30, INF),
        ("exp_m1", F::exp_m1, -1e30, -1.0),
        ("exp_m1", F::exp_m1, f64::NAN, f64::NAN),
        ("erf", F::erf, 0.0, 0.0),
        ("erf", F::erf, -0.0, -0.0),
        ("erf", F::erf, tiny, tiny),
        ("erf", F::erf, -tiny, -tiny),
        ("erf", F::erf, INF, 1.0),
        ("erf", F::erf, -INF, -1.0),
        ("erf", F::erf, 1e30, 1.0),
        ("erf", F::erf, -1e30, -1.0),
        ("erf", F::erf, f64::NAN, f64::NAN),
        ("erfc", F::erfc, 0.0, 1.0),
        ("erfc", F::erfc, tiny, 1.0),
        ("erfc", F::erfc, INF, 0.0),
        ("erfc", F::erfc, -INF, 2.0),
        ("erfc", F::erfc, 1e30, 0.0),
        ("erfc", F::erfc, -1e30, 2.0),
        ("erfc", F::erfc, f64::NAN, f64::NAN),
    ] {
        let got = call(of, x);
        let same = got.to_bits() == expected.to_bits() || (got.is_nan() && expected.is_nan());
        assert!(same, "{function}({x:e}) of {name} is {got:e}, expected {expected:e}");
    }
}

#[test]
fn tanh_and_erf_are_odd_to_the_last_bit() {
    fn odd<F: Scalar>(x: F) {
        let bits = |y: F| y.to_f64().to_bits();
        assert_eq!(bits((-x).tanh()), bits(-x.tanh()), "tanh {x}");
        assert_eq!(bits((-x).erf()), bits(-x.erf()), "erf {x}");
    }
    for (x, _, _) in oracle("tanh").into_iter().chain(oracle("erf")) {
        odd(x);
        odd(x as f32);
    }
}

// --- Monotonicity where exp runs into its limits ---

#[test]
fn exp_rises_through_overflow_and_underflow() {
    // Neighbours of the points where the result becomes infinite, 0 or subnormal and where the argument is clamped,
    // then steps of 997 floats, so that several results follow each other.
    for edge in [709.782_712_893_384, 710.0, -708.396_418_532_264_1, -745.133_219_101_941_2, -746.0] {
        rising(edge, f64::to_bits, f64::from_bits, <f64 as Scalar>::exp);
    }
    for edge in [88.722_84_f32, 89.0, -87.336_55, -103.972_08, -104.0] {
        let bits = |x: f32| u64::from(x.to_bits());
        rising(edge, bits, |bits| f32::from_bits(bits as u32), <f32 as Scalar>::exp);
    }
}

fn rising<F: Scalar>(edge: F, bits: fn(F) -> u64, from: fn(u64) -> F, exp: fn(F) -> F) {
    let at = bits(edge);
    let mut xs: Vec<F> =
        (at - 100..at + 100).chain((at - 99_700..at + 99_700).step_by(997)).map(from).collect();
    xs.sort_by(|a, b| a.partial_cmp(b).unwrap());
    for pair in xs.windows(2) {
        assert!(
            exp(pair[0]) <= exp(pair[1]),
            "exp falls from {:e} to {:e}",
            pair[0].to_f64(),
            pair[1].to_f64()
        );
    }
}
