//! Cross-entropy on logits: softmax and the logarithm in one.

mod classes;
mod two_classes;

use nn_core::simd::dispatch;
use nn_core::total::Total;
use nn_core::{Scalar, Setting, SettingError};

use classes::Classes;
use two_classes::TwoClasses;

use crate::Reduction;
use crate::class_axis::{ClassAxis, classes_last};
use crate::class_loss::{Batch, ClassLoss, compiled_here};
use crate::class_weights::Weighted;
use crate::ignoring::Ignoring;
use crate::reduction::loss;
use crate::target::{ClassTarget, Kind, Shares};

/// The cross-entropy of logits z (a network's raw outputs, `[n, classes]` or `[n, classes, d1, …]`) against class indices
/// ([`ClassIndices`](crate::ClassIndices)) or probabilities t, with the softmax inside, as PyTorch's `CrossEntropyLoss`.
///
/// With p = softmax(z), and the terms of the n samples added up (`Sum`) or averaged over samples (`Mean`):
/// - value: −Σ_k t_k ln p_k = Σ_k t_k (ln Σ_j exp(z_j) − z_k)
/// - gradient: ∂L/∂z_k = p_k Σ_j t_j − t_k, which is p − t where t adds up to 1; times 1/n for `Mean`.
///
/// In an output `[n, classes, d1, …]` each position of a sample has a term of its own: the softmax is over the classes, a target
/// of class indices is a [`ClassMap`](nn_core::ClassMap) `[n, d1, …]`, and one of probabilities has the shape of the output. For
/// outputs `[n, …, classes]`, such as those of the steps of a sequence, say that the
/// [classes are last](CrossEntropyLoss::classes_last).
///
/// # Weights, smoothing, labels to ignore
/// With [`weight`](CrossEntropyLoss::weight) w and [`label_smoothing`](CrossEntropyLoss::label_smoothing) ε, t_k in both lines
/// becomes w_k ((1 − ε) t_k + ε / classes). A sample or position whose label is
/// [`ignore_index`](CrossEntropyLoss::ignore_index) has the term 0 and the gradient 0. With m positions a sample (1 for
/// `[n, classes]`) the reductions divide by:
///
/// | reduction | class indices c | probabilities |
/// |---|---|---|
/// | `Mean` | Σ w_c, the weights of the classes of all n m positions, without those that are ignored | n m |
/// | `Sum` | 1 | 1 |
/// | `BatchMean` | n | n |
///
/// For a batch whose classes all weigh 0, or of which all is ignored, the mean and the gradient are 0; PyTorch returns NaN.
/// Weights make rare classes count; smoothing (Szegedy et al. 2016, "Rethinking the Inception architecture") keeps logits from growing for ever.
///
/// # Stability
/// The loss never takes the logarithm of a probability, and it subtracts from each row the maximum of that row: logits of ±1000
/// and rows that differ by 100 are exact.
///
/// # The report's loss and gradient
/// The report prints the loss with the factor 1/n and the gradient ŷ − y without it. The first is `Mean`, the second is the
/// gradient of `Sum`. Here value and gradient always belong together, so the experiments descend the `Sum` and plot value / n.
/// The learning rate η with `Sum` is the learning rate n η with `Mean`.
///
/// # Errors
/// [`check`](crate::Loss::check) refuses
/// - an output without an axis of classes or without values,
/// - a label that is neither below the number of classes nor `ignore_index`, and labels that are not one for each sample and
///   position,
/// - probabilities of another shape, a probability that is not finite, and probabilities together with `ignore_index`,
/// - weights, unless there is one for each class, all are finite and at least 0, and one is above 0,
/// - an ε that is not from 0 to 1.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{CrossEntropyLoss, Loss};
/// let logits = Tensor::from_rows(&[[0.0, 0.0], [1000.0, -1000.0]]);
/// let (value, gradient) =
///     CrossEntropyLoss::sum().value_and_gradient(&logits, &vec![0, 1])?;
/// assert_eq!(value, 2.0_f64.ln() + 2000.0);
/// assert_eq!(gradient, Tensor::from_rows(&[[-0.5, 0.5], [1.0, -1.0]]));
/// // Each sample of class 1 counts three times, and the targets are 0.95 and 0.05.
/// let loss = CrossEntropyLoss::mean().weight([1.0, 3.0]).label_smoothing(0.1);
/// let (value, _) =
///     loss.value_and_gradient(&Tensor::from_rows(&[[0.0, 0.0]; 2]), &vec![0, 1])?;
/// assert!(
///     (value
///         - (0.95 + 0.05 * 3.0 + 0.05 + 0.95 * 3.0) / (1.0 + 3.0) * 2.0_f64.ln())
///     .abs()
///         < 1e-15
/// );
/// # Ok::<(), nn_loss::LossError>(())
/// ```
///
/// The class of each pixel, where 255 marks what nobody knows:
///
/// ```
/// use nn_core::{ClassMap, Tensor};
/// use nn_loss::{CrossEntropyLoss, Loss};
/// // One image of two rows and two columns, three classes.
/// let logits = Tensor::<f64>::zeros(&[1, 3, 2, 2]);
/// let map = ClassMap::new(&[1, 2, 2], &[0, 2, 255, 1])?;
/// let loss = CrossEntropyLoss::mean().ignore_index(255);
/// let (value, gradient) = loss.value_and_gradient(&logits, &map)?;
/// assert!((value - 3.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(gradient[[0, 2]], 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The class of each step of two sequences, of which the second is padded:
///
/// ```
/// use nn_core::{ClassMap, Tensor};
/// use nn_loss::{CrossEntropyLoss, Loss};
/// // Two sequences of three steps, four classes.
/// let logits = Tensor::<f64>::zeros(&[2, 3, 4]);
/// let map = ClassMap::new(&[2, 3], &[0, 3, 1, 2, 255, 255])?;
/// let loss = CrossEntropyLoss::mean().classes_last().ignore_index(255);
/// assert!((loss.value(&logits, &map)? - 4.0_f64.ln()).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "CategoricalCrossentropy")]
#[doc(alias = "SparseCategoricalCrossentropy")]
#[doc(alias = "softmax_cross_entropy")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CrossEntropyLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    /// One for each class. All are 1 where there are none.
    weight: Option<Vec<f64>>,
    label_smoothing: f64,
    ignore_index: Option<usize>,
    class_axis: ClassAxis,
}

loss!(CrossEntropyLoss);
classes_last!(CrossEntropyLoss);

impl CrossEntropyLoss {
    /// Sets the weights w, one for each class: how much a sample of that class counts.
    #[must_use]
    pub fn weight(self, weight: impl Into<Vec<f64>>) -> Self {
        CrossEntropyLoss { weight: Some(weight.into()), ..self }
    }

    /// Sets ε, the part of each target that is spread evenly over all classes.
    #[must_use]
    pub fn label_smoothing(self, epsilon: f64) -> Self {
        CrossEntropyLoss { label_smoothing: epsilon, ..self }
    }

    /// Sets a label that is ignored: a sample or position that has it adds nothing to loss and gradient, even if its logits are
    /// NaN, and does not count in the mean. It may be a class or, like 255, none. There is no such label by default, whereas
    /// PyTorch's is −100.
    #[must_use]
    pub fn ignore_index(self, label: usize) -> Self {
        CrossEntropyLoss { ignore_index: Some(label), ..self }
    }

    fn add_up_weighted<F, T, S>(&self, batch: Batch<'_, F, T>, before: S) -> S
    where
        F: Scalar,
        T: Shares<F> + ?Sized,
        S: Total<F>,
    {
        let weight = self.weight.as_deref().unwrap_or_default();
        let target = Weighted::new(&batch, weight, self.label_smoothing);
        add_up(batch.with(&target), before)
    }
}

compiled_here!(CrossEntropyLoss: ClassTarget<F>, kind => Kind<'a, F>);

impl ClassLoss for CrossEntropyLoss {
    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn weight(&self) -> Option<&[f64]> {
        self.weight.as_deref()
    }

    fn ignore_index(&self) -> Option<usize> {
        self.ignore_index
    }

    fn check_settings<F: Scalar>(&self) -> Result<(), SettingError> {
        Setting::of::<F>("CrossEntropyLoss", "label_smoothing", self.label_smoothing).up_to_1()
    }

    fn class_axis(&self) -> ClassAxis {
        self.class_axis
    }

    fn add_up<F, T, S>(&self, batch: Batch<'_, F, T>, before: S) -> S
    where
        F: Scalar,
        T: Shares<F> + ?Sized,
        S: Total<F>,
    {
        match (self.ignore_index, batch.target.labels()) {
            (Some(ignored), Some(labels)) => {
                self.add_up_weighted(batch.with(&Ignoring { labels, ignored }), before)
            }
            _ if self.weight.is_some() || self.label_smoothing != 0.0 || batch.weights.is_some() => {
                self.add_up_weighted(batch, before)
            }
            // Most have none of these: for them the kernels are compiled without.
            _ => add_up(batch, before),
        }
    }
}

fn add_up<F: Scalar, T: Shares<F> + ?Sized, S: Total<F>>(batch: Batch<'_, F, T>, before: S) -> S {
    let y = batch.y;
    match batch.target.labels() {
        Some(labels) if y.classes == 2 && y.blocks_per_class() == y.blocks_per_position() => {
            dispatch(TwoClasses(batch.with(labels), before))
        }
        _ => dispatch(Classes(batch, before)),
    }
}

/// The number of blocks of samples that go through the passes of a kernel together. What one pass leaves for the next then
/// stays in the L1 cache for up to about twenty classes.
const CHUNK: usize = 16;
