//! What is said of few trials: a single one has no interval, no spread and no verdict, and below five the text says that
//! they are too few.

use nn_train::prelude::*;

fn ensemble(values: &[f64]) -> Ensemble<f64> {
    let run = |&value: &f64| {
        let score = Score::higher("accuracy", 1.0 - value);
        Run::new(vec![2.0 * value, value]).validation(vec![value, value]).score(score).success(true)
    };
    Ensemble::new(values.iter().map(run).collect(), 3).unwrap()
}

#[test]
fn a_single_trial_has_no_interval_anywhere() {
    let one = ensemble(&[0.25]);
    assert_eq!((one.iqm_interval(), one.success_rate().unwrap().interval), (None, None));
    let measures = [one.training(), one.validation().unwrap(), one.score().unwrap()];
    assert!(measures.iter().all(|measure| measure.interval().is_none() && measure.summary().std.is_none()));
    assert_eq!(
        one.to_string(),
        "final training loss of 1 trial, 2 epochs: too few to judge by
  IQM      2.5000e-1
  mean     2.5000e-1
  min, max 2.5000e-1, 2.5000e-1
  diverged 0
final validation loss
  IQM      2.5000e-1
  mean     2.5000e-1
  best     2.5000e-1  (trial 0)
  worst    2.5000e-1  (trial 0)
  diverged 0
accuracy (higher is better)
  IQM      0.7500
  mean     0.7500
  min, max 0.7500, 0.7500
  chosen   0.7500  (trial 0, by its validation loss)
  diverged 0
success in 1 of 1"
    );
    let plain = Ensemble::new(vec![Run::new(vec![0.5])], 0).unwrap().to_string();
    assert!(plain.starts_with("final loss of 1 trial, 1 epoch: too few to judge by\n"), "{plain}");
}

#[test]
fn below_five_trials_the_text_says_that_they_are_too_few() {
    for n in 1..8 {
        let values: Vec<f64> = (0..n).map(|i| 0.1 + 0.01 * f64::from(i)).collect();
        let (text, all) = (ensemble(&values).to_string(), ensemble(&values));
        assert_eq!(text.contains("too few to judge by"), n < 5, "{text}");
        assert_eq!(text.contains("interval"), n > 1, "{text}");
        let better: Vec<f64> = values.iter().map(|value| 0.5 * value).collect();
        let comparison = Comparison::paired(&ensemble(&better), &all).unwrap().to_string();
        assert_eq!(comparison.contains("too few to judge by"), n < 5, "{comparison}");
        assert_eq!(comparison.contains("interval"), n > 1, "{comparison}");
    }
}

#[test]
fn a_comparison_of_one_pair_has_no_interval_and_no_verdict() {
    let comparison = Comparison::paired(&ensemble(&[0.25]), &ensemble(&[0.5])).unwrap();
    let pairs = comparison.pairs;
    assert_eq!((pairs.difference_interval, pairs.improvement_interval), (None, None));
    assert_eq!(
        comparison.names("wide", "narrow").to_string(),
        "accuracy, IQM (higher is better): wide 0.7500, narrow 0.5000
  difference +0.2500
  a single pair is too few to judge by"
    );
    let two = Comparison::paired(&ensemble(&[0.25, 0.25]), &ensemble(&[0.5, 0.75])).unwrap();
    assert!(two.to_string().ends_with("\n  2 pairs are too few to judge by"), "{two}");
}
