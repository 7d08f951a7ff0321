//! What happens to a training whose loss or gradient is not finite, by the choice of its user.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use nn_train::nn_core::{BatchNorm1d, StateDict};
use nn_train::nn_loss::{LossError, Reduction};
use nn_train::optim::{Lbfgs, Optimizer};
use nn_train::prelude::*;
use nn_train::{Checkpoint, NonFinite};

type Data = Dataset<f64, Vec<usize>>;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

fn data() -> Data {
    make_xor(40, 0.3, &mut rng()).unwrap()
}

/// With running statistics, which a step changes besides the weights.
fn network() -> Sequential<f64> {
    let mut rng = rng();
    Sequential::new()
        .append(Linear::new(2, 8, &mut rng))
        .append(BatchNorm1d::new(8))
        .append(Tanh)
        .append(Linear::new(8, 2, &mut rng))
}

/// The cross-entropy, but the evaluation with this index, of those with a gradient, gives something else.
struct Breaking {
    at: usize,
    calls: AtomicUsize,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Loss(f64),
    Gradient(f64),
}

impl Breaking {
    fn new(at: usize, what: What) -> Self {
        Breaking { at, calls: AtomicUsize::new(0), what }
    }
}

impl Loss<f64, Vec<usize>> for Breaking {
    fn check(&self, output: &[usize], target: &Vec<usize>) -> Result<(), LossError> {
        Loss::<f64, _>::check(&CrossEntropyLoss::mean(), output, target)
    }

    fn reduction(&self) -> Reduction {
        Reduction::Mean
    }

    fn evaluate(
        &self,
        y: &Tensor<f64>,
        target: &Vec<usize>,
        dy: Option<&mut Tensor<f64>>,
        losses: &mut [f64],
    ) {
        let Some(dy) = dy else { return CrossEntropyLoss::mean().evaluate(y, target, None, losses) };
        CrossEntropyLoss::mean().evaluate(y, target, Some(dy), losses);
        if self.calls.fetch_add(1, Relaxed) == self.at {
            match self.what {
                What::Loss(value) => losses[0] = value,
                What::Gradient(value) => dy[[0, 0]] = value,
            }
        }
    }

    fn terms(&self, y: &Tensor<f64>, target: &Vec<usize>) -> Result<Tensor<f64>, LossError> {
        CrossEntropyLoss::mean().terms(y, target)
    }
}

impl std::fmt::Display for Breaking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Breaking")
    }
}

const WHATS: [What; 5] = [
    What::Loss(f64::NAN),
    What::Loss(f64::INFINITY),
    What::Loss(f64::NEG_INFINITY),
    What::Gradient(f64::NAN),
    What::Gradient(f64::INFINITY),
];

fn train<O: Optimizer<f64> + 'static>(
    optimizer: O,
    epochs: usize,
    reaction: NonFinite,
    loss: &Breaking,
) -> (History<f64>, StateDict<f64>) {
    let (data, mut model) = (data(), network());
    let history = Trainer::new(optimizer)
        .epochs(epochs)
        .on_non_finite(reaction)
        .fit(&mut model, loss, &data, Some(&data), &mut rng())
        .unwrap();
    (history, model.state_dict())
}

fn never() -> Breaking {
    Breaking::new(usize::MAX, What::Loss(0.0))
}

/// With full batches a training with a skipped step is one with an epoch less.
#[test]
fn a_skipped_step_leaves_no_trace() {
    for what in WHATS {
        let broken = Breaking::new(3, what);
        let (history, state) = train(Adam::new(0.01), 9, NonFinite::SkipStep, &broken);
        let (other, expected) = train(Adam::new(0.01), 8, NonFinite::Continue, &never());
        assert_eq!(state, expected, "{what:?}");
        assert_eq!((history.skipped_steps, history.epochs(), history.diverged), (1, 9, false));
        // What was measured is recorded as it was measured.
        match what {
            What::Loss(_) => assert!(!history.loss[3].is_finite()),
            What::Gradient(_) => assert_eq!(history.loss[3], other.loss[3]),
        }
        assert_eq!((&history.loss[..3], &history.loss[4..]), (&other.loss[..3], &other.loss[3..]));
        assert_eq!(history.validation[3], history.validation[2]);
    }
}

#[test]
fn a_stopped_training_has_the_weights_of_the_step_before() {
    for what in WHATS {
        let broken = Breaking::new(3, what);
        let (history, state) = train(Sgd::new(0.1).momentum(0.9), 9, NonFinite::Stop, &broken);
        let (_, expected) = train(Sgd::new(0.1).momentum(0.9), 3, NonFinite::Continue, &never());
        assert_eq!(state, expected, "{what:?}");
        assert_eq!((history.skipped_steps, history.epochs(), history.validation.len()), (1, 4, 4));
        assert!(!history.stopped_early && !history.diverged);
        if let What::Loss(_) = what {
            assert!(Run::from(history).has_diverged());
        }
    }
}

/// Without this, NaN would spread as it always did.
#[test]
fn by_default_the_step_is_taken() {
    let (history, _) =
        train(Sgd::new(0.1), 9, NonFinite::default(), &Breaking::new(3, What::Gradient(f64::NAN)));
    assert!(history.diverged && history.epochs() == 9 && history.skipped_steps == 0);
}

/// Looking changes nothing, not even for a line search, which evaluates a step several times.
#[test]
fn a_training_without_such_steps_has_the_same_bits() {
    fn same<O: Optimizer<f64> + 'static>(optimizer: impl Fn() -> O) {
        let evaluations = |loss: Breaking| loss.calls.into_inner();
        let (first, second) = (never(), never());
        let expected = train(optimizer(), 6, NonFinite::Continue, &first);
        assert_eq!(train(optimizer(), 6, NonFinite::SkipStep, &second), expected);
        assert_eq!(evaluations(first), evaluations(second));
    }
    same(|| Adam::new(0.01));
    same(|| Lbfgs::new(1.0).max_iter(4).strong_wolfe());
    same(|| Lbfgs::new(0.1).max_iter(3));
}

/// Clipping would make a number of an infinite gradient, which a single layer does not turn into NaN.
#[test]
fn gradients_are_judged_before_they_are_clipped() {
    let (data, mut model) = (data(), Linear::new(2, 2, &mut rng()));
    let history = Trainer::new(Sgd::new(0.1))
        .epochs(5)
        .clip_grad_value(0.1)
        .on_non_finite(NonFinite::SkipStep)
        .fit(&mut model, &Breaking::new(2, What::Gradient(f64::INFINITY)), &data, None, &mut rng())
        .unwrap();
    assert_eq!((history.skipped_steps, history.diverged), (1, false));
}

/// A stop in the middle of an epoch ends it: with batches of 16, the seventh step is the first of the third epoch.
#[test]
fn a_stop_ends_the_epoch_and_survives_a_checkpoint() {
    let (data, mut model) = (data(), network());
    let trainer = || Trainer::new(Sgd::new(0.1)).epochs(5).batch_size(16).on_non_finite(NonFinite::Stop);
    let loss = Breaking::new(6, What::Loss(f64::NAN));
    let mut training = trainer().start(&mut model, &loss, &data, None, &mut rng()).unwrap();
    while training.epoch().unwrap().is_some() {}
    let checkpoint = training.checkpoint();
    assert_eq!(loss.calls.load(Relaxed), 7);
    assert_eq!((checkpoint.history.epochs(), checkpoint.history.skipped_steps), (3, 1));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("checkpoint.safetensors");
    checkpoint.save(&path).unwrap();
    let loaded = Checkpoint::load(&path).unwrap();
    assert_eq!(loaded.history.skipped_steps, 1);
    // It has ended, unless the reaction is another.
    let epochs = |trainer: Trainer<'_, f64, Vec<usize>>| {
        let (mut model, loss) = (network(), never());
        let resumed = trainer.resume(&mut model, &loss, &data, None, &loaded).unwrap();
        resumed.run().unwrap().epochs()
    };
    assert_eq!((epochs(trainer()), epochs(trainer().on_non_finite(NonFinite::SkipStep))), (3, 5));
}
