//! Negative log-likelihood, for a network that ends in a log-softmax layer.

use nn_core::Scalar;
use nn_core::total::Total;

use crate::Reduction;
use crate::class_axis::{ClassAxis, classes_last};
use crate::class_loss::{Batch, ClassLoss, compiled_here};
use crate::class_weights::Weighted;
use crate::ignoring::Ignoring;
use crate::log_likelihood::{self, Likelihood};
use crate::reduction::loss;
use crate::target::{ClassIndices, Indices, Shares};

/// The negative log-likelihood of log-probabilities y (`[n, classes]`, the output of a log-softmax layer, or
/// `[n, classes, d1, …]`, or `[n, …, classes]` with the [classes last](NllLoss::classes_last)) under class indices c
/// ([`ClassIndices`]), as PyTorch's `NLLLoss`. With weights w of the classes (1 unless set by [`weight`](NllLoss::weight)):
///
/// | reduction | value | gradient ∂L/∂y_c of the class c of a sample (and position), 0 of the others |
/// |---|---|---|
/// | `Mean` | −Σ w_c y_c / Σ w_c | −w_c / Σ w_c |
/// | `Sum` | −Σ w_c y_c | −w_c |
/// | `BatchMean` | −1/n Σ w_c y_c | −w_c / n |
///
/// The sums are over all samples and positions without those that have the label [`ignore_index`](NllLoss::ignore_index), whose
/// gradient is 0. Behind a log-softmax layer, this loss has the value and the gradient of
/// [`CrossEntropyLoss`](crate::CrossEntropyLoss) on the input of that layer. For a batch whose classes all weigh 0, or of which
/// all is ignored, the mean and the gradient are 0; PyTorch returns NaN. The loss does not check that y are log-probabilities. For targets that are probabilities see [`KlDivLoss`](crate::KlDivLoss).
///
/// # Errors
/// [`check`](crate::Loss::check) refuses
/// - an output without an axis of classes or without values,
/// - a label that is neither below the number of classes nor `ignore_index`, and labels that are not one for each sample and
///   position,
/// - weights, unless there is one for each class, all are finite and at least 0, and one is above 0.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{Loss, NllLoss};
/// let y = Tensor::from_rows(&[[-1.0, -0.5], [-0.25, -2.0]]);
/// let (value, gradient) =
///     NllLoss::mean().weight([1.0, 3.0]).value_and_gradient(&y, &vec![0, 1])?;
/// assert_eq!(value, (1.0 + 3.0 * 2.0) / (1.0 + 3.0));
/// assert_eq!(gradient, Tensor::from_rows(&[[-0.25, 0.0], [0.0, -0.75]]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "NLLLoss")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NllLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    /// One for each class. All are 1 where there are none.
    weight: Option<Vec<f64>>,
    ignore_index: Option<usize>,
    class_axis: ClassAxis,
}

loss!(NllLoss);
classes_last!(NllLoss);

impl NllLoss {
    /// Sets the weights w, one for each class: how much a sample of that class counts.
    #[must_use]
    pub fn weight(self, weight: impl Into<Vec<f64>>) -> Self {
        NllLoss { weight: Some(weight.into()), ..self }
    }

    /// Sets a label that is ignored: a sample or position that has it adds nothing to loss and gradient, even if its outputs are
    /// NaN, and does not count in the mean. It may be a class or, like 255, none. There is no such label by default, whereas
    /// PyTorch's is −100.
    #[must_use]
    pub fn ignore_index(self, label: usize) -> Self {
        NllLoss { ignore_index: Some(label), ..self }
    }

    fn add_up_weighted<F, T, S>(&self, batch: Batch<'_, F, T>, before: S) -> S
    where
        F: Scalar,
        T: Shares<F> + ?Sized,
        S: Total<F>,
    {
        let weight = self.weight.as_deref().unwrap_or_default();
        let target = Weighted::new(&batch, weight, 0.0);
        log_likelihood::add_up::<F, _, S, Self>(batch.with(&target), before)
    }
}

compiled_here!(NllLoss: ClassIndices, indices => Indices<'a>);

impl ClassLoss for NllLoss {
    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn weight(&self) -> Option<&[f64]> {
        self.weight.as_deref()
    }

    fn ignore_index(&self) -> Option<usize> {
        self.ignore_index
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
            _ if self.weight.is_some() || batch.weights.is_some() => self.add_up_weighted(batch, before),
            _ => log_likelihood::add_up::<F, T, S, Self>(batch, before),
        }
    }
}

/// The output is ln p.
impl Likelihood for NllLoss {
    #[inline(always)]
    fn ln_p<F: Scalar>(y: F) -> F {
        y
    }

    #[inline(always)]
    fn gradient<F: Scalar>(t: F, y: F, scale: F) -> F {
        if y.is_nan() { y } else { -(t * scale) }
    }
}
