//! One failing trial does not cost the others: what is reported, what is kept, and that neither depends on the number of
//! threads. Every test goes over all kinds of trials.

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::resume_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use nn_train::nn_core::lanes::LANES;
use nn_train::nn_loss::{LossError, Reduction};
use nn_train::prelude::*;
use nn_train::{Failure, Fitted, Panicked, RunError, TrialsError};

type Data = Dataset<f32, Vec<usize>>;
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;
/// What a trial keeps: the bits of all its parameters.
type Found = Result<Ensemble<f32, Vec<u32>>, TrialsError>;

/// Two stacks and a remainder.
const TRIALS: usize = 40;

const THREADS: [usize; 5] = [1, 2, 3, 8, 0];

/// The ways to run trials.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Run,
    Stacked,
    OneByOne,
}

const KINDS: [Kind; 3] = [Kind::Run, Kind::Stacked, Kind::OneByOne];

/// The ways to fail.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// An error while the trial is prepared.
    Early,
    EarlyPanic,
    /// The loss panics in training.
    Training,
    /// An error after the training.
    Late,
    LatePanic,
    /// A run without losses.
    Useless,
    /// A run with a score, unlike all others.
    Odd,
}

use Way::{Early, EarlyPanic, Late, LatePanic, Odd, Training, Useless};

impl Way {
    fn cause(self) -> &'static str {
        match self {
            Early => "no data",
            EarlyPanic => "panicked: no data at all",
            Training => "panicked: a label that the loss cannot bear",
            Late => "no result",
            LatePanic => "panicked: no result at all",
            Useless => "recorded 0 losses, expected at least 1",
            Odd => "differs from trial 0 in whether it reports a score: either all do or none",
        }
    }
}

/// Panics without the message of the hook, of which there would be hundreds.
fn panic_quietly(message: &str) -> ! {
    resume_unwind(Box::new(message.to_owned()))
}

/// A cross-entropy of two classes that panics at labels of class 2, also among those of a stack.
struct Touchy(CrossEntropyLoss);

impl Loss<f32, Vec<usize>> for Touchy {
    fn check(&self, _: &[usize], _: &Vec<usize>) -> Result<(), LossError> {
        Ok(())
    }
    fn reduction(&self) -> Reduction {
        Reduction::Sum
    }
    fn evaluate(
        &self,
        y: &Tensor<f32>,
        labels: &Vec<usize>,
        dy: Option<&mut Tensor<f32>>,
        losses: &mut [f32],
    ) {
        if labels.contains(&2) {
            panic_quietly("a label that the loss cannot bear");
        }
        self.0.evaluate(y, labels, dy, losses);
    }
    fn terms(&self, y: &Tensor<f32>, labels: &Vec<usize>) -> Result<Tensor<f32>, LossError> {
        self.0.terms(y, labels)
    }
    fn stacks(&self) -> bool {
        true
    }
}

impl std::fmt::Display for Touchy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Touchy")
    }
}

/// Runs trials of this kind, of which some fail. Returns what was found, the trials that were begun (each maps to how often),
/// and what progress counted.
fn find(trials: &Trials, kind: Kind, failing: &[(usize, Way)]) -> (Found, BTreeMap<usize, usize>, usize) {
    let (begun, done) = (Mutex::new(BTreeMap::new()), AtomicUsize::new(0));
    let way = |trial: Trial| failing.iter().find(|&&(index, _)| index == trial.index).map(|&(_, way)| way);
    let prepare = |trial: Trial| -> Outcome<(Sequential<f32>, Data)> {
        *begun.lock().unwrap().entry(trial.index).or_default() += 1;
        match way(trial) {
            Some(Early) => return Err("no data".into()),
            Some(EarlyPanic) => panic_quietly("no data at all"),
            _ => (),
        }
        let samples = if kind == Kind::OneByOne { 20 + trial.index % 3 } else { 20 };
        let data = make_xor::<f32>(samples, 0.3, &mut trial.rng("data"))?;
        let mut labels = data.y().clone();
        labels[7] = if matches!(way(trial), Some(Training)) { 2 } else { labels[7] };
        let rng = &mut trial.rng("network");
        let network =
            Sequential::new().append(Linear::new(2, 3, rng)).append(Tanh).append(Linear::new(3, 2, rng));
        Ok((network, Dataset::new(data.x().clone(), labels)?))
    };
    let finish = |Fitted { trial, network, history, .. }: Fitted<f32, Sequential<f32>, Data>| {
        let run = match way(trial) {
            Some(Late) => return Err("no result".into()),
            Some(LatePanic) => panic_quietly("no result at all"),
            Some(Useless) => Run::new(vec![]),
            Some(Odd) => Run::new(history.loss).score(1.0),
            _ => Run::new(history.loss),
        };
        let mut bits = Vec::new();
        network.visit(&mut |parameter| bits.extend(parameter.value.iter().map(|x| x.to_bits())));
        Ok(run.keep(bits))
    };
    let progress = || {
        done.fetch_add(1, Relaxed);
    };
    let (descent, loss) = (GradientDescent::new(0.05, 10), Touchy(CrossEntropyLoss::sum()));
    let trials = trials.clone().progress(&progress);
    let found = match kind {
        Kind::Run => trials.run(|trial| {
            let (mut network, data) = prepare(trial)?;
            let history = descent.fit(&mut network, &loss, &data, &mut trial.rng("fit"))?;
            finish(Fitted { trial, network, data, history })
        }),
        Kind::Stacked | Kind::OneByOne => trials.fit(&descent, &loss, prepare, finish),
    };
    (found, begun.into_inner().unwrap(), done.into_inner())
}

/// Trials that fail, in any order; the first row has none.
const FAILING: [&[(usize, Way)]; 12] = [
    &[],
    &[(0, Early)],
    &[(0, EarlyPanic), (1, Early), (2, Late)],
    &[(0, Late), (39, Late)],
    &[(0, Useless)],
    &[(19, Early), (39, EarlyPanic)],
    &[(5, EarlyPanic)],
    &[(30, Training), (20, LatePanic)],
    &[(6, Training), (17, Training)],
    &[(13, Late), (14, Early), (15, LatePanic), (16, Useless)],
    &[(38, LatePanic)],
    &[(3, Odd), (8, Useless), (21, Odd)],
];

#[test]
fn by_default_the_error_is_that_of_the_lowest_trial_that_fails() {
    for kind in KINDS {
        for failing in FAILING {
            for threads in THREADS {
                let context = format!("{kind:?}, {failing:?}, {threads} threads");
                let trials = Trials::new(TRIALS).seed(3).threads(threads);
                let (found, begun, done) = find(&trials, kind, failing);
                assert!(done <= begun.len(), "{context}: {done} of {}", begun.len());
                let Some(&(lowest, way)) = failing.iter().min_by_key(|(index, _)| index) else {
                    assert_eq!((begun.len(), done), (TRIALS, TRIALS), "{context}");
                    assert!(found.unwrap().failures().is_empty(), "{context}");
                    continue;
                };
                let error = found.unwrap_err();
                assert!(matches!(error, TrialsError::Trial { index, .. } if index == lowest), "{context}");
                assert_eq!(error.to_string(), format!("trial {lowest}: {}", way.cause()), "{context}");
                assert_eq!(error.source().unwrap().to_string(), way.cause(), "{context}");
                // All trials below have been run, so none of them can fail.
                assert!(begun.keys().take(lowest + 1).copied().eq(0..=lowest), "{context}: {begun:?}");
                assert!(done > lowest, "{context}: {done}");
                // One thread goes no further, except that sixteen trials of a stack are prepared before they are trained.
                // (A score that differs is seen at the end.)
                if threads == 1 && !matches!(way, Odd) {
                    let most =
                        if kind == Kind::Run { lowest + 1 } else { (lowest + 1).next_multiple_of(LANES) };
                    assert!(
                        done == lowest + 1 && begun.len() <= most,
                        "{context}: {done} of {}",
                        begun.len()
                    );
                }
            }
        }
    }
}

#[test]
fn the_sources_of_an_error_are_what_failed() {
    let source = |failing| {
        let (found, _, _) = find(&Trials::new(TRIALS), Kind::Stacked, failing);
        let TrialsError::Trial { source, .. } = found.unwrap_err() else {
            panic!("expected a trial's error")
        };
        source
    };
    let panicked = source(&[(7, LatePanic)]);
    assert_eq!(panicked.downcast_ref::<Panicked>().unwrap().message, "no result at all");
    assert_eq!(source(&[(7, Useless)]).downcast_ref(), Some(&RunError::Curve));
    let odd = RunError::Mixture { first: 0, what: "a score" };
    assert_eq!(source(&[(7, Odd)]).downcast_ref(), Some(&odd));
}

/// The trials below the one that fails take their time, and the others are many.
#[test]
fn no_trials_are_started_after_a_failure() {
    for threads in [2, 3] {
        let begun = AtomicUsize::new(0);
        let error = Trials::new(2000).threads(threads).run(|trial| {
            begun.fetch_add(1, Relaxed);
            if trial.index == 1 {
                return Err("the second".into());
            }
            std::thread::sleep(Duration::from_millis(3));
            Ok(Run::new(vec![1.0_f32]))
        });
        assert_eq!(error.unwrap_err().to_string(), "trial 1: the second");
        assert!(begun.into_inner() < 2000);
    }
}

#[test]
fn on_request_all_others_are_kept_under_their_indices() {
    for kind in KINDS {
        let all = find(&Trials::new(TRIALS).seed(3), kind, &[]).0.unwrap();
        for failing in FAILING {
            for threads in THREADS {
                let context = format!("{kind:?}, {failing:?}, {threads} threads");
                let trials = Trials::new(TRIALS).seed(3).threads(threads).keep_going();
                let (found, begun, done) = find(&trials, kind, failing);
                let found = found.unwrap();
                assert_eq!((begun.len(), done), (TRIALS, TRIALS), "{context}");
                // Sixteen trials of which one panics in training are prepared again, all others once.
                let again = kind == Kind::Stacked && failing.iter().any(|(_, way)| matches!(way, Training));
                assert!(begun.values().all(|&times| times == 1 || again), "{context}: {begun:?}");

                let mut expected: Vec<_> = failing.iter().map(|(index, way)| (*index, way.cause())).collect();
                expected.sort_unstable();
                let failures = found.failures().iter();
                let failures: Vec<_> =
                    failures.map(|failure| (failure.index, failure.cause.to_string())).collect();
                assert!(
                    failures.iter().map(|(index, cause)| (*index, &**cause)).eq(expected.iter().copied()),
                    "{context}: {failures:?}"
                );

                let failed = |index: &usize| failing.iter().any(|(failed, _)| failed == index);
                let others: Vec<usize> = (0..TRIALS).filter(|index| !failed(index)).collect();
                assert_eq!(found.runs().indices(), others, "{context}");
                assert_eq!((found.runs().len(), found.trials()), (others.len(), TRIALS), "{context}");
                for (index, run) in found.runs().indexed() {
                    assert!(*run == all.runs()[index] && *run == found.runs()[index], "{context}, {index}");
                }

                let losses = |index: usize| all.training().of(index).unwrap();
                let by_loss = |a: &&usize, b: &&usize| losses(**a).total_cmp(&losses(**b));
                let best = found.best().unwrap();
                assert_eq!(Some(&best), others.iter().min_by(by_loss), "{context}");
                assert_eq!(Some(&found.worst()), others.iter().max_by(by_loss), "{context}");
                assert_eq!(found.runs()[best].final_loss(), all.runs()[best].final_loss());
            }
        }
    }
}

#[test]
fn if_all_fail_that_is_an_error() {
    let all: Vec<_> = (0..TRIALS).map(|index| (index, if index == 0 { LatePanic } else { Early })).collect();
    for kind in KINDS {
        for threads in THREADS {
            let (found, _, done) = find(&Trials::new(TRIALS).threads(threads).keep_going(), kind, &all);
            let error = found.unwrap_err();
            assert_eq!(
                error.to_string(),
                "all 40 trials failed, the first of them with trial 0: panicked: no result at all"
            );
            let first = error.source().unwrap().downcast_ref::<Failure>().unwrap();
            assert!(first.source().unwrap().is::<Panicked>());
            assert_eq!((first.index, done), (0, TRIALS));
        }
    }
}

/// Where the first trial cannot be prepared, the next one decides that the others are trained sixteen at once.
#[test]
fn a_failure_of_the_first_trial_does_not_keep_the_others_from_a_stack() {
    struct Counted(AtomicUsize);
    impl Loss<f32, Vec<usize>> for Counted {
        fn check(&self, output: &[usize], target: &Vec<usize>) -> Result<(), LossError> {
            Loss::<f32, _>::check(&CrossEntropyLoss::sum(), output, target)
        }
        fn reduction(&self) -> Reduction {
            Reduction::Sum
        }
        fn evaluate(
            &self,
            y: &Tensor<f32>,
            t: &Vec<usize>,
            dy: Option<&mut Tensor<f32>>,
            losses: &mut [f32],
        ) {
            self.0.fetch_add(usize::from(losses.len() == LANES), Relaxed);
            CrossEntropyLoss::sum().evaluate(y, t, dy, losses);
        }
        fn terms(&self, y: &Tensor<f32>, t: &Vec<usize>) -> Result<Tensor<f32>, LossError> {
            CrossEntropyLoss::sum().terms(y, t)
        }
        fn stacks(&self) -> bool {
            true
        }
    }
    impl std::fmt::Display for Counted {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Counted")
        }
    }
    let loss = Counted(AtomicUsize::new(0));
    let prepare = |trial: Trial| {
        if trial.index < 2 {
            return Err("no data".into());
        }
        let network = Linear::new(2, 2, &mut trial.rng("network"));
        Ok((network, make_xor::<f32>(20, 0.3, &mut trial.rng("data"))?))
    };
    let keep = |fitted: Fitted<_, _, _>| Ok(Run::new(fitted.history.loss));
    let trials = Trials::new(48).threads(1).keep_going();
    trials.fit(&GradientDescent::new(0.1, 5), &loss, prepare, keep).unwrap();
    // Of three stacks, the first lacks two networks. Each of the others takes five steps.
    assert_eq!(loss.0.into_inner(), 2 * 5);
}

/// With the hook of `panic!`, and a message that is formatted.
#[test]
fn a_panic_is_named_with_its_message_and_its_trial() {
    let error = Trials::new(3).run(|trial| -> Outcome<Run<f32>> { panic!("in trial {}", trial.index) });
    assert_eq!(error.unwrap_err().to_string(), "trial 0: panicked: in trial 0");
    let error = Trials::new(1).run(|_| -> Outcome<Run<f32>> { resume_unwind(Box::new(7)) });
    assert_eq!(error.unwrap_err().to_string(), "trial 0: panicked: without a message");
    let error = Trials::new(1).run(|_| -> Outcome<Run<f32>> { Err("∂".repeat(1 << 20).into()) });
    assert_eq!(error.unwrap_err().to_string().chars().count(), "trial 0: ".len() + 1001);
}

// --- Numbers of trials and of threads ---

#[test]
fn numbers_of_trials_that_cannot_be_are_refused_before_the_first_one() {
    for count in [0, usize::MAX, usize::MAX - 1, usize::MAX / 2, isize::MAX as usize, 1 << 60, 1 << 50] {
        for kind in KINDS {
            for threads in [0, 1, 2, usize::MAX] {
                for trials in [Trials::new(count), Trials::new(count).keep_going()] {
                    let (found, begun, done) = find(&trials.threads(threads), kind, &[]);
                    let expected =
                        if count == 0 { "at least 1" } else { "a number whose runs fit into memory" };
                    let message = format!("the number of trials is {count}, expected {expected}");
                    assert_eq!(found.unwrap_err().to_string(), message);
                    assert_eq!((begun.len(), done), (0, 0));
                }
            }
        }
    }
}

#[test]
fn any_number_of_threads_comes_to_the_same_and_few_of_them_stay() {
    let found = |threads| {
        let trials = Trials::new(100).threads(threads);
        trials.run(|trial| Ok(Run::new(vec![trial.index as f32]))).unwrap().final_losses()
    };
    let expected: Vec<f64> = (0..100).map(f64::from).collect();
    for threads in (0..=40).chain([63, 64, 65, 100, 1000, usize::MAX]) {
        assert_eq!(found(threads), expected, "{threads} threads");
    }
    #[cfg(target_os = "linux")]
    {
        let ours = || {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap();
            let names =
                tasks.filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok());
            names.filter(|name| name == "nn-trials\n").count()
        };
        // Threads that are not kept take a moment to end, and other tests run trials as well.
        let since = std::time::Instant::now();
        while ours() >= 100 {
            assert!(since.elapsed() < Duration::from_secs(60), "{} threads", ours());
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(ours() > 0, "threads are kept, and counted by their name");
    }
}

// --- Ensembles with failures ---

/// Runs one trial for each score; those without a score fail.
fn scored(scores: &[Option<f64>]) -> Result<Ensemble<f64>, TrialsError> {
    Trials::new(scores.len()).seed(7).keep_going().run(|trial| {
        let score = scores[trial.index].ok_or("lost\nin the dark")?;
        let run = Run::new(vec![2.0, 1.0 - score]).score(Score::higher("test accuracy", score));
        Ok(run.success(score > 0.6))
    })
}

#[test]
fn failures_are_printed_and_counted_beside_the_diverged() {
    let plain = Trials::new(5).keep_going().run(|trial| match trial.index {
        0 | 3 => Err("∂".repeat(200).into()),
        1 => Ok(Run::new(vec![2.0, f64::NAN]).success(false)),
        _ => Ok(Run::new(vec![2.0, 0.25]).success(true)),
    });
    let plain = plain.unwrap().to_string();
    assert!(plain.starts_with("final loss of 3 of 5 trials, 2 epochs: too few to judge by\n"), "{plain}");
    let failed = format!(
        "\n  best     2.5000e-1  (trial 2)
  worst    inf  (trial 1)
  diverged 1
  failed   2  (first trial 0: {}…)
  success  2 of 5 (95 % interval ",
        "∂".repeat(91)
    );
    assert!(plain.contains(&failed), "{plain}");

    let several = scored(&[Some(0.5), None, Some(0.75), Some(0.7)]).unwrap();
    let printed = several.to_string();
    assert!(
        printed.starts_with("final training loss of 3 of 4 trials, 2 epochs: too few to judge by\n"),
        "{printed}"
    );
    assert!(printed.contains("\n  chosen   0.7500  (trial 2, by its training loss)\n"), "{printed}");
    assert!(printed.contains("\n  diverged 0\nfailed 1  (trial 1: lost)\nsuccess in 2 of 4 ("), "{printed}");
}

#[test]
fn values_are_found_by_the_index_of_their_trial() {
    let ensemble = scored(&[None, Some(0.5), None, Some(0.75)]).unwrap();
    let score = ensemble.score().unwrap();
    assert_eq!((score.values(), score.indices()), (&[0.5, 0.75][..], &[1, 3][..]));
    assert_eq!([0, 1, 2, 3, 4].map(|index| score.of(index)), [None, Some(0.5), None, Some(0.75), None]);
    assert_eq!((ensemble.best(), ensemble.worst()), (Some(3), 1));
    assert_eq!(ensemble.validation(), None);
    assert_eq!(ensemble.final_losses(), [0.5, 0.25]);
    assert!(ensemble.runs().get(2).is_none() && ensemble.runs().get(4).is_none());
    assert!(ensemble.runs().iter().eq(ensemble.runs()));
}

#[test]
#[should_panic(expected = "expected a trial with a run, found index 2")]
fn a_trial_without_a_run_cannot_be_indexed() {
    let ensemble = scored(&[None, Some(0.5), None, Some(0.75)]).unwrap();
    let _ = &ensemble.runs()[2];
}

/// The pairs by position would be (0.5, 0.6), (0.75, 0.8): other trials, and the other one would win.
#[test]
fn pairs_are_formed_by_the_index_of_the_trial() {
    let a = scored(&[None, Some(0.5), Some(0.75), Some(0.9)]).unwrap();
    let b = scored(&[Some(0.6), Some(0.4), Some(0.7), None]).unwrap();
    let comparison = Comparison::paired(&a, &b).unwrap();
    assert_eq!((comparison.pairs.wins, comparison.pairs.losses, comparison.failed), (2, 0, 2));
    let printed = comparison.to_string();
    assert!(
        printed.ends_with("\n  2 trials form no pair, because they failed in one of the two"),
        "{printed}"
    );
    let one = Comparison::paired(&a, &scored(&[Some(0.1); 4]).unwrap()).unwrap();
    assert!(
        one.to_string().ends_with("\n  1 trial forms no pair, because it failed in one of the two"),
        "{one}"
    );

    let none = Comparison::paired(&scored(&[Some(0.5), None]).unwrap(), &scored(&[None, Some(0.5)]).unwrap());
    let expected = "each of the 2 trials failed in A or in B, expected at least 1 with a run in both";
    assert_eq!(none.unwrap_err().to_string(), expected);
    // As many runs, but not as many trials.
    let other = Comparison::paired(&a, &scored(&[Some(0.5); 3]).unwrap());
    let expected = "A has 4 trials and B 3, expected equal numbers, so that the trials form pairs";
    assert_eq!(other.unwrap_err().to_string(), expected);
}
