//! Chapter 2, a boundary.

use byhand::core::Scalar;
use byhand::data::make_blobs;
use byhand::prelude::*;

/// Exercise 1. A line separates the clouds, so larger scores are always better: the weights grow for ever,
/// and the loss goes to 0 without reaching it.
#[test]
fn without_overlap_the_weights_never_stop_growing() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let data = make_blobs::<f64, 2>(200, &[[-1.0, -1.0], [1.0, 1.0]], 0.2, &mut rng).unwrap();
    let start = Linear::new(2, 2, &mut rng);
    let ends = [200, 2000, 20_000].map(|epochs| {
        let (mut network, descent) = (start.clone(), GradientDescent::new(0.5, epochs));
        let history = descent.fit(&mut network, &CrossEntropyLoss::mean(), &data, &mut rng).unwrap();
        let largest = network.weight().iter().fold(0.0, |largest: f64, w| largest.max(w.abs()));
        (history.loss[epochs - 1], largest)
    });
    for pair in ends.windows(2) {
        assert!(pair[1].0 < 0.2 * pair[0].0 && pair[1].0 > 0.0, "{ends:?}");
        assert!(pair[1].1 > pair[0].1 + 0.3, "{ends:?}");
    }
}

/// Exercise 2. With the square, the slope carries a factor p (1 − p) of softmax, which is almost 0 for a
/// network that is sure, whether right or wrong.
#[test]
fn a_squared_error_hardly_corrects_a_network_that_is_sure_and_wrong() {
    let probability = |score: f64| 1.0 / (1.0 + Scalar::exp(10.0 - score));
    let square = |score: f64| (1.0 - probability(score)) * (1.0 - probability(score));
    let cross_entropy = |score: f64| -Scalar::ln(probability(score));
    let slope = |loss: &dyn Fn(f64) -> f64| (loss(1e-5) - loss(-1e-5)) / 2e-5;
    // The scores are 10 for class 0 and 0 for class 1, which is the true one.
    let (of_square, of_cross_entropy) = (slope(&square), slope(&cross_entropy));
    assert!((of_cross_entropy + 1.0).abs() < 1e-3, "{of_cross_entropy}");
    assert!(of_square < 0.0 && of_square > -1e-3, "{of_square}");
}

/// Exercise 3. Both the probabilities and the truth add up to 1, so the slopes add up to 0.
#[test]
fn three_clouds_have_three_regions_and_slopes_that_add_up_to_0() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let centers = [[-1.0, -1.0], [1.0, 1.0], [2.0, -2.0]];
    let mut draw = |samples| make_blobs::<f64, 2>(samples, &centers, 0.9, &mut rng).unwrap();
    let (data, fresh) = (draw(300), draw(1000));
    let mut network = Linear::new(2, 3, &mut rng);
    let loss = CrossEntropyLoss::mean();
    GradientDescent::new(0.5, 200).fit(&mut network, &loss, &data, &mut rng).unwrap();
    let scores = network.predict(fresh.x()).unwrap();
    let right = accuracy(fresh.y(), &argmax(&scores).unwrap()).unwrap();
    assert!(right > 0.9, "{right}");
    let (_, slopes) = loss.value_and_gradient(&scores, fresh.y()).unwrap();
    for sample in 0..1000 {
        assert!(slopes.sample(sample).sum::<f64>().abs() < 1e-15);
    }
    // Without the truth, the sum is 1: the check above can fail.
    assert!(slopes.sample(0).any(|slope| slope != 0.0));
}
