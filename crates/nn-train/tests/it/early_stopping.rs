//! Early stopping by any criterion follows Keras's rule, and its checkpoints hold what they promise.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn_train::metrics::MetricError;
use nn_train::nn_core::rand::RngExt;
use nn_train::prelude::*;
use nn_train::schedule::ReduceLrOnPlateau;
use nn_train::{Checkpoint, CheckpointError, TrainError, Training};

type Data = Dataset<f64, Vec<usize>>;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn data() -> (Data, Data) {
    (make_xor(20, 0.9, &mut rng(3)).unwrap(), make_xor(40, 0.9, &mut rng(4)).unwrap())
}

fn network() -> Sequential<f64> {
    let mut rng = rng(7);
    Sequential::new().append(Linear::new(2, 8, &mut rng)).append(Tanh).append(Linear::new(8, 2, &mut rng))
}

fn accuracy_of<L: AsRef<[usize]>>(output: &Tensor<f64>, labels: &L) -> Result<f64, MetricError> {
    accuracy(labels.as_ref(), &argmax(output)?)
}

/// The settings of `EarlyStopping` in Keras, and its loop with a counter, as it is written there. Returns the best epoch and the
/// number of epochs.
struct Keras {
    better: Better,
    min_delta: f64,
    patience: usize,
    start_from_epoch: usize,
}

impl Keras {
    fn run(&self, curve: &[f64]) -> (Option<usize>, usize) {
        let (mut best, mut best_epoch, mut wait) = (f64::NAN, None, 0);
        for (epoch, &current) in curve.iter().enumerate() {
            if epoch < self.start_from_epoch {
                continue;
            }
            wait += 1;
            let improved = match self.better {
                Better::Higher => current - self.min_delta > best,
                Better::Lower => current + self.min_delta < best,
            };
            if current.is_finite() && (best_epoch.is_none() || improved) {
                (best, best_epoch, wait) = (current, Some(epoch), 0);
                continue;
            }
            if wait >= self.patience {
                return (best_epoch, epoch + 1);
            }
        }
        (best_epoch, curve.len())
    }

    fn settings(&self) -> EarlyStopping {
        let &Keras { better, min_delta, patience, start_from_epoch } = self;
        EarlyStopping::new(patience)
            .metric("scripted", better)
            .min_delta(min_delta)
            .start_from_epoch(start_from_epoch)
    }
}

/// The network starts from weights of its own in each epoch, so that its output says which weights it has.
#[test]
fn curves_of_every_kind_stop_where_keras_stops() {
    let ((train, validation), loss) = (data(), CrossEntropyLoss::mean());
    let draw = &mut rng(1);
    let (mut stopped, mut not_finite, mut late) = (0, 0, 0);
    for case in 0..200 {
        // Quarters, so that values and differences often tie.
        let curve: Vec<f64> = (0..12)
            .map(|_| match draw.random_range(0..12) {
                0 => f64::NAN,
                1 => f64::INFINITY,
                2 => f64::NEG_INFINITY,
                quarters => f64::from(quarters) / 4.0,
            })
            .collect();
        let keras = Keras {
            better: if case % 2 == 0 { Better::Higher } else { Better::Lower },
            min_delta: [0.0, 0.25, 0.6][case % 3],
            patience: draw.random_range(1..5),
            start_from_epoch: [0, 0, 3, 20][case % 4],
        };
        let calls = AtomicUsize::new(0);
        let mut model = network();
        let weights = std::sync::Mutex::new(Vec::new());
        let history = Trainer::new(Sgd::new(0.1))
            .epochs(curve.len())
            .metric("scripted", |output, _| {
                weights.lock().unwrap().push(output.clone());
                Ok(curve[calls.fetch_add(1, Relaxed)])
            })
            .early_stopping(keras.settings())
            .fit(&mut model, &loss, &train, Some(&validation), &mut rng(0))
            .unwrap();
        let (best, epochs) = keras.run(&curve);
        assert_eq!((history.best, history.epochs()), (best, epochs), "{curve:?}");
        assert_eq!(history.restored, best);
        assert_eq!(history.stopped_early, epochs < curve.len());
        let kept = best.unwrap_or(epochs - 1);
        assert_eq!(model.predict(validation.x()).unwrap(), weights.into_inner().unwrap()[kept]);
        stopped += usize::from(history.stopped_early);
        not_finite += usize::from(!curve[0].is_finite() && best.is_some());
        late += usize::from(best > Some(3));
    }
    assert!(stopped > 50 && not_finite > 20 && late > 20, "{stopped} {not_finite} {late}");
}

#[test]
fn the_validation_loss_is_the_default_and_takes_the_same_settings() {
    let ((train, validation), loss) = (data(), CrossEntropyLoss::mean());
    let fit = |stopping: EarlyStopping| {
        Trainer::new(Sgd::new(0.5))
            .epochs(300)
            .batch_size(8)
            .early_stopping(stopping)
            .fit(&mut network(), &loss, &train, Some(&validation), &mut rng(0))
            .unwrap()
    };
    for (min_delta, start_from_epoch) in [(0.0, 0), (0.01, 0), (0.0, 17), (0.002, 9)] {
        let keras = Keras { better: Better::Lower, min_delta, patience: 6, start_from_epoch };
        let stopping = EarlyStopping::new(6).min_delta(min_delta).start_from_epoch(start_from_epoch);
        let history = fit(stopping);
        assert!(history.stopped_early);
        assert_eq!((history.best, history.epochs()), keras.run(&history.validation));
    }
}

fn full<'a>() -> Trainer<'a, f64, Vec<usize>> {
    Trainer::new(Adam::new(0.05))
        .epochs(14)
        .batch_size(6)
        .metric("accuracy", accuracy_of)
        .metric("nan", |_, _| Ok(f64::NAN))
        .training_metrics()
        .early_stopping(EarlyStopping::new(9).metric("accuracy", Better::Higher).min_delta(0.01))
        .reduce_lr_on_plateau(ReduceLrOnPlateau::new().factor(0.5).patience(0).threshold(0.2).cooldown(1))
}

/// Everything that a training finds out while it runs survives a pause: the rate of the plateau, the best weights, all curves.
#[test]
fn a_training_that_pauses_goes_on_to_the_same_bits() {
    let ((train, validation), loss) = (data(), CrossEntropyLoss::mean());
    let mut whole = network();
    let rates = std::sync::Mutex::new(Vec::new());
    let curves = full()
        .observe(|epoch| rates.lock().unwrap().push(epoch.learning_rate))
        .fit(&mut whole, &loss, &train, Some(&validation), &mut rng(9))
        .unwrap();
    let rates = rates.into_inner().unwrap();
    assert!(rates.windows(2).filter(|pair| pair[1] < pair[0]).count() >= 2, "{rates:?}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("checkpoint.safetensors");
    for pause in [0, 1, 4, 7, 14] {
        let mut first = network();
        let mut training = full().start(&mut first, &loss, &train, Some(&validation), &mut rng(9)).unwrap();
        for _ in 0..pause {
            training.epoch().unwrap();
        }
        training.checkpoint().save(&path).unwrap();
        let (mut second, checkpoint) = (network(), Checkpoint::load(&path).unwrap());
        let resumed = full().resume(&mut second, &loss, &train, Some(&validation), &checkpoint).unwrap();
        // As text, because NaN is not equal to itself.
        assert_eq!(format!("{:?}", resumed.run().unwrap()), format!("{curves:?}"), "paused after {pause}");
        assert_eq!(second.state_dict(), whole.state_dict(), "paused after {pause}");
    }
}

#[test]
fn best_weights_by_another_criterion_are_refused() {
    let ((train, validation), loss) = (data(), CrossEntropyLoss::mean());
    let trainer = || Trainer::new(Sgd::new(1.0)).epochs(40).batch_size(8).metric("constant", |_, _| Ok(0.5));
    let by_loss = || trainer().early_stopping(40);
    let by_constant = || trainer().early_stopping(EarlyStopping::new(40).metric("constant", Better::Higher));
    let mut model = network();
    let mut training = by_loss().start(&mut model, &loss, &train, Some(&validation), &mut rng(9)).unwrap();
    for _ in 0..30 {
        training.epoch().unwrap();
    }
    let checkpoint = training.checkpoint();
    let resume = |trainer: Trainer<'_, f64, Vec<usize>>| {
        let mut model = network();
        let resumed = trainer.resume(&mut model, &loss, &train, Some(&validation), &checkpoint);
        resumed.and_then(Training::run)
    };
    // The first epoch is the best of a constant.
    assert!(checkpoint.history.best > Some(0));
    let error = resume(by_constant()).unwrap_err();
    assert!(matches!(error, TrainError::Checkpoint(CheckpointError::NoBest { epoch: 0 })), "{error}");
    assert!(resume(by_loss()).is_ok());
    // Without early stopping there is nothing to restore, and the best is that of the validation loss.
    assert_eq!(resume(trainer()).unwrap().best, resume(by_loss()).unwrap().best);
}

#[test]
fn criteria_that_are_not_measured_are_refused() {
    let ((train, validation), loss) = (data(), CrossEntropyLoss::mean());
    let refusal = |trainer: Trainer<'_, f64, Vec<usize>>, validation| {
        let mut model = network();
        let error = trainer.fit(&mut model, &loss, &train, validation, &mut rng(0)).unwrap_err();
        assert_eq!(model.state_dict(), network().state_dict());
        error.to_string()
    };
    let trainer = || Trainer::new(Sgd::new(0.1)).metric("accuracy", accuracy_of);
    let by = |name: &str| EarlyStopping::new(3).metric(name, Better::Higher);
    assert_eq!(
        refusal(trainer().early_stopping(by("f1")), Some(&validation)),
        "Trainer: metric of early stopping is f1, expected one of the trainer's metrics: [\"accuracy\"]"
    );
    assert_eq!(
        refusal(trainer().training_metrics().early_stopping(by("accuracy")), None),
        "Trainer: validation data is missing, expected a data set: early stopping goes by its metric"
    );
    let plateau = ReduceLrOnPlateau::new;
    assert_eq!(
        refusal(trainer().reduce_lr_on_plateau(plateau().metric("", Better::Lower)), Some(&validation)),
        "Trainer: metric of ReduceLrOnPlateau is , expected one of the trainer's metrics: [\"accuracy\"]"
    );
    assert_eq!(
        refusal(Trainer::new(Sgd::new(0.1)).reduce_lr_on_plateau(plateau()), None),
        "Trainer: validation data is missing, expected a data set: ReduceLrOnPlateau goes by its loss"
    );
    let by_training = Trainer::new(Sgd::new(0.1)).reduce_lr_on_plateau(plateau().training_loss());
    assert!(by_training.fit(&mut network(), &loss, &train, None, &mut rng(0)).is_ok());
    assert_eq!(
        refusal(Trainer::new(Sgd::new(0.1)).training_metrics(), Some(&validation)),
        "Trainer: number of metrics is 0, expected at least 1 to measure on the training data"
    );
    // A name as long as a book does not fill the screen.
    let message = refusal(trainer().early_stopping(by(&"é".repeat(100_000))), Some(&validation));
    assert!(message.len() < 1000, "{}", message.len());
}

#[test]
fn training_metrics_are_those_of_the_training_data_after_the_epoch() {
    let ((train, validation), loss) = (data(), CrossEntropyLoss::mean());
    let mut model = network().append(Dropout::new(0.5));
    let trainer =
        Trainer::new(Sgd::new(0.3)).batch_size(8).metric("accuracy", accuracy_of).training_metrics();
    let mut training = trainer.start(&mut model, &loss, &train, Some(&validation), &mut rng(0)).unwrap();
    for index in 0..5 {
        let epoch = training.epoch().unwrap().unwrap();
        let of = |data: &Data| accuracy_of(&training.model().predict(data.x()).unwrap(), data.y()).unwrap();
        assert_eq!(training.history().training_metric("accuracy").unwrap()[index], of(&train));
        assert_eq!(training.history().metric("accuracy").unwrap()[index], of(&validation));
        assert_eq!(epoch.training_metrics, [("accuracy".to_owned(), of(&train))]);
        let line = epoch.to_string();
        assert!(line.contains(&format!("  training accuracy {:.4}  validation ", of(&train))), "{line}");
    }
    assert_eq!(training.history().training_metric("loss"), None);

    // Without validation data they are the only ones.
    let history = trainer.clone().epochs(2).fit(&mut network(), &loss, &train, None, &mut rng(0)).unwrap();
    assert_eq!((history.metrics.len(), history.training_metrics[0].1.len()), (0, 2));
}
