//! Cross-entropy on probabilities, for a network that ends in a softmax layer.

use std::fmt;

use nn_core::lanes::{LANES, load, store, sum};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Scalar, Tensor};

use crate::target::Probabilities;
use crate::{Loss, LossError, Reduction};

/// The cross-entropy of probabilities p (`[n, classes]`, the output of a softmax layer) against class indices or
/// probabilities t.
///
/// With the terms of the n samples added up (`Sum`) or averaged over samples (`Mean`):
/// - value: −Σ_k t_k ln p_k
/// - gradient: ∂L/∂p_k = −t_k / p_k, times 1/n for `Mean`.
///
/// Through the softmax layer's backward this becomes p − t, the gradient with respect to the logits that the report
/// prints. p is taken as at least the smallest normal number (1.2e−38 for `f32`), so that a probability that underflowed
/// to 0 costs a finite 87 (`f64`: 708) and has a finite gradient. [`CrossEntropyLoss`](crate::CrossEntropyLoss) has no
/// such limit and is faster: prefer it for training.
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

impl CategoricalCrossEntropy {
    /// Averaged over samples.
    pub fn mean() -> Self {
        CategoricalCrossEntropy { reduction: Reduction::Mean }
    }

    /// Added up over samples.
    pub fn sum() -> Self {
        CategoricalCrossEntropy { reduction: Reduction::Sum }
    }
}

impl<F: Scalar, T: Probabilities<F>> Loss<F, T> for CategoricalCrossEntropy {
    fn check(&self, output: &[usize], target: &T) -> Result<(), LossError> {
        target.check(self, output)
    }

    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>) -> F {
        let samples = y.samples();
        let scale = self.reduction.scale(samples);
        let dy = dy.map(Tensor::as_mut_slice);
        scale * dispatch(LogLikelihood { p: y.as_slice(), target, dy, samples, scale })
    }
}

impl fmt::Display for CategoricalCrossEntropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CategoricalCrossEntropy")
    }
}

/// −Σ t ln p, and dy = −scale · t / p.
struct LogLikelihood<'a, F, T> {
    p: &'a [F],
    target: &'a T,
    dy: Option<&'a mut [F]>,
    samples: usize,
    scale: F,
}

impl<F: Scalar, T: Probabilities<F>> Kernel for LogLikelihood<'_, F, T> {
    type Output = F;

    #[inline(always)]
    fn run(self) -> F {
        let LogLikelihood { p, target, mut dy, samples, scale } = self;
        let mut value = [F::ZERO; LANES];
        for (class, p) in p.chunks_exact(samples).enumerate() {
            for s in (0..samples).step_by(LANES) {
                let end = samples.min(s + LANES);
                let p = load(&p[s..end]);
                let t = target.block(class, s, end);
                let mut gradient = [F::ZERO; LANES];
                for lane in 0..LANES {
                    let p = p[lane].maximum(F::MIN_POSITIVE);
                    value[lane] -= t[lane] * p.ln();
                    gradient[lane] = -(t[lane] / p) * scale;
                }
                if let Some(dy) = &mut dy {
                    store(gradient, &mut dy[class * samples..][s..end]);
                }
            }
        }
        sum(value)
    }
}
