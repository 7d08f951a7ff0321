//! Cross-entropy on logits: softmax and the logarithm in one.

use std::fmt;

use nn_core::lanes::{LANES, load, store, sum};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Scalar, Tensor};

use crate::target::Probabilities;
use crate::{Loss, LossError, Reduction};

/// The cross-entropy of logits z (a network's raw outputs, `[n, classes]`) against class indices or probabilities t,
/// with the softmax inside, as PyTorch's `CrossEntropyLoss`.
///
/// With p = softmax(z), and the terms of the n samples added up (`Sum`) or averaged over samples (`Mean`):
/// - value: −Σ_k t_k ln p_k = Σ_k t_k (ln Σ_j exp(z_j) − z_k)
/// - gradient: ∂L/∂z_k = p_k Σ_j t_j − t_k, which is p − t where t adds up to 1; times 1/n for `Mean`.
///
/// It never takes the logarithm of a probability, and subtracts each row's own maximum, so logits of ±1000 and rows 100
/// apart are exact.
///
/// # The report's loss and gradient
/// The report prints the loss with 1/n in front, and the gradient ŷ − y without it. The first is `Mean`, the second is
/// the gradient of `Sum`. Here value and gradient always belong together, so its experiments descend the `Sum` and plot
/// value / n. The learning rate η with `Sum` is the learning rate n η with `Mean`.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{CrossEntropyLoss, Loss};
/// let logits = Tensor::from_rows(&[[0.0, 0.0], [1000.0, -1000.0]]);
/// let (value, gradient) = CrossEntropyLoss::sum().value_and_gradient(&logits, &vec![0, 1])?;
/// assert_eq!(value, 2.0_f64.ln() + 2000.0);
/// assert_eq!(gradient, Tensor::from_rows(&[[-0.5, 0.5], [1.0, -1.0]]));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CrossEntropyLoss {
    /// Mean or sum over the samples.
    pub reduction: Reduction,
}

impl CrossEntropyLoss {
    /// Averaged over samples.
    pub fn mean() -> Self {
        CrossEntropyLoss { reduction: Reduction::Mean }
    }

    /// Added up over samples.
    pub fn sum() -> Self {
        CrossEntropyLoss { reduction: Reduction::Sum }
    }
}

impl<F: Scalar, T: Probabilities<F>> Loss<F, T> for CrossEntropyLoss {
    fn check(&self, output: &[usize], target: &T) -> Result<(), LossError> {
        target.check(self, output)
    }

    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>) -> F {
        let samples = y.samples();
        let scale = self.reduction.scale(samples);
        let dy = dy.map(Tensor::as_mut_slice);
        scale * dispatch(Fused { logits: y.as_slice(), target, dy, samples, scale })
    }
}

impl fmt::Display for CrossEntropyLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CrossEntropyLoss")
    }
}

/// Sixteen samples at a time, three passes over their classes: the maximum, the sum of exponentials, then value and
/// gradient. Between the last two, `dy` holds the exponentials.
struct Fused<'a, F, T> {
    logits: &'a [F],
    target: &'a T,
    dy: Option<&'a mut [F]>,
    samples: usize,
    scale: F,
}

impl<F: Scalar, T: Probabilities<F>> Kernel for Fused<'_, F, T> {
    type Output = F;

    #[inline(always)]
    fn run(self) -> F {
        let Fused { logits, target, mut dy, samples, scale } = self;
        let mut value = [F::ZERO; LANES];
        for s in (0..samples).step_by(LANES) {
            let end = samples.min(s + LANES);

            let mut max = [F::NEG_INFINITY; LANES];
            for z in logits.chunks_exact(samples) {
                let z = load(&z[s..end]);
                for lane in 0..LANES {
                    max[lane] = max[lane].maximum(z[lane]);
                }
            }

            let mut total = [F::ZERO; LANES];
            let mut mass = [F::ZERO; LANES];
            for (class, z) in logits.chunks_exact(samples).enumerate() {
                let z = load(&z[s..end]);
                let t = target.block(class, s, end);
                let mut e = [F::ZERO; LANES];
                for lane in 0..LANES {
                    e[lane] = (z[lane] - max[lane]).exp();
                }
                for lane in 0..LANES {
                    total[lane] += e[lane];
                    mass[lane] += t[lane];
                }
                if let Some(dy) = &mut dy {
                    store(e, &mut dy[class * samples..][s..end]);
                }
            }

            let mut log_total = [F::ZERO; LANES];
            let mut share = [F::ZERO; LANES];
            for lane in 0..LANES {
                log_total[lane] = total[lane].ln();
                share[lane] = mass[lane] / total[lane];
            }
            for (class, z) in logits.chunks_exact(samples).enumerate() {
                let z = load(&z[s..end]);
                let t = target.block(class, s, end);
                for lane in 0..LANES {
                    value[lane] += t[lane] * ((max[lane] - z[lane]) + log_total[lane]);
                }
                if let Some(dy) = &mut dy {
                    let dy = &mut dy[class * samples..][s..end];
                    let mut gradient = load(dy);
                    for lane in 0..LANES {
                        gradient[lane] = (gradient[lane] * share[lane] - t[lane]) * scale;
                    }
                    store(gradient, dy);
                }
            }
        }
        sum(value)
    }
}
