//! Tests cross-validation and grids: every sample is tested once, all cells see the same data, the choice and its table.

use nn_train::nn_data::{DataError, KFold, StratifiedKFold};
use nn_train::prelude::*;
use nn_train::{Cell, CrossValidator, Grid, GridError, TrialsError};

/// Sample i has the input i and the class i mod 2.
fn numbered(n: usize) -> Dataset<f64, Vec<usize>> {
    let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
    Dataset::new(Tensor::from_column(&x), (0..n).map(|i| i % 2).collect()).unwrap()
}

// --- Cross-validation ---

/// What a trial saw: its index, and the inputs of its parts.
type Seen = (usize, Vec<f64>, Vec<f64>);

fn seen(folds: &dyn CrossValidator<Dataset<f64, Vec<usize>>>, trials: &Trials<'_>) -> Vec<Seen> {
    let data = numbered(23);
    let ensemble = trials
        .cross_validate(&data, folds, |train, test, trial| {
            let inputs = |part: &Dataset<f64, Vec<usize>>| part.x().feature(0).to_vec();
            Ok(Run::new(vec![1.0]).keep((trial.index, inputs(train), inputs(test))))
        })
        .unwrap();
    ensemble.runs().iter().map(|run| run.kept.clone()).collect()
}

#[test]
fn every_sample_is_tested_once_in_every_cross_validation() {
    let (k_fold, stratified) = (KFold::new(4), StratifiedKFold::new(4));
    for folds in [&k_fold as &dyn CrossValidator<_>, &stratified] {
        let all = seen(folds, &Trials::new(3).seed(5));
        assert_eq!(all.len(), 12);
        for (repeat, trials) in all.chunks(4).enumerate() {
            let mut tested = Vec::new();
            for (fold, (index, train, test)) in trials.iter().enumerate() {
                assert_eq!(*index, 4 * repeat + fold);
                let mut both = [&train[..], test].concat();
                both.sort_by(f64::total_cmp);
                assert_eq!(both, numbered(23).x().feature(0), "each sample is in one part");
                tested.extend(test);
            }
            tested.sort_by(f64::total_cmp);
            assert_eq!(tested, numbered(23).x().feature(0));
        }
        assert_ne!(all[0], all[4], "another seed has other folds");
    }
}

#[test]
fn folds_depend_on_seed_and_repetition_alone() {
    let folds = KFold::new(4);
    let all = seen(&folds, &Trials::new(3).seed(5).threads(1));
    assert_eq!(seen(&folds, &Trials::new(3).seed(5).threads(3)), all);
    assert_eq!(seen(&folds, &Trials::new(2).seed(5)), all[..8]);
    assert_eq!(seen(&folds, &Trials::new(3).seed(5).range(1..2)), all[4..8]);
    assert_ne!(seen(&folds, &Trials::new(3).seed(6)), all);
    // They are those that the splitter draws from the documented generator.
    let data = numbered(23);
    let drawn = KFold::new(4).split(&data, &mut Trial { seed: 5, index: 1 }.rng("folds")).unwrap();
    for ((train, test), (_, of_train, of_test)) in drawn.zip(&all[4..]) {
        assert_eq!((train.x().feature(0), test.x().feature(0)), (&of_train[..], &of_test[..]));
    }
}

#[test]
fn data_that_cannot_be_divided_are_refused() {
    let run = |folds: &dyn CrossValidator<Dataset<f64, Vec<usize>>>, trials: Trials<'_>| {
        trials.cross_validate(&numbered(6), folds, |_, _, _| Ok(Run::new(vec![1.0]))).unwrap_err()
    };
    let error = run(&KFold::new(7), Trials::new(2));
    assert!(
        matches!(&error, TrialsError::Data(cause) if matches!(**cause, DataError::Setting(_))),
        "{error}"
    );
    assert_eq!(error.to_string(), "KFold: splits is 7, expected at most the number of samples, 6");
    assert!(matches!(run(&StratifiedKFold::new(4), Trials::new(2)), TrialsError::Data(_)));
    assert!(matches!(run(&KFold::new(2), Trials::new(0)), TrialsError::NoTrials));
    assert!(matches!(run(&KFold::new(2), Trials::new(usize::MAX)), TrialsError::TooMany { .. }));
    assert!(matches!(run(&KFold::new(2), Trials::new(3).range(2..4)), TrialsError::Range { .. }));
}

// --- Grids ---

/// Trials of given validation losses and scores.
fn ensemble(validation: &[f64], scores: &[f64]) -> Ensemble<f64> {
    let run = |(&loss, &score)| {
        Run::new(vec![1.0]).validation(vec![loss]).score(Score::higher("test accuracy", score))
    };
    Ensemble::new(validation.iter().zip(scores).map(run).collect(), 0).unwrap()
}

fn cell(name: &str, ensemble: Ensemble<f64>) -> Cell<(), f64> {
    Cell { name: name.into(), settings: (), ensemble }
}

fn names<C>(grid: &Grid<C, f64>) -> Vec<&str> {
    grid.cells().iter().map(|cell| &cell.name[..]).collect()
}

/// Where test scores would choose another cell than validation losses do, and the mean another than the IQM.
#[test]
fn cells_are_chosen_by_the_iqm_of_validation() {
    let good = ensemble(&[0.2, 0.2, 0.2, 0.2, 9.0], &[0.5; 5]);
    let even = ensemble(&[0.3; 5], &[0.9; 5]);
    let broken = ensemble(&[0.1, 0.1, f64::NAN, f64::NAN, f64::NAN], &[0.99; 5]);
    let grid =
        Grid::new(vec![cell("broken", broken), cell("even", even.clone()), cell("good", good.clone())])
            .unwrap();
    assert_eq!(names(&grid), ["good", "even", "broken"]);
    assert_eq!(grid.best().unwrap().name, "good");
    let comparisons = grid.against_best();
    assert_eq!(comparisons.len(), 2);
    assert_eq!(comparisons[0].names, ["good", "even"]);
    assert_eq!((comparisons[0].pairs.wins, comparisons[0].pairs.losses), (4, 1));
    assert_eq!(comparisons[0].measure, "final validation loss");
    // Equals keep the order in which they came.
    let ties = vec![cell("b", even.clone()), cell("c", good), cell("a", even)];
    assert_eq!(names(&Grid::new(ties).unwrap()), ["c", "b", "a"]);
}

#[test]
fn without_validation_cells_are_chosen_by_their_score_or_their_loss() {
    let run = |loss, score| Run::new(vec![loss]).score(score);
    let of = |loss, score: Score| Ensemble::new(vec![run(loss, score.clone()), run(loss, score)], 0).unwrap();
    let accuracy = |value| Score::higher("accuracy", value);
    let cells = vec![cell("low", of(0.1, accuracy(0.7))), cell("high", of(0.9, accuracy(0.8)))];
    assert_eq!(names(&Grid::new(cells).unwrap()), ["high", "low"]);
    let error = |value| Score::lower("error", value);
    let cells = vec![cell("low", of(0.9, error(0.7))), cell("high", of(0.1, error(0.8)))];
    assert_eq!(names(&Grid::new(cells).unwrap()), ["low", "high"]);
    let losses = |loss| Ensemble::new(vec![Run::new(vec![loss]); 2], 0).unwrap();
    let cells = vec![cell("high", losses(0.2)), cell("low", losses(0.1))];
    assert_eq!(names(&Grid::new(cells).unwrap()), ["low", "high"]);
}

#[test]
fn a_grid_is_a_table() {
    let grid = Grid::new(vec![
        cell("Adam at 0.01", ensemble(&[0.30, 0.32, 0.28, 0.31, 0.29], &[0.9; 5])),
        cell("momentum at 0.1", ensemble(&[0.29, 0.31, 0.29, 0.30, 0.27], &[0.95; 5])),
        cell("SGD at 1000", ensemble(&[f64::INFINITY; 5], &[0.1; 5])),
    ])
    .unwrap();
    assert_eq!(
        grid.to_string(),
        "\
final validation loss (lower is better), 3 cells of 5 trials, the best first
                    IQM  95 % interval     diverged  the best is better
momentum at 0.1  0.2933  0.2767 to 0.3067         0
Adam at 0.01     0.3000  0.2833 to 0.3167         0  0.80 (0.40 to 1.00)
SGD at 1000         inf  inf to inf               5  1.00 (0.57 to 1.00)
chosen: momentum at 0.1, test accuracy 0.9500 (95 % interval 0.9500 to 0.9500)"
    );
    let long = "x".repeat(1 << 20);
    let none =
        Grid::new(vec![cell(&long, Ensemble::new(vec![Run::new(vec![f64::NAN])], 0).unwrap())]).unwrap();
    assert!(none.best().is_none());
    let printed = none.to_string();
    assert!(printed.len() < 400 && printed.contains("too few to judge by"), "{printed}");
    assert!(printed.ends_with("\nchosen: none, because no IQM is finite"), "{printed}");
    let chosen = Grid::new(vec![cell("a", Ensemble::new(vec![Run::new(vec![1.0])], 0).unwrap())]).unwrap();
    assert!(chosen.to_string().ends_with("chosen: a (judge it by data that had no part in the choice)"));
}

#[test]
fn cells_that_cannot_be_ordered_say_why() {
    let message = |cells| Grid::new(cells).unwrap_err().to_string();
    assert_eq!(message(vec![]), "the number of cells is 0, expected at least 1");
    let (a, b) = (ensemble(&[0.1; 2], &[0.9; 2]), Ensemble::new(vec![Run::new(vec![1.0]); 2], 0).unwrap());
    assert_eq!(
        message(vec![cell("a", a.clone()), cell("b", b)]),
        "cell b has final training loss (lower is better), the first cell has final validation loss (lower is better), \
         expected the same in all"
    );
    let more = ensemble(&[0.2; 3], &[0.9; 3]);
    assert_eq!(
        message(vec![cell("a", a), cell("b", more)]),
        "the best cell (A) and cell b (B): A has 2 trials and B 3, expected equal numbers, so that the trials form pairs"
    );
    let failing = Trials::new(2).grid([("a", false), ("b", true)], |&fails, trials| {
        trials.run(|_| if fails { Err("no data".into()) } else { Ok(Run::new(vec![1.0])) })
    });
    assert_eq!(failing.unwrap_err().to_string(), "cell b: trial 0: no data");
    let none: [(&str, ()); 0] = [];
    let nothing = Trials::new(2).grid(none, |(), trials| trials.run(|_| Ok(Run::new(vec![1.0]))));
    assert!(matches!(nothing, Err(GridError::NoCells)));
}

/// A grid of trainings, cross-validated.
#[test]
fn a_grid_has_the_same_bits_on_any_number_of_threads() {
    let data = make_xor::<f32>(60, 0.3, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    let run = |threads| {
        let cells = [1e-4, 0.1, 1e38].map(|rate| (format!("rate {rate:e}"), rate));
        let grid = Trials::new(3).seed(2).threads(threads).grid(cells, |&rate, trials| {
            trials.cross_validate(&data, &StratifiedKFold::new(3), |train, test, trial| {
                let mut rng = trial.rng("network");
                let mut network = Sequential::new()
                    .append(Linear::new(2, 8, &mut rng))
                    .append(Tanh)
                    .append(Linear::new(8, 2, &mut rng));
                let trainer = Trainer::new(Sgd::new(rate)).epochs(60).batch_size(8);
                let loss = CrossEntropyLoss::mean();
                let history = trainer.fit(&mut network, &loss, train, None, &mut rng)?;
                let output = network.predict(test.x())?;
                let accuracy = or_nan(|| accuracy(test.y(), &argmax(&output)?))?;
                Ok(Run::from(history).score(Score::higher("accuracy of the folds", accuracy)))
            })
        });
        grid.unwrap()
    };
    let grid = run(1);
    assert_eq!(grid.best().unwrap().settings, 0.1, "{grid}");
    assert!(grid.cells()[2].ensemble.diverged() >= 6, "{grid}");
    assert_eq!(grid.best().unwrap().ensemble.trials(), 9);
    for threads in [2, 3] {
        let again = run(threads);
        assert_eq!(again.to_string(), grid.to_string());
        for (a, b) in again.cells().iter().zip(grid.cells()) {
            let bits = |ensemble: &Ensemble<f32>| {
                ensemble.final_losses().iter().map(|l| l.to_bits()).collect::<Vec<_>>()
            };
            assert_eq!(bits(&a.ensemble), bits(&b.ensemble), "{}", a.name);
        }
    }
}
