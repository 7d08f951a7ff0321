//! Chapter 5, sequences.

use byhand::core::{Gru, Lstm, PositionalEncoding, Rnn, Select, TransformerEncoderLayer};
use byhand::data::make_adding;
use byhand::prelude::*;

type Sequences = Dataset<f32, Tensor<f32>>;

/// Trains a network, followed by a layer with one output, as the chapter does. Returns its error on new
/// sequences after each epoch.
fn train(
    epochs: usize,
    make: impl Fn(&mut ChaCha8Rng) -> Sequences,
    network: impl Fn(&mut ChaCha8Rng) -> Sequential<f32>,
) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let (learn, test) = (make(&mut rng), make(&mut rng));
    let mut network = network(&mut rng).append(Linear::new(16, 1, &mut rng));
    let trainer = Trainer::new(Adam::new(0.01)).epochs(epochs).batch_size(32).clip_grad_norm(1.0);
    let history = trainer.fit(&mut network, &MseLoss::mean(), &learn, Some(&test), &mut rng).unwrap();
    history.validation
}

fn adding(steps: usize) -> impl Fn(&mut ChaCha8Rng) -> Sequences {
    move |rng| make_adding(1000, steps, rng).unwrap()
}

/// Exercise 1. Over five steps enough of the gradient arrives at the first number.
#[test]
fn over_five_steps_the_plain_network_adds() {
    let plain = |rng: &mut ChaCha8Rng| Sequential::new().append(Rnn::new(2, 16, rng).last());
    let [short, long] = [5, 30].map(|steps| train(20, adding(steps), plain)[19]);
    assert!(short < 0.01, "{short}");
    assert!(long > 0.1, "{long}");
}

/// Exercise 2. The forget gate of an LSTM begins near ½ and halves the memory at each step. A bias of 1 opens
/// it, and the network finds the numbers sooner.
#[test]
fn an_lstm_that_begins_with_open_gates_learns_sooner() {
    let epochs = |bias: f64| {
        let errors = train(40, adding(30), |rng| {
            Sequential::new().append(Lstm::new(2, 16, rng).forget_bias(bias).last())
        });
        errors.iter().position(|error| *error < 0.01).unwrap_or(40)
    };
    let gru = train(40, adding(30), |rng| Sequential::new().append(Gru::new(2, 16, rng).last()));
    let [half, open] = [0.0, 1.0].map(epochs);
    assert!(open < 40 && open + 3 <= half, "{half} {open}");
    assert!(gru[39] < 0.01);
}

/// Exercise 3. The weighted mean of attention is the same for every order of the steps before the last, so
/// without positions the network cannot say which of the two numbers came first.
#[test]
fn attention_without_positions_does_not_know_which_number_came_first() {
    // The target is the first marked number instead of the sum.
    let first = |rng: &mut ChaCha8Rng| {
        let data = make_adding::<f32>(1000, 30, rng).unwrap();
        let x = data.x();
        let of = |sample: usize| (0..30).find(|step| x[[sample, 2 * step + 1]] == 1.0).unwrap();
        let numbers: Vec<f32> = (0..1000).map(|sample| x[[sample, 2 * of(sample)]]).collect();
        data.with_y(Tensor::from_column(&numbers)).unwrap()
    };
    let error = |positions: bool| {
        let errors = train(40, first, |rng| {
            let network = Sequential::new().append(Linear::new(2, 16, rng));
            let network = if positions { network.append(PositionalEncoding::new()) } else { network };
            network.append(TransformerEncoderLayer::new(16, 2, 32, rng)).append(Select::new(1, -1))
        });
        errors[39]
    };
    let [with, without] = [true, false].map(error);
    // Half of the variance 1/12 of a number is what remains if only the sum of the two is known.
    assert!(with < 0.01, "{with}");
    assert!(without > 0.03, "{without}");
}
