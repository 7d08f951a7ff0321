//! Schedules where PyTorch gives no reference: their ends, invalid settings, and the use of these without a check.

use nn_train::schedule::{Constant, CosineAnnealingLr, ExponentialLr, OneCycleLr, Schedule, StepLr, WarmUp};

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
    let schedules: [Box<dyn Schedule>; 9] = [
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
