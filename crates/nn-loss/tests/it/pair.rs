//! Two losses of the two parts of an output are the sum of what each comes to alone.

use crate::common::{random, values};
use nn_core::gradcheck::check_gradient;
use nn_core::lanes::LANES;
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{ClassMap, Scalar, Tensor, Weighted};
use nn_loss::{CrossEntropyLoss, HuberLoss, Loss, LossError, MseLoss, PairLoss};

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(5)
}

/// Logits of four classes at two positions, logits of three classes, and two values.
type Three<F> = PairLoss<F, CrossEntropyLoss, PairLoss<F, CrossEntropyLoss, MseLoss>>;
type Targets<F> = (ClassMap, (Vec<usize>, Tensor<F>));

fn three<F: Scalar>() -> Three<F> {
    let rest = PairLoss::new(CrossEntropyLoss::mean(), [3], MseLoss::mean(), [2]).weights(-0.5, 3.0);
    PairLoss::new(CrossEntropyLoss::mean(), [4, 2], rest, [5]).weights(2.0, 0.25)
}

fn targets<F: Scalar>(samples: usize, rng: &mut ChaCha8Rng) -> Targets<F> {
    let mut labels = |count: usize, below: usize| -> Vec<usize> {
        (0..count).map(|_| rng.random_range(0..below)).collect()
    };
    let map = ClassMap::new(&[samples, 2], &labels(2 * samples, 4)).unwrap();
    (map, (labels(samples, 3), random(&[samples, 2], rng)))
}

/// Some features of an output, in the shape of a part.
fn part<F: Scalar>(y: &Tensor<F>, start: usize, sample: &[usize]) -> Tensor<F> {
    let mut part = Tensor::zeros(&[&y.shape()[..1], sample].concat());
    for feature in 0..part.features() {
        part.feature_mut(feature).copy_from_slice(y.feature(start + feature));
    }
    part
}

#[test]
fn a_pair_is_the_sum_of_both_by_hand() {
    let rng = &mut rng();
    for samples in [1, 16, 21, 40] {
        let (y, target) = (random::<f64>(&[samples, 13], rng), targets(samples, rng));
        let (value, gradient) = three().value_and_gradient(&y, &target).unwrap();
        let cross = CrossEntropyLoss::mean();
        let map = cross.value_and_gradient(&part(&y, 0, &[4, 2]), &target.0).unwrap();
        let labels = cross.value_and_gradient(&part(&y, 8, &[3]), &target.1.0).unwrap();
        let numbers = MseLoss::mean().value_and_gradient(&part(&y, 11, &[2]), &target.1.1).unwrap();
        assert_eq!(value, 2.0 * map.0 + 0.25 * (-0.5 * labels.0 + 3.0 * numbers.0));
        let scaled = |gradient: Tensor<f64>, weight: f64| values(&(gradient * weight));
        let by_hand =
            [scaled(map.1, 2.0), scaled(labels.1 * -0.5, 0.25), scaled(numbers.1 * 3.0, 0.25)].concat();
        assert_eq!(values(&gradient), by_hand);
    }
}

#[test]
fn the_gradient_is_that_of_finite_differences() {
    let rng = &mut rng();
    let loss = three();
    let (y, target) = (random::<f64>(&[5, 13], rng), targets(5, rng));
    let gradient = values(&loss.value_and_gradient(&y, &target).unwrap().1);
    let mut moved = y.clone();
    let value = |point: &[f64]| {
        for (feature, values) in point.chunks(5).enumerate() {
            moved.feature_mut(feature).copy_from_slice(values);
        }
        loss.value(&moved, &target).unwrap()
    };
    assert!(check_gradient(value, &values(&y), &gradient, rng) < 1e-6);
}

#[test]
fn the_terms_lie_side_by_side_with_their_weights() {
    let rng = &mut rng();
    let (y, target) = (random::<f64>(&[17, 13], rng), targets(17, rng));
    let terms = three().terms(&y, &target).unwrap();
    // Two positions, one sample, two values.
    assert_eq!(terms.shape(), [17, 5]);
    let labels = CrossEntropyLoss::mean().terms(&part(&y, 8, &[3]), &target.1.0).unwrap();
    assert_eq!(values(&(labels * -0.5 * 0.25)), terms.feature(2));
}

#[test]
fn sixteen_networks_at_once_have_the_bits_of_each_alone() {
    let rng = &mut rng();
    let loss = PairLoss::new(CrossEntropyLoss::mean(), [3], MseLoss::mean(), [2]).weights(0.75, 3.0);
    assert!(Loss::<f32, (Vec<usize>, Tensor<f32>)>::stacks(&loss));
    let y: [Tensor<f32>; LANES] = std::array::from_fn(|_| random(&[5, 5], rng));
    let numbers: [Tensor<f32>; LANES] = std::array::from_fn(|_| random(&[5, 2], rng));
    let labels: [Vec<usize>; LANES] =
        std::array::from_fn(|_| (0..5).map(|_| rng.random_range(0..3)).collect());
    let together = Tensor::interleave(y.each_ref()).unwrap();
    let all: Vec<usize> = (0..5).flat_map(|sample| labels.each_ref().map(|labels| labels[sample])).collect();
    let target = (all, Tensor::interleave(numbers.each_ref()).unwrap());
    let (mut dy, mut losses) = (Tensor::zeros(together.shape()), [0.0; LANES]);
    loss.evaluate(&together, &target, Some(&mut dy), &mut losses);
    for lane in 0..LANES {
        let target = (labels[lane].clone(), numbers[lane].clone());
        let (value, gradient) = loss.value_and_gradient(&y[lane], &target).unwrap();
        assert_eq!(losses[lane], value);
        let own: Vec<f32> = dy.blocks().iter().map(|block| block[lane]).collect();
        assert_eq!(own, values(&gradient));
    }
}

#[test]
fn what_is_not_finite_stays_so_and_padding_has_no_effect() {
    let rng = &mut rng();
    let (y, target) = (random::<f32>(&[5, 13], rng), targets(5, rng));
    let expected = three().value_and_gradient(&y, &target).unwrap();
    let mut padded = y.clone();
    padded.blocks_mut().iter_mut().for_each(|block| block[5..].fill(f32::NAN));
    assert_eq!(three().value_and_gradient(&padded, &target).unwrap(), expected);
    // A weight of 0 hides nothing.
    for feature in [0, 9, 12] {
        let mut bad = y.clone();
        bad.feature_mut(feature)[3] = f32::NAN;
        let loss = three::<f32>().weights(0.0, 0.0);
        let (value, gradient) = loss.value_and_gradient(&bad, &target).unwrap();
        assert!(value.is_nan() && gradient.feature(feature)[3].is_nan(), "{feature}");
    }
}

#[test]
fn the_memory_of_an_evaluation_does_not_change_the_next() {
    let rng = &mut rng();
    let loss = three();
    for samples in [5, 17, 5, 5, 17] {
        let (y, target) = (random::<f64>(&[samples, 13], rng), targets(samples, rng));
        let again = loss.value_and_gradient(&y, &target).unwrap();
        assert_eq!(again, three().value_and_gradient(&y, &target).unwrap());
        assert_eq!(loss.value(&y, &target).unwrap(), again.0);
    }
}

#[test]
fn what_does_not_fit_is_an_error() {
    let loss = || PairLoss::<f32, _, _>::new(CrossEntropyLoss::mean(), [3], MseLoss::mean(), [2]);
    let target = (vec![0, 1], Tensor::zeros(&[2, 2]));
    let message = |result: Result<(), LossError>| result.unwrap_err().to_string();
    assert_eq!(
        message(loss().check(&[2, 6], &target)),
        "PairLoss(1 CrossEntropyLoss + 1 MseLoss): expected an output [n, f] with [3] and [2] side by side, found [2, 6]"
    );
    assert!(message(loss().check(&[2, 5, 1], &target)).ends_with("found [2, 5, 1]"));
    assert_eq!(
        message(loss().check(&[2, 5], &(vec![0, 3], Tensor::zeros(&[2, 2])))),
        "CrossEntropyLoss: expected labels below 3, the number of the network's outputs, found 3 in sample 1 (labels count from 0)"
    );
    assert_eq!(
        message(loss().check(&[2, 5], &(vec![0, 1], Tensor::zeros(&[2, 3])))),
        "MseLoss: expected a target of the output's shape [2, 2], found [2, 3]"
    );
    for weight in [f64::NAN, f64::INFINITY, 1e300] {
        for (loss, which) in [(loss().weights(weight, 1.0), "first"), (loss().weights(1.0, weight), "second")]
        {
            let message = message(loss.check(&[2, 5], &target));
            assert!(message.starts_with(&format!("PairLoss: {which} weight is ")), "{message}");
            assert!(message.ends_with(", expected a finite number"), "{message}");
        }
    }
    let sum = PairLoss::<f32, _, _>::new(HuberLoss::mean(), [3], MseLoss::sum(), [2]);
    assert_eq!(
        message(sum.check(&[2, 5], &(Tensor::zeros(&[2, 3]), Tensor::zeros(&[2, 2])))),
        "PairLoss: reduction of the second loss is Sum, expected Mean, as of the first"
    );
    let huge = PairLoss::<f32, _, _>::new(MseLoss::mean(), [usize::MAX, 2], MseLoss::mean(), [2]);
    assert!(huge.check(&[2, 5], &(Tensor::zeros(&[2, 3]), Tensor::zeros(&[2, 2]))).is_err());
}

/// Each kind of target may have weights of its own.
#[test]
fn one_of_two_targets_may_have_weights() {
    let loss = PairLoss::new(CrossEntropyLoss::mean(), [2], MseLoss::mean(), [1]);
    let y = Tensor::from_rows(&[[0.0, 0.0, 1.0], [0.0, 0.0, 3.0]]);
    let numbers = Weighted::new(Tensor::from_column(&[0.0, 0.0]), [1.0, 3.0]);
    let value = loss.value(&y, &(vec![0, 1], numbers)).unwrap();
    assert!((value - (std::f64::consts::LN_2 + (1.0 + 27.0) / 4.0)).abs() < 1e-12);
}
