//! Negative log-likelihood, for a network that ends in a log-softmax layer.

use nn_core::Scalar;
use nn_core::total::Total;

use crate::Reduction;
use crate::class_loss::{Batch, ClassLoss, compiled_here};
use crate::class_weights::Weighted;
use crate::log_likelihood::{self, Likelihood};
use crate::reduction::loss;
use crate::target::Shares;

/// The negative log-likelihood of log-probabilities y (`[n, classes]`, the output of a log-softmax layer) under class
/// indices c, as PyTorch's `NLLLoss`. With weights w of the classes (1 unless set by [`weight`](NllLoss::weight)):
///
/// | reduction | value | gradient ∂L/∂y_c of the sample's class c, 0 of the others |
/// |---|---|---|
/// | `Mean` | −Σ w_c y_c / Σ w_c | −w_c / Σ w_c |
/// | `Sum` | −Σ w_c y_c | −w_c |
/// | `BatchMean` | −1/n Σ w_c y_c | −w_c / n |
///
/// Behind a log-softmax layer, this loss has the value and the gradient of [`CrossEntropyLoss`](crate::CrossEntropyLoss) on the
/// input of that layer. For a batch whose classes all weigh 0 the mean and the gradient are 0; PyTorch returns NaN. The loss
/// does not check that y are log-probabilities. For targets that are probabilities see [`KlDivLoss`](crate::KlDivLoss).
///
/// # Errors
/// [`check`](crate::Loss::check) refuses
/// - an output that is not `[n, classes]` or has no values,
/// - a label that is not below the number of classes, and another number of labels than samples,
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
}

loss!(NllLoss);

impl NllLoss {
    /// Sets the weights w, one for each class: how much a sample of that class counts.
    #[must_use]
    pub fn weight(self, weight: impl Into<Vec<f64>>) -> Self {
        NllLoss { weight: Some(weight.into()), ..self }
    }
}

compiled_here!(NllLoss: AsRef<[usize]>, as_ref => &'a [usize]);

impl ClassLoss for NllLoss {
    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn weight(&self) -> Option<&[f64]> {
        self.weight.as_deref()
    }

    fn add_up<F, T, S>(&self, batch: Batch<'_, F, T>, losses: &mut [F])
    where
        F: Scalar,
        T: Shares<F> + ?Sized,
        S: Total<F>,
    {
        let Some(weight) = &self.weight else {
            return log_likelihood::add_up::<F, T, S, Self>(batch, losses);
        };
        let target = Weighted::new(batch.target, weight, 0.0, batch.y);
        log_likelihood::add_up::<F, _, S, Self>(batch.with(&target), losses);
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
