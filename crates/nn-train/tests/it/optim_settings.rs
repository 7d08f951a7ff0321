//! Every number that a user can set in an optimiser or a schedule is refused by `check` if it makes no sense in the precision
//! in use, and only then. Constructors and setters take anything.

use nn_train::nn_core::{Purpose, Scalar};
use nn_train::nn_core::{SettingError, Workspace};
use nn_train::optim::{
    Adagrad, AdamW, FirstOrder, Group, Lbfgs, Lion, NAdam, Optimizer, RAdam, RmsProp, Rule,
};
use nn_train::optim::{clip_grad_norm, clip_grad_value};
use nn_train::prelude::*;
use nn_train::schedule::{
    Constant, CosineAnnealingLr, CosineAnnealingWarmRestarts, ExponentialLr, LinearLr, MultiStepLr,
    OneCycleLr, PolynomialLr, Schedule, StepLr, WarmUp,
};

/// The values that a setting may have.
#[derive(Clone, Copy, PartialEq)]
enum Range {
    AtLeast0,
    Positive,
    Below1,
    PositiveBelow1,
    UpTo1,
    PositiveUpTo1,
    Zero,
}

impl Range {
    fn holds(self, x: f64) -> bool {
        match self {
            Range::AtLeast0 => x.is_finite() && x >= 0.0,
            Range::Positive => x.is_finite() && x > 0.0,
            Range::Below1 => (0.0..1.0).contains(&x),
            Range::PositiveBelow1 => x > 0.0 && x < 1.0,
            Range::UpTo1 => (0.0..=1.0).contains(&x),
            Range::PositiveUpTo1 => x > 0.0 && x <= 1.0,
            Range::Zero => x == 0.0,
        }
    }
}

const VALUES: [f64; 13] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    -1.0,
    -0.25,
    0.0,
    1e-300,
    0.25,
    // 1 in `f32`.
    0.999_999_999,
    1.0,
    1.5,
    1e30,
    1e300,
];

/// A setting: whose, its name, its range, and something that has a given value for it.
type Row<T> = (&'static str, &'static str, Range, fn(f64) -> T);

fn optimizers<F: Scalar>() -> Vec<Row<Box<dyn Optimizer<F>>>> {
    use Range::*;
    vec![
        ("Sgd", "learning rate", AtLeast0, |x| Box::new(Sgd::new(x))),
        ("Sgd", "momentum", Below1, |x| Box::new(Sgd::new(0.1).momentum(x))),
        ("Sgd", "momentum", PositiveBelow1, |x| Box::new(Sgd::new(0.1).momentum(x).nesterov())),
        ("Sgd", "dampening", UpTo1, |x| Box::new(Sgd::new(0.1).momentum(0.9).dampening(x))),
        ("Sgd", "dampening", Zero, |x| Box::new(Sgd::new(0.1).momentum(0.9).dampening(x).nesterov())),
        ("Sgd", "weight decay", AtLeast0, |x| Box::new(Sgd::new(0.1).weight_decay(x))),
        ("Adagrad", "learning rate", AtLeast0, |x| Box::new(Adagrad::new(x))),
        ("Adagrad", "learning rate decay", AtLeast0, |x| Box::new(Adagrad::new(0.1).lr_decay(x))),
        ("Adagrad", "weight decay", AtLeast0, |x| Box::new(Adagrad::new(0.1).weight_decay(x))),
        ("Adagrad", "initial accumulator value", AtLeast0, |x| {
            Box::new(Adagrad::new(0.1).initial_accumulator_value(x))
        }),
        ("Adagrad", "eps", AtLeast0, |x| Box::new(Adagrad::new(0.1).eps(x))),
        ("RmsProp", "learning rate", AtLeast0, |x| Box::new(RmsProp::new(x))),
        ("RmsProp", "alpha", Below1, |x| Box::new(RmsProp::new(0.1).alpha(x))),
        ("RmsProp", "eps", AtLeast0, |x| Box::new(RmsProp::new(0.1).eps(x))),
        ("RmsProp", "momentum", Below1, |x| Box::new(RmsProp::new(0.1).momentum(x))),
        ("RmsProp", "weight decay", AtLeast0, |x| Box::new(RmsProp::new(0.1).centered().weight_decay(x))),
        ("Adam", "learning rate", AtLeast0, |x| Box::new(Adam::new(x))),
        ("Adam", "beta 1", Below1, |x| Box::new(Adam::new(0.1).betas(x, 0.9))),
        ("Adam", "beta 2", Below1, |x| Box::new(Adam::new(0.1).betas(0.9, x))),
        ("Adam", "eps", AtLeast0, |x| Box::new(Adam::new(0.1).eps(x))),
        ("Adam", "weight decay", AtLeast0, |x| Box::new(Adam::new(0.1).weight_decay(x))),
        ("AdamW", "learning rate", AtLeast0, |x| Box::new(AdamW::new(x))),
        ("AdamW", "beta 1", Below1, |x| Box::new(AdamW::new(0.1).betas(x, 0.9))),
        ("AdamW", "beta 2", Below1, |x| Box::new(AdamW::new(0.1).betas(0.9, x))),
        ("AdamW", "eps", AtLeast0, |x| Box::new(AdamW::new(0.1).eps(x))),
        ("AdamW", "weight decay", AtLeast0, |x| Box::new(AdamW::new(0.1).weight_decay(x))),
        ("NAdam", "learning rate", AtLeast0, |x| Box::new(NAdam::new(x))),
        ("NAdam", "beta 1", Below1, |x| Box::new(NAdam::new(0.1).betas(x, 0.9))),
        ("NAdam", "beta 2", Below1, |x| Box::new(NAdam::new(0.1).betas(0.9, x))),
        ("NAdam", "eps", AtLeast0, |x| Box::new(NAdam::new(0.1).eps(x))),
        ("NAdam", "weight decay", AtLeast0, |x| Box::new(NAdam::new(0.1).weight_decay(x))),
        ("NAdam", "momentum decay", AtLeast0, |x| Box::new(NAdam::new(0.1).momentum_decay(x))),
        ("RAdam", "learning rate", AtLeast0, |x| Box::new(RAdam::new(x))),
        ("RAdam", "beta 1", Below1, |x| Box::new(RAdam::new(0.1).betas(x, 0.9))),
        ("RAdam", "beta 2", Below1, |x| Box::new(RAdam::new(0.1).betas(0.9, x))),
        ("RAdam", "eps", AtLeast0, |x| Box::new(RAdam::new(0.1).eps(x))),
        ("RAdam", "weight decay", AtLeast0, |x| Box::new(RAdam::new(0.1).weight_decay(x))),
        ("Lion", "learning rate", AtLeast0, |x| Box::new(Lion::new(x))),
        ("Lion", "beta 1", Below1, |x| Box::new(Lion::new(0.1).betas(x, 0.9))),
        ("Lion", "beta 2", Below1, |x| Box::new(Lion::new(0.1).betas(0.9, x))),
        ("Lion", "weight decay", AtLeast0, |x| Box::new(Lion::new(0.1).weight_decay(x))),
        // Each kind of rule takes the weight decay of a group.
        ("Sgd", "weight decay", AtLeast0, |x| of_all(Sgd::new(0.1), x)),
        ("Adagrad", "weight decay", AtLeast0, |x| of_all(Adagrad::new(0.1), x)),
        ("RmsProp", "weight decay", AtLeast0, |x| of_all(RmsProp::new(0.1), x)),
        ("Adam", "weight decay", AtLeast0, |x| of_all(Adam::new(0.1), x)),
        ("NAdam", "weight decay", AtLeast0, |x| of_all(NAdam::new(0.1), x)),
        ("RAdam", "weight decay", AtLeast0, |x| of_all(RAdam::new(0.1), x)),
        ("Lion", "weight decay", AtLeast0, |x| of_all(Lion::new(0.1), x)),
        ("Sgd", "lr_factor of a group", AtLeast0, |x| {
            Box::new(Sgd::new(0.0).group(|_| true, Group::new().lr_factor(x)))
        }),
        ("Lbfgs", "learning rate", AtLeast0, |x| Box::new(Lbfgs::new(x))),
        ("Lbfgs", "tolerance of the gradient", AtLeast0, |x| Box::new(Lbfgs::new(1.0).tolerance_grad(x))),
        ("Lbfgs", "tolerance of the change", AtLeast0, |x| Box::new(Lbfgs::new(1.0).tolerance_change(x))),
    ]
}

/// The optimiser with one group of all parameters, which has this weight decay.
fn of_all<R: Rule, F: Scalar>(optimizer: FirstOrder<R, F>, weight_decay: f64) -> Box<dyn Optimizer<F>> {
    Box::new(optimizer.group(|_| true, Group::new().weight_decay(weight_decay)))
}

fn schedules() -> Vec<Row<Box<dyn Schedule>>> {
    use Range::*;
    vec![
        ("StepLr", "gamma", AtLeast0, |x| Box::new(StepLr::new(3).gamma(x))),
        ("MultiStepLr", "gamma", AtLeast0, |x| Box::new(MultiStepLr::new([3]).gamma(x))),
        ("LinearLr", "start_factor", PositiveUpTo1, |x| Box::new(LinearLr::new(3).start_factor(x))),
        ("LinearLr", "end_factor", UpTo1, |x| Box::new(LinearLr::new(3).end_factor(x))),
        ("PolynomialLr", "power", AtLeast0, |x| Box::new(PolynomialLr::new(3).power(x))),
        ("CosineAnnealingWarmRestarts", "eta_min", AtLeast0, |x| {
            Box::new(CosineAnnealingWarmRestarts::new(3).eta_min(x))
        }),
        ("ExponentialLr", "gamma", AtLeast0, |x| Box::new(ExponentialLr::new(x))),
        ("CosineAnnealingLr", "eta_min", AtLeast0, |x| Box::new(CosineAnnealingLr::new(3).eta_min(x))),
        ("OneCycleLr", "max_lr", Positive, |x| Box::new(OneCycleLr::new(x, 9))),
        ("OneCycleLr", "pct_start", UpTo1, |x| Box::new(OneCycleLr::new(0.1, 9).pct_start(x))),
        ("OneCycleLr", "div_factor", Positive, |x| Box::new(OneCycleLr::new(0.1, 9).div_factor(x))),
        ("OneCycleLr", "final_div_factor", Positive, |x| {
            Box::new(OneCycleLr::new(0.1, 9).final_div_factor(x))
        }),
        ("WarmUp", "start_factor", PositiveUpTo1, |x| Box::new(WarmUp::new(3, Constant).start_factor(x))),
        // What comes after the warm-up is asked as well.
        ("ExponentialLr", "gamma", AtLeast0, |x| Box::new(WarmUp::new(3, ExponentialLr::new(x)))),
    ]
}

/// Whether `result` is what a setting with this name and range deserves; returns whether it was refused.
fn judge(
    (of, name, range): (&str, &str, Range),
    value: f64,
    seen: f64,
    result: Result<(), SettingError>,
) -> bool {
    let case = format!("{of}, {name} = {value:e}");
    match result {
        Ok(()) => assert!(range.holds(seen), "{case} is accepted"),
        Err(error) => {
            assert!(!range.holds(seen), "{case} is refused: {error}");
            assert_eq!((&error.of[..], &error.name[..]), (of, name), "{error}");
            assert!(error.to_string().starts_with(&format!("{of}: {name} is ")), "{error}");
            return true;
        }
    }
    false
}

/// Checks all settings of optimisers, and returns how many values were refused.
fn check<F: Scalar>() -> usize {
    let mut refused = 0;
    for (of, name, range, optimizer) in optimizers::<F>() {
        for value in VALUES {
            let mut optimizer = optimizer(value);
            let result = optimizer.check();
            assert_eq!(optimizer.fresh().check(), result);
            let is_refused = judge((of, name, range), value, F::from_f64(value).to_f64(), result);
            refused += usize::from(is_refused);

            // A step asks as well, and changes nothing if it refuses.
            let mut line = Linear::<F>::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
            let before = line.state_dict();
            let workspace = line.plan(&[1, 1], Purpose::Train).unwrap().workspace;
            assert_eq!(optimizer.step(&mut line, &workspace).is_err(), is_refused);
            assert!(!is_refused || line.state_dict() == before);
        }
    }
    refused
}

#[test]
fn settings_of_optimisers_that_make_no_sense_are_refused() {
    // 1e300 is infinite in f32, 1e-300 is 0, and 0.999999999 is 1.
    assert!(check::<f32>() > check::<f64>());
}

#[test]
fn settings_of_schedules_that_make_no_sense_are_refused() {
    for (of, name, range, schedule) in schedules() {
        for value in VALUES {
            judge((of, name, range), value, value, schedule(value).check());
        }
    }
}

#[test]
fn counts_are_refused_if_they_are_0_or_too_large() {
    type Count = (&'static str, &'static str, usize, fn(usize) -> Result<(), SettingError>);
    let counts: [Count; 11] = [
        ("Lbfgs", "number of iterations", usize::MAX, |n| Lbfgs::<f32>::new(1.0).max_iter(n).check()),
        ("Lbfgs", "number of evaluations", usize::MAX, |n| Lbfgs::<f32>::new(1.0).max_eval(n).check()),
        ("Lbfgs", "size of the history", 10_000, |n| Lbfgs::<f32>::new(1.0).history_size(n).check()),
        ("StepLr", "step size", usize::MAX, |n| StepLr::new(n).check()),
        ("LinearLr", "total_iters", usize::MAX, |n| LinearLr::new(n).check()),
        ("PolynomialLr", "total_iters", usize::MAX, |n| PolynomialLr::new(n).check()),
        ("CosineAnnealingWarmRestarts", "t_0", usize::MAX, |n| CosineAnnealingWarmRestarts::new(n).check()),
        ("CosineAnnealingWarmRestarts", "t_mult", usize::MAX, |n| {
            CosineAnnealingWarmRestarts::new(3).t_mult(n).check()
        }),
        ("CosineAnnealingLr", "t_max", usize::MAX, |n| CosineAnnealingLr::new(n).check()),
        ("OneCycleLr", "total_steps", usize::MAX, |n| OneCycleLr::new(0.1, n).check()),
        ("WarmUp", "number of steps", usize::MAX, |n| WarmUp::new(n, Constant).check()),
    ];
    for (of, name, most, check) in counts {
        for count in [0, 1, 10_000, 10_001, usize::MAX] {
            match check(count) {
                Ok(()) => assert!((1..=most).contains(&count), "{of}, {name} = {count} is accepted"),
                Err(error) => {
                    assert!(!(1..=most).contains(&count), "{of}, {name} = {count} is refused: {error}");
                    assert!(error.to_string().starts_with(&format!("{of}: {name} is {count}, expected ")));
                }
            }
        }
    }
}

/// A schedule does not know the precision: the step that would use an infinite learning rate refuses it.
#[test]
fn a_learning_rate_that_becomes_infinite_later_is_refused_by_the_step() {
    let mut line = Linear::<f32>::new(1, 1, &mut ChaCha8Rng::seed_from_u64(0));
    let workspace = line.plan(&[1, 1], Purpose::Train).unwrap().workspace;
    let mut adam = Adam::new(0.1);
    adam.step(&mut line, &workspace).unwrap();
    adam.set_learning_rate(ExponentialLr::new(1e20).learning_rate(0.1, 2));
    let error = adam.step(&mut line, &workspace).unwrap_err();
    assert!(
        error.to_string().starts_with("Adam: learning rate is 1.0000000000000001e39, which is inf in f32"),
        "{error}"
    );
}

#[test]
fn limits_of_clipping_are_refused_as_well() {
    for value in VALUES {
        let mut workspace = Workspace { gradients: vec![vec![2.0_f32]], ..Workspace::empty() };
        let results = [
            clip_grad_norm(&mut workspace.clone(), value).map(|_| ()),
            clip_grad_value(&mut workspace, value),
        ];
        for (result, of) in results.into_iter().zip(["clip_grad_norm", "clip_grad_value"]) {
            assert_eq!(result.is_ok(), Range::AtLeast0.holds(f64::from(value as f32)), "{of}, {value:e}");
            if let Err(error) = result {
                assert!(error.to_string().starts_with(&format!("{of}: maximum ")), "{error}");
            }
        }
    }
}

#[test]
fn messages_say_what_is_expected_and_what_the_precision_sees() {
    let message = |optimizer: &dyn Optimizer<f32>| optimizer.check().unwrap_err().to_string();
    assert_eq!(
        message(&Adam::new(0.1).betas(0.9, 1.0)),
        "Adam: beta 2 is 1, expected a number from 0 to below 1"
    );
    assert_eq!(
        message(&AdamW::new(0.1).betas(0.9, 0.999_999_999)),
        "AdamW: beta 2 is 0.999999999, which is 1 in f32, expected a number from 0 to below 1"
    );
    assert_eq!(
        message(&Sgd::new(1e300)),
        "Sgd: learning rate is 1e300, which is inf in f32, expected a finite number of at least 0"
    );
    assert!(Adam::<f64>::new(1e300).betas(0.9, 0.999_999_999).check().is_ok());
    assert_eq!(
        StepLr::new(0).check().unwrap_err().to_string(),
        "StepLr: step size is 0, expected at least 1"
    );
}
