//! Studies in parts: whatever the parts, the results have the bits of a single run, and what cannot be merged is refused with
//! what to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn_core::rand::RngExt;
use nn_core::simd::Level;
use nn_core::{Linear, Sequential, StateDict, Tanh};
use nn_loss::CrossEntropyLoss;
use nn_train::prelude::*;
use nn_train::{Merged, Study, StudyError, Task, TrialsError};
use proptest::prelude::*;

const TRIALS: usize = 37;

/// Trials of different lengths; some diverge and some fail.
fn uneven(trials: &Trials<'_>) -> Result<Ensemble<f32, usize>, TrialsError> {
    trials.clone().keep_going().run(|trial| {
        let mut rng = trial.rng("losses");
        let epochs = 1 + trial.index * 7 % 5;
        let mut losses = || -> Vec<f32> { (0..epochs).map(|_| rng.random::<f32>()).collect() };
        let (mut training, validation) = (losses(), losses());
        match trial.index % 11 {
            3 => return Err(format!("no data for\ntrial {}", trial.index).into()),
            5 => training[epochs - 1] = f32::NAN,
            7 => training[0] = f32::INFINITY,
            _ => {}
        }
        let run = Run::new(training).validation(validation).restored((trial.index % 4 == 0).then_some(0));
        let run = run.score(Score::higher("test accuracy", f64::from(trial.index as u32) / 64.0));
        Ok(run.success(trial.index % 3 == 0).keep(trial.index))
    })
}

/// Small networks, which are trained in stacks where there are sixteen.
fn networks(trials: &Trials<'_>) -> Result<Ensemble<f32, StateDict<f32>>, TrialsError> {
    let prepare = |trial: Trial| {
        let mut rng = trial.rng("network");
        let network = Sequential::new()
            .append(Linear::new(2, 4, &mut rng))
            .append(Tanh)
            .append(Linear::new(4, 2, &mut rng));
        Ok((network, make_xor::<f32>(20, 0.3, &mut trial.rng("data"))?))
    };
    trials.fit(&GradientDescent::new(0.05, 20), &CrossEntropyLoss::sum(), prepare, |fitted| {
        Ok(Run::from(fitted.history).keep(fitted.network.state_dict()))
    })
}

fn study() -> Study {
    Study::new("uneven").setting("hidden units", 8).setting("rate", 0.1)
}

fn trials() -> Trials<'static> {
    Trials::new(TRIALS).seed(7)
}

fn shard(directory: &Path, part: &str) -> Task {
    Task::Shard { part: part.parse().unwrap(), directory: directory.into() }
}

fn merge(directories: &[&Path]) -> Task {
    Task::Merge { directories: directories.iter().map(PathBuf::from).collect() }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Everything that is printed, drawn or written.
fn all_that_is_seen<F: nn_core::Scalar, K: std::fmt::Debug>(results: &Merged<F, K>) -> String {
    let mut curves = Vec::new();
    results.for_each_epoch(|epoch, losses| curves.push((epoch, losses.to_vec()))).unwrap();
    format!(
        "{results}\n{}\n{:?}\n{:?}\n{:?}\n{:?}\n{curves:?}",
        results.to_csv(),
        results.outcomes(),
        results.validation_curve(),
        results.best(),
        results.worst()
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_split_in_any_order_gives_the_same_bits(
        of in 1_usize..40,
        again in 1_usize..20,
        order in any::<u64>(),
    ) {
        let whole = study().run(&trials(), uneven).unwrap().unwrap();
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut parts: Vec<(usize, usize)> = (1..=of).map(|part| (part, of)).collect();
        // One part of another split overlaps some of them.
        parts.push((1 + order as usize % again, again));
        parts.rotate_left(order as usize % (of + 1));
        for (position, (part, of)) in parts.into_iter().enumerate() {
            let directory = if (order >> (position % 64)) & 1 == 0 { &one } else { &two };
            let task = shard(directory.path(), &format!("{part}/{of}"));
            prop_assert!(study().task(task).run(&trials().threads(1), uneven).unwrap().is_none());
        }
        let merged = study().task(merge(&[two.path(), one.path()])).run(&trials(), uneven).unwrap().unwrap();
        prop_assert_eq!(all_that_is_seen(&merged), all_that_is_seen(&whole));
    }
}

#[test]
fn a_study_of_one_process_says_what_its_ensemble_says() {
    let ensemble = uneven(&trials()).unwrap();
    let results = study().run(&trials(), uneven).unwrap().unwrap();
    assert_eq!((results.to_string(), results.to_csv()), (ensemble.to_string(), ensemble.to_csv()));
    assert_eq!(
        (results.curve(), results.validation_curve()),
        (&ensemble.curve()[..], ensemble.validation_curve().as_deref())
    );
    assert_eq!(Some(results.best().0), ensemble.best());
    assert_eq!((results.worst().0, results.worst().1.kept), (ensemble.worst(), ensemble.worst()));
    assert_eq!(results.cost().trials, TRIALS);
    let mut epochs = 0;
    results
        .for_each_epoch(|epoch, losses| {
            assert_eq!((epoch, losses.len()), (epochs, ensemble.runs().len()));
            epochs += 1;
        })
        .unwrap();
    assert_eq!(epochs, ensemble.epochs());
}

#[test]
fn networks_of_any_part_and_any_instruction_set_have_the_same_bits() {
    let _level = crate::LEVEL.lock();
    let study = Study::new("networks");
    let whole = study.run(&trials(), networks).unwrap().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let levels: Vec<Level> = Level::available().collect();
    for (part, level) in (1..=5).zip(levels.iter().cycle()) {
        level.set().unwrap();
        let task = shard(directory.path(), &format!("{part}/5"));
        assert!(study.clone().task(task).run(&trials(), networks).unwrap().is_none());
    }
    let merged = study.task(merge(&[directory.path()])).run(&trials(), networks).unwrap().unwrap();
    Level::available().last().unwrap().set().unwrap();
    assert_eq!(all_that_is_seen(&merged), all_that_is_seen(&whole));
    assert_eq!(merged.best().1.kept, whole.best().1.kept);
}

/// Runs all parts into one directory, and returns the error of merging after `damage`.
fn refused(parts: usize, damage: impl Fn(&Path)) -> String {
    let directory = tempfile::tempdir().unwrap();
    for part in 1..=parts {
        study().task(shard(directory.path(), &format!("{part}/{parts}"))).run(&trials(), uneven).unwrap();
    }
    damage(directory.path());
    let error = study().task(merge(&[directory.path()])).run(&trials(), uneven).unwrap_err().to_string();
    assert!(error.len() < 700, "{error}");
    error.replace(&directory.path().display().to_string(), "DIR")
}

#[test]
fn what_does_not_belong_together_is_refused_with_what_to_do() {
    assert_eq!(
        refused(3, |directory| {
            fs::remove_file(directory.join("uneven-16-32.shard")).unwrap();
        }),
        "16 of 37 trials are missing: 16..32; run their shards again"
    );
    assert_eq!(
        refused(2, |directory| {
            let other = Study::new("uneven").setting("hidden units", 9).setting("rate", 0.1);
            other.task(shard(directory, "5/37")).run(&trials(), uneven).unwrap();
        }),
        "DIR/uneven-04-05.shard: setting hidden units is 9, expected 8 as in this program; a study has one configuration, keep others \
         in directories of their own"
    );
    assert_eq!(
        refused(2, |directory| {
            let other = study().setting("more", "1");
            other.task(shard(directory, "5/37")).run(&trials(), uneven).unwrap();
        }),
        "DIR/uneven-04-05.shard: setting more is 1, expected not given as in this program; a study has one configuration, keep \
         others in directories of their own"
    );
    for (trials, found) in [
        (Trials::new(TRIALS).seed(8), "seed is 8, expected 7"),
        (Trials::new(40).seed(7), "trials is 40, expected 37"),
    ] {
        let message = refused(2, |directory| {
            study().task(shard(directory, "5/37")).run(&trials, uneven).unwrap();
        });
        assert!(message.contains(found), "{message}");
    }
    assert_eq!(
        refused(2, |directory| {
            let other = |trials: &Trials<'_>| {
                let ensemble = uneven(trials)?;
                let change = |(index, run): (usize, &Run<f32, usize>)| {
                    let mut run = run.clone();
                    if index == 4 {
                        run.curve[1] = run.curve[1].next_up();
                    }
                    run
                };
                let runs: Vec<Run<f32, usize>> = ensemble.runs().indexed().map(change).collect();
                trials.clone().keep_going().run(|trial| {
                    let position = ensemble.runs().indices().binary_search(&trial.index);
                    position.map(|position| runs[position].clone()).map_err(|_| "no data for\ntrial 3".into())
                })
            };
            study().task(shard(directory, "5/37")).run(&trials(), other).unwrap();
        }),
        "trial 4 has other numbers in DIR/uneven-04-05.shard than in DIR/uneven-00-16.shard; one of them is from another program or \
         version: remove it and run its trials again"
    );
    let directory = tempfile::tempdir().unwrap();
    let error = study().task(merge(&[directory.path()])).run(&trials(), uneven).unwrap_err();
    let place = directory.path().display();
    assert_eq!(
        error.to_string(),
        format!("expected shards of the study \"uneven\" in {place}, found none; run them with --shard")
    );
}

#[test]
fn a_network_that_trains_to_other_numbers_is_not_shown_for_the_one_in_the_shard() {
    let directory = tempfile::tempdir().unwrap();
    study().task(shard(directory.path(), "1/1")).run(&trials(), uneven).unwrap();
    let other = |trials: &Trials<'_>| trials.run(|_| Ok(Run::new(vec![0.5_f32]).keep(0)));
    let error = study().task(merge(&[directory.path()])).run(&trials(), other).unwrap_err();
    assert!(matches!(error, StudyError::Again { .. }), "{error}");
}

#[test]
fn a_shard_that_is_cut_or_changed_anywhere_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    study().task(shard(directory.path(), "1/1")).run(&trials(), uneven).unwrap();
    let [path] = &files(directory.path())[..] else { panic!("one file") };
    let whole = fs::read(path).unwrap();
    let merge = || study().task(merge(&[directory.path()])).run(&trials(), uneven);
    let refused = |bytes: &[u8]| {
        // A new file: to overwrite one, some systems flush to the disk.
        fs::remove_file(path).unwrap();
        fs::write(path, bytes).unwrap();
        match merge() {
            Err(StudyError::Damaged { file, what }) => assert!(file == *path && what.len() < 300, "{what}"),
            // The first line is read before the checksum.
            Err(StudyError::Format { .. }) => {
                assert!(bytes.len() == whole.len() && bytes[..11] != whole[..11]);
            }
            other => panic!("{:?}", other.map(|_| ())),
        }
    };
    for length in 0..whole.len() {
        refused(&whole[..length]);
    }
    refused(&[&whole[..], &[0]].concat());
    for position in 0..whole.len() {
        let mut changed = whole.clone();
        changed[position] ^= 1 << (position % 8);
        refused(&changed);
    }
    // What is damaged is run again.
    fs::write(path, &whole[..whole.len() / 2]).unwrap();
    study().task(shard(directory.path(), "1/1")).run(&trials(), uneven).unwrap();
    assert!(merge().unwrap().is_some());
}

#[test]
fn a_shard_that_is_there_is_not_run_again_and_one_of_another_configuration_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let runs = AtomicUsize::new(0);
    let counting = |trials: &Trials<'_>| {
        runs.fetch_add(1, Relaxed);
        uneven(trials)
    };
    for expected in [1, 1] {
        study().task(shard(directory.path(), "2/3")).run(&trials(), counting).unwrap();
        assert_eq!(runs.load(Relaxed), expected);
    }
    let before = fs::read(&files(directory.path())[0]).unwrap();
    let other = study().setting("more", 1).task(shard(directory.path(), "2/3"));
    assert!(matches!(other.run(&trials(), counting), Err(StudyError::Differs { .. })));
    assert_eq!((runs.load(Relaxed), fs::read(&files(directory.path())[0]).unwrap()), (1, before));
}

#[test]
fn parts_without_trials_or_without_success_and_very_many_parts_are_merged() {
    let whole = study().run(&trials(), uneven).unwrap().unwrap();
    let directory = tempfile::tempdir().unwrap();
    // Most of them are empty, and some hold a single trial, which fails.
    for part in 1..=1000 {
        study().task(shard(directory.path(), &format!("{part}/1000"))).run(&trials(), uneven).unwrap();
    }
    assert!(files(directory.path()).len() > 70);
    let merged = study().task(merge(&[directory.path()])).run(&trials(), uneven).unwrap().unwrap();
    assert_eq!(all_that_is_seen(&merged), all_that_is_seen(&whole));

    let fail =
        |trials: &Trials<'_>| trials.clone().keep_going().run(|_| Err::<Run<f32>, _>("no data".into()));
    let directory = tempfile::tempdir().unwrap();
    for part in ["1/2", "2/2"] {
        study().task(shard(directory.path(), part)).run(&trials(), fail).unwrap();
    }
    let error = study().task(merge(&[directory.path()])).run(&trials(), fail).unwrap_err();
    assert_eq!(error.to_string(), "all 37 trials failed, the first of them with trial 0: no data");
}

#[test]
fn two_processes_with_the_same_part_leave_one_whole_shard() {
    let directory = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                study().task(shard(directory.path(), "1/1")).run(&trials().threads(1), uneven).unwrap()
            });
        }
    });
    assert_eq!(files(directory.path()).len(), 1);
    assert!(study().task(merge(&[directory.path()])).run(&trials(), uneven).unwrap().is_some());
}

#[test]
fn a_shard_begins_with_text_that_says_what_it_holds() {
    let directory = tempfile::tempdir().unwrap();
    study().task(shard(directory.path(), "2/37")).run(&trials(), uneven).unwrap();
    let bytes = fs::read(directory.path().join("uneven-01-02.shard")).unwrap();
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
    let text = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let stable: Vec<&str> = text.lines().filter(|line| !line.contains("_seconds ")).collect();
    let version = format!("nn {}", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        stable,
        [
            "nn shard 1",
            &version,
            "bits 1",
            "study uneven",
            "setting hidden\\sunits 8",
            "setting rate 0.1",
            "precision f32",
            "seed 7",
            "trials 37",
            "range 1..2",
            "validation yes",
            "score higher test accuracy",
            "success yes",
            "runs 1",
            "epochs 3",
        ]
    );
}

#[test]
fn a_range_has_the_bits_of_the_whole_and_must_lie_within_it() {
    let whole = networks(&trials()).unwrap();
    for range in [0..16, 3..37, 20..21] {
        let part = networks(&trials().range(range.clone())).unwrap();
        assert!(part.runs().indices().iter().copied().eq(range.clone()));
        assert!(range.into_iter().all(|index| part.runs()[index] == whole.runs()[index]));
    }
    for (range, message) in [
        (5..38, "the range is 5..38, expected one within the 37 trials from 0 on"),
        (38..38, "the range is 38..38, expected one within the 37 trials from 0 on"),
        (5..5, "the number of trials is 0, expected at least 1"),
    ] {
        assert_eq!(networks(&trials().range(range)).unwrap_err().to_string(), message);
    }
}

/// Four times the epochs are four times the file, and take the same memory but for the statistics of each epoch.
#[test]
fn merging_takes_memory_for_some_epochs_only() {
    let peak = |epochs: usize| {
        let directory = tempfile::tempdir().unwrap();
        let trials = Trials::new(3000).seed(1).threads(1);
        let experiment = |trials: &Trials<'_>| {
            trials.run(|trial| Ok(Run::new((0..epochs).map(|epoch| (epoch ^ trial.index) as f32).collect())))
        };
        let study = Study::new("long");
        for part in 1..=10 {
            study
                .clone()
                .task(shard(directory.path(), &format!("{part}/10")))
                .run(&trials, experiment)
                .unwrap();
        }
        let merge = study.task(merge(&[directory.path()]));
        let bytes: u64 = files(directory.path()).iter().map(|file| file.metadata().unwrap().len()).sum();
        (crate::counting::peak(|| merge.run(&trials, experiment).unwrap()), bytes as usize)
    };
    let ((short, _), (long, bytes)) = (peak(1000), peak(4000));
    assert!(bytes > 4 * 3000 * 4000, "{bytes}");
    assert!(long < short + 2_000_000 && long < bytes / 2, "{short} and {long} of {bytes} bytes");
}

#[test]
fn shards_of_other_bits_are_refused_and_those_of_another_version_with_the_same_bits_are_not() {
    let directory = tempfile::tempdir().unwrap();
    study().task(shard(directory.path(), "1/1")).run(&trials(), uneven).unwrap();
    let [path] = &files(directory.path())[..] else { panic!("one file") };
    let whole = fs::read(path).unwrap();
    let merge_with = |from: &str, to: &str| {
        let at = whole.windows(from.len()).position(|part| part == from.as_bytes()).unwrap();
        let mut other = [&whole[..at], to.as_bytes(), &whole[at + from.len()..whole.len() - 4]].concat();
        other.extend(crc32fast::hash(&other).to_le_bytes());
        fs::write(path, other).unwrap();
        let merged = study().task(merge(&[directory.path()])).run(&trials(), uneven);
        merged.map(|merged| merged.unwrap().to_string()).map_err(|error| error.to_string())
    };
    let expected = uneven(&trials()).unwrap().to_string();
    let version = format!("nn {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(merge_with(&version, "nn 0.1.99\n"), Ok(expected));
    let refused = merge_with("bits 1\n", "bits 2\n").unwrap_err();
    assert!(refused.contains(": bits is 2, expected 1 as in this program; "), "{refused}");
    let refused = merge_with("nn shard 1\n", "nn shard 2\n").unwrap_err();
    assert!(refused.ends_with("expected \"nn shard 1\": use the version of nn that wrote it"), "{refused}");
    // It is not replaced either.
    assert!(study().task(shard(directory.path(), "1/1")).run(&trials(), uneven).is_err());
    let refused = merge_with("runs 33\n", "runs 34\n").unwrap_err();
    assert!(refused.contains("has 34 runs and 4 failures in 0..37"), "{refused}");
}

#[test]
fn networks_that_diverged_are_trained_again_and_merged() {
    let diverging = |trials: &Trials<'_>| {
        let prepare = |trial: Trial| {
            let mut rng = trial.rng("network");
            let network = Sequential::new().append(Linear::new(2, 2, &mut rng));
            Ok((network, make_xor::<f32>(20, 0.3, &mut trial.rng("data"))?))
        };
        trials.fit(&GradientDescent::new(1e38, 20), &CrossEntropyLoss::sum(), prepare, |fitted| {
            Ok(Run::from(fitted.history).score(f64::NAN).keep(fitted.trial.index))
        })
    };
    let study = Study::new("diverging");
    let whole = study.run(&trials(), diverging).unwrap().unwrap();
    assert_eq!(whole.outcomes().diverged(), TRIALS);
    let directory = tempfile::tempdir().unwrap();
    // Some are stacked and some are not.
    for part in ["1/3", "2/3", "3/3", "2/37", "20/37"] {
        study.clone().task(shard(directory.path(), part)).run(&trials(), diverging).unwrap();
    }
    let merged = study.task(merge(&[directory.path()])).run(&trials(), diverging).unwrap().unwrap();
    assert_eq!(merged.to_csv(), whole.to_csv());
    assert_eq!((merged.best().1.kept, merged.worst().1.kept), (0, 0));
}

type Experiment = fn(&Trials<'_>) -> Result<Ensemble<f32, usize>, TrialsError>;

#[test]
fn an_experiment_must_run_the_trials_that_it_is_given() {
    let directory = tempfile::tempdir().unwrap();
    let all = |_: &Trials<'_>| uneven(&trials());
    let seeded = |trials: &Trials<'_>| uneven(&trials.clone().seed(8));
    let error = |experiment: Experiment| {
        let study = study().task(shard(directory.path(), "2/3"));
        study.run(&trials(), experiment).unwrap_err().to_string()
    };
    let advice = "expected all of 16..32 with seed 7: it should run the trials that it is given, as they are";
    assert_eq!(error(all), format!("the experiment ran 37 trials from 0 to 36 with seed 7, {advice}"));
    assert_eq!(error(seeded), format!("the experiment ran 16 trials from 16 to 31 with seed 8, {advice}"));
    assert!(files(directory.path()).is_empty());
}

#[test]
fn a_shard_under_another_name_is_replaced_or_refused() {
    let directory = tempfile::tempdir().unwrap();
    for part in ["1/2", "2/2"] {
        study().task(shard(directory.path(), part)).run(&trials(), uneven).unwrap();
    }
    let paths = files(directory.path());
    fs::copy(&paths[0], &paths[1]).unwrap();
    let merge = || study().task(merge(&[directory.path()])).run(&trials(), uneven);
    let refused = merge().unwrap_err().to_string();
    assert!(refused.contains("has the trials 0..16, expected those of its name"), "{refused}");
    study().task(shard(directory.path(), "2/2")).run(&trials(), uneven).unwrap();
    assert!(merge().is_ok());
}

#[test]
fn a_shard_that_is_replaced_during_a_merge_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    study().task(shard(directory.path(), "1/1")).run(&trials(), uneven).unwrap();
    let merged = study().task(merge(&[directory.path()])).run(&trials(), uneven).unwrap().unwrap();
    let path = &files(directory.path())[0];
    let mut other = fs::read(path).unwrap();
    let last = other.len() - 1;
    other[last] ^= 1;
    fs::write(path, &other).unwrap();
    let changed = merged.for_each_epoch(|_, _| {}).unwrap_err();
    assert!(changed.to_string().ends_with(" has changed since it was checked; merge again"), "{changed}");
    fs::remove_file(path).unwrap();
    assert!(matches!(merged.for_each_epoch(|_, _| {}), Err(StudyError::Read { .. })));
}

#[test]
fn settings_of_one_name_are_all_compared() {
    let directory = tempfile::tempdir().unwrap();
    let of_layers = |second: usize| Study::new("layers").setting("units", 8).setting("units", second);
    of_layers(4).task(shard(directory.path(), "1/1")).run(&trials(), uneven).unwrap();
    let refused = of_layers(16).task(merge(&[directory.path()])).run(&trials(), uneven).unwrap_err();
    assert!(matches!(refused, StudyError::Differs { .. }), "{refused}");
}

/// Which NaN comes out of a computation depends on the CPU, and on whether networks are stacked.
#[test]
fn every_nan_is_the_same_result() {
    let with = |nan: f32| {
        move |trials: &Trials<'_>| {
            trials.run(|trial| {
                let run = Run::new(vec![1.0, nan]).validation(vec![nan, nan]);
                Ok(run.score(f64::from(nan)).keep(trial.index))
            })
        }
    };
    let (one, other) = (with(f32::NAN), with(f32::from_bits(0xffc0_0001)));
    let directory = tempfile::tempdir().unwrap();
    for (part, experiment) in [("1/1", &one), ("2/2", &other)] {
        study().task(shard(directory.path(), part)).run(&trials(), experiment).unwrap();
    }
    let merge = study().task(merge(&[directory.path()]));
    assert!(merge.run(&trials(), one).is_ok() && merge.run(&trials(), other).is_ok());
}
