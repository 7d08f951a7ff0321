//! The statistics of ensembles: runs of different length, choice by validation, scores on test data, comparison in pairs.

use nn_train::prelude::*;
use nn_train::statistics::{Better, Summary};
use nn_train::statistics::{RESAMPLES, bootstrap_iqm_of_scores, paired};
use nn_train::{ComparisonError, Measure};

const NAN: f64 = f64::NAN;

fn ensemble(runs: Vec<Run<f64>>) -> Ensemble<f64> {
    Ensemble::new(runs, 5).unwrap()
}

// --- Curves ---

#[test]
fn a_run_that_has_ended_keeps_the_last_loss_of_its_curve() {
    let stopped = ensemble(vec![
        Run::new(vec![4.0, 3.0, 2.0, 1.0]),
        Run::new(vec![5.0, 6.0]),
        Run::new(vec![8.0, 5.0, 9.0]).restored(1),
    ]);
    assert_eq!((stopped.epochs(), stopped.running()), (4, vec![3, 3, 2, 1]));
    assert_eq!(stopped.final_losses(), [1.0, 6.0, 5.0]);
    let carried = ensemble(vec![
        Run::new(vec![4.0, 3.0, 2.0, 1.0]),
        Run::new(vec![5.0, 6.0, 6.0, 6.0]),
        Run::new(vec![8.0, 5.0, 9.0, 9.0]),
    ]);
    assert_eq!(stopped.curve(), carried.curve());
    assert_eq!(carried.running(), [3; 4]);
    assert_eq!((stopped.best(), stopped.worst()), (Some(0), 1));
    assert!(stopped.to_string().starts_with("final loss of 3 trials, 2 to 4 epochs: too few"), "{stopped}");
    assert_eq!(stopped.validation_curve(), None);
}

/// Every training loss falls in every epoch, and early stopping restores an earlier epoch with a higher one. No statistic
/// of the curve may rise.
#[test]
fn the_curve_of_runs_that_ended_early_does_not_move_where_no_run_did() {
    let run = |epochs: usize, restored: usize| {
        let curve: Vec<f64> = (0..epochs).map(|epoch| 1.0 / (1 + epoch) as f64).collect();
        Run::new(curve.clone()).validation(curve).restored(restored)
    };
    let stopped = ensemble(vec![run(3, 0), run(5, 1), run(6, 2), run(9, 4), run(9, 8)]);
    for curve in [stopped.curve(), stopped.validation_curve().unwrap()] {
        for pair in curve.windows(2) {
            let all = |summary: &Summary| {
                let Summary { iqm, q1, q3, min, max, mean, .. } = *summary;
                [iqm, q1, q3, min, max, mean]
            };
            let (before, after) = (all(&pair[0]), all(&pair[1]));
            assert!(before.iter().zip(after).all(|(&before, after)| after <= before), "{pair:?}");
        }
    }
    // Where only the last two still train, the others stay: the highest is the last loss of the shortest run.
    assert_eq!((stopped.running()[8], stopped.curve()[8].max), (2, 1.0 / 3.0));
    assert_eq!(stopped.summary().max, 1.0);
}

#[test]
fn the_csv_of_an_ensemble_says_how_many_runs_are_still_going() {
    let run = |losses: &[f64]| Run::new(losses.to_vec()).validation(losses.iter().map(|x| x + 0.5).collect());
    let csv = ensemble(vec![run(&[4.0, 2.0, 1.0]), run(&[6.0]), run(&[2.0, NAN])]).to_csv();
    assert_eq!(
        csv,
        "epoch,running,iqm,q1,q3,min,max,mean,std,diverged,validation_iqm,validation_q1,validation_q3,\
         validation_min,validation_max,validation_mean,validation_std,validation_diverged
1,3,4,3,5,2,6,4,2,0,4.5,3.5,5.5,2.5,6.5,4.5,2,0
2,2,inf,4,inf,2,inf,inf,inf,1,inf,4.5,inf,2.5,inf,inf,inf,1
3,1,inf,3.5,inf,1,inf,inf,inf,1,inf,4,inf,1.5,inf,inf,inf,1
"
    );
    // One run has no standard deviation.
    let csv = ensemble(vec![Run::new(vec![0.1, 0.25])]).to_csv();
    assert_eq!(
        csv,
        "epoch,running,iqm,q1,q3,min,max,mean,std,diverged
1,1,0.1,0.1,0.1,0.1,0.1,0.1,,0
2,1,0.25,0.25,0.25,0.25,0.25,0.25,,0
"
    );
}

#[test]
fn a_training_that_ends_in_nan_counts_with_the_epoch_that_was_restored() {
    let run = || Run::new(vec![1.0, 0.5, NAN]).validation(vec![1.0, 0.75, NAN]).score(0.9).success(true);
    let restored = ensemble(vec![run().restored(1)]);
    assert_eq!((restored.diverged(), restored.final_losses()), (0, vec![0.5]));
    assert_eq!(
        (restored.score().unwrap().values(), restored.success_rate().unwrap().successes),
        (&[0.9][..], 1)
    );

    // Without the restored weights the trial diverged, so neither its score nor its success counts.
    let diverged = ensemble(vec![run().restored(None)]);
    assert_eq!(diverged.diverged(), 1);
    assert!(diverged.score().unwrap().values()[0].is_nan());
    assert_eq!(diverged.success_rate().unwrap().successes, 0);
}

/// The loss of the network after the last update is recorded on the validation data only, not on the training data.
#[test]
fn a_network_that_the_last_update_made_nan_has_no_score() {
    let mut line = Linear::<f64>::new(2, 2, &mut ChaCha8Rng::seed_from_u64(0));
    let data = make_xor::<f64>(40, 0.3, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    let data = data.with_x(Tensor::from_fn(40, 2, |i, j| 1e300 * data.x()[[i, j]])).unwrap();
    let history = Trainer::new(Sgd::new(1e300))
        .epochs(1)
        .fit(&mut line, &CrossEntropyLoss::mean(), &data, Some(&data), &mut ChaCha8Rng::seed_from_u64(2))
        .unwrap();
    assert!(history.loss[0].is_finite() && history.validation[0].is_nan() && history.diverged, "{history:?}");
    assert!(argmax(&line.predict(data.x()).unwrap()).is_err());
    let diverged = ensemble(vec![Run::from(history).score(0.9).success(true)]);
    assert!(diverged.score().unwrap().values()[0].is_nan() && diverged.final_losses()[0].is_nan());
    assert_eq!((diverged.diverged(), diverged.success_rate().unwrap().successes), (1, 0));
}

#[test]
fn validation_has_a_curve_of_its_own_beside_that_of_training() {
    let both = ensemble(vec![
        Run::new(vec![4.0, 3.0, 2.0]).validation(vec![5.0, 4.0, 6.0]),
        Run::new(vec![3.0, 1.0]).validation(vec![6.0, 7.0]),
    ]);
    let means = |curve: Vec<Summary>| curve.iter().map(|summary| summary.iqm).collect::<Vec<_>>();
    assert_eq!(means(both.curve()), [3.5, 2.0, 1.5]);
    assert_eq!(means(both.validation_curve().unwrap()), [5.5, 5.5, 6.5]);
}

// --- Choice and report ---

#[test]
fn the_best_trial_is_chosen_by_validation_and_judged_by_its_score() {
    let run =
        |training, validation, score| Run::new(vec![training]).validation(vec![validation]).score(score);
    let chosen =
        ensemble(vec![run(0.1, 0.9, 0.99), run(0.2, 0.3, 0.8), run(0.3, 0.3, 0.9), run(0.4, NAN, 0.7)]);
    assert_eq!((chosen.best(), chosen.worst()), (Some(1), 3)); // the first one in case of a tie
    assert_eq!(chosen.criterion().name(), "final validation loss");
    assert_eq!(chosen.score().unwrap().values()[1], 0.8);
    // Without validation losses, the choice is by training loss; the score has no part in it.
    let run = |training, score| Run::new(vec![training]).score(score);
    let chosen = ensemble(vec![run(0.2, 0.99), run(0.1, 0.1)]);
    assert_eq!((chosen.best(), chosen.worst(), chosen.criterion()), (Some(1), 0, chosen.training()));
}

#[test]
fn scores_are_summed_up_with_the_interval_of_the_bootstrap() {
    let values = [0.9, 0.95, NAN, 0.97, 0.85, 0.99, 0.9, 0.92];
    let runs = values.map(|value| Run::new(vec![1.0]).score(Score::higher("test accuracy", value)));
    let score = ensemble(runs.to_vec()).score().unwrap();
    assert_eq!((score.name(), score.better()), ("test accuracy", Better::Higher));
    let expected = Summary::of_scores(&mut values.clone(), Better::Higher).unwrap();
    assert_eq!(score.summary(), expected);
    assert_eq!((expected.min, expected.max, expected.diverged), (f64::NEG_INFINITY, 0.99, 1));
    let mut rng = Trial { seed: 5, index: 0 }.rng("bootstrap");
    assert_eq!(score.interval(), bootstrap_iqm_of_scores(&values, Better::Higher, RESAMPLES, &mut rng));
    assert!(score.interval().unwrap().contains(expected.iqm));

    // Where lower is better, values that are not finite rank at the other end.
    let runs = [0.5, NAN].map(|value| Run::new(vec![1.0]).score(Score::lower("test error", value)));
    let summary = ensemble(runs.to_vec()).score().unwrap().summary();
    assert_eq!((summary.min, summary.max), (0.5, f64::INFINITY));
}

/// The printed text of plain runs is pinned.
#[test]
fn plain_runs_are_printed_in_plain_lines() {
    let runs = [0.5, 0.25, 0.25, 1.0].map(|loss| Run::new(vec![2.0, loss]).success(loss < 1.0));
    assert_eq!(
        ensemble(runs.to_vec()).to_string(),
        "final loss of 4 trials, 2 epochs: too few to judge by
  IQM      3.7500e-1  (95 % interval 2.5000e-1 to 1.0000e0)
  Q1, Q3   2.5000e-1, 6.2500e-1
  mean     5.0000e-1  (standard deviation 3.5355e-1)
  best     2.5000e-1  (trial 1)
  worst    1.0000e0  (trial 3)
  diverged 0
  success  3 of 4 (95 % interval 30.1 % to 95.4 %)"
    );
}

#[test]
fn validation_and_scores_have_lines_of_their_own() {
    let run = |epochs: usize, accuracy| {
        let loss = 1.0 / epochs as f64;
        let score = Score::higher("test accuracy", accuracy);
        Run::new(vec![loss; epochs]).validation(vec![2.0 * loss; epochs]).score(score).success(true)
    };
    let runs = vec![run(2, 0.75), run(4, 0.875), run(2, 0.625), run(2, 0.75), run(2, 0.75)];
    assert_eq!(
        ensemble(runs).to_string(),
        "final training loss of 5 trials, 2 to 4 epochs
  IQM      5.0000e-1  (95 % interval 3.3333e-1 to 5.0000e-1)
  Q1, Q3   5.0000e-1, 5.0000e-1
  mean     4.5000e-1  (standard deviation 1.1180e-1)
  min, max 2.5000e-1, 5.0000e-1
  diverged 0
final validation loss
  IQM      1.0000e0  (95 % interval 6.6667e-1 to 1.0000e0)
  Q1, Q3   1.0000e0, 1.0000e0
  mean     9.0000e-1  (standard deviation 2.2361e-1)
  best     5.0000e-1  (trial 1)
  worst    1.0000e0  (trial 0)
  diverged 0
test accuracy (higher is better)
  IQM      0.7500  (95 % interval 0.6667 to 0.8333)
  Q1, Q3   0.7500, 0.7500
  mean     0.7500  (standard deviation 0.0884)
  min, max 0.6250, 0.8750
  chosen   0.8750  (trial 1, by its validation loss)
  diverged 0
success in 5 of 5 (95 % interval 56.6 % to 100.0 %)"
    );
}

// --- Comparison ---

fn scored(seed: u64, scores: &[f64]) -> Ensemble<f64> {
    let run = |&score| Run::new(vec![1.0]).score(Score::higher("test accuracy", score));
    Ensemble::new(scores.iter().map(run).collect(), seed).unwrap()
}

#[test]
fn a_comparison_is_that_of_the_scores_in_pairs_and_says_so() {
    let b: Vec<f64> = (0..20).map(|i| 0.9 + 0.004 * f64::from(i)).collect();
    let gain = |i| [0.01, 0.02, -0.005, 0.0, 0.015][i % 5];
    let a: Vec<f64> = b.iter().enumerate().map(|(i, b)| b + gain(i)).collect();
    let comparison = Comparison::paired(&scored(7, &a), &scored(7, &b)).unwrap().names("wide", "narrow");
    let mut rng = Trial { seed: 7, index: 0 }.rng("paired bootstrap");
    assert_eq!(Some(comparison.pairs), paired(&a, &b, Better::Higher, RESAMPLES, &mut rng));
    assert_eq!(
        comparison.to_string(),
        "test accuracy, IQM (higher is better): wide 0.9460, narrow 0.9380
  difference +0.0080 (95 % interval +0.0026 to +0.0133)
  wide is better in 12 of 20 pairs, equal in 4, probability of improvement 0.70 (95 % interval 0.53 to 0.88)"
    );
}

#[test]
fn without_scores_the_losses_are_compared_those_of_validation_if_both_have_them() {
    let runs = |losses: [f64; 2]| ensemble(losses.map(|loss| Run::new(vec![loss])).to_vec());
    let validated =
        |losses: [f64; 2]| ensemble(losses.map(|loss| Run::new(vec![loss]).validation(vec![-loss])).to_vec());
    let (a, b) = ([1.0, 2.0], [3.0, 3.0]);
    let compare = |a: &Ensemble<f64>, b: &Ensemble<f64>| {
        let found = Comparison::paired(a, b).unwrap();
        (found.measure, found.better, found.pairs.wins)
    };
    let training = ("final training loss".to_owned(), Better::Lower, 2);
    assert_eq!(compare(&runs(a), &runs(b)), training);
    assert_eq!(compare(&validated(a), &runs(b)), training);
    let validation = ("final validation loss".to_owned(), Better::Lower, 0);
    assert_eq!(compare(&validated(a), &validated(b)), validation);
}

#[test]
fn trials_that_are_no_pairs_say_why() {
    let a = scored(7, &[0.5, 0.6]);
    let plain = Ensemble::new(vec![Run::new(vec![1.0_f32]).keep("other types"); 2], 7).unwrap();
    let error =
        Ensemble::new(vec![Run::new(vec![1.0]).score(Score::lower("test error", 0.5)); 2], 7).unwrap();
    for (found, expected) in [
        (
            Comparison::paired(&a, &scored(8, &[0.5, 0.6])),
            "A has seed 7 and B seed 8, expected the same, so that trials of one index share their data",
        ),
        (
            Comparison::paired(&a, &scored(7, &[0.5])),
            "A has 2 trials and B 1, expected equal numbers, so that the trials form pairs",
        ),
        (
            Comparison::paired(&a, &plain),
            "A has the score \"test accuracy\" (higher is better) and B no score, expected the same in both",
        ),
        (
            Comparison::paired(&error, &a),
            "A has the score \"test error\" (lower is better) and B the score \"test accuracy\" (higher is better), \
             expected the same in both",
        ),
    ] {
        let found: ComparisonError = found.unwrap_err();
        assert_eq!(found.to_string(), expected);
    }
}

/// Small values keep their digits, and differences are always printed with a sign.
#[test]
fn what_diverged_is_printed_too() {
    let losses = |losses: [f64; 3]| ensemble(losses.map(|loss| Run::new(vec![loss])).to_vec());
    let small = losses([1e-7, 2e-7, 3e-7]);
    let found = Comparison::paired(&losses([NAN, NAN, NAN]), &small).unwrap().to_string();
    assert_eq!(
        found,
        "final training loss, IQM (lower is better): A inf, B 2.0000e-7
  difference +inf (95 % interval +inf to +inf)
  A is better in 0 of 3 pairs, probability of improvement 0.00 (95 % interval 0.00 to 0.56)
  diverged: 3 of A, 0 of B
  3 pairs are too few to judge by"
    );
    let found = Comparison::paired(&small, &losses([2e-7, 2e-7, 1e-7])).unwrap().to_string();
    assert_eq!(
        found,
        "final training loss, IQM (lower is better): A 2.0000e-7, B 1.6667e-7
  difference +3.3333e-8 (95 % interval -1.0000e-7 to +2.0000e-7)
  A is better in 1 of 3 pairs, equal in 1, probability of improvement 0.50 (95 % interval 0.00 to 1.00)
  3 pairs are too few to judge by"
    );
    let measure: Measure = small.training();
    assert_eq!(measure.values(), [1e-7, 2e-7, 3e-7]);
}
