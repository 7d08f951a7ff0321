//! Classes of the positions of a sample, such as the pixels of an image: each counts as a sample of its own would, and those
//! with the label that is ignored do not count at all.

use crate::common::{random, values};
use nn_core::lanes::LANES;
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::Level;
use nn_core::{ClassMap, Module, Permute, Scalar, Softmax, Tensor, Weighted};
use nn_loss::{
    CategoricalCrossEntropy, ClassIndices, ClassTarget, CrossEntropyLoss, Loss, MultiMarginLoss, NllLoss,
    Reduction,
};

type OfMaps<F> = Vec<Box<dyn Loss<F, ClassMap>>>;
type OfSamples<F> = Vec<Box<dyn Loss<F, Vec<usize>>>>;

/// Every loss of labels, for maps and for samples.
fn losses<F: Scalar>(reduction: Reduction, weight: &[f64]) -> (OfMaps<F>, OfSamples<F>) {
    let (fused, nll) = (CrossEntropyLoss::new(reduction), NllLoss::new(reduction));
    let full = fused.clone().weight(weight).label_smoothing(0.2);
    let (weighted, ignoring) = (nll.clone().weight(weight), nll.clone().ignore_index(1));
    let fused_ignoring = fused.clone().ignore_index(255);
    let (plain, margin) = (CategoricalCrossEntropy::new(reduction), MultiMarginLoss::new(reduction));
    (
        vec![
            Box::new(plain),
            Box::new(fused.clone()),
            Box::new(full.clone()),
            Box::new(nll.clone()),
            Box::new(weighted.clone()),
            Box::new(ignoring.clone()),
            Box::new(fused_ignoring.clone()),
            Box::new(margin),
        ],
        vec![
            Box::new(plain),
            Box::new(fused),
            Box::new(full),
            Box::new(nll),
            Box::new(weighted),
            Box::new(ignoring),
            Box::new(fused_ignoring),
            Box::new(margin),
        ],
    )
}

/// Probabilities of each position.
fn probabilities<F: Scalar>(shape: &[usize], rng: &mut ChaCha8Rng) -> Tensor<F> {
    let flat = Softmax.predict(&random(&[shape[0] * shape[2..].iter().product::<usize>(), shape[1]], rng));
    from_samples(&flat.unwrap(), shape)
}

/// Makes each position a sample.
fn as_samples<F: Scalar>(y: &Tensor<F>) -> Tensor<F> {
    let (classes, positions) = (y.shape()[1], y.features() / y.shape()[1]);
    Tensor::from_fn(y.samples() * positions, classes, |s, k| {
        y[[s / positions, k * positions + s % positions]]
    })
}

/// The opposite.
fn from_samples<F: Scalar>(flat: &Tensor<F>, shape: &[usize]) -> Tensor<F> {
    let mut y = Tensor::zeros(shape);
    let positions = y.features() / shape[1];
    for s in 0..flat.samples() {
        for k in 0..shape[1] {
            y[[s / positions, k * positions + s % positions]] = flat[[s, k]];
        }
    }
    y
}

#[test]
fn a_position_counts_as_a_sample() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    for shape in [&[1, 3, 1][..], &[5, 2, 3], &[16, 3, 2, 2], &[17, 1, 4], &[40, 4, 5, 3], &[300, 3, 7]] {
        let (classes, y) = (shape[1], probabilities::<f64>(shape, rng));
        let places: Vec<usize> = [&shape[..1], &shape[2..]].concat();
        let labels: Vec<usize> = (0..places.iter().product()).map(|_| rng.random_range(0..classes)).collect();
        let map = ClassMap::new(&places, &labels).unwrap();
        let weight: Vec<f64> = (0..classes).map(|k| 0.5 + k as f64).collect();
        for reduction in [Reduction::Mean, Reduction::Sum] {
            let (of_maps, of_samples) = losses(reduction, &weight);
            for (of_map, of_samples) in of_maps.iter().zip(&of_samples) {
                let (value, gradient) = of_map.value_and_gradient(&y, &map).unwrap();
                let (expected, slopes) = of_samples.value_and_gradient(&as_samples(&y), &labels).unwrap();
                let close = |a: f64, b: f64| (a - b).abs() <= 1e-13 * b.abs().max(1.0);
                assert!(close(value, expected), "{of_map}, {shape:?}: {value}, not {expected}");
                for (slope, expected) in values(&gradient).iter().zip(values(&from_samples(&slopes, shape))) {
                    assert!(close(*slope, expected), "{of_map}, {shape:?}: slope {slope}, not {expected}");
                }
            }
        }
    }
}

/// `[n, classes, 1]` and `[n, classes]` are the same numbers.
#[test]
fn one_position_is_the_sample() {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    for (samples, classes) in [(1, 3), (17, 3), (40, 1), (300, 5), (40, 2)] {
        let y = probabilities::<f32>(&[samples, classes], rng);
        let mut with_position = Tensor::zeros(&[samples, classes, 1]);
        with_position.blocks_mut().copy_from_slice(y.blocks());
        let labels: Vec<usize> = (0..samples).map(|_| rng.random_range(0..classes)).collect();
        let [of_samples, of_positions] =
            [&[samples][..], &[samples, 1]].map(|shape| ClassMap::new(shape, &labels).unwrap());
        let weight: Vec<f64> = (0..classes).map(|k| 0.5 + k as f64).collect();
        let (with_maps, with_labels) = losses(Reduction::Mean, &weight);
        for (of_map, of_labels) in with_maps.iter().zip(&with_labels) {
            let (value, gradient) = of_labels.value_and_gradient(&y, &labels).unwrap();
            assert_eq!(of_map.value_and_gradient(&y, &of_samples).unwrap(), (value, gradient.clone()));
            let (other, slopes) = of_map.value_and_gradient(&with_position, &of_positions).unwrap();
            assert_eq!((other, values(&slopes)), (value, values(&gradient)), "{of_map}");
        }
    }
}

#[test]
fn maps_in_a_stack_are_the_same_bits_as_alone_at_every_level() {
    let _alone = crate::LEVEL.lock();
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    for shape in
        [&[1, 3, 1][..], &[3, 2, 5], &[17, 3, 2, 2], &[40, 1, 3], &[300, 3, 5], &[20, 2, 40], &[600, 3, 3]]
    {
        let y: [Tensor<F>; LANES] = std::array::from_fn(|_| probabilities(shape, rng));
        let shares: [Tensor<F>; LANES] = std::array::from_fn(|_| random(shape, rng));
        let places: Vec<usize> = [&shape[..1], &shape[2..]].concat();
        let maps: [ClassMap; LANES] = std::array::from_fn(|_| {
            let labels: Vec<usize> =
                (0..places.iter().product()).map(|_| rng.random_range(0..shape[1])).collect();
            ClassMap::new(&places, &labels).unwrap()
        });
        let together = ClassMap::interleave(maps.each_ref()).unwrap();
        let shares_together = Tensor::interleave(shares.each_ref()).unwrap();
        let weight: Vec<f64> = (0..shape[1]).map(|k| 0.5 + k as f64).collect();
        for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
            for loss in losses::<F>(reduction, &weight).0 {
                if loss.stacks() {
                    stacked(&*loss, &y, &maps, &together);
                }
            }
            stacked(&CrossEntropyLoss::new(reduction), &y, &shares, &shares_together);
            stacked(&CategoricalCrossEntropy::new(reduction), &y, &shares, &shares_together);
        }
    }
}

fn stacked<F: Scalar, T>(loss: &dyn Loss<F, T>, y: &[Tensor<F>; LANES], target: &[T; LANES], together: &T) {
    let y_together = Tensor::interleave(y.each_ref()).unwrap();
    Level::Baseline.set().unwrap();
    let alone: [_; LANES] =
        std::array::from_fn(|lane| loss.value_and_gradient(&y[lane], &target[lane]).unwrap());
    for level in Level::available() {
        level.set().unwrap();
        let (mut dy, mut values) = (Tensor::zeros(y_together.shape()), [F::ZERO; LANES]);
        loss.evaluate(&y_together, together, Some(&mut dy), &mut values);
        for (lane, (value, gradient)) in alone.iter().enumerate() {
            let what = format!("{loss}, {:?}, at {level:?}, network {lane}", y[0].shape());
            assert_eq!(values[lane].to_f64().to_bits(), value.to_f64().to_bits(), "{what}: value");
            for feature in 0..gradient.features() {
                let got = dy.feature(feature).as_chunks::<LANES>().0.iter().map(|block| block[lane]);
                let same = got
                    .zip(gradient.feature(feature))
                    .all(|(a, b)| a.to_f64().to_bits() == b.to_f64().to_bits());
                assert!(same, "{what}: gradient");
            }
        }
    }
}

#[test]
fn a_mean_over_what_is_not_ignored_cannot_be_stacked() {
    let stacks = |reduction| {
        let fused = CrossEntropyLoss::new(reduction).ignore_index(0);
        let nll = NllLoss::new(reduction).ignore_index(0);
        [Loss::<f32, ClassMap>::stacks(&fused), Loss::<f32, ClassMap>::stacks(&nll)]
    };
    assert_eq!(stacks(Reduction::Mean), [false; 2]);
    assert_eq!(stacks(Reduction::Sum), [true; 2]);
    assert_eq!(stacks(Reduction::BatchMean), [true; 2]);
}

// --- Classes on the last axis ---

/// A loss of classes on axis 1, and the same on the last axis.
type Both<T> = [Box<dyn Loss<f64, T>>; 2];

fn both<T, L: Loss<f64, T> + Clone + 'static>(loss: &L, last: impl Fn(L) -> L) -> Both<T> {
    [Box::new(loss.clone()), Box::new(last(loss.clone()))]
}

/// Every loss, of class indices where `T` is a map of them.
fn of_either_kind<T: ClassTarget<f64>>(reduction: Reduction, weight: &[f64]) -> Vec<Both<T>> {
    let fused = CrossEntropyLoss::new(reduction);
    let full = fused.clone().weight(weight).label_smoothing(0.2);
    vec![
        both(&fused, CrossEntropyLoss::classes_last),
        both(&full, CrossEntropyLoss::classes_last),
        both(&CategoricalCrossEntropy::new(reduction), CategoricalCrossEntropy::classes_last),
    ]
}

fn of_indices<T: ClassIndices>(reduction: Reduction, weight: &[f64]) -> Vec<Both<T>> {
    let (fused, nll) = (CrossEntropyLoss::new(reduction), NllLoss::new(reduction));
    vec![
        both(&fused.clone().ignore_index(1), CrossEntropyLoss::classes_last),
        both(&fused.weight(weight).ignore_index(0), CrossEntropyLoss::classes_last),
        both(&nll, NllLoss::classes_last),
        both(&nll.weight(weight).ignore_index(1), NllLoss::classes_last),
        both(&MultiMarginLoss::new(reduction), MultiMarginLoss::classes_last),
    ]
}

/// `[n, …, classes]` to `[n, classes, …]`.
fn first<F: Scalar>(y: &Tensor<F>) -> Tensor<F> {
    let rank = y.shape().len();
    let order: Vec<usize> = std::iter::once(rank - 1).chain(1..rank - 1).collect();
    Permute::new(order).predict(y).unwrap()
}

fn compare_axes<T>(losses: Vec<Both<T>>, y: &Tensor<f64>, of_first: &T, of_last: &T) {
    let y_first = first(y);
    for [first_axis, last_axis] in losses {
        let what = format!("{last_axis}, {:?}", y.shape());
        let (value, gradient) = last_axis.value_and_gradient(y, of_last).unwrap();
        let (expected, slopes) = first_axis.value_and_gradient(&y_first, of_first).unwrap();
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-13 * b.abs().max(1.0);
        assert!(close(value, expected), "{what}: {value}, not {expected}");
        for (slope, expected) in values(&first(&gradient)).into_iter().zip(values(&slopes)) {
            assert!(close(slope, expected), "{what}: slope {slope}, not {expected}");
        }
        assert_eq!(last_axis.value(y, of_last).unwrap().to_bits(), value.to_bits(), "{what}");
        // A term has the same bits, whatever the order in memory.
        let terms = last_axis.terms(y, of_last).unwrap();
        assert_eq!(terms, first_axis.terms(&y_first, of_first).unwrap(), "{what}");
        assert_eq!(terms.shape(), &y.shape()[..y.shape().len() - 1], "{what}");
        assert!(!last_axis.stacks(), "{what}");
    }
}

#[test]
fn classes_on_the_last_axis_are_those_on_axis_1_moved() {
    let rng = &mut ChaCha8Rng::seed_from_u64(5);
    for shape in
        [&[1, 1, 3][..], &[5, 4, 2], &[16, 2, 3], &[17, 7, 5], &[21, 2, 3, 4], &[300, 3, 2], &[37, 3]]
    {
        let (&classes, places) = shape.split_last().unwrap();
        let (y, shares) = (Softmax.predict(&random::<f64>(shape, rng)).unwrap(), random::<f64>(shape, rng));
        let labels: Vec<usize> = (0..places.iter().product()).map(|_| rng.random_range(0..classes)).collect();
        let map = ClassMap::new(places, &labels).unwrap();
        let by_sample: Vec<f64> = (0..shape[0]).map(|sample| 0.5 + (sample % 3) as f64).collect();
        let weight: Vec<f64> = (0..classes).map(|k| 0.5 + k as f64).collect();
        for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
            compare_axes(of_either_kind(reduction, &weight), &y, &first(&shares), &shares);
            compare_axes(of_either_kind(reduction, &weight), &y, &map, &map);
            compare_axes(of_indices(reduction, &weight), &y, &map, &map);
            let [of_first, of_last] =
                [first(&shares), shares.clone()].map(|shares| Weighted::new(shares, &by_sample[..]));
            compare_axes(of_either_kind(reduction, &weight), &y, &of_first, &of_last);
            let weighted = Weighted::new(map.clone(), &by_sample[..]);
            compare_axes(of_indices(reduction, &weight), &y, &weighted, &weighted);
        }
    }
}

/// Sizes that are equal say nothing of which axis is which: the setting does.
#[test]
fn the_axis_is_never_guessed() {
    let y = Tensor::from_vec(&[1, 2, 2], vec![2.0, -1.0, 0.5, 1.0]).unwrap();
    let map = ClassMap::new(&[1, 2], &[0, 1]).unwrap();
    let (nll, last) = (NllLoss::sum(), NllLoss::sum().classes_last());
    // Class 0 at position 0 and class 1 at position 1 are at the same places in both.
    assert_eq!((nll.value(&y, &map), last.value(&y, &map)), (Ok(-3.0), Ok(-3.0)));
    let map = ClassMap::new(&[1, 2], &[1, 1]).unwrap();
    assert_eq!((nll.value(&y, &map), last.value(&y, &map)), (Ok(-1.5), Ok(0.0)));
}

// --- What is ignored ---

/// The losses that can ignore a label.
fn ignoring(reduction: Reduction, ignored: usize) -> Vec<Box<dyn Loss<f64, Vec<usize>>>> {
    let nll = NllLoss::new(reduction).ignore_index(ignored);
    let fused = CrossEntropyLoss::new(reduction).ignore_index(ignored);
    vec![
        Box::new(nll.clone()),
        Box::new(nll.weight([0.5, 2.0, 3.0])),
        Box::new(fused.clone()),
        Box::new(fused.clone().label_smoothing(0.2)),
        Box::new(fused.weight([0.5, 2.0, 3.0]).label_smoothing(0.2)),
    ]
}

/// NaN and infinities included: the loss and the gradient are those of the other samples, and the gradient of what is ignored is 0.
#[test]
fn what_is_ignored_does_not_enter_the_result() {
    let rng = &mut ChaCha8Rng::seed_from_u64(4);
    for ignored in [0, 2, 255, usize::MAX] {
        let y = random::<f64>(&[37, 3], rng);
        let labels: Vec<usize> = (0..37)
            .map(|sample| match sample % 4 {
                1 => ignored,
                _ => [1, 3 - ignored.clamp(1, 2)][sample % 2],
            })
            .collect();
        let kept: Vec<usize> = (0..37).filter(|&sample| labels[sample] != ignored).collect();
        assert_eq!(kept.len(), 28);
        let others: Vec<usize> = kept.iter().map(|&sample| labels[sample]).collect();
        for bad in [0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308] {
            let mut spoilt = y.clone();
            for sample in (1..37).step_by(4) {
                spoilt[[sample, sample % 3]] = bad;
            }
            for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
                for loss in ignoring(reduction, ignored) {
                    let (value, gradient) = loss.value_and_gradient(&spoilt, &labels).unwrap();
                    let (expected, slopes) = loss.value_and_gradient(&y.select(&kept), &others).unwrap();
                    // `BatchMean` divides by the number of samples, whatever they are.
                    let of = if reduction == Reduction::BatchMean { 28.0 / 37.0 } else { 1.0 };
                    assert!((value - of * expected).abs() < 1e-13, "{loss}: {value}, not {expected}");
                    for (place, &sample) in kept.iter().enumerate() {
                        for class in 0..3 {
                            let (slope, expected) = (gradient[[sample, class]], slopes[[place, class]]);
                            assert!((slope - of * expected).abs() < 1e-15, "{loss}: {slope}, not {expected}");
                        }
                    }
                    for sample in (1..37).step_by(4) {
                        let zeros = gradient.sample(sample).all(|slope| slope.to_bits() == 0);
                        assert!(zeros, "{loss}: {gradient}");
                    }
                    let terms = loss.terms(&spoilt, &labels).unwrap();
                    assert!((1..37).step_by(4).all(|sample| terms.feature(0)[sample].to_bits() == 0));
                }
            }
        }
    }
}

/// PyTorch's mean is NaN.
#[test]
fn a_batch_in_which_all_are_ignored_has_no_loss_and_no_gradient() {
    let y = Tensor::from_rows(&[[0.5, -1.0, f64::NAN], [2.0, 0.0, 1.0]]);
    for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
        for ignored in [1, 255] {
            for loss in ignoring(reduction, ignored) {
                let found = loss.value_and_gradient(&y, &vec![ignored; 2]).unwrap();
                assert_eq!(found, (0.0, Tensor::zeros(&[2, 3])), "{loss}");
            }
        }
    }
}

/// A NaN at a position that counts is not hidden by another position of the sample that does not.
#[test]
fn a_nan_that_is_not_ignored_stays_nan() {
    let map = ClassMap::new(&[2, 2], &[255, 1, 0, 255]).unwrap();
    let mut y = Tensor::<f64>::zeros(&[2, 2, 2]);
    y[[0, 3]] = f64::NAN;
    let (value, gradient) = CrossEntropyLoss::mean().ignore_index(255).value_and_gradient(&y, &map).unwrap();
    assert!(value.is_nan() && gradient[[0, 1]].is_nan() && gradient[[0, 3]].is_nan(), "{gradient}");
    assert_eq!([gradient[[0, 0]], gradient[[0, 2]], gradient[[1, 1]], gradient[[1, 3]]], [0.0; 4]);
    assert_eq!([gradient[[1, 0]], gradient[[1, 2]]], [-0.25, 0.25]);
}
