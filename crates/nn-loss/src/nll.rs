//! Negative log-likelihood, for a network that ends in a log-softmax layer.

use nn_core::lanes::{Lanes, Total};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Scalar, Tensor};

use crate::class_weights::{Weighted, check_classes, checked};
use crate::reduction::loss;
use crate::target::{Columns, Probabilities};
use crate::{Loss, LossError, Reduction};

/// The negative log-likelihood of log-probabilities y (`[n, classes]`, the output of a log-softmax layer) under class
/// indices c, as PyTorch's `NLLLoss`. With weights w of the classes (1 unless set by [`weight`](NllLoss::weight)):
///
/// | reduction | value | gradient ∂L/∂y_c of the sample's class c, 0 of the others |
/// |---|---|---|
/// | `Mean` | −Σ w_c y_c / Σ w_c | −w_c / Σ w_c |
/// | `Sum` | −Σ w_c y_c | −w_c |
/// | `BatchMean` | −1/n Σ w_c y_c | −w_c / n |
///
/// Behind a log-softmax layer this is [`CrossEntropyLoss`](crate::CrossEntropyLoss) on its input, value and gradient. A batch
/// whose classes all weigh 0 has the mean 0 and no gradient; PyTorch has NaN there. That y are log-probabilities is not
/// checked. For targets that are probabilities see [`KlDivLoss`](crate::KlDivLoss).
///
/// # Errors
/// Of its checks: an output that is not `[n, classes]`, no numbers, a label that is no class, another number of labels than
/// samples or of weights than classes.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{Loss, NllLoss};
/// let y = Tensor::from_rows(&[[-1.0, -0.5], [-0.25, -2.0]]);
/// let (value, gradient) = NllLoss::mean().weight([1.0, 3.0])?.value_and_gradient(&y, &vec![0, 1])?;
/// assert_eq!(value, (1.0 + 3.0 * 2.0) / (1.0 + 3.0));
/// assert_eq!(gradient, Tensor::from_rows(&[[-0.25, 0.0], [0.0, -0.75]]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "NLLLoss")]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NllLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    /// One for each class; empty if all are 1.
    weight: Vec<f64>,
}

loss!(NllLoss);

impl NllLoss {
    /// Sets the weights w, one for each class: how much a sample of that class counts.
    ///
    /// # Errors
    /// [`LossError::Setting`] unless there are some, all are finite and at least 0, and one is above 0.
    pub fn weight(self, weight: impl Into<Vec<f64>>) -> Result<Self, LossError> {
        Ok(NllLoss { weight: checked(&self, weight.into())?, ..self })
    }
}

impl<F: Scalar, T: AsRef<[usize]> + ?Sized> Loss<F, T> for NllLoss {
    fn check(&self, output: &[usize], target: &T) -> Result<(), LossError> {
        Probabilities::<F>::check(target.as_ref(), self, output)?;
        check_classes(self, &self.weight, output)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        let labels = target.as_ref();
        let terms = Probabilities::<F>::terms(labels, &self.weight);
        let scale = self.reduction.scale(terms, y.samples());
        let total = if self.weight.is_empty() {
            dispatch(LogLikelihood { y, target: labels, dy, scale })
        } else {
            let target = &Weighted::new(labels, &self.weight, 0.0, y);
            dispatch(LogLikelihood { y, target, dy, scale })
        };
        total.finish(scale, losses);
    }
}

/// −Σ t y, and dy = −scale · t.
struct LogLikelihood<'a, F, T: ?Sized> {
    y: &'a Tensor<F>,
    target: &'a T,
    dy: Option<&'a mut Tensor<F>>,
    scale: F,
}

impl<F: Scalar, T: Columns<F> + ?Sized> Kernel for LogLikelihood<'_, F, T> {
    type Output = Lanes<F>;

    #[inline(always)]
    fn run(self) -> Lanes<F> {
        let LogLikelihood { y, target, dy, scale } = self;
        let blocks = y.blocks_per_feature();
        let mut dy = dy.map(Tensor::blocks_mut);
        let mut value = Lanes::zero();
        for (place, y) in y.blocks().iter().enumerate() {
            let t = target.block(place / blocks, place % blocks);
            // A select, not a product alone: what is not a target's class (or is padding) must not matter.
            value += t.zip(Lanes(*y), |t, y| if t == F::ZERO { F::ZERO } else { -(t * y) });
            if let Some(dy) = &mut dy {
                t.map(|t| -(t * scale)).store(&mut dy[place]);
            }
        }
        value
    }
}
