//! Checkpoints resumed after a change of settings or data: changes that would silently give other results are refused, and
//! early stopping keeps its promises.

use std::time::Instant;

use nn_train::Checkpoint;
use nn_train::nn_core::Entry;
use nn_train::prelude::*;
use nn_train::{CheckpointError, TrainError};

type Data = Dataset<f64, Vec<usize>>;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Few samples for a large network, so that the validation loss soon rises.
fn data() -> (Data, Data) {
    (make_xor(20, 0.9, &mut rng(3)).unwrap(), make_xor(100, 0.9, &mut rng(4)).unwrap())
}

fn network() -> Sequential<f64> {
    let mut rng = rng(7);
    Sequential::new().append(Linear::new(2, 8, &mut rng)).append(Tanh).append(Linear::new(8, 2, &mut rng))
}

fn trainer<'a>(epochs: usize) -> Trainer<'a, f64, Vec<usize>> {
    Trainer::new(Sgd::new(1.0)).epochs(epochs).batch_size(8)
}

/// Returns the checkpoint after `after` epochs of such a training, or at its end.
fn checkpoint(trainer: Trainer<'_, f64, Vec<usize>>, after: usize) -> Checkpoint<f64> {
    let ((train, validation), loss, mut model) = (data(), CrossEntropyLoss::mean(), network());
    let mut training = trainer.start(&mut model, &loss, &train, Some(&validation), &mut rng(9)).unwrap();
    for _ in 0..after {
        training.epoch().unwrap();
    }
    training.checkpoint()
}

/// Resumes to the end, and returns the curves and the validation loss of the network's final weights.
fn resume(
    trainer: Trainer<'_, f64, Vec<usize>>,
    checkpoint: &Checkpoint<f64>,
) -> Result<(History<f64>, f64), TrainError> {
    let ((train, validation), loss, mut model) = (data(), CrossEntropyLoss::mean(), network());
    let before = model.state_dict();
    let result = trainer
        .resume(&mut model, &loss, &train, Some(&validation), checkpoint)
        .and_then(nn_train::Training::run);
    match result {
        Ok(history) => {
            let output = model.predict(validation.x()).unwrap();
            Ok((history, loss.value(&output, validation.y()).unwrap()))
        }
        Err(error) => {
            assert_eq!(model.state_dict(), before);
            Err(error)
        }
    }
}

fn refused(trainer: Trainer<'_, f64, Vec<usize>>, checkpoint: &Checkpoint<f64>) -> String {
    resume(trainer, checkpoint).unwrap_err().to_string()
}

#[test]
fn fewer_epochs_than_there_were_are_refused() {
    let checkpoint = checkpoint(trainer(30), 8);
    assert_eq!(
        refused(trainer(5), &checkpoint),
        "Trainer: number of epochs is 5, expected at least the 8 of the checkpoint"
    );
}

#[test]
fn a_training_that_the_checkpoint_already_ends_still_restores_the_best_weights() {
    let checkpoint = checkpoint(trainer(40).early_stopping(40), 30);
    let best = checkpoint.history.best.unwrap();
    assert!(best < 29, "{best} is the last");
    let (history, loss) = resume(trainer(30).early_stopping(40), &checkpoint).unwrap();
    assert_eq!((history.epochs(), history.restored), (30, Some(best)));
    assert_eq!(loss, history.validation[best]);
}

#[test]
fn early_stopping_refuses_a_checkpoint_without_the_best_weights() {
    let checkpoint = checkpoint(trainer(40), 30);
    let best = checkpoint.history.best.unwrap();
    assert_eq!(
        refused(trainer(40).early_stopping(40), &checkpoint),
        format!(
            "the checkpoint is of a training with other settings of early stopping, or without: expected the weights of \
             epoch {best}, its best, which could be restored"
        )
    );
}

/// Otherwise a later training would restore the weights of one epoch with the index of another.
#[test]
fn best_weights_that_nobody_keeps_up_to_date_are_dropped() {
    let early = checkpoint(trainer(60).early_stopping(60), 1);
    assert!(early.best.is_some());
    let ((train, validation), loss, mut model) = (data(), CrossEntropyLoss::mean(), network());
    let mut training = trainer(60).resume(&mut model, &loss, &train, Some(&validation), &early).unwrap();
    for _ in 0..10 {
        training.epoch().unwrap();
    }
    let later = training.checkpoint();
    assert!(later.history.best > Some(0));
    assert_eq!(later.best, None);
}

#[test]
fn a_training_whose_best_weights_were_restored_does_not_go_on() {
    let ended = checkpoint(trainer(30).early_stopping(40), 30);
    let best = ended.history.restored.unwrap();
    assert!(best < 29);
    assert_eq!(
        refused(trainer(60).early_stopping(40), &ended),
        format!(
            "the checkpoint has the weights of epoch {best}, which early stopping restored after 30 epochs: \
             expected one from before the end"
        )
    );
    // Resuming without further epochs is allowed.
    let (history, loss) = resume(trainer(30).early_stopping(40), &ended).unwrap();
    assert_eq!((&history, loss), (&ended.history, history.validation[best]));
}

#[test]
fn other_batches_or_other_data_are_refused() {
    let checkpoint = checkpoint(trainer(30), 8);
    assert_eq!(
        refused(trainer(30).batch_size(5), &checkpoint),
        "the checkpoint is of 20 samples in batches of 8, expected 20 samples in batches of 5"
    );
    let (loss, mut model) = (CrossEntropyLoss::mean(), network());
    let (validation, more) = (data().1, make_xor(24, 0.9, &mut rng(3)).unwrap());
    let result = trainer(30).resume(&mut model, &loss, &more, Some(&validation), &checkpoint);
    assert!(matches!(
        result.err(),
        Some(TrainError::Checkpoint(CheckpointError::Batches { expected: (24, 8), found: (20, 8) }))
    ));
    // A batch size above the number of samples means all samples.
    let whole = checkpoint_of_whole();
    assert!(resume(trainer(30).batch_size(1000), &whole).is_ok());
}

fn checkpoint_of_whole() -> Checkpoint<f64> {
    checkpoint(trainer(30).batch_size(20), 8)
}

// --- Files ---

/// A saved checkpoint with one text of its metadata replaced.
fn with_metadata(
    checkpoint: &Checkpoint<f64>,
    name: &str,
    text: &str,
) -> Result<Checkpoint<f64>, CheckpointError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("checkpoint.safetensors");
    checkpoint.save(&path).unwrap();
    let mut state = nn_train::nn_core::StateDict::<f64>::load_safetensors(&path).unwrap();
    state.metadata_mut().insert(name.into(), text.into());
    state.save_safetensors(&path).unwrap();
    Checkpoint::load(&path)
}

#[test]
fn an_epoch_that_is_not_in_the_curves_is_refused() {
    let checkpoint = checkpoint(trainer(40).early_stopping(40), 8);
    assert!(checkpoint.history.best.is_some_and(|best| best < 8) && checkpoint.history.restored.is_none());
    for name in ["best", "restored"] {
        for epoch in [8, 9, usize::MAX - 1, usize::MAX] {
            let loaded = with_metadata(&checkpoint, name, &epoch.to_string()).unwrap();
            assert_eq!(
                refused(trainer(40).early_stopping(40), &loaded),
                format!(
                    "the checkpoint names epoch {epoch} as \"{name}\", expected one below 8, the number of its epochs"
                )
            );
        }
        // The last epoch is one, but its weights are not those that the checkpoint has of the best one.
        let loaded = with_metadata(&checkpoint, name, "7").unwrap();
        assert_eq!(resume(trainer(40).early_stopping(40), &loaded).is_ok(), name == "restored");
        assert!(resume(trainer(40), &loaded).is_ok());
    }
}

#[test]
fn numbers_that_no_training_has_are_refused() {
    let checkpoint = checkpoint(trainer(40), 8);
    let most = "18446744073709551615";
    for (name, text) in [
        ("best", "18446744073709551616"),
        ("best", "-1"),
        ("restored", "1.5"),
        ("metrics", most),
        ("metrics", "1"),
        ("seed", "-1"),
        ("samples", "many"),
        ("batch_size", ""),
        ("stopped_early", "2"),
        ("skipped_steps", "-1"),
        ("training_metrics", "1"),
    ] {
        let error = with_metadata(&checkpoint, name, text).unwrap_err();
        let CheckpointError::Content { what, .. } = &error else { panic!("{error}") };
        assert!(what == name || what.ends_with("metric.0"), "{name} {text}: {error}");
    }
    for (name, found) in [
        ("samples", format!("{most} samples in batches of 8")),
        ("batch_size", format!("20 samples in batches of {most}")),
    ] {
        let loaded = with_metadata(&checkpoint, name, most).unwrap();
        assert!(
            refused(trainer(40), &loaded).starts_with(&format!("the checkpoint is of {found}, expected"))
        );
    }
}

#[test]
fn texts_of_a_file_do_not_fill_the_screen() {
    let good = checkpoint(trainer(40), 1);
    let (long, shown) = ("é".repeat(100_000), "é".repeat(80));
    for (name, printed) in
        [("Other", "Other".to_owned()), ("a\nb", r#""a\nb""#.to_owned()), (&long, format!("\"{shown}\"…"))]
    {
        let other = Checkpoint { optimizer_name: name.into(), ..good.clone() };
        assert_eq!(
            refused(trainer(40), &other),
            format!("the checkpoint was trained with {printed}, expected Sgd")
        );
    }
    let mut other = good;
    other.history.metrics = vec![("a".into(), vec![]), (long, vec![])];
    assert_eq!(
        refused(trainer(40), &other),
        format!("the checkpoint has the metrics [\"a\", \"{shown}\"…], expected []")
    );
    other.history.metrics = (0..5000).map(|index| (format!("m{index}"), vec![])).collect();
    let message = refused(trainer(40), &other);
    assert!(message.ends_with("\"m9\"] and 4990 more, expected []"), "{message}");
}

// --- Time ---

/// Compared with sorting the names of the parameters. To look each name up among all takes hundreds of times as long.
#[test]
fn the_time_is_about_proportional_to_the_number_of_layers() {
    let data = Dataset::new(Tensor::from_column(&[0.0, 1.0]), Tensor::from_column(&[1.0, 0.0])).unwrap();
    let (loss, rng) = (MseLoss::mean(), &mut rng(0));
    let append = |chain: Sequential<f64>, _| chain.append(Linear::new(1, 1, rng));
    let mut network = (0..8000).fold(Sequential::new(), append);
    let trainer = Trainer::new(Adam::new(1e-9)).epochs(2);
    let start = Instant::now();
    let state = network.state_dict();
    let names: std::collections::BTreeSet<&str> = state.names().collect();
    assert_eq!(names.len(), 16_000);
    let sorted = start.elapsed();

    let start = Instant::now();
    let mut training = trainer.start(&mut network, &loss, &data, None, rng).unwrap();
    training.epoch().unwrap();
    let checkpoint = training.checkpoint();
    let trained = start.elapsed();
    drop(training);
    let start = Instant::now();
    trainer.resume(&mut network, &loss, &data, None, &checkpoint).unwrap();
    let resumed = start.elapsed();
    for (time, what) in [(trained, "start, epoch and checkpoint"), (resumed, "resume")] {
        assert!(time < 100 * sorted, "{what}: {time:?}, sorting the names: {sorted:?}");
    }
}

/// Otherwise the resumed training could not be saved again, and would be lost. (Found by fuzzing.)
#[test]
fn a_count_of_steps_that_could_not_be_saved_is_refused() {
    let counted = |count: f64| {
        let mut checkpoint = checkpoint(Trainer::new(Adam::new(0.1)).epochs(9).batch_size(8), 2);
        let step = checkpoint.optimizer.get("step").unwrap().clone();
        checkpoint.optimizer.insert(Entry { value: vec![count], ..step });
        checkpoint
    };
    let adam = || Trainer::new(Adam::new(0.1)).epochs(9).batch_size(8);
    assert!(resume(adam(), &counted(2_f64.powi(62))).is_ok());
    assert_eq!(
        refused(adam(), &counted(1e30)),
        "the checkpoint is of another optimiser: the state does not fit the model: \
         step: expected a whole number from 0 to 2^63, found 1000000000000000000000000000000"
    );
}
