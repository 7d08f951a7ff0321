//! Augmentation in a training: training batches are changed, in a copy, by random numbers of their step, and nothing else is.

use std::sync::{Arc, Mutex};

use nn_train::nn_core::rand::Rng;
use nn_train::nn_core::{Flatten, SettingError};
use nn_train::nn_data::augment::{AddNoise, Augment, Flip, Shift};
use nn_train::nn_data::permutation;
use nn_train::optim::{Lbfgs, Optimizer};
use nn_train::prelude::*;
use nn_train::{Step, TrainError};

type Data = Dataset<f32, Vec<usize>>;

const SAMPLES: usize = 70;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Images of 4 x 6 pixels in two channels.
fn data(samples: usize) -> Data {
    let x = Tensor::from_fn(samples, 48, |sample, pixel| ((7 * sample + 5 * pixel) % 13) as f32 / 13.0);
    let data = Dataset::new(x, (0..samples).map(|sample| sample % 3).collect()).unwrap();
    data.reshape(&[2, 4, 6]).unwrap()
}

fn network() -> Sequential<f32> {
    let mut rng = rng(7);
    Sequential::new()
        .append(Flatten)
        .append(Linear::new(48, 8, &mut rng))
        .append(Tanh)
        .append(Dropout::new(0.2))
        .append(Linear::new(8, 3, &mut rng))
}

fn trainer<'a>() -> Trainer<'a, f32, Vec<usize>> {
    Trainer::new(Adam::new(0.01))
        .epochs(3)
        .augment(Shift::new(2))
        .augment(Flip::new(0.5))
        .augment(AddNoise::new(0.1))
}

fn fit(trainer: &Trainer<'_, f32, Vec<usize>>, seed: u64) -> (Vec<f32>, nn_train::nn_core::StateDict<f32>) {
    let mut network = network();
    let history =
        trainer.fit(&mut network, &CrossEntropyLoss::mean(), &data(SAMPLES), None, &mut rng(seed)).unwrap();
    (history.loss, network.state_dict())
}

#[test]
fn augmented_batches_are_the_loop_that_one_would_write() {
    let (data, loss) = (data(SAMPLES), CrossEntropyLoss::mean());
    // Batches of 16 and a last one of 6, and one batch of all samples in their order.
    for size in [16, SAMPLES] {
        let (losses, state) = fit(&trainer().batch_size(size), 5);
        let seed = rng(5).next_u64();
        let (mut by_hand, mut adam, mut index) = (network(), Adam::new(0.01), 0);
        for epoch in 0..3 {
            let order = match size {
                SAMPLES => (0..SAMPLES).collect(),
                _ => permutation(SAMPLES, &mut Trial { seed, index: epoch }.rng("shuffle")),
            };
            let (mut total, mut last) = (0.0, 0.0);
            for samples in order.chunks(size) {
                let mut batch = data.select(samples).unwrap();
                let stream = Trial { seed, index };
                let mut augment = stream.rng("augment");
                batch.augment(&Shift::new(2), &mut augment).unwrap();
                batch.augment(&Flip::new(0.5), &mut augment).unwrap();
                batch.augment(&AddNoise::new(0.1), &mut augment).unwrap();
                let mut step = Step::plan(&by_hand, &loss, batch.x(), batch.y()).unwrap();
                let value = step.run(&by_hand, &loss, batch.x(), batch.y(), &mut stream.rng("step")).unwrap();
                adam.step(&mut by_hand, step.workspace()).unwrap();
                total += f64::from(value) * samples.len() as f64;
                last = value;
                index += 1;
            }
            let mean = if size == SAMPLES { last } else { (total / SAMPLES as f64) as f32 };
            assert_eq!(losses[epoch], mean);
        }
        assert_eq!(state, by_hand.state_dict(), "batches of {size}");
    }
}

#[test]
fn a_seed_gives_the_same_training_and_another_seed_another() {
    for trainer in [trainer(), trainer().batch_size(16)] {
        let one = fit(&trainer, 1);
        assert_eq!(fit(&trainer, 1), one);
        assert_ne!(fit(&trainer, 2), one);
    }
    // Alone, without shuffling and dropout, it is the augmentation that the seed decides.
    let losses = |seed| {
        let mut network = Sequential::new().append(Flatten).append(Linear::new(48, 3, &mut rng(0)));
        let trainer = Trainer::new(Sgd::new(0.1)).epochs(2).augment(Shift::new(1));
        trainer
            .fit(&mut network, &CrossEntropyLoss::mean(), &data(SAMPLES), None, &mut rng(seed))
            .unwrap()
            .loss
    };
    assert_eq!(losses(1), losses(1));
    assert!(losses(1) != losses(2));
}

#[test]
fn a_resumed_training_comes_to_the_same_bits() {
    for trainer in [trainer(), trainer().batch_size(16)] {
        let (losses, state) = fit(&trainer, 9);
        let (data, loss, mut first) = (data(SAMPLES), CrossEntropyLoss::mean(), network());
        let mut training = trainer.start(&mut first, &loss, &data, None, &mut rng(9)).unwrap();
        training.epoch().unwrap();
        let checkpoint = training.checkpoint();
        let mut second = network();
        let history = trainer.resume(&mut second, &loss, &data, None, &checkpoint).unwrap().run().unwrap();
        assert_eq!((history.loss, second.state_dict()), (losses, state));
    }
}

/// Notes what it is given, and then sets everything to 0.
#[derive(Clone, Default)]
struct Erase(Arc<Mutex<Vec<Tensor<f32>>>>);

impl Augment<f32> for Erase {
    fn augment(&self, x: &mut Tensor<f32>, _: &mut dyn Rng) {
        self.0.lock().unwrap().push(x.clone());
        (0..x.features()).for_each(|feature| x.feature_mut(feature).fill(0.0));
    }
}

#[test]
fn every_training_batch_is_augmented_once_and_neither_validation_nor_the_data() {
    let (train, validation) = (data(SAMPLES), data(20));
    let loss = CrossEntropyLoss::mean();
    for (size, batches) in [(16, 5), (SAMPLES, 1)] {
        let erase = Erase::default();
        // A learning rate of almost nothing: the network stays what it is.
        let mut network = Sequential::new().append(Flatten).append(Linear::new(48, 3, &mut rng(1)));
        let before = loss.value(&network.predict(validation.x()).unwrap(), validation.y()).unwrap();
        let history = Trainer::new(Sgd::new(1e-30))
            .epochs(2)
            .batch_size(size)
            .augment(erase.clone())
            .fit(&mut network, &loss, &train, Some(&validation), &mut rng(0))
            .unwrap();
        assert_eq!(history.validation, [before; 2]);
        let seen = erase.0.lock().unwrap();
        assert_eq!(seen.len(), 2 * batches);
        // Each batch has samples of the data, which nothing has changed; all of them in every epoch.
        let sample = |x: &Tensor<f32>, sample| x.sample(sample).map(f32::to_bits).collect::<Vec<u32>>();
        for epoch in seen.chunks(batches) {
            let samples = |x: &Tensor<f32>| (0..x.samples()).map(|i| sample(x, i)).collect::<Vec<_>>();
            let mut found: Vec<_> = epoch.iter().flat_map(samples).collect();
            let mut expected = samples(train.x());
            found.sort();
            expected.sort();
            assert_eq!(found, expected);
        }
    }
    assert_eq!(train, data(SAMPLES));
    assert_eq!(validation, data(20));
}

#[test]
fn augmented_trials_have_the_same_bits_for_any_number_of_threads_and_are_not_stacked() {
    // These networks would be stacked without the noise.
    let (trainer, loss) = (
        Trainer::new(Sgd::new(0.1)).epochs(2).batch_size(16).augment(AddNoise::new(0.1)),
        CrossEntropyLoss::mean(),
    );
    let prepare = |trial: Trial| {
        let network = Linear::new(2, 2, &mut trial.rng("network"));
        Ok((network, make_xor::<f32>(40, 0.3, &mut trial.rng("data"))?))
    };
    let bits = |run: &Run<f32>| run.curve.iter().map(|loss| loss.to_bits()).collect::<Vec<u32>>();
    let one_by_one = Trials::new(35).seed(3).threads(1).run(|trial| {
        let (mut network, data) = prepare(trial)?;
        Ok(Run::from(trainer.fit(&mut network, &loss, &data, None, &mut trial.rng("fit"))?))
    });
    let expected: Vec<_> = one_by_one.unwrap().runs().iter().map(bits).collect();
    for threads in [1, 2, 3] {
        let trials = Trials::new(35).seed(3).threads(threads);
        let ensemble = trials.fit(&trainer, &loss, prepare, |fitted| Ok(Run::from(fitted.history))).unwrap();
        assert_eq!(ensemble.runs().iter().map(bits).collect::<Vec<_>>(), expected, "{threads} threads");
    }
}

#[test]
fn what_cannot_be_augmented_is_refused_before_the_training() {
    #[track_caller]
    fn refused(trainer: Trainer<'_, f32, Vec<usize>>, data: &Data, expected: &str) {
        let mut network = network();
        let before = network.state_dict();
        let error =
            trainer.fit(&mut network, &CrossEntropyLoss::mean(), data, None, &mut rng(0)).unwrap_err();
        assert!(matches!(error, TrainError::Setting(SettingError { .. })));
        assert_eq!(error.to_string(), expected);
        assert_eq!(network.state_dict(), before);
    }
    let data = data(SAMPLES);
    refused(
        trainer().augment(Shift::new(4)),
        &data,
        "Shift: pixels is 4, expected below the height and width of the images, 4 x 6",
    );
    refused(
        trainer(),
        &data.clone().reshape(&[48]).unwrap(),
        "Shift: shape of the inputs is [70, 48], expected [n, channels, height, width], images as `Dataset::reshape` makes them",
    );
    refused(
        Trainer::new(Lbfgs::new(0.1)).augment(Flip::new(0.5)),
        &data,
        "Trainer: number of augmentations is 1, expected 0: Lbfgs compares one step with the next, so both need the same data",
    );
}
