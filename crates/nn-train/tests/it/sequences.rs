//! Networks learn from sequences of different lengths, padded at the end, in shuffled mini-batches: a class or a value for each
//! time step, or one for the last.

use crate::counting::allocations;
use nn_train::nn_core::rand::RngExt;
use nn_train::nn_core::{ClassMap, Masked, Permute, Scalar, Select, Slice};
use nn_train::nn_data::Target;
use nn_train::prelude::*;

/// The label of padding.
const PADDING: usize = 255;
/// Time steps and features of each.
const SHAPE: [usize; 2] = [6, 3];

/// Sequences of which sample s has 1 + s mod 3 steps, and their lengths: two thirds of all steps are padding.
fn sequences<F: Scalar>(samples: usize) -> (Tensor<F>, Vec<usize>) {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let mut x = Tensor::zeros(&[samples, SHAPE[0], SHAPE[1]]);
    for feature in 0..x.features() {
        x.feature_mut(feature).fill_with(|| F::from_f64(2.0 * rng.random::<f64>() - 1.0));
    }
    (x, (0..samples).map(|sample| 1 + sample % 3).collect())
}

/// The scores `[n, t, outputs]` of a teacher that looks at each step alone.
fn teacher(x: &Tensor<f64>, outputs: usize) -> Tensor<f64> {
    Linear::new(SHAPE[1], outputs, &mut ChaCha8Rng::seed_from_u64(2)).predict(x).unwrap()
}

/// Trains a layer that looks at each step alone in four batches of 16 and one of 6, and returns what it says of `x`.
fn trained<T: Target>(x: &Tensor<f64>, y: T, loss: &dyn Loss<f64, T>, outputs: usize) -> Tensor<f64> {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let mut network = Linear::new(SHAPE[1], outputs, rng);
    let data = Dataset::new(x.clone(), y).unwrap();
    let trainer = Trainer::new(Adam::new(0.05)).epochs(120).batch_size(16);
    trainer.fit(&mut network, loss, &data, None, rng).unwrap();
    network.predict(x).unwrap()
}

/// Each step is labelled, and padding has wrong labels where it is not ignored.
#[test]
fn the_classes_of_steps_are_learned_and_those_of_padding_ignored() {
    let (x, lengths) = sequences(70);
    let classes = |scores: &Tensor<f64>, sample: usize, step: usize| {
        let score = |class: usize| scores[[sample, 4 * step + class]];
        (0..4).max_by(|&a, &b| score(a).total_cmp(&score(b))).unwrap()
    };
    let truth = teacher(&x, 4);
    let labels = |padding: fn(usize) -> usize| {
        let label = |(sample, step)| match classes(&truth, sample, step) {
            class if step < lengths[sample] => class,
            class => padding(class),
        };
        let places = (0..70).flat_map(|sample| (0..SHAPE[0]).map(move |step| (sample, step)));
        ClassMap::new(&[70, SHAPE[0]], &places.map(label).collect::<Vec<_>>()).unwrap()
    };
    let right = |said: &Tensor<f64>| {
        let places = (0..70).flat_map(|sample| (0..SHAPE[0]).map(move |step| (sample, step)));
        let right =
            |&(sample, step): &(usize, usize)| classes(said, sample, step) == classes(&truth, sample, step);
        places.filter(right).count() as f64 / 420.0
    };
    let loss = CrossEntropyLoss::mean().classes_last();
    let ignoring = loss.clone().ignore_index(PADDING);
    let ignored = right(&trained(&x, labels(|_| PADDING), &ignoring, 4));
    assert!(ignored > 0.95, "{ignored}");
    let wrong = right(&trained(&x, labels(|class| (class + 1) % 4), &loss, 4));
    assert!(wrong < 0.5, "{wrong}");
}

/// Each step has a value, and padding has NaN.
#[test]
fn the_values_of_steps_are_learned_and_those_of_padding_masked() {
    let (x, lengths) = sequences(70);
    let truth = teacher(&x, 2);
    let mut target = truth.clone();
    for feature in 0..target.features() {
        for (sample, value) in target.feature_mut(feature).iter_mut().enumerate() {
            if feature / 2 >= lengths[sample] {
                *value = f64::NAN;
            }
        }
    }
    let masked = Masked::with_lengths(target, &lengths).unwrap();
    let said = trained(&x, masked, &MseLoss::mean(), 2);
    let error: f64 = MseLoss::mean().value(&said, &truth).unwrap();
    assert!(error < 1e-6, "{error}");
}

/// Values and gradients go through all layers that only move values.
#[test]
fn what_the_last_steps_say_is_learned() {
    let (x, _) = sequences::<f64>(70);
    let (first, last) = (Slice::new(1, 0, 2).predict(&x).unwrap(), Select::new(1, -1).predict(&x).unwrap());
    // What a linear network can say: one combination of features, compared between the first step and the last.
    let score = |step: &Tensor<f64>, sample: usize| step[[sample, 0]] + 0.5 * step[[sample, 2]];
    let labels: Vec<usize> = (0..70).map(|s| usize::from(score(&last, s) > score(&first, s))).collect();
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let mut network = Sequential::new()
        .append(Permute::new([2, 1]))
        .append(Linear::new(SHAPE[0], 4, rng))
        .append(Slice::new(2, 1, None))
        .append(Permute::new([2, 1]))
        .append(Linear::new(SHAPE[1], 4, rng))
        .append(Select::new(1, -1))
        .append(Linear::new(4, 2, rng));
    let data = Dataset::new(x.clone(), labels).unwrap();
    let trainer = Trainer::new(Adam::new(0.02)).epochs(150).batch_size(16);
    trainer.fit(&mut network, &CrossEntropyLoss::mean(), &data, None, rng).unwrap();
    let said = argmax(&network.predict(&x).unwrap()).unwrap();
    let accuracy = accuracy(data.y(), &said).unwrap();
    assert!(accuracy > 0.95, "{accuracy}");
}

/// Returns the number of allocations of the second epoch, because in the first the optimiser allocates its memory.
fn of_an_epoch<T: Target>(data: &Dataset<f32, T>, loss: &dyn Loss<f32, T>) -> usize {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let mut network = Sequential::new()
        .append(Permute::new([2, 1]))
        .append(Slice::new(2, 0, None))
        .append(Permute::new([2, 1]))
        .append(Linear::new(SHAPE[1], 4, rng));
    let trainer = Trainer::new(Adam::new(0.001)).batch_size(32);
    let mut training = trainer.start(&mut network, loss, data, None, rng).unwrap();
    training.epoch().unwrap();
    allocations(|| {
        training.epoch().unwrap();
    })
}

#[test]
fn a_batch_of_sequences_allocates_nothing() {
    let [few, many] = [3 * 32 + 5, 40 * 32 + 5].map(|samples| {
        let (x, lengths) = sequences::<f32>(samples);
        let labels: Vec<usize> = (0..samples * SHAPE[0]).map(|place| place % 4).collect();
        let map = ClassMap::new(&[samples, SHAPE[0]], &labels).unwrap();
        let values = Tensor::zeros(&[samples, SHAPE[0], 4]);
        let masked = Masked::with_lengths(values, &lengths).unwrap();
        let loss = CrossEntropyLoss::mean().classes_last().ignore_index(1);
        let of_classes = of_an_epoch(&Dataset::new(x.clone(), map).unwrap(), &loss);
        [of_classes, of_an_epoch(&Dataset::new(x, masked).unwrap(), &MseLoss::mean())]
    });
    assert_eq!(few, many);
}

/// Trials have the bits of trainings alone: targets of sequences are not stacked.
#[test]
fn trials_take_sequences() {
    let (x, lengths) = sequences::<f64>(40);
    let target = Masked::with_lengths(teacher(&x, 2), &lengths).unwrap();
    let labels = ClassMap::new(&[40, SHAPE[0]], &[1; 240]).unwrap();
    same_losses(&Dataset::new(x.clone(), target).unwrap(), &MseLoss::mean());
    same_losses(&Dataset::new(x, labels).unwrap(), &CrossEntropyLoss::sum().classes_last());
}

fn same_losses<T: Target>(data: &Dataset<f64, T>, loss: &dyn Loss<f64, T>) {
    let trainer = Trainer::new(Adam::new(0.05)).epochs(3).batch_size(16);
    let new = |trial: Trial| Linear::new(SHAPE[1], 2, &mut trial.rng("network"));
    let trials = Trials::new(20).threads(1);
    let stacked =
        trials.fit(&trainer, loss, |trial| Ok((new(trial), data)), |fitted| Ok(Run::from(fitted.history)));
    let alone = trials
        .run(|trial| Ok(Run::from(trainer.fit(&mut new(trial), loss, data, None, &mut trial.rng("fit"))?)));
    assert_eq!(stacked.unwrap().final_losses(), alone.unwrap().final_losses());
}
