//! Chapter 4, images.

use byhand::core::rand::RngExt;
use byhand::core::{Conv2d, Flatten, MaxPool2d, Reshape};
use byhand::prelude::*;

type Digits = Dataset<f32, Vec<usize>>;

fn read() -> Digits {
    let digits = Csv::open(nn_examples::data("digits.csv")).unwrap().classes::<f32>("digit").unwrap().data;
    digits.with_x(digits.x().map(|grey| grey / 16.0)).unwrap()
}

/// Makes the two networks of the chapter.
fn networks(rng: &mut ChaCha8Rng) -> [Sequential<f32>; 2] {
    let dense =
        Sequential::new().append(Linear::new(64, 48, rng)).append(Relu).append(Linear::new(48, 10, rng));
    let convolutional = Sequential::new()
        .append(Reshape::new([1, 8, 8]))
        .append(Conv2d::new(1, 8, 3, rng).padding(1))
        .append(Relu)
        .append(Conv2d::new(8, 16, 3, rng).padding(1))
        .append(Relu)
        .append(MaxPool2d::new(2))
        .append(Flatten)
        .append(Linear::new(16 * 4 * 4, 10, rng));
    [dense, convolutional]
}

/// Trains both networks, and returns the share of the test images that each reads: dense, then convolutional.
fn accuracies(learn: &Digits, test: &Digits) -> [f64; 2] {
    networks(&mut ChaCha8Rng::seed_from_u64(3)).map(|mut network| {
        let trainer = Trainer::new(Adam::new(0.003)).epochs(20).batch_size(32);
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        trainer.fit(&mut network, &CrossEntropyLoss::mean(), learn, None, &mut rng).unwrap();
        accuracy(test.y(), &argmax(&network.predict(test.x()).unwrap()).unwrap()).unwrap()
    })
}

/// Returns the digits with their pixels in another place: the new pixel is the old one of `from`, or white.
fn moved(digits: &Digits, from: impl Fn(usize) -> Option<usize>) -> Digits {
    let x = digits.x();
    let pixel = |sample, pixel| from(pixel).map_or(0.0, |old| x[[sample, old]]);
    digits.with_x(Tensor::from_fn(x.samples(), 64, pixel)).unwrap()
}

fn split(digits: &Digits, seed: u64) -> (Digits, Digits) {
    train_test_split(digits, 0.25, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap()
}

/// Returns the digits shifted to the right by one pixel.
fn shifted(digits: &Digits) -> Digits {
    moved(digits, |pixel| (pixel % 8 > 0).then(|| pixel - 1))
}

/// Exercise 1. To the dense network a shifted image is another list of numbers. The windows of the convolution find the same
/// strokes one place further; only the last layer is misled.
#[test]
fn a_shift_by_one_pixel_harms_the_dense_network_more() {
    let (learn, test) = split(&read(), 3);
    let [before, after] = [accuracies(&learn, &test), accuracies(&learn, &shifted(&test))];
    assert!(before[0] > 0.95 && after[0] < 0.6, "{before:?} {after:?}");
    assert!(after[1] > after[0] + 0.2, "{before:?} {after:?}");
}

/// Exercise 2. The dense network has no notion of neighbours, so it loses nothing. The convolution looks for strokes that are no
/// longer there, and most of its lead is gone.
#[test]
fn shuffled_pixels_harm_the_convolutional_network_only() {
    let digits = read();
    let (mut order, mut rng) = ((0..64).collect::<Vec<usize>>(), ChaCha8Rng::seed_from_u64(1));
    for last in (1..64).rev() {
        order.swap(last, rng.random_range(0..=last));
    }
    let shuffled = moved(&digits, |pixel| Some(order[pixel]));
    let mut lost = [0.0, 0.0];
    for seed in 0..4 {
        let [before, after] = [&digits, &shuffled].map(|digits| {
            let (learn, test) = split(digits, seed);
            accuracies(&learn, &test)
        });
        for (lost, (before, after)) in lost.iter_mut().zip(before.iter().zip(after)) {
            *lost += (before - after) / 4.0;
        }
    }
    assert!(lost[0] < 0.004 && lost[1] > 0.008, "{lost:?}");
}

/// Exercise 3. What a network does not know by its structure, it can be shown.
#[test]
fn a_dense_network_that_was_shown_shifted_images_reads_them() {
    let (learn, test) = split(&read(), 3);
    let to_the_left = moved(&learn, |pixel| (pixel % 8 < 7).then(|| pixel + 1));
    let more = Dataset::concat(&[&learn, &shifted(&learn), &to_the_left]).unwrap();
    let [dense, _] = accuracies(&more, &shifted(&test));
    assert!(dense > 0.93, "{dense}");
}
