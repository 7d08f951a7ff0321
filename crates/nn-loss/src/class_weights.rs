//! Weights of classes and smoothed labels: they make another target, which the kernels see like any other. Balanced weights.

use std::fmt::Display;

use nn_core::lanes::Lanes;
use nn_core::{Scalar, Setting, SettingError};

use crate::class_axis::ClassAxis;
use crate::class_loss::Batch;
use crate::sample_weights::SampleWeights;
use crate::target::{Checked, Shares, shape};
use crate::{ClassIndices, LossError};

/// Returns the weight of each of `classes` classes with which all count the same, however rare: scikit-learn's
/// `class_weight="balanced"`. They are for the losses that have weights of classes
/// ([`CrossEntropyLoss::weight`](crate::CrossEntropyLoss::weight), [`NllLoss::weight`](crate::NllLoss::weight)), and sum to n
/// over the samples.
///
/// With n labels, nₖ of them of class k, and K classes:
///
/// wₖ = n / (K nₖ)
///
/// Take the labels that the network is trained on. For the positions of a [`ClassMap`](nn_core::ClassMap) n counts positions, and
/// a sample with a [weight](nn_core::Weighted) counts as many times as it weighs.
///
/// # Errors
/// [`LossError::ClassWithoutSamples`] for a class without a label, which would weigh infinitely much, and
/// [`LossError::Label`] for a label that is none of the classes.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{CrossEntropyLoss, Loss, balanced_class_weights};
/// let labels = vec![0, 0, 0, 1];
/// let weights = balanced_class_weights(&labels, 2)?;
/// assert_eq!(weights, [2.0 / 3.0, 2.0]);
/// let loss = CrossEntropyLoss::mean().weight(weights);
/// let logits = Tensor::from_rows(&[[1.0, 0.0]; 4]);
/// // Half of the loss is that of the one sample of class 1.
/// let of = |class| CrossEntropyLoss::mean().value(&logits, &vec![class; 4]);
/// let value: f64 = loss.value(&logits, &labels)?;
/// assert!((value - (of(0)? + of(1)?) / 2.0).abs() < 1e-15);
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "compute_class_weight")]
pub fn balanced_class_weights(
    labels: &(impl ClassIndices + ?Sized),
    classes: usize,
) -> Result<Vec<f64>, LossError> {
    const NAME: &str = "balanced_class_weights";
    let (labels, weights) = (labels.indices(), labels.weights().map(SampleWeights));
    labels.check_values(&NAME, classes, None)?;
    let mut counts = Vec::new();
    let reserved = counts.try_reserve_exact(classes);
    reserved.map_err(|_| SettingError::new(NAME, "classes", "no more than memory can hold", classes))?;
    counts.resize(classes, 0.0);
    for labels in labels.positions() {
        if let Some(weights) = weights {
            weights.check_count(&NAME, &[labels.len()])?;
            weights.check_values::<f64>(&NAME)?;
        }
        for (sample, &label) in labels.iter().enumerate() {
            counts[label] += weights.map_or(1.0, |SampleWeights(weights)| weights[sample]);
        }
    }
    if let Some(class) = counts.iter().position(|&count| count == 0.0) {
        return Err(LossError::ClassWithoutSamples { class, classes });
    }
    let n: f64 = counts.iter().sum();
    Ok(counts.iter().map(|&count| n / (classes as f64 * count)).collect())
}

/// A target t as v_s w_k ((1 − ε) t_k + ε / classes), and 0 for what t ignores. Classes and samples without a weight have 1.
pub(crate) struct Weighted<'a, T: ?Sized> {
    target: &'a T,
    /// w, one for each class.
    weight: &'a [f64],
    /// v, one for each sample.
    samples: Option<SampleWeights<'a>>,
    /// The number of blocks of samples, at each position.
    blocks: usize,
    /// 1 − ε.
    own: f64,
    /// ε / classes.
    shared: f64,
}

impl<'a, T: ?Sized> Weighted<'a, T> {
    /// The target of a batch, with the weights of its samples, if they have any.
    pub(crate) fn new<F: Scalar>(batch: &Batch<'a, F, T>, weight: &'a [f64], epsilon: f64) -> Self {
        let (own, shared) = (1.0 - epsilon, epsilon / batch.y.classes as f64);
        let (samples, blocks) = (batch.weights, batch.y.blocks_per_position());
        Weighted { target: batch.target, weight, samples, blocks, own, shared }
    }
}

impl<F: Scalar, T: Shares<F> + ?Sized> Shares<F> for Weighted<'_, T> {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        let weight = self.weight.get(class).copied().unwrap_or(1.0);
        let own = Lanes::splat(F::from_f64(weight * self.own));
        let shared = Lanes::splat(F::from_f64(weight * self.shared));
        let t = own * self.target.block(class, block) + shared;
        let t = match self.samples {
            Some(samples) => samples.block(block % self.blocks) * t,
            None => t,
        };
        match self.target.counted(block) {
            Some(counted) => counted * t,
            None => t,
        }
    }

    #[inline(always)]
    fn counted(&self, block: usize) -> Option<Lanes<F>> {
        self.target.counted(block)
    }
}

/// Checks the weights themselves, as the precision `F` sees them.
pub(crate) fn check_weights<F: Scalar>(loss: &dyn Display, weight: &[f64]) -> Result<(), SettingError> {
    for (class, &w) in weight.iter().enumerate() {
        Setting::of::<F>(&loss.to_string(), &format!("weight of class {class}"), w).at_least_0()?;
    }
    let counts = weight.iter().any(|&w| F::from_f64(w) > F::ZERO);
    SettingError::unless(counts, loss, "weight", "at least one number above 0", few(weight))
}

/// Prints up to eight weights, and the number of the others.
fn few(weight: &[f64]) -> String {
    match weight.get(..8) {
        Some(first) if weight.len() > 8 => format!("{first:?} and {} more", weight.len() - 8),
        _ => format!("{weight:?}"),
    }
}

/// Checks that there is one weight for each class of an output.
pub(crate) fn check_count(
    loss: &dyn Display,
    weight: &[f64],
    axis: ClassAxis,
    output: &[usize],
) -> Result<(), LossError> {
    let count = weight.len();
    if count == axis.classes(output) {
        return Ok(());
    }
    let outputs = axis.named(&count, output.len());
    let expected = format!("an output {outputs}, one for each of the {count} class weights");
    Err(shape(loss, &expected, format!("{output:?}")))
}
