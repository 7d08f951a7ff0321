//! Tests the reports of trials, and with the feature `progress` the lines that are made of them.

use std::sync::Mutex;

use nn_train::prelude::*;

/// All reports of trials, as they are printed.
fn printed(run: impl Fn(&Trials<'_>)) -> Vec<String> {
    let lines = Mutex::new(Vec::new());
    let observer = |trial: &nn_train::TrialReport| lines.lock().unwrap().push(trial.to_string());
    run(&Trials::new(10).threads(1).observe(&observer));
    lines.into_inner().unwrap()
}

#[test]
fn trials_are_reported_as_lines() {
    let lines = printed(|trials| {
        let trials = trials.clone().keep_going();
        let run = trials.run(|trial| match trial.index {
            0 => Ok(Run::new(vec![2.0, 0.125]).validation(vec![1.0, 0.25])),
            1 => Err("no data".into()),
            _ => Ok(Run::new(vec![f64::NAN]).validation(vec![1.0])),
        });
        assert_eq!(run.unwrap().failures().len(), 1);
    });
    assert_eq!(lines.len(), 10);
    assert_eq!(lines[0], "trial  1 of 10  loss 1.2500e-1  validation 2.5000e-1");
    assert_eq!(lines[1], "trial  2 of 10  failed");
    assert_eq!(lines[9], "trial 10 of 10  loss NaN  validation 1.0000e0  (diverged)");
}

#[test]
fn trials_of_a_grid_say_their_cell() {
    let lines = printed(|trials| {
        let score = |value| Run::new(vec![1.0]).score(Score::higher("accuracy", value));
        trials.grid([("a", 0.5), ("b", 0.75)], |&value, trials| trials.run(|_| Ok(score(value)))).unwrap();
    });
    assert_eq!(lines.len(), 20);
    assert_eq!(lines[0], "cell 1 of 2, a, trial  1 of 10  loss 1.0000e0  accuracy 0.5000");
    assert_eq!(lines[19], "cell 2 of 2, b, trial 10 of 10  loss 1.0000e0  accuracy 0.7500");
}

/// On several threads each trial is reported once, those of a stack as well.
#[test]
fn every_trial_is_reported_once_on_any_number_of_threads() {
    for threads in [1, 2, 5] {
        let seen = Mutex::new((Vec::new(), Vec::new()));
        let observer = |trial: &nn_train::TrialReport| {
            let mut seen = seen.lock().unwrap();
            seen.0.push(trial.index);
            seen.1.push(trial.done);
            assert_eq!(trial.of, 37);
        };
        let data = make_xor::<f32>(8, 0.3, &mut ChaCha8Rng::seed_from_u64(0)).unwrap();
        let trials = Trials::new(50).range(3..40).threads(threads).observe(&observer);
        let prepare = |trial: Trial| Ok((Linear::new(2, 2, &mut trial.rng("network")), &data));
        let (descent, loss) = (GradientDescent::new(0.1, 2), CrossEntropyLoss::mean());
        trials.fit(&descent, &loss, prepare, |fitted| Ok(Run::from(fitted.history))).unwrap();
        let (mut indices, mut done) = seen.into_inner().unwrap();
        indices.sort_unstable();
        done.sort_unstable();
        assert_eq!((indices, done), ((3..40).collect(), (1..38).collect()));
    }
}

#[cfg(feature = "progress")]
mod lines {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use nn_train::prelude::*;
    use nn_train::progress::Progress;

    #[derive(Clone, Default)]
    struct Text(Arc<Mutex<Vec<u8>>>);

    impl Text {
        fn lines(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines().map(str::to_owned).collect()
        }
    }

    impl Write for Text {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn train(progress: &Progress, epochs: usize) {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let data = make_xor::<f32>(40, 0.3, &mut rng).unwrap();
        let mut network = Linear::new(2, 2, &mut rng);
        Trainer::new(Adam::new(0.01))
            .epochs(epochs)
            .metric("accuracy", |output, labels: &Vec<usize>| {
                nn_train::metrics::accuracy(labels, &argmax(output)?)
            })
            .observe(progress.epochs())
            .fit(&mut network, &CrossEntropyLoss::mean(), &data, Some(&data), &mut rng)
            .unwrap();
    }

    #[test]
    fn a_training_has_a_line_for_each_epoch_and_says_what_is_left() {
        let text = Text::default();
        train(&Progress::to_writer(text.clone()).every(Duration::ZERO), 12);
        let lines = text.lines();
        assert_eq!(lines.len(), 12);
        for (epoch, line) in lines.iter().enumerate() {
            assert!(line.starts_with(&format!("epoch {:>2}  loss ", epoch + 1)), "{line}");
            assert!(line.contains("  validation ") && line.contains("  accuracy "), "{line}");
            assert_eq!(line.ends_with(" s left"), epoch < 11, "{line}");
        }
    }

    /// One line for the end, however many epochs were done in the time between two lines.
    #[test]
    fn lines_come_now_and_then_and_at_the_end() {
        let text = Text::default();
        let progress = Progress::to_writer(text.clone()).every(Duration::from_secs(3600));
        train(&progress, 30);
        train(&progress, 20);
        let lines = text.lines();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("epoch 30  ") && lines[1].starts_with("epoch 20  "), "{lines:?}");
    }

    #[test]
    fn the_trials_of_a_grid_count_together() {
        let text = Text::default();
        let progress = Progress::to_writer(text.clone()).every(Duration::ZERO);
        let observer = progress.trials();
        let trials = Trials::new(3).threads(1).observe(&observer);
        trials.grid([("a", ()), ("b", ())], |(), trials| trials.run(|_| Ok(Run::new(vec![1.0])))).unwrap();
        let lines = text.lines();
        assert_eq!(lines.len(), 6);
        assert!(
            lines[2].starts_with("cell 1 of 2, a, trial 3 of 3") && lines[2].ends_with(" left"),
            "{lines:?}"
        );
        assert_eq!(lines[5], "cell 2 of 2, b, trial 3 of 3  loss 1.0000e0");
    }

    /// A log that cannot be written is no reason to end a training.
    #[test]
    fn nothing_is_shown_when_switched_off_and_a_broken_writer_does_not_matter() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other("full"))
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        train(&Progress::to_writer(Broken).every(Duration::ZERO), 3);
        train(&Progress::off(), 3);
    }
}
