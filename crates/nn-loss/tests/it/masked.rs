//! Values with a mask: the loss is that of the values that count, and the others have no part in it, whatever they are.

use crate::common::random;
use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
use nn_core::{Masked, Tensor};
use nn_loss::{
    BceWithLogitsLoss, HingeLoss, HuberLoss, KlDivLoss, L1Loss, Loss, LossError, MseLoss, Reduction,
    SmoothL1Loss,
};

/// A loss of values, with a mask and without.
trait Both: Loss<f64, Tensor<f64>> + Loss<f64, Masked<f64>> {}

impl<L: Loss<f64, Tensor<f64>> + Loss<f64, Masked<f64>>> Both for L {}

/// A loss, and what makes one of its targets of any value.
type OfTargets = (Box<dyn Both>, fn(f64) -> f64);

/// Every loss of values.
fn losses(reduction: Reduction) -> Vec<OfTargets> {
    let probability = |t: f64| t.abs() / 2.0;
    vec![
        (Box::new(MseLoss::new(reduction)), |t| t),
        (Box::new(L1Loss::new(reduction)), |t| t),
        (Box::new(HuberLoss::new(reduction).delta(0.5)), |t| t),
        (Box::new(SmoothL1Loss::new(reduction).beta(0.5)), |t| t),
        (Box::new(HingeLoss::new(reduction)), f64::signum),
        (Box::new(KlDivLoss::new(reduction)), probability),
        (Box::new(BceWithLogitsLoss::new(reduction).pos_weight(2.5)), probability),
    ]
}

/// Whether a value of a step of a sample counts: about two of three.
fn counts(sample: usize, step: usize) -> bool {
    (5 * sample + 3 * step) % 7 > 1
}

/// A mask of steps `[n, t]`, and that of all values of those steps.
fn masks(shape: &[usize]) -> [Tensor<f64>; 2] {
    let (n, t) = (shape[0], shape[1]);
    let one = |sample, step| f64::from(u8::from(counts(sample, step)));
    let values = shape[2..].iter().product::<usize>();
    let of_values = Tensor::from_fn(n, t * values, |sample, feature| one(sample, feature / values));
    [Tensor::from_fn(n, t, one), of_values.reshape(&shape[1..]).unwrap()]
}

/// The values that count, as a column.
fn kept(x: &Tensor<f64>) -> Vec<f64> {
    let per_step = x.features() / x.shape()[1];
    let features = (0..x.features()).map(|feature| (feature, feature / per_step));
    features
        .flat_map(|(feature, step)| (0..x.samples()).map(move |sample| (sample, feature, step)))
        .filter(|&(sample, _, step)| counts(sample, step))
        .map(|(sample, feature, _)| x[[sample, feature]])
        .collect()
}

#[test]
fn what_does_not_count_does_not_enter_the_result() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    for shape in [&[1, 9][..], &[16, 4], &[21, 5, 3], &[40, 2, 2, 3], &[700, 3, 1]] {
        let (y, any) = (random::<f64>(shape, rng), random::<f64>(shape, rng));
        for bad in [0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308] {
            for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
                for (loss, target) in losses(reduction) {
                    for mask in masks(shape) {
                        let what =
                            format!("{loss}, {reduction:?}, {shape:?}, mask {:?}, {bad}", mask.shape());
                        compare(&*loss, &y, &any, target, mask, bad, &what);
                    }
                }
            }
        }
    }
}

fn compare(
    loss: &dyn Both,
    y: &Tensor<f64>,
    any: &Tensor<f64>,
    target: fn(f64) -> f64,
    mask: Tensor<f64>,
    bad: f64,
    what: &str,
) {
    let (mut t, mut spoilt_y) = (any.clone(), y.clone());
    let per_step = y.features() / y.shape()[1];
    for feature in 0..y.features() {
        for sample in 0..y.samples() {
            let t = &mut t.feature_mut(feature)[sample];
            *t = target(*t);
            if !counts(sample, feature / per_step) {
                (*t, spoilt_y[[sample, feature]]) = (bad, bad);
            }
        }
    }
    let [of_kept, t_of_kept] = [y, &t].map(|x| Tensor::from_column(&kept(x)));
    let masked = Masked::new(t, mask);
    let (value, gradient) = loss.value_and_gradient(&spoilt_y, &masked).unwrap();
    let (expected, slopes) = loss.value_and_gradient(&of_kept, &t_of_kept).unwrap();
    // `BatchMean` divides by the number of samples, whatever they are.
    let batch_mean = Loss::<f64, Tensor<f64>>::reduction(loss) == Reduction::BatchMean;
    let of = if batch_mean { of_kept.samples() as f64 / y.samples() as f64 } else { 1.0 };
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs().max(1.0);
    assert!(close(value, of * expected), "{what}: {value}, not {}", of * expected);
    for (slope, expected) in kept(&gradient).into_iter().zip(slopes.feature(0)) {
        assert!(close(slope, of * expected), "{what}: slope {slope}, not {expected}");
    }
    let terms = loss.terms(&spoilt_y, &masked).unwrap();
    assert_eq!(kept(&terms), loss.terms(&of_kept, &t_of_kept).unwrap().feature(0), "{what}");
    for feature in 0..y.features() {
        for sample in (0..y.samples()).filter(|&sample| !counts(sample, feature / per_step)) {
            let nothing = [gradient[[sample, feature]], terms[[sample, feature]]].map(f64::to_bits);
            assert_eq!(nothing, [0; 2], "{what}");
        }
    }
    assert_eq!(loss.value(&spoilt_y, &masked).unwrap().to_bits(), value.to_bits(), "{what}");
}

/// PyTorch's mean over nothing is NaN.
#[test]
fn a_batch_in_which_nothing_counts_has_no_loss_and_no_gradient() {
    let y = Tensor::from_rows(&[[0.5, f64::NAN], [2.0, 0.0]]);
    let target = Masked::with_lengths(Tensor::zeros(&[2, 2]), &[0, 0]).unwrap();
    for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
        for (loss, _) in losses(reduction) {
            assert_eq!(
                loss.value_and_gradient(&y, &target).unwrap(),
                (0.0, Tensor::zeros(&[2, 2])),
                "{loss}"
            );
        }
    }
}

#[test]
fn a_nan_that_counts_stays_nan() {
    for (loss, target) in losses(Reduction::Mean) {
        let y = Tensor::from_rows(&[[0.5, f64::NAN], [2.0, 0.0]]);
        let t = Tensor::from_fn(2, 2, |_, _| target(1.0));
        let masked = Masked::with_lengths(t, &[2, 1]).unwrap();
        let (value, gradient) = loss.value_and_gradient(&y, &masked).unwrap();
        assert!(value.is_nan() && gradient[[0, 1]].is_nan(), "{loss}: {value}, {gradient}");
        assert!(gradient[[0, 0]].is_finite() && gradient[[1, 1]].to_bits() == 0, "{loss}: {gradient}");
    }
}

#[test]
fn lengths_make_a_mask() {
    let target = Tensor::<f32>::zeros(&[3, 4, 2]);
    let masked = Masked::with_lengths(target.clone(), &[4, 0, 1]).unwrap();
    let mask = [[1.0, 1.0, 1.0, 1.0], [0.0; 4], [1.0, 0.0, 0.0, 0.0]];
    assert_eq!((&masked.mask, &masked.target), (&Tensor::from_rows(&mask), &target));
    let message = |shape: &[usize], lengths: &[usize]| {
        Masked::with_lengths(Tensor::<f32>::zeros(shape), lengths).unwrap_err().to_string()
    };
    let expected = |n, t| format!("Masked: expected a target [{n}, t, …] with t of at least {t}");
    assert_eq!(message(&[3, 4, 2], &[4, 5, 1]), expected(3, 5) + ", found [3, 4, 2]");
    assert_eq!(message(&[3, 4], &[4, 1]), expected(2, 4) + ", found [3, 4]");
    assert_eq!(message(&[3], &[0, 0, 0]), expected(3, 0) + ", found [3]");
}

#[test]
fn masks_that_make_no_sense_are_refused() {
    let y = Tensor::<f64>::zeros(&[2, 3, 2]);
    for (loss, target) in losses(Reduction::Mean) {
        let t = || Tensor::from_fn(2, 6, |_, _| target(1.0)).reshape(&[3, 2]).unwrap();
        let error = |mask: Tensor<f64>| -> LossError { loss.value(&y, &Masked::new(t(), mask)).unwrap_err() };
        for shape in [&[2, 2][..], &[3], &[2, 3, 1], &[2, 3, 2, 1], &[2, 6]] {
            let expected = "expected a mask of the target's shape [2, 3, 2], or of the first axes of it";
            assert_eq!(
                error(Tensor::zeros(shape)).to_string(),
                format!("{loss}: {expected}, found {shape:?}")
            );
        }
        for wrong in [0.5, -1.0, f64::NAN] {
            let mut mask = Tensor::zeros(&[2, 3]);
            mask[[1, 2]] = wrong;
            let expected = "expected each value of the mask to be 0 or 1";
            assert_eq!(
                error(mask.clone()).to_string(),
                format!("{loss}: {expected}, found {wrong} in sample 1")
            );
            assert_eq!(loss.terms(&y, &Masked::new(t(), mask.clone())).unwrap_err(), error(mask));
        }
        // Whole samples.
        assert!(
            loss.value(&y, &Masked::new(t(), Tensor::from_fn(2, 1, |_, _| 1.0).reshape(&[]).unwrap()))
                .is_ok()
        );

        // The targets that count are checked, and only those.
        let mut bad = t();
        bad[[1, 4]] = f64::NAN;
        let with_lengths = |lengths: &[usize]| Masked::with_lengths(bad.clone(), lengths).unwrap();
        assert!(loss.value(&y, &with_lengths(&[3, 2])).is_ok());
        let error = loss.value(&y, &with_lengths(&[3, 3])).unwrap_err().to_string();
        assert!(error.ends_with("found NaN in sample 1"), "{error}");
        assert!(!Loss::<f64, Masked<f64>>::stacks(&*loss));
        let short = Masked::new(Tensor::zeros(&[2, 3]), Tensor::zeros(&[2, 3]));
        let error = loss.value(&y, &short).unwrap_err().to_string();
        assert_eq!(error, format!("{loss}: expected a target of the output's shape [2, 3, 2], found [2, 3]"));
    }
    let mask = Masked::new(Tensor::zeros(&[2, 3, 2]), Tensor::zeros(&[2, 3]));
    let error = HuberLoss::mean().delta(-1.0).value(&y, &mask).unwrap_err().to_string();
    assert_eq!(error, "HuberLoss: delta is -1, expected a finite number above 0");
    let error = BceWithLogitsLoss::mean().pos_weight(-1.0).value(&y, &mask).unwrap_err().to_string();
    assert_eq!(error, "BceWithLogitsLoss: pos_weight is -1, expected a finite number above 0");
}

/// A caller that did not check gets a panic and no numbers.
#[test]
#[should_panic(
    expected = "MseLoss: expected a mask of the target's shape [2, 1], or of the first axes of it, found [1]"
)]
fn a_mask_that_does_not_fit_is_no_loss() {
    let y = Tensor::<f64>::zeros(&[2, 1]);
    MseLoss::mean().evaluate(&y, &Masked::new(y.clone(), Tensor::zeros(&[1])), None, &mut [0.0]);
}
