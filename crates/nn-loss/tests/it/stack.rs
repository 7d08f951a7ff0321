//! The losses of sixteen networks in a stack, and their gradients, are the same bits as those of each alone.

use crate::common::random;
use nn_core::lanes::LANES;
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::simd::Level;
use nn_core::{Module, Scalar, Softmax, Tensor};
use nn_loss::{
    BceWithLogitsLoss, CategoricalCrossEntropy, CrossEntropyLoss, HingeLoss, HuberLoss, KlDivLoss, L1Loss,
    Loss, MseLoss, MultiMarginLoss, NllLoss, Reduction, SmoothL1Loss,
};

/// One test, because the level is one for the whole process.
#[test]
fn losses_in_a_stack_are_the_same_bits_as_alone_at_every_level() {
    let _alone = crate::LEVEL.lock();
    same_bits::<f32>();
    same_bits::<f64>();
}

fn same_bits<F: Scalar>() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    for (samples, classes) in [
        (1, 2),
        (2, 1),
        (15, 2),
        (16, 3),
        (17, 2),
        (40, 5),
        (200, 2),
        (300, 3),
        (300, 2),
        (1100, 1),
        (530, 2),
        (1060, 3),
    ] {
        let y: [Tensor<F>; LANES] = std::array::from_fn(|_| random(&[samples, classes], rng));
        let values: [Tensor<F>; LANES] = std::array::from_fn(|_| random(&[samples, classes], rng));
        let [p, shares] = [&y, &values].map(|x| x.each_ref().map(|x| Softmax.predict(x).unwrap()));
        let signs = values.each_ref().map(|values| {
            let sign = |x| if x < F::ZERO { -F::ONE } else { F::ONE };
            Tensor::from_fn(samples, classes, |s, k| sign(values[[s, k]]))
        });
        let labels: [Vec<usize>; LANES] =
            std::array::from_fn(|_| (0..samples).map(|_| rng.random_range(0..classes)).collect());
        let labels_together: Vec<usize> =
            (0..samples).flat_map(|sample| labels.each_ref().map(|labels| labels[sample])).collect();
        let weight: Vec<f64> = (0..classes).map(|k| 0.5 + k as f64).collect();
        for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
            let tensors = |loss: &dyn Loss<F, Tensor<F>>, y: &[_; LANES], target: &[_; LANES]| {
                compare(loss, y, target, &Tensor::interleave(target.each_ref()).unwrap());
            };
            let classify = |loss: &dyn Loss<F, Vec<usize>>, y: &[_; LANES]| {
                compare(loss, y, &labels, &labels_together);
            };
            tensors(&MseLoss::new(reduction), &y, &values);
            tensors(&L1Loss::new(reduction), &y, &values);
            tensors(&HuberLoss::new(reduction), &y, &values);
            tensors(&SmoothL1Loss::new(reduction), &y, &values);
            tensors(&HingeLoss::new(reduction), &y, &signs);
            tensors(&BceWithLogitsLoss::new(reduction), &y, &shares);
            tensors(&BceWithLogitsLoss::new(reduction).pos_weight(&weight[..]), &y, &shares);
            tensors(&KlDivLoss::new(reduction), &y, &shares);
            let (fused, plain) = (CrossEntropyLoss::new(reduction), CategoricalCrossEntropy::new(reduction));
            let smooth = fused.clone().label_smoothing(0.2);
            let weighted = smooth.clone().weight(&weight[..]);
            let stacking = if reduction == Reduction::Mean { 2 } else { 3 };
            for loss in &[fused, smooth, weighted][..stacking] {
                tensors(loss, &y, &shares);
                tensors(loss, &y, &values);
                classify(loss, &y);
            }
            tensors(&plain, &p, &shares);
            classify(&plain, &p);
            classify(&MultiMarginLoss::new(reduction), &y);
            classify(&NllLoss::new(reduction), &y);
            if reduction != Reduction::Mean {
                classify(&NllLoss::new(reduction).weight(&weight[..]), &y);
            }
        }
    }
}

fn compare<F: Scalar, T>(loss: &dyn Loss<F, T>, y: &[Tensor<F>; LANES], target: &[T; LANES], together: &T) {
    assert!(loss.stacks(), "{loss}");
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
                assert!(
                    got.zip(gradient.feature(feature))
                        .all(|(a, b)| a.to_f64().to_bits() == b.to_f64().to_bits()),
                    "{what}: gradient"
                );
            }
        }
    }
}

/// Weights would divide the mean of each network by another number.
#[test]
fn a_weighted_mean_cannot_be_stacked() {
    let losses: [Box<dyn Loss<f32, Vec<usize>>>; 2] =
        [Box::new(CrossEntropyLoss::mean().weight([1.0, 2.0])), Box::new(NllLoss::mean().weight([1.0, 2.0]))];
    assert!(losses.iter().all(|loss| !loss.stacks()));
}
