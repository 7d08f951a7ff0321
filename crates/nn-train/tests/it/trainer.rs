//! Tests the trainer against loops written by hand, and its promises: the same bits after a pause, the best weights after
//! early stopping, clear errors.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use nn_train::nn_core::{BatchNorm1d, Scalar, StateDict};
use nn_train::nn_core::{SettingError, StateError, Workspace};
use nn_train::nn_data::make_regression;
use nn_train::nn_data::permutation;
use nn_train::nn_loss::LossError;
use nn_train::optim::{Adagrad, AdamW, Lbfgs, RmsProp};
use nn_train::optim::{Objective, Optimizer, OptimizerError, Sgd};
use nn_train::prelude::*;
use nn_train::schedule::{CosineAnnealingLr, StepLr};
use nn_train::{Checkpoint, Step, TrainError, Training};

type Data = Dataset<f64, Vec<usize>>;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn xor(samples: usize, seed: u64) -> Data {
    make_xor(samples, 0.3, &mut rng(seed)).unwrap()
}

fn network() -> Sequential<f64> {
    let mut rng = rng(7);
    Sequential::new().append(Linear::new(2, 8, &mut rng)).append(Tanh).append(Linear::new(8, 2, &mut rng))
}

#[test]
fn full_batches_with_sgd_are_gradient_descent_bit_for_bit() {
    let (data, loss) = (xor(100, 1), CrossEntropyLoss::mean());
    let (mut by_trainer, mut by_descent) = (network(), network());
    let trainer = Trainer::new(Sgd::new(0.5)).epochs(50);
    let ours = trainer.fit(&mut by_trainer, &loss, &data, None, &mut rng(0)).unwrap();
    let theirs = GradientDescent::new(0.5, 50).fit(&mut by_descent, &loss, &data, &mut rng(0)).unwrap();
    assert_eq!(ours.loss, theirs.loss);
    assert_eq!(by_trainer.state_dict(), by_descent.state_dict());
}

#[test]
fn mini_batches_are_the_loop_that_one_would_write() {
    // 70 samples in batches of 16: four full ones and a last one of 6.
    let (data, loss) = (xor(70, 1), CrossEntropyLoss::mean());
    let mut trained = network();
    let history = Trainer::new(Sgd::new(0.3))
        .epochs(3)
        .batch_size(16)
        .fit(&mut trained, &loss, &data, None, &mut rng(5))
        .unwrap();

    let mut by_hand = network();
    let seed = nn_train::nn_core::rand::Rng::next_u64(&mut rng(5));
    let mut sgd = Sgd::new(0.3);
    for epoch in 0..3 {
        let order = permutation(70, &mut Trial { seed, index: epoch }.rng("shuffle"));
        let mut total = 0.0;
        for samples in order.chunks(16) {
            let batch = data.select(samples).unwrap();
            let mut step = Step::plan(&by_hand, &loss, batch.x(), batch.y()).unwrap();
            let value = step.run(&by_hand, &loss, batch.x(), batch.y(), &mut rng(0)).unwrap();
            sgd.step(&mut by_hand, step.workspace()).unwrap();
            total += value * samples.len() as f64;
        }
        assert_eq!(history.loss[epoch], total / 70.0);
    }
    assert_eq!(trained.state_dict(), by_hand.state_dict());
}

#[test]
fn a_summed_loss_is_added_up_over_the_batches() {
    let data = xor(70, 1);
    let fit = |loss: CrossEntropyLoss| {
        let trainer = Trainer::new(Sgd::new(1e-12)).epochs(1).batch_size(16);
        trainer.fit(&mut network(), &loss, &data, None, &mut rng(5)).unwrap().loss[0]
    };
    let (mean, sum) = (fit(CrossEntropyLoss::mean()), fit(CrossEntropyLoss::sum()));
    assert!((sum - 70.0 * mean).abs() < 1e-9 * sum, "{sum} is not 70 times {mean}");
}

#[test]
fn dropping_the_last_batch_leaves_its_samples_out() {
    let (data, loss) = (xor(70, 1), CrossEntropyLoss::mean());
    let steps = |drop: bool| {
        let counted = Counting::default();
        let trainer = Trainer::new(counted.clone()).epochs(2).batch_size(16);
        let trainer = if drop { trainer.drop_last() } else { trainer };
        trainer.fit(&mut network(), &loss, &data, None, &mut rng(5)).unwrap();
        counted.steps()
    };
    assert_eq!((steps(false), steps(true)), (10, 8));
}

#[test]
fn early_stopping_restores_the_weights_of_the_lowest_validation_loss() {
    // Few samples for a large network, so that the validation loss rises long before the end.
    let (train, validation) =
        (make_xor(20, 0.9, &mut rng(3)).unwrap(), make_xor(200, 0.9, &mut rng(4)).unwrap());
    let loss = CrossEntropyLoss::mean();
    let mut model = network();
    let history = Trainer::new(Sgd::new(0.5))
        .epochs(5000)
        .batch_size(8)
        .early_stopping(25)
        .fit(&mut model, &loss, &train, Some(&validation), &mut rng(0))
        .unwrap();

    let best = history.best.unwrap();
    assert!(history.stopped_early && history.epochs() == best + 25 + 1, "{} of {best}", history.epochs());
    let lowest = history.validation.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(history.validation[best], lowest);
    assert_eq!(history.restored, Some(best));
    assert_eq!(Run::from(history.clone()).final_validation_loss(), Some(lowest));
    let restored = loss.value(&model.predict(validation.x()).unwrap(), validation.y()).unwrap();
    assert_eq!(restored, lowest);
    assert!(history.validation.last().unwrap() > &lowest);
}

/// A network with randomness (dropout) and with state (batch normalisation).
fn regular<F: Scalar>() -> Sequential<F> {
    let mut rng = rng(7);
    Sequential::new()
        .append(Linear::new(2, 8, &mut rng))
        .append(BatchNorm1d::new(8))
        .append(Relu)
        .append(Dropout::new(0.3))
        .append(Linear::new(8, 2, &mut rng))
}

fn pauses<F: Scalar, O: Optimizer<F> + 'static>(optimizer: impl Fn() -> O, batch_size: usize) {
    let (train, validation) =
        (make_xor::<F>(70, 0.3, &mut rng(1)).unwrap(), make_xor(50, 0.3, &mut rng(2)).unwrap());
    let loss = CrossEntropyLoss::mean();
    let trainer = || {
        Trainer::new(optimizer())
            .epochs(12)
            .batch_size(batch_size)
            .schedule(CosineAnnealingLr::new(12))
            .early_stopping(5)
            .clip_grad_norm(0.5)
            .metric("accuracy", |output, labels: &Vec<usize>| accuracy(labels, &argmax(output)?))
    };
    let mut whole = regular::<F>();
    let curves = trainer().fit(&mut whole, &loss, &train, Some(&validation), &mut rng(9)).unwrap();

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("checkpoint.safetensors");
    for pause in [0, 1, 7, 12] {
        let mut first = regular();
        let mut training =
            trainer().start(&mut first, &loss, &train, Some(&validation), &mut rng(9)).unwrap();
        for _ in 0..pause {
            training.epoch().unwrap();
        }
        training.checkpoint().save(&path).unwrap();
        let (mut second, checkpoint) = (regular(), Checkpoint::load(&path).unwrap());
        let resumed = trainer().resume(&mut second, &loss, &train, Some(&validation), &checkpoint).unwrap();
        assert_eq!(resumed.run().unwrap(), curves, "paused after {pause}");
        assert_eq!(second.state_dict(), whole.state_dict(), "paused after {pause}");
    }
}

#[test]
fn a_training_that_pauses_goes_on_to_the_same_bits() {
    pauses::<f64, _>(|| Sgd::new(0.3).momentum(0.9), 16);
    pauses::<f32, _>(|| Adam::new(0.01), 16);
    pauses::<f64, _>(|| AdamW::new(0.01), 70);
    pauses::<f32, _>(|| RmsProp::new(0.01), 35);
    pauses::<f64, _>(|| Adagrad::new(0.01), 17);
    pauses::<f64, _>(|| Lbfgs::new(1.0), 70);
}

#[test]
fn a_file_that_is_no_checkpoint_says_what_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.safetensors");
    network().state_dict().save_safetensors(&path).unwrap();
    let error = Checkpoint::<f64>::load(&path).unwrap_err();
    let expected = "expected a checkpoint, but \"metrics\" is missing or wrong; load a network alone with load_safetensors";
    assert_eq!(error.to_string(), format!("{}: {expected}", path.display()));
    assert!(matches!(
        Checkpoint::<f64>::load(directory.path().join("nowhere")),
        Err(nn_train::CheckpointError::File(_))
    ));
}

#[test]
fn a_line_search_sees_one_function_through_dropout() {
    let (data, loss) = (xor(60, 1), CrossEntropyLoss::mean());
    let trainer = Trainer::new(Counting::default()).epochs(20);
    let history = trainer.fit(&mut regular::<f64>(), &loss, &data, None, &mut rng(0)).unwrap();
    // The weights do not change, so only the mask differs between epochs.
    assert!(history.loss.windows(2).all(|pair| pair[0] != pair[1]), "{:?}", history.loss);
}

#[test]
fn a_checkpoint_of_another_training_is_refused_and_changes_nothing() {
    let (data, loss) = (xor(70, 1), CrossEntropyLoss::mean());
    let checkpoint = {
        let mut model = network();
        Trainer::new(Sgd::new(0.3)).start(&mut model, &loss, &data, None, &mut rng(9)).unwrap().checkpoint()
    };
    let mut other = Linear::<f64>::new(2, 2, &mut rng(0));
    let before = other.clone();
    let error =
        Trainer::new(Sgd::new(0.3)).resume(&mut other, &loss, &data, None, &checkpoint).err().unwrap();
    assert!(error.to_string().starts_with("the checkpoint is of another network: "), "{error}");
    assert_eq!(other, before);

    let error =
        Trainer::new(Adam::new(0.3)).resume(&mut network(), &loss, &data, None, &checkpoint).err().unwrap();
    assert_eq!(error.to_string(), "the checkpoint was trained with Sgd, expected Adam");

    let with_metric = Trainer::new(Sgd::new(0.3)).metric("accuracy", |_, _| Ok(1.0));
    let error = with_metric.resume(&mut network(), &loss, &data, Some(&data), &checkpoint).err().unwrap();
    assert_eq!(error.to_string(), "the checkpoint has the metrics [], expected [\"accuracy\"]");
}

/// Nothing is left of one training when the next begins, here or in another thread.
#[test]
fn one_trainer_serves_many_trainings() {
    let (data, loss) = (xor(70, 1), CrossEntropyLoss::mean());
    let trainer = || Trainer::new(Adam::new(0.01)).epochs(5).batch_size(16).schedule(StepLr::new(2));
    let fit = |trainer: &Trainer<'_, f64, Vec<usize>>, seed| {
        let mut model = network();
        let history = trainer.fit(&mut model, &loss, &data, None, &mut rng(seed)).unwrap();
        (history, model.state_dict())
    };
    let alone = [0, 1, 2].map(|seed| fit(&trainer(), seed));
    let shared = trainer();
    assert_eq!([0, 1, 2].map(|seed| fit(&shared, seed)), alone);
    let in_threads = std::thread::scope(|scope| {
        let (shared, fit) = (&shared, &fit);
        [0, 1, 2].map(|seed| scope.spawn(move || fit(shared, seed))).map(|thread| thread.join().unwrap())
    });
    assert_eq!(in_threads, alone);
    let moved = std::thread::scope(|scope| scope.spawn(move || fit(&{ shared }, 1)).join().unwrap());
    assert_eq!(moved, alone[1]);
}

#[test]
fn observers_see_every_epoch_as_a_line() {
    let (data, loss) = (xor(40, 1), CrossEntropyLoss::mean());
    let lines = Mutex::new(Vec::new());
    Trainer::new(Sgd::new(0.1))
        .epochs(10)
        .metric("accuracy", |_, _| Ok(0.5))
        .observe(|epoch| lines.lock().unwrap().push(epoch.to_string()))
        .fit(&mut network(), &loss, &data, Some(&data), &mut rng(0))
        .unwrap();
    let lines = lines.into_inner().unwrap();
    assert_eq!(lines.len(), 10);
    assert!(lines[0].starts_with("epoch  1  loss ") && lines[9].starts_with("epoch 10  loss "), "{lines:?}");
    assert!(lines[9].ends_with("  accuracy 0.5000  (best)"), "{lines:?}");
}

#[test]
fn a_diverged_training_ends_with_what_it_is() {
    let data = make_regression::<f64>(50, 1, 1, 0.1, &mut rng(0)).unwrap().data;
    let mut line = Linear::new(1, 1, &mut rng(1));
    let history = Trainer::new(Sgd::new(1e6))
        .epochs(200)
        .batch_size(7)
        .early_stopping(3)
        .fit(&mut line, &MseLoss::mean(), &data, Some(&data), &mut rng(0))
        .unwrap();
    assert!(!history.validation.last().unwrap().is_finite());
}

/// A number of epochs that means "until early stopping" is too large to allocate memory for.
#[test]
fn epochs_without_end_are_no_reason_to_take_memory() {
    let (data, loss) = (xor(40, 1), CrossEntropyLoss::mean());
    let history = Trainer::new(Sgd::new(1e6))
        .epochs(usize::MAX)
        .early_stopping(3)
        .fit(&mut network(), &loss, &data, Some(&data), &mut rng(0))
        .unwrap();
    assert!(history.stopped_early);
}

/// After a failed metric all curves have the same length, and the training has the bits of one without that metric.
#[test]
fn a_metric_that_fails_leaves_the_training_whole() {
    let (data, loss) = (xor(40, 1), CrossEntropyLoss::mean());
    let calls = AtomicUsize::new(0);
    let failing = |_: &Tensor<f64>, labels: &Vec<usize>| {
        if calls.fetch_add(1, Relaxed) == 1 { accuracy(labels, &[]) } else { Ok(0.5) }
    };
    let trainer = || Trainer::new(Sgd::new(0.1)).epochs(4).batch_size(16).early_stopping(9);
    let mut model = network();
    let mut training = trainer()
        .metric("first", |_, _| Ok(1.0))
        .metric("second", failing)
        .start(&mut model, &loss, &data, Some(&data), &mut rng(0))
        .unwrap();
    assert!(training.epoch().unwrap().is_some());
    let error = training.epoch().unwrap_err().to_string();
    assert!(error.starts_with("metric second: 0 predictions for 40 true classes"), "{error}");
    while training.epoch().unwrap().is_some() {}
    let history = training.history().clone();
    drop(training);
    assert_eq!(history.metric("first").unwrap(), [1.0; 4]);
    let second = history.metric("second").unwrap();
    assert!(second[1].is_nan() && second.len() == 4);

    let mut other = network();
    let plain = trainer().fit(&mut other, &loss, &data, Some(&data), &mut rng(0)).unwrap();
    assert_eq!(
        (plain.loss, plain.validation, plain.restored),
        (history.loss, history.validation, history.restored)
    );
    assert_eq!(other.state_dict(), model.state_dict());
}

#[test]
fn wrong_settings_say_what_was_expected() {
    let (data, loss) = (xor(40, 1), CrossEntropyLoss::mean());
    let fit = |trainer: Trainer<'_, f64, Vec<usize>>| {
        let mut model = network();
        let error = trainer.fit(&mut model, &loss, &data, None, &mut rng(0)).unwrap_err();
        assert_eq!(model.state_dict(), network().state_dict());
        error.to_string()
    };
    let trainer = || Trainer::new(Sgd::new(0.1));
    assert_eq!(fit(trainer().epochs(0)), "Trainer: number of epochs is 0, expected at least 1");
    assert_eq!(fit(trainer().batch_size(0)), "Trainer: batch size is 0, expected at least 1");
    assert_eq!(
        fit(trainer().early_stopping(5)),
        "Trainer: validation data is missing, expected a data set: early stopping goes by its loss"
    );
    assert_eq!(
        fit(trainer().clip_grad_norm(f64::NAN)),
        "Trainer: bound of the gradient is NaN, expected a finite number above 0"
    );
    assert_eq!(
        fit(trainer().early_stopping(0)),
        "Trainer: patience of early stopping is 0, expected at least 1 epoch"
    );
    let twice = trainer().metric("accuracy", |_, _| Ok(1.0)).metric("accuracy", |_, _| Ok(0.0));
    assert_eq!(fit(twice), "Trainer: metric is accuracy, expected a name of its own for each");
    for bound in [f64::INFINITY, -1.0, 0.0] {
        assert!(fit(trainer().clip_grad_value(bound)).contains("bound of the gradient"), "{bound}");
    }
    // The network's own settings are refused as well, before anything is trained.
    let broken = Sequential::new().append(Linear::new(2, 2, &mut rng(0))).append(Dropout::new(1.5));
    let error = trainer().fit(&mut { broken }, &loss, &data, None, &mut rng(0)).unwrap_err();
    assert_eq!(error.to_string(), "layer 1, Dropout: p is 1.5, expected a number from 0 to 1");
}

#[test]
fn what_does_not_fit_is_found_before_the_first_step() {
    let loss = CrossEntropyLoss::mean();
    let fit = |data: &Data, validation: &Data| {
        Trainer::new(Sgd::new(0.1))
            .batch_size(16)
            .fit(&mut network(), &loss, data, Some(validation), &mut rng(0))
            .unwrap_err()
    };
    // An out-of-range label far behind the first batch, and one in the validation data.
    let good = xor(40, 1);
    let mut labels = good.y().clone();
    labels[39] = 2;
    let bad = Dataset::new(good.x().clone(), labels).unwrap();
    let TrainError::Validation(of_validation) = fit(&good, &bad) else {
        panic!("the training data are good")
    };
    for error in [fit(&bad, &good), *of_validation] {
        let TrainError::Loss(LossError::Label { sample: 39, label: 2, classes: 2, .. }) = error else {
            panic!("{error:?}")
        };
    }
    let wide = Dataset::new(Tensor::zeros(&[40, 3]), good.y().clone()).unwrap();
    assert_eq!(
        fit(&good, &wide).to_string(),
        "validation data: layer 0, Linear(2 → 8): expected input [n, …, 2], found [40, 3]"
    );
    let none = good.select(&[]).unwrap();
    assert!(none.y().is_empty());
    assert!(matches!(fit(&none, &good), TrainError::Module(_)));
}

/// An optimiser that changes no weights but evaluates each batch twice, as a line search would, and counts its steps.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Counting {
    fn steps(&self) -> usize {
        self.0.load(Relaxed)
    }
}

impl std::fmt::Display for Counting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counting")
    }
}

impl<F: Scalar> Optimizer<F> for Counting {
    fn name(&self) -> &'static str {
        "Counting"
    }
    fn fresh(&self) -> Box<dyn Optimizer<F>> {
        Box::new(self.clone())
    }
    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }
    fn step(&mut self, _: &mut dyn Parameters<F>, _: &Workspace<F>) -> Result<(), OptimizerError> {
        self.0.fetch_add(1, Relaxed);
        Ok(())
    }
    fn minimize(
        &mut self,
        model: &mut dyn Module<F>,
        objective: &mut dyn Objective<F>,
    ) -> Result<F, OptimizerError> {
        let loss = objective.evaluate(model);
        assert_eq!(objective.evaluate(model), loss, "a batch is one function");
        self.step(model, objective.workspace())?;
        Ok(loss)
    }
    fn learning_rate(&self) -> f64 {
        0.0
    }
    fn set_learning_rate(&mut self, _: f64) {}
    fn state_dict(&self) -> StateDict<F> {
        StateDict::new()
    }
    fn load_state_dict(&mut self, _: &dyn Parameters<F>, _: &StateDict<F>) -> Result<(), StateError> {
        Ok(())
    }
}

#[test]
fn a_training_can_move_to_another_thread() {
    fn moves<T: Send + Sync>() {}
    moves::<Training<'_, f32, Vec<usize>>>();
    moves::<Trainer<'_, f64, Tensor<f64>>>();
}
