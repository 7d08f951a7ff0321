//! A mini-batch allocates nothing: an epoch of many batches makes as many allocations as an epoch of few.

use crate::counting::allocations;
use nn_train::NonFinite;
use nn_train::nn_core::Flatten;
use nn_train::nn_core::team::alone;
use nn_train::nn_data::augment::{AddNoise, Flip, Shift};
use nn_train::prelude::*;
use nn_train::schedule::OneCycleLr;

/// The network of the `digits` example, for images.
fn network() -> Sequential<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    Sequential::new()
        .append(Flatten)
        .append(Linear::new(64, 64, &mut rng))
        .append(Relu)
        .append(Dropout::new(0.2))
        .append(Linear::new(64, 10, &mut rng))
}

fn images(samples: usize) -> Dataset<f32, Vec<usize>> {
    let x = Tensor::from_fn(samples, 64, |sample, feature| ((sample * 7 + feature * 3) % 17) as f32 / 16.0);
    let data = Dataset::new(x, (0..samples).map(|sample| sample % 10).collect::<Vec<_>>()).unwrap();
    data.reshape(&[1, 8, 8]).unwrap()
}

/// Returns the number of allocations of the second epoch, because in the first the optimiser allocates its memory.
fn of_an_epoch(samples: usize, held_out: Option<usize>) -> usize {
    let (data, held_out) = (images(samples), held_out.map(images));
    let (mut network, loss) = (network(), CrossEntropyLoss::mean());
    let trainer = Trainer::new(Adam::new(0.001))
        .batch_size(32)
        .clip_grad_norm(1.0)
        .augment(Shift::new(1))
        .augment(Flip::new(0.5))
        .augment(AddNoise::new(0.1))
        .on_non_finite(NonFinite::SkipStep)
        .step_schedule(OneCycleLr::new(0.01, 900));
    let mut training = trainer
        .start(&mut network, &loss, &data, held_out.as_ref(), &mut ChaCha8Rng::seed_from_u64(1))
        .unwrap();
    training.epoch().unwrap();
    allocations(|| {
        training.epoch().unwrap();
    })
}

#[test]
fn an_epoch_of_many_batches_allocates_no_more_than_one_of_few() {
    let (few, many) = (of_an_epoch(3 * 32 + 5, None), of_an_epoch(40 * 32 + 5, None));
    assert_eq!(few, many);
    assert!(few < 10, "{few} allocations in an epoch");
}

/// On one thread, because to share work takes memory.
#[test]
fn the_validation_of_many_strips_allocates_no_more_than_that_of_few() {
    let epoch = |held_out| alone(|| of_an_epoch(3 * 32 + 5, Some(held_out)));
    assert_eq!(epoch(1100), epoch(5000));
}
