//! Tests of many trials: random numbers never change, failures are counted or named, results are in order.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn_train::nn_core::rand::{Rng, RngExt};
use nn_train::nn_data::DataError;
use nn_train::nn_data::{make_blobs, make_regression};
use nn_train::prelude::*;

type Outcome = Result<Run<f32>, Box<dyn std::error::Error + Send + Sync>>;

// --- Random numbers ---

/// Pinned, because published results depend on them: the first number of ChaCha8 under the documented key, computed with an
/// independent implementation.
#[test]
fn the_first_numbers_of_a_trial_never_change() {
    for (seed, index, purpose, first) in [
        (0, 0, "data", 0x3c16_fd9d_4941_317c),
        (0, 0, "network", 0x1aa8_7b08_8130_24db),
        (0, 1, "data", 0xdb32_7cee_b85b_1de3),
        (7, 0, "data", 0x79aa_9609_42c9_aebf),
        (7, 99, "network", 0x7529_00c0_8f32_14ed),
        (u64::MAX, 3, "", 0xe416_a6e6_8034_d2d8),
        (1, 2, "Gewichte, naïvement ∂", 0x51b6_9c5b_bf11_81cd),
    ] {
        let number = Trial { seed, index }.rng(purpose).next_u64();
        assert_eq!(number, first, "seed {seed}, trial {index}, {purpose:?}: {number:#018x}");
    }
}

#[test]
fn a_trial_s_numbers_depend_on_seed_index_and_purpose_and_nothing_else() {
    let first = |seed, index, purpose| Trial { seed, index }.rng(purpose).next_u64();
    let mut seen = HashSet::new();
    for seed in [0, 1, 2, u64::MAX] {
        for index in [0, 1, 2, 1000] {
            for purpose in ["", "a", "b", "ab", "ba", "data", "network", "bootstrap"] {
                assert!(seen.insert(first(seed, index, purpose)), "seed {seed}, trial {index}, {purpose:?}");
                assert_eq!(first(seed, index, purpose), first(seed, index, purpose));
            }
        }
    }
    // They do not depend on the number of trials, the number of threads, or other draws.
    let draw = |count, threads, waste: usize| {
        let experiment = |trial: Trial| {
            let mut other = trial.rng("other");
            other.fill_bytes(&mut vec![0; waste]);
            Ok(Run::new(vec![trial.rng("data").random::<f64>()]))
        };
        Trials::new(count).seed(3).threads(threads).run(experiment).unwrap().final_losses()
    };
    let expected = draw(20, 1, 0);
    for (count, threads, waste) in [(20, 2, 5), (20, 3, 0), (5, 2, 1), (20, 0, 100)] {
        assert_eq!(draw(count, threads, waste), expected[..count]);
    }
}

#[test]
fn runs_come_in_the_order_of_their_indices_and_progress_counts_them() {
    let done = AtomicUsize::new(0);
    let progress = || {
        done.fetch_add(1, Relaxed);
    };
    let trials = Trials::new(50).seed(4).threads(3).progress(&progress);
    let ensemble = trials.run(|trial| Ok(Run::new(vec![0.5_f32]).keep(trial))).unwrap();
    for (index, run) in ensemble.runs().iter().enumerate() {
        assert_eq!(run.kept, Trial { seed: 4, index });
    }
    assert_eq!(done.into_inner(), 50);
}

// --- Trials that diverge ---

#[test]
fn trials_that_diverge_are_counted_and_the_others_still_count() {
    let train = |trial: Trial| {
        let data = make_regression::<f32>(100, 1, 1, 0.3, &mut trial.rng("data"))?.data;
        let mut rng = trial.rng("network");
        let mut network = Linear::new(1, 1, &mut rng);
        let learning_rate = if trial.index % 8 == 3 { 10.0 } else { 0.1 };
        let history =
            GradientDescent::new(learning_rate, 500).fit(&mut network, &MseLoss::mean(), &data, &mut rng)?;
        Ok(Run::new(history.loss))
    };
    let ensemble = Trials::new(16).seed(2).threads(2).run(train).unwrap();
    assert_eq!((ensemble.diverged(), ensemble.worst()), (2, 3));
    assert!(ensemble.best().unwrap() % 8 != 3);
    let summary = ensemble.summary();
    assert_eq!((summary.diverged, summary.max), (2, f64::INFINITY));
    // The noise has variance 0.09.
    for value in [summary.min, summary.q1, summary.iqm, summary.q3] {
        assert!((0.04..0.16).contains(&value), "{summary:?}");
    }
    let curve = ensemble.curve();
    assert_eq!((curve.len(), curve[0].diverged, curve[499]), (500, 0, summary));
    assert!(ensemble.to_string().ends_with("\n  diverged 2"), "{ensemble}");

    let all = Trials::new(4).run(|_| Ok(Run::new(vec![1.0, f64::NAN]))).unwrap();
    assert_eq!((all.diverged(), all.summary().iqm, all.best()), (4, f64::INFINITY, None));
}

// --- Trials that fail ---

#[test]
fn trials_that_cannot_be_summarised_say_why() {
    let error = |count, experiment: fn(Trial) -> Outcome| {
        Trials::new(count).threads(2).run(experiment).unwrap_err().to_string()
    };
    for (message, expected) in [
        (error(0, |_| Ok(Run::new(vec![1.0]))), "the number of trials is 0, expected at least 1"),
        (error(3, |_| Ok(Run::new(vec![]))), "trial 0: recorded 0 losses, expected at least 1"),
        (
            error(6, |trial| Ok(Run::new(vec![1.0; 4 - trial.index.min(4)]))),
            "trial 4: recorded 0 losses, expected at least 1",
        ),
        (
            error(6, |trial| Ok(Run::new(vec![1.0; 5]).validation(vec![1.0; 5 - trial.index]))),
            "trial 1: recorded 4 validation losses, expected 5: one for each training loss",
        ),
        (
            error(6, |trial| Ok(Run::new(vec![1.0; 5]).restored(trial.index))),
            "trial 5: restored epoch 5, but has 5 epochs (they count from 0)",
        ),
        (
            error(5, |trial| {
                let run = Run::new(vec![1.0]);
                Ok(if trial.index == 2 { run } else { run.validation(vec![1.0]) })
            }),
            "trial 2: differs from trial 0 in whether it reports validation losses: either all do or none",
        ),
        (
            error(5, |trial| {
                let run = Run::new(vec![1.0]);
                Ok(if trial.index == 4 { run.score(0.5) } else { run })
            }),
            "trial 4: differs from trial 0 in whether it reports a score: either all do or none",
        ),
        (
            error(5, |trial| {
                let run = Run::new(vec![1.0]);
                Ok(if trial.index == 1 { run.score(Score::lower("error", 0.5)) } else { run.score(0.5) })
            }),
            "trial 1: has the score \"error\" (lower is better), trial 0 has \"score\" (higher is better): one kind of \
             score for all",
        ),
        (
            error(5, |trial| {
                let run = Run::new(vec![1.0]);
                Ok(if trial.index == 3 { run.success(false) } else { run })
            }),
            "trial 3: differs from trial 0 in whether it reports success: either all do or none",
        ),
        (
            error(2, |trial| {
                make_blobs::<f32, 1>(0, &[[0.0]], 1.0, &mut trial.rng("data"))?;
                Ok(Run::new(vec![1.0]))
            }),
            "trial 0: make_blobs: samples is 0, expected at least 1",
        ),
    ] {
        assert_eq!(message, expected);
    }
}

/// The error that a trial returned can be recovered.
#[test]
fn the_source_of_a_trial_s_error_is_kept() {
    let fail = |trial: Trial| -> Outcome {
        make_xor::<f32>(10, -1.0, &mut trial.rng("data"))?;
        unreachable!("a negative noise is refused")
    };
    let error = Trials::new(1).run(fail).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<DataError>();
    assert!(matches!(source, Some(DataError::Setting(setting)) if &*setting.name == "noise"));
}
