//! Every number that a user can set in a loss is refused by `check` if it makes no sense in the precision in use, and only
//! then. Setters take anything.

use nn_core::{Scalar, Tensor};
use nn_loss::{BceWithLogitsLoss, CrossEntropyLoss, HuberLoss, Loss, LossError, NllLoss, SmoothL1Loss};

/// The values that a setting may have.
#[derive(Clone, Copy)]
enum Range {
    AtLeast0,
    Positive,
    UpTo1,
}

impl Range {
    fn holds(self, x: f64) -> bool {
        match self {
            Range::AtLeast0 => x.is_finite() && x >= 0.0,
            Range::Positive => x.is_finite() && x > 0.0,
            Range::UpTo1 => (0.0..=1.0).contains(&x),
        }
    }
}

/// A setting: its loss, its name, its range, and the result of `check` where it has a given value.
type Row = (&'static str, &'static str, Range, fn(f64) -> Result<(), LossError>);

/// Checks a loss of tensors with a batch that fits.
fn values<F: Scalar>(loss: impl Loss<F, Tensor<F>>) -> Result<(), LossError> {
    loss.check(&[3, 2], &Tensor::zeros(&[3, 2]))
}

/// Checks a loss of labels with a batch that fits.
fn labels<F: Scalar>(loss: impl Loss<F, Vec<usize>>) -> Result<(), LossError> {
    loss.check(&[3, 2], &vec![0, 1, 0])
}

fn table<F: Scalar>() -> [Row; 9] {
    use Range::*;
    [
        ("HuberLoss", "delta", Positive, |x| values::<F>(HuberLoss::mean().delta(x))),
        ("SmoothL1Loss", "beta", AtLeast0, |x| values::<F>(SmoothL1Loss::mean().beta(x))),
        ("BceWithLogitsLoss", "pos_weight", Positive, |x| {
            values::<F>(BceWithLogitsLoss::mean().pos_weight(x))
        }),
        ("BceWithLogitsLoss", "pos_weight of output 1", Positive, |x| {
            values::<F>(BceWithLogitsLoss::mean().pos_weight([1.0, x]))
        }),
        ("CrossEntropyLoss", "label_smoothing", UpTo1, |x| {
            labels::<F>(CrossEntropyLoss::mean().label_smoothing(x))
        }),
        ("CrossEntropyLoss", "label_smoothing", UpTo1, |x| {
            values::<F>(CrossEntropyLoss::mean().label_smoothing(x))
        }),
        ("CrossEntropyLoss", "weight of class 1", AtLeast0, |x| {
            labels::<F>(CrossEntropyLoss::mean().weight([1.0, x]))
        }),
        ("CrossEntropyLoss", "weight of class 1", AtLeast0, |x| {
            values::<F>(CrossEntropyLoss::mean().weight([1.0, x]))
        }),
        ("NllLoss", "weight of class 1", AtLeast0, |x| labels::<F>(NllLoss::mean().weight([1.0, x]))),
    ]
}

const VALUES: [f64; 14] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    -1.0,
    -0.25,
    -1e-30,
    0.0,
    1e-300,
    0.25,
    1.0,
    1.1,
    1.5,
    1e30,
    1e300,
];

/// Returns the number of values that were refused.
fn check<F: Scalar>() -> usize {
    let mut refused = 0;
    for (of, name, range, checked) in table::<F>() {
        for value in VALUES {
            let case = format!("{of}, {name} = {value:e}");
            let fits = range.holds(F::from_f64(value).to_f64());
            match checked(value) {
                Ok(()) => assert!(fits, "{case} is accepted"),
                Err(LossError::Setting(error)) => {
                    assert!(!fits, "{case} is refused: {error}");
                    assert_eq!((&error.of[..], &error.name[..]), (of, name), "{case}");
                    refused += 1;
                }
                Err(error) => panic!("{case}: {error}"),
            }
        }
    }
    refused
}

#[test]
fn settings_that_make_no_sense_are_refused_by_check() {
    // 1e300 is a number in f64 and infinite in f32; 1e-300 is above 0 in f64 and is 0 in f32.
    assert!(check::<f32>() > check::<f64>());
}

/// A loss needs at least one class that counts, in the precision in use.
#[test]
fn weights_need_one_above_0() {
    for (weight, found) in [(&[][..], "[]"), (&[0.0, 0.0], "[0.0, 0.0]"), (&[1e-300, 0.0], "[1e-300, 0.0]")] {
        let message = format!("weight is {found}, expected at least one number above 0");
        let error = labels::<f32>(CrossEntropyLoss::mean().weight(weight)).unwrap_err();
        assert_eq!(error.to_string(), format!("CrossEntropyLoss: {message}"));
        let error = labels::<f32>(NllLoss::mean().weight(weight)).unwrap_err();
        assert_eq!(error.to_string(), format!("NllLoss: {message}"));
    }
    assert_eq!(labels::<f64>(NllLoss::mean().weight([1e-300, 0.0])), Ok(()));
}

#[test]
fn messages_say_what_is_expected_and_what_the_precision_sees() {
    let message = |checked: Result<(), LossError>| checked.unwrap_err().to_string();
    assert_eq!(
        message(values::<f64>(HuberLoss::mean().delta(-1.0))),
        "HuberLoss: delta is -1, expected a finite number above 0"
    );
    assert_eq!(
        message(values::<f32>(BceWithLogitsLoss::mean().pos_weight(1e300))),
        "BceWithLogitsLoss: pos_weight is 1e300, which is inf in f32, expected a finite number above 0"
    );
    assert_eq!(
        message(labels::<f64>(CrossEntropyLoss::mean().label_smoothing(1.1))),
        "CrossEntropyLoss: label_smoothing is 1.1, expected a number from 0 to 1"
    );
    assert_eq!(
        message(labels::<f64>(NllLoss::mean().weight([1.0, -0.5]))),
        "NllLoss: weight of class 1 is -0.5, expected a finite number of at least 0"
    );
}
