//! Schedules where PyTorch gives no reference: their ends, invalid settings, and the use of these without a check.

use nn_train::schedule::{
    Constant, CosineAnnealingLr, CosineAnnealingWarmRestarts, ExponentialLr, LambdaLr, LinearLr, MultiStepLr,
    OneCycleLr, PolynomialLr, ReduceLrOnPlateau, Schedule, StepLr, WarmUp,
};

#[test]
fn settings_that_make_no_sense_are_refused_and_never_panic() {
    let cases: Vec<(Box<dyn Schedule>, &str)> = vec![
        (Box::new(StepLr::new(0)), "StepLr: step size is 0, expected at least 1"),
        (
            Box::new(StepLr::new(1).gamma(-0.1)),
            "StepLr: gamma is -0.1, expected a finite number of at least 0",
        ),
        (
            Box::new(ExponentialLr::new(f64::NAN)),
            "ExponentialLr: gamma is NaN, expected a finite number of at least 0",
        ),
        (Box::new(CosineAnnealingLr::new(0)), "CosineAnnealingLr: t_max is 0, expected at least 1"),
        (
            Box::new(CosineAnnealingLr::new(1).eta_min(-1.0)),
            "CosineAnnealingLr: eta_min is -1, expected a finite number of at least 0",
        ),
        (Box::new(OneCycleLr::new(0.0, 10)), "OneCycleLr: max_lr is 0, expected a finite number above 0"),
        (Box::new(OneCycleLr::new(0.1, 0)), "OneCycleLr: total_steps is 0, expected at least 1"),
        (
            Box::new(OneCycleLr::new(0.1, 10).pct_start(1.1)),
            "OneCycleLr: pct_start is 1.1, expected a number from 0 to 1",
        ),
        (
            Box::new(OneCycleLr::new(0.1, 10).div_factor(0.0)),
            "OneCycleLr: div_factor is 0, expected a finite number above 0",
        ),
        (
            Box::new(OneCycleLr::new(0.1, 10).final_div_factor(f64::INFINITY)),
            "OneCycleLr: final_div_factor is inf, expected a finite number above 0",
        ),
        (Box::new(WarmUp::new(0, Constant)), "WarmUp: number of steps is 0, expected at least 1"),
        (
            Box::new(WarmUp::new(3, Constant).start_factor(0.0)),
            "WarmUp: start_factor is 0, expected a number above 0 and at most 1",
        ),
        (
            Box::new(MultiStepLr::new([1]).gamma(f64::NAN)),
            "MultiStepLr: gamma is NaN, expected a finite number of at least 0",
        ),
        (Box::new(LinearLr::new(0)), "LinearLr: total_iters is 0, expected at least 1"),
        (
            Box::new(LinearLr::new(3).start_factor(0.0)),
            "LinearLr: start_factor is 0, expected a number above 0 and at most 1",
        ),
        (
            Box::new(LinearLr::new(3).end_factor(2.0)),
            "LinearLr: end_factor is 2, expected a number from 0 to 1",
        ),
        (Box::new(PolynomialLr::new(0)), "PolynomialLr: total_iters is 0, expected at least 1"),
        (
            Box::new(PolynomialLr::new(3).power(-1.0)),
            "PolynomialLr: power is -1, expected a finite number of at least 0",
        ),
        (
            Box::new(CosineAnnealingWarmRestarts::new(0)),
            "CosineAnnealingWarmRestarts: t_0 is 0, expected at least 1",
        ),
        (
            Box::new(CosineAnnealingWarmRestarts::new(3).t_mult(0)),
            "CosineAnnealingWarmRestarts: t_mult is 0, expected at least 1",
        ),
        (Box::new(WarmUp::new(3, StepLr::new(0))), "StepLr: step size is 0, expected at least 1"),
    ];
    for (schedule, expected) in cases {
        assert_eq!(schedule.check().unwrap_err().to_string(), expected);
        for step in [0, 1, 2, 10, usize::MAX] {
            let _ = schedule.learning_rate(0.1, step);
        }
    }
}

#[test]
fn every_step_has_a_rate() {
    let schedules: [Box<dyn Schedule>; 17] = [
        Box::new(Constant),
        Box::new(StepLr::new(3)),
        Box::new(ExponentialLr::new(0.99)),
        Box::new(CosineAnnealingLr::new(7)),
        Box::new(OneCycleLr::new(0.1, 1)),
        // The rise ends exactly at the first step, for which PyTorch divides by zero.
        Box::new(OneCycleLr::new(0.1, 10).pct_start(0.1)),
        Box::new(OneCycleLr::new(0.1, 10).pct_start(0.0)),
        Box::new(OneCycleLr::new(0.1, 10).pct_start(1.0)),
        Box::new(WarmUp::new(5, OneCycleLr::new(0.1, 10))),
        Box::new(MultiStepLr::new([])),
        Box::new(MultiStepLr::new([7, 0, usize::MAX])),
        Box::new(LinearLr::new(7)),
        Box::new(PolynomialLr::new(7)),
        Box::new(PolynomialLr::new(7).power(0.3)),
        Box::new(CosineAnnealingWarmRestarts::new(7)),
        Box::new(CosineAnnealingWarmRestarts::new(1).t_mult(3)),
        Box::new(LambdaLr::new(|step| 1.0 / (step as f64 + 1.0))),
    ];
    for schedule in schedules {
        schedule.check().unwrap();
        for step in (0..100).chain([1 << 40, usize::MAX]) {
            let rate = schedule.learning_rate(0.1, step);
            assert!((0.0..=0.1).contains(&rate), "{schedule}, {step}: {rate}");
        }
    }
    assert_eq!(OneCycleLr::new(0.1, 10).pct_start(0.1).learning_rate(1.0, 0), 0.1);
}

#[test]
fn a_cycle_stays_at_its_end() {
    let schedule = OneCycleLr::new(0.1, 20);
    let end = schedule.learning_rate(1.0, 19);
    assert!((end - 0.1 / 25.0 / 1e4).abs() < 1e-18);
    assert_eq!([20, 21, 1000].map(|step| schedule.learning_rate(1.0, step)), [end; 3]);
}

#[test]
fn ends_of_lines_and_powers() {
    assert_eq!([7, 8].map(|step| LinearLr::new(7).learning_rate(0.5, step)), [0.5; 2]);
    for power in [0.3, 1.0, 2.0, 7.5] {
        let schedule = PolynomialLr::new(7).power(power);
        assert_eq!([0, 7, 8].map(|step| schedule.learning_rate(0.5, step)), [0.5, 0.0, 0.0], "{power}");
    }
    // Without a power, the rate stays.
    assert_eq!(PolynomialLr::new(7).power(0.0).learning_rate(0.5, 9), 0.5);
}

#[test]
fn long_lists_of_milestones_are_printed_in_part() {
    let text = MultiStepLr::new((0..1000).collect::<Vec<_>>()).to_string();
    assert_eq!(text, "MultiStepLr(milestones 0 1 2 3 4 5 6 7 8 9 and 990 more, gamma 0.1)");
}

#[test]
fn settings_of_a_plateau_are_refused_and_never_panic() {
    let plateau = ReduceLrOnPlateau::new;
    let finite = "expected a finite number of at least 0";
    for (plateau, expected) in [
        (plateau().factor(1.0), "factor is 1, expected a number from 0 to below 1".to_owned()),
        (plateau().factor(f64::NAN), "factor is NaN, expected a number from 0 to below 1".to_owned()),
        (plateau().threshold(-1.0), format!("threshold is -1, {finite}")),
        (plateau().absolute_threshold(f64::INFINITY), format!("threshold is inf, {finite}")),
        (plateau().min_lr(-0.5), format!("min_lr is -0.5, {finite}")),
        (plateau().eps(f64::NAN), format!("eps is NaN, {finite}")),
    ] {
        assert_eq!(plateau.check().unwrap_err().to_string(), format!("ReduceLrOnPlateau: {expected}"));
        let _ = plateau.learning_rate(0.1, &[1.0; 100]);
    }
}

/// Nothing that is not finite is ever the best, nor does it reset the count of epochs without improvement.
#[test]
fn values_that_are_not_finite_are_no_progress() {
    let plateau = ReduceLrOnPlateau::new().patience(2);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for curve in [[1.0, value, value, value], [value, value, value, 1.0]] {
            assert_eq!(plateau.learning_rate(1.0, &curve), 0.1, "{curve:?}");
        }
        assert_eq!(plateau.learning_rate(1.0, &[value, value, 1.0, 0.5, value, 0.4]), 1.0, "{value}");
    }
}
