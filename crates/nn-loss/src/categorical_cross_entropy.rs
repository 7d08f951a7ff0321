//! Cross-entropy on probabilities, for a network that ends in a softmax layer.

use nn_core::Scalar;
use nn_core::total::Total;

use crate::Reduction;
use crate::class_axis::{ClassAxis, classes_last};
use crate::class_loss::{Batch, ClassLoss, compiled_here};
use crate::class_weights::Weighted;
use crate::log_likelihood::{self, Likelihood};
use crate::reduction::loss;
use crate::target::{ClassTarget, Kind, Shares};

/// The cross-entropy of probabilities p (`[n, classes]`, the output of a softmax layer, or `[n, classes, d1, …]`) against class
/// indices ([`ClassIndices`](crate::ClassIndices)) or probabilities t.
///
/// With the terms of the n samples added up (`Sum`) or averaged over samples (`Mean` and `BatchMean`):
/// - value: −Σ_k t_k ln p_k
/// - gradient: ∂L/∂p_k = −t_k / p_k, times 1/n for the means.
///
/// In an output `[n, classes, d1, …]` each position of a sample has a term of its own, and `Mean` divides by their number; and so in
/// an output `[n, …, classes]` with the [classes last](CategoricalCrossEntropy::classes_last).
///
/// The backward pass of the softmax layer turns this into p − t, the gradient with respect to the logits that the report
/// prints. A probability below the smallest normal number (1.2e−38 for `f32`) is taken as that number, so that a probability
/// that underflowed to 0 costs a finite 87 (`f64`: 708) and has a finite gradient. But the softmax layer multiplies this
/// gradient by p. Behind it the gradient is 0 instead of p − t, and a sample that is this wrong teaches nothing.
/// [`CrossEntropyLoss`](crate::CrossEntropyLoss) has no such limit and is faster: prefer it for training.
///
/// # Errors
/// [`check`](crate::Loss::check) refuses an output without an axis of classes or without values, a label that is not below the number
/// of classes, labels that are not one for each sample and position, and probabilities of another shape or that are not finite.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{CategoricalCrossEntropy, Loss};
/// let p = Tensor::from_rows(&[[0.25, 0.75]]);
/// let (value, gradient) =
///     CategoricalCrossEntropy::mean().value_and_gradient(&p, &vec![0])?;
/// assert!((value - 4.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(gradient, Tensor::from_rows(&[[-4.0, 0.0]]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "CategoricalCrossentropy")]
#[doc(alias = "SparseCategoricalCrossentropy")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CategoricalCrossEntropy {
    /// Mean or sum over the samples.
    pub reduction: Reduction,
    class_axis: ClassAxis,
}

loss!(CategoricalCrossEntropy);
classes_last!(CategoricalCrossEntropy);

compiled_here!(CategoricalCrossEntropy: ClassTarget<F>, kind => Kind<'a, F>);

impl ClassLoss for CategoricalCrossEntropy {
    fn reduction(&self) -> Reduction {
        self.reduction
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
        if batch.weights.is_some() {
            let target = Weighted::new(&batch, &[], 0.0);
            log_likelihood::add_up::<F, _, S, Self>(batch.with(&target), before)
        } else {
            log_likelihood::add_up::<F, T, S, Self>(batch, before)
        }
    }
}

/// The output is p.
impl Likelihood for CategoricalCrossEntropy {
    #[inline(always)]
    fn ln_p<F: Scalar>(y: F) -> F {
        at_least_tiny(y).ln()
    }

    #[inline(always)]
    fn gradient<F: Scalar>(t: F, y: F, scale: F) -> F {
        let gradient = -(t / at_least_tiny(y)) * scale;
        let nothing = if y.is_finite() { F::ZERO } else { gradient };
        if t == F::ZERO { nothing } else { gradient }
    }
}

/// Returns p, or the smallest normal number if that is larger; NaN for what is not finite, because p · 0 is NaN there.
#[inline(always)]
fn at_least_tiny<F: Scalar>(p: F) -> F {
    p.larger(F::MIN_POSITIVE) + p * F::ZERO
}
