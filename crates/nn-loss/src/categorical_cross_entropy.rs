//! Cross-entropy on probabilities, for a network that ends in a softmax layer.

use nn_core::lanes::{Lanes, Total};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Scalar, Tensor};

use crate::reduction::loss;
use crate::target::{Columns, Probabilities};
use crate::{Loss, LossError, Reduction};

/// The cross-entropy of probabilities p (`[n, classes]`, the output of a softmax layer) against class indices or
/// probabilities t.
///
/// With the terms of the n samples added up (`Sum`) or averaged over samples (`Mean`, and `BatchMean` alike):
/// - value: −Σ_k t_k ln p_k
/// - gradient: ∂L/∂p_k = −t_k / p_k, times 1/n for the means.
///
/// Through the softmax layer's backward this becomes p − t, the gradient with respect to the logits that the report
/// prints. p is taken as at least the smallest normal number (1.2e−38 for `f32`), so that a probability that underflowed
/// to 0 costs a finite 87 (`f64`: 708) and has a finite gradient. But the softmax layer multiplies that by p: behind it
/// the gradient is 0 rather than p − t, and a sample that is this wrong teaches nothing.
/// [`CrossEntropyLoss`](crate::CrossEntropyLoss) has no such limit and is faster: prefer it for training.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{CategoricalCrossEntropy, Loss};
/// let p = Tensor::from_rows(&[[0.25, 0.75]]);
/// let (value, gradient) = CategoricalCrossEntropy::mean().value_and_gradient(&p, &vec![0])?;
/// assert!((value - 4.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(gradient, Tensor::from_rows(&[[-4.0, 0.0]]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CategoricalCrossEntropy {
    /// Mean or sum over the samples.
    pub reduction: Reduction,
}

loss!(CategoricalCrossEntropy);

impl<F: Scalar, T: Probabilities<F> + ?Sized> Loss<F, T> for CategoricalCrossEntropy {
    fn check(&self, output: &[usize], target: &T) -> Result<(), LossError> {
        target.check(self, output)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        let scale = self.reduction.scale(target.terms(&[]), y.samples());
        dispatch(LogLikelihood { p: y, target, dy, scale }).finish(scale, losses);
    }
}

/// −Σ t ln p, and dy = −scale · t / p.
struct LogLikelihood<'a, F, T: ?Sized> {
    p: &'a Tensor<F>,
    target: &'a T,
    dy: Option<&'a mut Tensor<F>>,
    scale: F,
}

impl<F: Scalar, T: Columns<F> + ?Sized> Kernel for LogLikelihood<'_, F, T> {
    type Output = Lanes<F>;

    #[inline(always)]
    fn run(self) -> Lanes<F> {
        let LogLikelihood { p, target, dy, scale } = self;
        let blocks = p.blocks_per_feature();
        let mut dy = dy.map(Tensor::blocks_mut);
        let mut value = Lanes::zero();
        for (place, p) in p.blocks().iter().enumerate() {
            let t = target.block(place / blocks, place % blocks);
            let p = Lanes(*p).map(|p| p.larger(F::MIN_POSITIVE));
            // Selects, not products alone: what is not a target's class (or is padding) must not matter.
            let log_likelihood = t * p.map(F::ln);
            value += t.zip(log_likelihood, |t, value| if t == F::ZERO { F::ZERO } else { -value });
            if let Some(dy) = &mut dy {
                let gradient = t.zip(p, |t, p| if t == F::ZERO { F::ZERO } else { -(t / p) * scale });
                gradient.store(&mut dy[place]);
            }
        }
        value
    }
}
