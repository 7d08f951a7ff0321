//! The terms of a loss are what it adds up: the term of a sample has the bits of the sum of that sample alone.

use crate::common::{random, values};
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::Level;
use nn_core::{ClassMap, Module, Scalar, Softmax, Tensor};
use nn_loss::{
    BceWithLogitsLoss, CategoricalCrossEntropy, CrossEntropyLoss, HingeLoss, HuberLoss, KlDivLoss, L1Loss,
    Loss, MseLoss, MultiMarginLoss, NllLoss, SmoothL1Loss,
};

#[test]
fn a_term_has_the_bits_of_the_sum_of_its_sample_alone() {
    let _alone = crate::LEVEL.lock();
    for level in Level::available() {
        level.set().unwrap();
        check::<f32>();
        check::<f64>();
    }
}

fn check<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(7);
    for (samples, classes) in [(1, 1), (1, 2), (15, 3), (16, 2), (37, 2), (37, 3)] {
        let y = random::<F>(&[samples, classes], rng);
        let p = Softmax.predict(&y).unwrap();
        let shares = Softmax.predict(&random::<F>(&[samples, classes], rng)).unwrap();
        let labels: Vec<usize> = (0..samples).map(|_| rng.random_range(0..classes)).collect();
        let weight: Vec<f64> = (0..classes).map(|k| 0.5 + k as f64).collect();
        let fused = CrossEntropyLoss::sum();
        let full = fused.clone().weight(&weight[..]).label_smoothing(0.2);
        let select = |samples: &[usize]| samples.iter().map(|&s| labels[s]).collect::<Vec<_>>();
        let of_labels = |loss: &dyn Loss<F, Vec<usize>>, y| one_by_one(loss, y, &labels, select);
        of_labels(&fused, &y);
        of_labels(&full, &y);
        of_labels(&fused.clone().ignore_index(0), &y);
        of_labels(&NllLoss::sum(), &y);
        of_labels(&NllLoss::sum().weight(&weight[..]).ignore_index(1), &y);
        of_labels(&MultiMarginLoss::sum(), &y);
        of_labels(&CategoricalCrossEntropy::sum(), &p);
        let of_shares = |loss: &dyn Loss<F, Tensor<F>>, y| {
            one_by_one(loss, y, &shares, |samples| shares.select(samples));
        };
        of_shares(&fused, &y);
        of_shares(&full, &y);
        of_shares(&CategoricalCrossEntropy::sum(), &p);
    }
}

fn one_by_one<F: Scalar, T>(
    loss: &dyn Loss<F, T>,
    y: &Tensor<F>,
    target: &T,
    select: impl Fn(&[usize]) -> T,
) {
    let terms = loss.terms(y, target).unwrap();
    assert_eq!(terms.shape(), [y.samples()], "{loss}");
    for (sample, term) in terms.feature(0).iter().enumerate() {
        let alone = loss.value(&y.select(&[sample]), &select(&[sample])).unwrap();
        assert_eq!(term.to_f64().to_bits(), alone.to_f64().to_bits(), "{loss}, sample {sample}");
    }
}

#[test]
fn the_terms_of_a_map_are_those_of_its_positions() {
    let rng = &mut ChaCha8Rng::seed_from_u64(8);
    for (samples, positions) in [(1, 1), (5, 3), (16, 2), (37, 4)] {
        let y = random::<f64>(&[samples, 3, positions, 1], rng);
        let shares = random::<f64>(&[samples, 3, positions, 1], rng);
        let labels: Vec<usize> = (0..samples * positions).map(|_| rng.random_range(0..3)).collect();
        let map = ClassMap::new(&[samples, positions, 1], &labels).unwrap();
        let loss = CrossEntropyLoss::mean().weight([1.0, 2.0, 3.0]);
        let (of_labels, of_shares) = (loss.terms(&y, &map).unwrap(), loss.terms(&y, &shares).unwrap());
        for position in 0..positions {
            let part = |x: &Tensor<f64>| Tensor::from_fn(samples, 3, |s, k| x[[s, k * positions + position]]);
            let expected = loss.terms(&part(&y), &map.position(position).to_vec()).unwrap();
            assert_eq!(of_labels.feature(position), expected.feature(0));
            let expected = loss.terms(&part(&y), &part(&shares)).unwrap();
            assert_eq!(of_shares.feature(position), expected.feature(0));
        }
        assert_eq!(of_labels.shape(), [samples, positions, 1]);
        assert_eq!(of_shares.shape(), [samples, positions, 1]);
    }
}

#[test]
fn a_loss_of_values_has_a_term_for_each() {
    let rng = &mut ChaCha8Rng::seed_from_u64(9);
    let (y, t) = (random::<f64>(&[21, 2, 3], rng), random::<f64>(&[21, 2, 3], rng));
    let (mut unit, mut signs) = (t.clone(), t.clone());
    for feature in 0..6 {
        unit.feature_mut(feature).iter_mut().for_each(|t| *t = t.abs() / 2.0);
        signs.feature_mut(feature).iter_mut().for_each(|t| *t = t.signum());
    }
    type OfTensors = Box<dyn Loss<f64, Tensor<f64>>>;
    let losses: [(OfTensors, &Tensor<f64>); 8] = [
        (Box::new(MseLoss::sum()), &t),
        (Box::new(L1Loss::mean()), &t),
        (Box::new(HuberLoss::sum().delta(0.5)), &t),
        (Box::new(SmoothL1Loss::batch_mean()), &t),
        (Box::new(HingeLoss::sum()), &signs),
        (Box::new(BceWithLogitsLoss::mean().pos_weight(2.0)), &unit),
        (Box::new(BceWithLogitsLoss::mean().pos_weight([2.0, 0.5])), &unit),
        (Box::new(KlDivLoss::batch_mean()), &unit),
    ];
    for (loss, t) in losses {
        let terms = loss.terms(&y, t).unwrap();
        assert_eq!(terms.shape(), y.shape());
        let sum: f64 = values(&terms).iter().sum();
        let expected = loss.value(&y, t).unwrap() / loss.reduction().scale::<f64>(21.0 * 6.0, 21);
        assert!((sum - expected).abs() < 1e-11, "{loss}: {sum}, not {expected}");
        let mut other = t.clone();
        other[[20, 5]] = f64::NAN;
        assert_eq!(loss.terms(&y, &other).unwrap_err(), loss.value(&y, &other).unwrap_err());
    }
}
