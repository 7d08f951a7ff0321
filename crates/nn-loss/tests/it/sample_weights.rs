//! Weights of samples: a weight of n is n copies of the sample, in every loss, reduction and kind of target.

use crate::common::{random, values};
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{ClassMap, Module, Softmax, Tensor, Weighted};
use nn_loss::{
    BceWithLogitsLoss, CategoricalCrossEntropy, CrossEntropyLoss, HingeLoss, HuberLoss, KlDivLoss, L1Loss,
    Loss, LossError, MseLoss, MultiMarginLoss, NllLoss, Reduction, SmoothL1Loss,
};

/// A loss of targets, with and without weights.
trait Both<T>: Loss<f64, T> + Loss<f64, Weighted<T>> {}

impl<T, L: Loss<f64, T> + Loss<f64, Weighted<T>>> Both<T> for L {}

/// Compares the loss of weighted samples with that of as many copies.
fn copies<T>(loss: &dyn Both<T>, y: &Tensor<f64>, target: T, select: impl Fn(&T, &[usize]) -> T) {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    let samples = y.samples();
    let count: Vec<usize> =
        (0..samples).map(|sample| if sample == 0 { 2 } else { rng.random_range(0..4) }).collect();
    let all: Vec<usize> =
        (0..samples).flat_map(|sample| std::iter::repeat_n(sample, count[sample])).collect();
    let weighted = Weighted::new(target, count.iter().map(|&n| n as f64).collect::<Vec<_>>());
    let what = format!("{loss}, {:?}, {:?}", reduction(loss), y.shape());

    let (value, gradient) = loss.value_and_gradient(y, &weighted).unwrap();
    let copied = select(&weighted.target, &all);
    let (expected, of_copies) = loss.value_and_gradient(&y.select(&all), &copied).unwrap();
    // The number of copies is the divisor of the mean, but that of samples is the number before copying.
    let factor =
        if reduction(loss) == Reduction::BatchMean { all.len() as f64 / samples as f64 } else { 1.0 };
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-13 * b.abs().max(1.0);
    assert!(close(value, expected * factor), "{what}: {value}, not {}", expected * factor);
    for feature in 0..y.features() {
        let mut sums = vec![0.0; samples];
        for (&sample, g) in all.iter().zip(of_copies.feature(feature)) {
            sums[sample] += g * factor;
        }
        for (sample, (&ours, sum)) in gradient.feature(feature).iter().zip(sums).enumerate() {
            assert!(close(ours, sum), "{what}, sample {sample}: {ours}, not {sum}");
        }
    }
    // The value without gradient, and the terms.
    assert_eq!(loss.value(y, &weighted).unwrap().to_bits(), value.to_bits(), "{what}");
    let (terms, plain) = (loss.terms(y, &weighted).unwrap(), loss.terms(y, &weighted.target).unwrap());
    assert_eq!(terms.shape(), plain.shape(), "{what}");
    for feature in 0..terms.features() {
        for (sample, &n) in count.iter().enumerate() {
            let (ours, once) = (terms.feature(feature)[sample], plain.feature(feature)[sample]);
            assert!(
                close(ours, n as f64 * once),
                "{what}, term of sample {sample}: {ours}, not {n} x {once}"
            );
        }
    }
    // Weights of 1 change nothing.
    let ones = Weighted::new(weighted.target, vec![1.0; samples]);
    let (value, gradient) = loss.value_and_gradient(y, &ones).unwrap();
    let (expected, slopes) = loss.value_and_gradient(y, &ones.target).unwrap();
    assert!(close(value, expected), "{what}");
    assert!(values(&gradient).iter().zip(values(&slopes)).all(|(&a, b)| close(a, b)), "{what}");
}

fn reduction<T>(loss: &dyn Both<T>) -> Reduction {
    Loss::<f64, T>::reduction(loss)
}

#[test]
fn a_weight_is_a_number_of_copies() {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    for (samples, classes) in [(1, 2), (5, 3), (16, 2), (17, 3), (40, 4), (300, 2)] {
        let y = random::<f64>(&[samples, classes], rng);
        let t = random::<f64>(&[samples, classes], rng);
        let [p, shares] = [&y, &t].map(|x| Softmax.predict(x).unwrap());
        let signs = Tensor::from_fn(samples, classes, |s, k| t[[s, k]].signum());
        let labels: Vec<usize> = (0..samples).map(|_| rng.random_range(0..classes)).collect();
        let cube = random::<f64>(&[samples, classes, 3], rng);
        let cube_shares = random::<f64>(&[samples, classes, 3], rng);
        let of_positions: Vec<usize> = (0..3 * samples).map(|_| rng.random_range(0..classes)).collect();
        let map = ClassMap::new(&[samples, 3], &of_positions).unwrap();
        let weight: Vec<f64> = (0..classes).map(|k| 0.5 + k as f64).collect();
        for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
            let of_tensors = |loss: &dyn Both<Tensor<f64>>, y: &Tensor<f64>, t: &Tensor<f64>| {
                copies(loss, y, t.clone(), Tensor::select);
            };
            of_tensors(&MseLoss::new(reduction), &y, &t);
            of_tensors(&MseLoss::new(reduction), &cube, &cube_shares);
            of_tensors(&L1Loss::new(reduction), &y, &t);
            of_tensors(&HuberLoss::new(reduction), &y, &t);
            of_tensors(&SmoothL1Loss::new(reduction), &y, &t);
            of_tensors(&HingeLoss::new(reduction), &y, &signs);
            of_tensors(&KlDivLoss::new(reduction), &y, &shares);
            let binary = BceWithLogitsLoss::new(reduction);
            of_tensors(&binary, &y, &shares);
            of_tensors(&binary.pos_weight(&weight[..]), &y, &shares);
            let (fused, plain) = (CrossEntropyLoss::new(reduction), CategoricalCrossEntropy::new(reduction));
            let full = fused.clone().weight(&weight[..]).label_smoothing(0.2);
            let nll = NllLoss::new(reduction);
            of_tensors(&fused, &y, &shares);
            of_tensors(&full, &y, &shares);
            of_tensors(&plain, &p, &shares);
            of_tensors(&full, &cube, &cube_shares);

            let margins = MultiMarginLoss::new(reduction);
            let of_labels = |loss: &dyn Both<Vec<usize>>, y: &Tensor<f64>| {
                let select =
                    |labels: &Vec<usize>, samples: &[usize]| samples.iter().map(|&s| labels[s]).collect();
                copies(loss, y, labels.clone(), select);
            };
            for loss in [&fused as &dyn Both<Vec<usize>>, &full, &nll, &margins] {
                of_labels(loss, &y);
            }
            of_labels(&plain, &p);
            of_labels(&nll.clone().weight(&weight[..]), &y);
            let ignoring = full.clone().ignore_index(1);
            // A class of which every sample is ignored leaves nothing to compare.
            if labels.contains(&0) {
                of_labels(&ignoring, &y);
            }
            for loss in [&fused as &dyn Both<ClassMap>, &full, &nll, &margins, &ignoring] {
                copies(loss, &cube, map.clone(), ClassMap::select);
            }
        }
    }
}

#[test]
fn a_batch_whose_samples_all_weigh_0_has_no_loss_and_no_gradient() {
    let (y, nothing) = (Tensor::from_rows(&[[0.5, -1.0], [2.0, 0.0]]), Tensor::zeros(&[2, 2]));
    let labels = Weighted::new(vec![0, 1], [0.0, 0.0]);
    for loss in [CrossEntropyLoss::mean(), CrossEntropyLoss::sum()] {
        assert_eq!(loss.value_and_gradient(&y, &labels).unwrap(), (0.0, nothing.clone()));
    }
    assert_eq!(MultiMarginLoss::mean().value_and_gradient(&y, &labels).unwrap(), (0.0, nothing.clone()));
    let values = Weighted::new(y.clone(), [0.0, 0.0]);
    let (value, gradient) = MseLoss::mean().value_and_gradient(&Tensor::zeros(&[2, 2]), &values).unwrap();
    assert_eq!((value, gradient), (0.0, nothing));
}

/// A network that diverged is seen even where nobody looks.
#[test]
fn nan_is_seen_in_a_sample_that_weighs_nothing() {
    let y = Tensor::from_rows(&[[0.5, -1.0], [f64::NAN, 0.0]]);
    let labels = Weighted::new(vec![0, 1], [1.0, 0.0]);
    let losses: [Box<dyn Loss<f64, Weighted<Vec<usize>>>>; 4] = [
        Box::new(CrossEntropyLoss::mean()),
        Box::new(CategoricalCrossEntropy::mean()),
        Box::new(NllLoss::mean()),
        Box::new(MultiMarginLoss::mean()),
    ];
    for loss in losses {
        let (value, gradient) = loss.value_and_gradient(&y, &labels).unwrap();
        assert!(value.is_nan() && gradient[[1, 0]].is_nan(), "{loss}: {value}, {gradient}");
    }
    let values = Weighted::new(Tensor::zeros(&[2, 2]), [1.0, 0.0]);
    let (value, gradient) = MseLoss::mean().value_and_gradient(&y, &values).unwrap();
    assert!(value.is_nan() && gradient[[1, 0]].is_nan());
}

#[test]
fn weights_that_make_no_sense_are_refused() {
    fn messages<T>(loss: &dyn Both<T>, y: &Tensor<f64>, target: T)
    where
        T: Clone,
    {
        let message = |weights: &[f64]| {
            let error: LossError = loss.value(y, &Weighted::new(target.clone(), weights)).unwrap_err();
            error.to_string()
        };
        let expected = "expected each weight to be a finite number of at least 0, found";
        assert_eq!(message(&[1.0, -0.5]), format!("{loss}: {expected} -0.5 in sample 1"));
        assert_eq!(message(&[f64::NAN, 1.0]), format!("{loss}: {expected} NaN in sample 0"));
        assert_eq!(message(&[1.0, f64::INFINITY]), format!("{loss}: {expected} inf in sample 1"));
        let count = "expected 2 weights, one for each sample, found 1";
        assert_eq!(message(&[1.0]), format!("{loss}: {count}"));
    }
    let y = Tensor::from_rows(&[[0.5, -1.0], [2.0, 0.0]]);
    messages(&MseLoss::mean(), &y, y.clone());
    messages(&BceWithLogitsLoss::mean(), &y, Tensor::zeros(&[2, 2]));
    messages(&CrossEntropyLoss::mean(), &y, Tensor::zeros(&[2, 2]));
    messages(&NllLoss::mean(), &y, vec![0, 1]);
    messages(&MultiMarginLoss::mean(), &y, vec![0, 1]);
    // Finite, but not in the precision in use.
    let single = MseLoss::mean()
        .value(&Tensor::<f32>::zeros(&[1, 1]), &Weighted::new(Tensor::zeros(&[1, 1]), [1e300]));
    assert!(matches!(single, Err(LossError::Weight { sample: 0, .. })));
    // What is wrong with the target comes first.
    let beyond = NllLoss::mean().value(&y, &Weighted::new(vec![0, 2], [1.0, 1.0]));
    assert!(matches!(beyond, Err(LossError::Label { .. })));
}

/// Each network of a stack would have a mean of its own.
#[test]
fn weighted_samples_cannot_be_stacked() {
    let stacks = |loss: &dyn Both<Vec<usize>>| Loss::<f64, Weighted<Vec<usize>>>::stacks(loss);
    assert!(!stacks(&CrossEntropyLoss::sum()) && !stacks(&MultiMarginLoss::mean()));
    assert!(!Loss::<f64, Weighted<Tensor<f64>>>::stacks(&MseLoss::sum()));
    assert!(!Loss::<f64, Weighted<Tensor<f64>>>::stacks(&BceWithLogitsLoss::sum()));
}

/// A caller that did not check gets a panic and no numbers.
#[test]
#[should_panic(expected = "MseLoss: expected 2 weights, one for each sample, found 1")]
fn weights_that_do_not_fit_are_no_loss() {
    let y = Tensor::<f64>::zeros(&[2, 1]);
    MseLoss::mean().evaluate(&y, &Weighted::new(y.clone(), [1.0]), None, &mut [0.0]);
}
