//! The table that the tests of this crate run over: every loss, every reduction, every kind of target.

use nn_core::lanes::LANES;
use nn_core::rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use nn_core::{ClassMap, Masked, Module, Permute, Scalar, Softmax, Tensor, Weighted};
use nn_loss::{
    BceWithLogitsLoss, CategoricalCrossEntropy, CrossEntropyLoss, HingeLoss, HuberLoss, KlDivLoss, L1Loss,
    Loss, MseLoss, MultiMarginLoss, NllLoss, Reduction, SmoothL1Loss,
};

/// A loss with its target, at an output `y`.
pub(crate) struct Case<F> {
    pub(crate) name: String,
    pub(crate) y: Tensor<F>,
    /// The loss at an output, and its gradient there if wanted; with the target's padding filled with the last argument.
    pub(crate) evaluate: Evaluate<F>,
}

type Evaluate<F> = Box<dyn Fn(&Tensor<F>, Option<&mut Tensor<F>>, F) -> F>;

/// Every loss for this many samples and classes.
pub(crate) fn cases<F: Scalar>(samples: usize, classes: usize) -> Vec<Case<F>> {
    let rng = &mut ChaCha8Rng::seed_from_u64((1000 * samples + classes) as u64);
    let logits = random(&[samples, classes], rng);
    // No probability so small that ln bends within the step of a finite difference.
    let p = Tensor::from_fn(samples, classes, |s, k| logits[[s, k]] * F::from_f64(0.25));
    let p = Softmax.predict(&p).unwrap();
    let labels: Vec<usize> = (0..samples).map(|_| rng.random_range(0..classes)).collect();
    let one_hot = Tensor::from_fn(samples, classes, |s, k| F::from_f64(f64::from(u8::from(labels[s] == k))));
    let shares = Softmax.predict(&random(&[samples, classes], rng)).unwrap();
    let cube = random::<F>(&[samples, classes, 2], rng);
    let mut answers = cube.clone();
    for feature in 0..answers.features() {
        answers.feature_mut(feature).iter_mut().for_each(|t| *t = F::from_f64(0.5) * t.abs());
    }
    // The losses with corners: at y = t, at a distance of ½ or 1 from it, at margins of 1.
    let distant = apart(&cube, rng);
    let signs =
        Tensor::from_fn(samples, classes, |s, k| F::from_f64(if (s + k) % 3 == 0 { 1.0 } else { -1.0 }));
    let scores = sharp(&signs, rng);
    let ranked = spread(&labels, classes, rng);
    let weight: Vec<f64> = (0..classes).map(|k| 0.5 + k as f64).collect();
    let maps = Maps::of(samples, classes, &[], rng);
    let by_sample: Vec<f64> = (0..samples).map(|sample| 0.5 + (sample % 3) as f64).collect();
    let mut cases = Vec::new();
    for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
        let mse = MseLoss::new(reduction);
        cases.push(of_tensor("values", mse, &logits, random(&[samples, classes], rng)));
        cases.push(of_tensor("values of rank 3", mse, &cube, random(&[samples, classes, 2], rng)));
        cases.push(of_tensor("values", L1Loss::new(reduction), &cube, distant.clone()));
        let huber = HuberLoss::new(reduction);
        cases.push(of_tensor("values", huber, &cube, distant.clone()));
        cases.push(of_tensor("values", huber.delta(0.5), &cube, distant.clone()));
        let smooth = SmoothL1Loss::new(reduction);
        cases.push(of_tensor("values", smooth, &cube, distant.clone()));
        cases.push(of_tensor("values", smooth.beta(0.5), &cube, distant.clone()));
        cases.push(of_tensor("values", smooth.beta(0.0), &cube, distant.clone()));
        cases.push(of_tensor("signs", HingeLoss::new(reduction), &scores, signs.clone()));
        let binary = BceWithLogitsLoss::new(reduction);
        let each = binary.clone().pos_weight(&weight[..]);
        cases.push(of_tensor("one-hot rows", binary.clone(), &logits, one_hot.clone()));
        cases.push(of_tensor("probabilities", binary.pos_weight(2.5), &logits, shares.clone()));
        cases.push(of_tensor("probabilities", each.clone(), &logits, shares.clone()));
        cases.push(of_tensor("a map of answers", each, &cube, answers.clone()));
        let divergence = KlDivLoss::new(reduction);
        cases.push(of_tensor("one-hot rows", divergence, &logits, one_hot.clone()));
        cases.push(of_tensor("probabilities", divergence, &logits, shares.clone()));
        cases.push(of_labels(MultiMarginLoss::new(reduction), &ranked, labels.clone()));
        cases.push(of_labels(NllLoss::new(reduction), &logits, labels.clone()));
        cases.push(of_labels(NllLoss::new(reduction).weight(&weight[..]), &logits, labels.clone()));
        let (fused, plain) = (CrossEntropyLoss::new(reduction), CategoricalCrossEntropy::new(reduction));
        for fused in [
            fused.clone(),
            fused.clone().weight(&weight[..]),
            fused.clone().label_smoothing(0.2),
            fused.weight(&weight[..]).label_smoothing(0.2),
        ] {
            cases.push(of_labels(fused.clone(), &logits, labels.clone()));
            cases.push(of_tensor("one-hot rows", fused.clone(), &logits, one_hot.clone()));
            cases.push(of_tensor("probabilities", fused.clone(), &logits, shares.clone()));
            // Targets need not add up to 1.
            cases.push(of_tensor("weights", fused, &logits, random(&[samples, classes], rng)));
        }
        cases.push(of_labels(plain, &p, labels.clone()));
        cases.push(of_tensor("one-hot rows", plain, &p, one_hot.clone()));
        cases.push(of_tensor("probabilities", plain, &p, shares.clone()));
        cases.extend(maps.cases(reduction));
        cases.push(of_labels(mse, &logits, Weighted::new(shares.clone(), &by_sample[..])));
        cases.push(of_labels(plain, &p, Weighted::new(labels.clone(), &by_sample[..])));
        cases.push(of_labels(
            MultiMarginLoss::new(reduction),
            &ranked,
            Weighted::new(labels.clone(), &by_sample[..]),
        ));
        let full = CrossEntropyLoss::new(reduction).weight(&weight[..]).label_smoothing(0.2);
        cases.push(of_labels(full.clone(), &logits, Weighted::new(labels.clone(), &by_sample[..])));
        cases.push(of_labels(full, &maps.y, Weighted::new(maps.labels.clone(), &by_sample[..])));
    }
    named(cases, samples, classes)
}

/// The losses with a label that is ignored, where it is that of a class and where it is not, and the losses of values with a mask.
pub(crate) fn ignoring<F: Scalar>(samples: usize, classes: usize) -> Vec<Case<F>> {
    let rng = &mut ChaCha8Rng::seed_from_u64((1000 * samples + classes) as u64);
    let mut cases = Vec::new();
    for ignored in [0, 255] {
        let maps = Maps::<F>::of(samples, classes, &[ignored], rng);
        let flat = maps.y.feature(0).len();
        let y = random(&[flat, classes], rng);
        let labels: Vec<usize> = (0..flat).map(|s| if s % 3 == 1 { ignored } else { s % classes }).collect();
        let weight: Vec<f64> = (0..classes).map(|k| 0.5 + k as f64).collect();
        for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
            let nll = NllLoss::new(reduction).ignore_index(ignored);
            let fused = CrossEntropyLoss::new(reduction).ignore_index(ignored);
            let full = fused.clone().weight(&weight[..]).label_smoothing(0.2);
            cases.push(of_labels(nll.clone(), &y, labels.clone()));
            cases.push(of_labels(fused.clone(), &y, labels.clone()));
            cases.push(of_labels(full.clone(), &y, labels.clone()));
            cases.push(of_labels(nll.clone(), &maps.y, maps.labels.clone()));
            cases.push(of_labels(nll.weight(&weight[..]), &maps.y, maps.labels.clone()));
            cases.push(of_labels(fused.clone(), &maps.y, maps.labels.clone()));
            cases.push(of_labels(full.clone(), &maps.y, maps.labels.clone()));
            cases.push(of_labels(fused.classes_last(), &last(&maps.y), maps.labels.clone()));
            cases.push(of_labels(full.classes_last(), &last(&maps.y), maps.labels.clone()));
        }
    }
    let (cube, mut answers) =
        (random::<F>(&[samples, classes, 2], rng), random::<F>(&[samples, classes, 2], rng));
    for feature in 0..answers.features() {
        answers.feature_mut(feature).iter_mut().for_each(|t| *t = F::from_f64(0.5) * t.abs());
    }
    let distant = apart(&cube, rng);
    for reduction in [Reduction::Mean, Reduction::Sum, Reduction::BatchMean] {
        for target in masks(&distant) {
            cases.push(of_labels(MseLoss::new(reduction), &cube, target.clone()));
            cases.push(of_labels(L1Loss::new(reduction), &cube, target.clone()));
            cases.push(of_labels(HuberLoss::new(reduction).delta(0.5), &cube, target.clone()));
            cases.push(of_labels(SmoothL1Loss::new(reduction), &cube, target));
        }
        for target in masks(&answers) {
            let binary = BceWithLogitsLoss::new(reduction);
            cases.push(of_labels(binary.pos_weight(vec![2.5; classes]), &cube, target.clone()));
            cases.push(of_labels(KlDivLoss::new(reduction), &cube, target));
        }
    }
    named(cases, samples, classes)
}

/// Outputs and targets with two positions.
struct Maps<F> {
    y: Tensor<F>,
    /// Positive, and no number so small that a logarithm bends within the step of a finite difference.
    p: Tensor<F>,
    shares: Tensor<F>,
    labels: ClassMap,
    /// Scores that are not close to that of the label less 1.
    ranked: Tensor<F>,
    weight: Vec<f64>,
}

impl<F: Scalar> Maps<F> {
    fn of(samples: usize, classes: usize, other: &[usize], rng: &mut ChaCha8Rng) -> Self {
        let shape = [samples, classes, 2];
        let y = random::<F>(&shape, rng);
        let (mut p, shares) = (random::<F>(&shape, rng), random(&shape, rng));
        for feature in 0..p.features() {
            p.feature_mut(feature).iter_mut().for_each(|p| *p = F::from_f64(0.5 + 0.2 * p.to_f64()));
        }
        let among: Vec<usize> = (0..classes).chain(other.iter().copied()).collect();
        let labels: Vec<usize> = (0..2 * samples).map(|_| among[rng.random_range(0..among.len())]).collect();
        let mut ranked = Tensor::zeros(&shape);
        for position in 0..2 {
            let at: Vec<usize> = (0..samples).map(|s| labels[2 * s + position].min(classes - 1)).collect();
            let flat = spread::<F>(&at, classes, rng);
            for k in 0..classes {
                ranked.feature_mut(2 * k + position).copy_from_slice(flat.feature(k));
            }
        }
        let labels = ClassMap::new(&[samples, 2], &labels).unwrap();
        Maps { y, p, shares, labels, ranked, weight: (0..classes).map(|k| 0.5 + k as f64).collect() }
    }

    fn cases(&self, reduction: Reduction) -> Vec<Case<F>> {
        let Maps { y, p, shares, labels, ranked, weight } = self;
        let (fused, nll) = (CrossEntropyLoss::new(reduction), NllLoss::new(reduction));
        let full = fused.clone().weight(&weight[..]).label_smoothing(0.2);
        let plain = CategoricalCrossEntropy::new(reduction);
        vec![
            of_labels(fused.clone(), y, labels.clone()),
            of_labels(full.clone(), y, labels.clone()),
            of_labels(nll.clone(), y, labels.clone()),
            of_labels(nll.clone().weight(&weight[..]), y, labels.clone()),
            of_labels(plain, p, labels.clone()),
            of_labels(MultiMarginLoss::new(reduction), ranked, labels.clone()),
            of_tensor("a map of shares", fused.clone(), y, shares.clone()),
            of_tensor("a map of shares", full.clone(), y, shares.clone()),
            of_tensor("a map of shares", plain, p, shares.clone()),
            of_labels(fused.clone().classes_last(), &last(y), labels.clone()),
            of_labels(full.clone().classes_last(), &last(y), labels.clone()),
            of_labels(nll.clone().weight(&weight[..]).classes_last(), &last(y), labels.clone()),
            of_labels(plain.classes_last(), &last(p), labels.clone()),
            of_labels(MultiMarginLoss::new(reduction).classes_last(), &last(ranked), labels.clone()),
            of_tensor("shares of steps", fused.classes_last(), &last(y), last(shares)),
            of_tensor("shares of steps", full.classes_last(), &last(y), last(shares)),
            of_tensor("shares of steps", plain.classes_last(), &last(p), last(shares)),
        ]
    }
}

/// Moves the classes behind the positions.
pub(crate) fn last<F: Scalar>(y: &Tensor<F>) -> Tensor<F> {
    Permute::new([2, 1]).predict(y).unwrap()
}

/// Masks the target at three of four places, first those of each step and then those of each value.
fn masks<F: Scalar>(target: &Tensor<F>) -> [Masked<F>; 2] {
    [&target.shape()[..2], target.shape()].map(|shape| {
        let mut mask = Tensor::zeros(shape);
        for feature in 0..mask.features() {
            for (sample, counts) in mask.feature_mut(feature).iter_mut().enumerate() {
                *counts = if (sample + feature) % 4 == 1 { F::ZERO } else { F::ONE };
            }
        }
        Masked::new(target.clone(), mask)
    })
}

fn named<F>(cases: Vec<Case<F>>, samples: usize, classes: usize) -> Vec<Case<F>> {
    let size = format!("{samples} samples, {classes} classes");
    cases
        .into_iter()
        .enumerate()
        .map(|(i, case)| Case { name: format!("{i} {}: {size}", case.name), ..case })
        .collect()
}

fn of_tensor<F: Scalar, L>(kind: &str, loss: L, y: &Tensor<F>, target: Tensor<F>) -> Case<F>
where
    L: Loss<F, Tensor<F>> + std::fmt::Debug + 'static,
{
    loss.check(y.shape(), &target).unwrap();
    let name = format!("{loss:?} with {kind}");
    let evaluate = move |y: &Tensor<F>, dy: Option<&mut Tensor<F>>, padding| {
        let mut target = target.clone();
        pad(&mut target, padding);
        evaluate(&loss, y, &target, dy)
    };
    Case { name, y: y.clone(), evaluate: Box::new(evaluate) }
}

fn of_labels<F: Scalar, T: 'static, L>(loss: L, y: &Tensor<F>, target: T) -> Case<F>
where
    L: Loss<F, T> + std::fmt::Debug + 'static,
{
    loss.check(y.shape(), &target).unwrap();
    let name = format!("{loss:?} with targets of an output {:?}", y.shape());
    let evaluate = move |y: &Tensor<F>, dy: Option<&mut Tensor<F>>, _| evaluate(&loss, y, &target, dy);
    Case { name, y: y.clone(), evaluate: Box::new(evaluate) }
}

/// Every loss of tensors.
pub(crate) fn losses_of_tensors<F: Scalar>() -> [Box<dyn Loss<F, Tensor<F>>>; 9] {
    [
        Box::new(MseLoss::mean()),
        Box::new(L1Loss::mean()),
        Box::new(HuberLoss::mean()),
        Box::new(SmoothL1Loss::mean()),
        Box::new(HingeLoss::mean()),
        Box::new(BceWithLogitsLoss::mean()),
        Box::new(KlDivLoss::batch_mean()),
        Box::new(CrossEntropyLoss::mean()),
        Box::new(CategoricalCrossEntropy::mean()),
    ]
}

/// Every loss of labels.
pub(crate) fn losses_of_labels<F: Scalar>() -> [Box<dyn Loss<F, [usize]>>; 4] {
    [
        Box::new(CrossEntropyLoss::mean()),
        Box::new(CategoricalCrossEntropy::mean()),
        Box::new(NllLoss::mean()),
        Box::new(MultiMarginLoss::mean()),
    ]
}

/// The loss of one network.
fn evaluate<F: Scalar, T>(loss: &dyn Loss<F, T>, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>) -> F {
    let mut value = [F::ZERO];
    loss.evaluate(y, target, dy, &mut value);
    value[0]
}

/// Uniform in (−2, 2).
pub(crate) fn random<F: Scalar>(shape: &[usize], rng: &mut ChaCha8Rng) -> Tensor<F> {
    let mut x = Tensor::zeros(shape);
    for feature in 0..x.features() {
        x.feature_mut(feature).fill_with(|| F::from_f64(4.0 * rng.random::<f64>() - 2.0));
    }
    x
}

/// How far from a corner finite differences have to stay.
const CLEAR: f64 = 0.02;

/// Targets whose distance from `y` is not close to 0, ½ or 1.
fn apart<F: Scalar>(y: &Tensor<F>, rng: &mut ChaCha8Rng) -> Tensor<F> {
    let mut t = y.clone();
    for feature in 0..t.features() {
        for t in t.feature_mut(feature) {
            *t += F::from_f64(clear(&[-1.0, -0.5, 0.0, 0.5, 1.0], rng));
        }
    }
    t
}

/// Scores that are not close to their targets, −1 or 1, where the hinge bends.
fn sharp<F: Scalar>(signs: &Tensor<F>, rng: &mut ChaCha8Rng) -> Tensor<F> {
    Tensor::from_fn(signs.samples(), signs.features(), |s, k| signs[[s, k]] + F::from_f64(clear(&[0.0], rng)))
}

/// Scores that are not close to that of the sample's label less 1.
fn spread<F: Scalar>(labels: &[usize], classes: usize, rng: &mut ChaCha8Rng) -> Tensor<F> {
    let mut y = random(&[labels.len(), classes], rng);
    for (s, &label) in labels.iter().enumerate() {
        for k in (0..classes).filter(|&k| k != label) {
            y[[s, k]] = y[[s, label]] - F::ONE + F::from_f64(clear(&[0.0], rng));
        }
    }
    y
}

/// Uniform in (−2, 2), but not close to a corner.
fn clear(corners: &[f64], rng: &mut ChaCha8Rng) -> f64 {
    loop {
        let x = 4.0 * rng.random::<f64>() - 2.0;
        if corners.iter().all(|corner| (x - corner).abs() > CLEAR) {
            return x;
        }
    }
}

/// Fills the padding.
pub(crate) fn pad<F: Scalar>(x: &mut Tensor<F>, value: F) {
    let per_feature = x.blocks_per_feature();
    let last = x.samples() - LANES * (per_feature - 1);
    for block in x.blocks_mut().chunks_exact_mut(per_feature) {
        block[per_feature - 1][last..].fill(value);
    }
}

/// Feature by feature, without the padding.
pub(crate) fn values<F: Scalar>(x: &Tensor<F>) -> Vec<F> {
    (0..x.features()).flat_map(|feature| x.feature(feature).to_vec()).collect()
}

/// The bits of the value and of the gradient.
pub(crate) fn bits<F: Scalar>(case: &Case<F>, y: &Tensor<F>, padding: F) -> Vec<u64> {
    // The gradient is overwritten: what was there before has no effect.
    let mut dy = Tensor::zeros(y.shape());
    dy.blocks_mut().as_flattened_mut().fill(F::NEG_INFINITY);
    let value = (case.evaluate)(y, Some(&mut dy), padding);
    std::iter::once(value).chain(values(&dy)).map(|x| x.to_f64().to_bits()).collect()
}
