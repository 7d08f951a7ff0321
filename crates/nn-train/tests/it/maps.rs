//! Networks learn the class of each position of a sample in shuffled mini-batches.

use crate::counting::allocations;
use nn_train::nn_core::ClassMap;
use nn_train::nn_core::rand::RngExt;
use nn_train::prelude::*;

/// The label of what is not to be learned.
const UNKNOWN: usize = 255;

/// Inputs with three classes of two features, and the classes that a linear teacher gives five positions.
fn data(samples: usize) -> Dataset<f32, ClassMap> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut x = Tensor::zeros(&[samples, 3, 2]);
    for feature in 0..6 {
        x.feature_mut(feature).fill_with(|| 2.0 * rng.random::<f32>() - 1.0);
    }
    let scores = Linear::new(2, 5, &mut rng).predict(&x).unwrap();
    Dataset::new(x, ClassMap::new(&[samples, 5], &classes(&scores)).unwrap()).unwrap()
}

/// The class of the largest score of each position.
fn classes(scores: &Tensor<f32>) -> Vec<usize> {
    let score = |sample, class, position| scores[[sample, 5 * class + position]];
    let largest = |sample, position| {
        (0..3).max_by(|&a, &b| score(sample, a, position).total_cmp(&score(sample, b, position))).unwrap()
    };
    (0..scores.samples()).flat_map(|sample| (0..5).map(move |position| largest(sample, position))).collect()
}

/// The accuracy of a network after training on these labels, against those of the teacher.
fn learned(labels: impl Fn(usize, usize) -> usize, loss: &CrossEntropyLoss) -> f64 {
    let truth = data(70);
    let seen: Vec<usize> = truth.y().iter().enumerate().map(|(index, label)| labels(index, label)).collect();
    let seen = Dataset::new(truth.x().clone(), ClassMap::new(&[70, 5], &seen).unwrap()).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut network = Linear::new(2, 5, &mut rng);
    // Four batches of 16 and one of 6.
    let trainer = Trainer::new(Adam::new(0.05)).epochs(100).batch_size(16);
    trainer.fit(&mut network, loss, &seen, None, &mut rng).unwrap();
    let predicted = classes(&network.predict(truth.x()).unwrap());
    accuracy(&truth.y().iter().collect::<Vec<_>>(), &predicted).unwrap()
}

#[test]
fn the_classes_of_positions_are_learned_in_shuffled_batches() {
    let accuracy = learned(|_, label| label, &CrossEntropyLoss::mean());
    assert!(accuracy > 0.97, "{accuracy}");
}

/// Half of the labels are wrong, but the loss does not see them.
#[test]
fn what_is_ignored_teaches_nothing() {
    let loss = CrossEntropyLoss::mean().ignore_index(UNKNOWN);
    let unknown = learned(|index, label| if index % 2 == 0 { UNKNOWN } else { label }, &loss);
    assert!(unknown > 0.97, "{unknown}");
    let wrong = learned(|index, label| if index % 2 == 0 { (label + 1) % 3 } else { label }, &loss);
    assert!(wrong < 0.9, "{wrong}");
}

/// Returns the number of allocations of the second epoch, because in the first the optimiser allocates its memory.
fn of_an_epoch(samples: usize) -> usize {
    let (data, mut rng) = (data(samples), ChaCha8Rng::seed_from_u64(3));
    let (mut network, loss) = (Linear::new(2, 5, &mut rng), CrossEntropyLoss::mean().ignore_index(1));
    let trainer = Trainer::new(Adam::new(0.001)).batch_size(32);
    let mut training = trainer.start(&mut network, &loss, &data, None, &mut rng).unwrap();
    training.epoch().unwrap();
    allocations(|| {
        training.epoch().unwrap();
    })
}

#[test]
fn a_batch_of_maps_allocates_nothing() {
    assert_eq!(of_an_epoch(3 * 32 + 5), of_an_epoch(40 * 32 + 5));
}
