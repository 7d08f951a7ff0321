//! Cross-entropy on logits: softmax and the logarithm in one.

use std::fmt;

use nn_core::lanes::Lanes;
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
        let scale = self.reduction.scale(y.samples());
        scale * dispatch(Fused { logits: y, target, dy, scale })
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
    logits: &'a Tensor<F>,
    target: &'a T,
    dy: Option<&'a mut Tensor<F>>,
    scale: F,
}

impl<F: Scalar, T: Probabilities<F>> Kernel for Fused<'_, F, T> {
    type Output = F;

    #[inline(always)]
    fn run(self) -> F {
        let Fused { logits, target, dy, scale } = self;
        let blocks = logits.blocks_per_feature();
        let mut dy = dy.map(Tensor::blocks_mut);
        let mut value = Lanes::zero();
        for b in 0..blocks {
            let logits = &logits.blocks()[b..];

            let mut max = Lanes::splat(F::NEG_INFINITY);
            for z in logits.iter().step_by(blocks) {
                max = max.zip(Lanes(*z), F::larger);
            }

            let (mut total, mut mass) = (Lanes::zero(), Lanes::zero());
            for (class, z) in logits.iter().step_by(blocks).enumerate() {
                let e = (Lanes(*z) - max).map(F::exp);
                total += e;
                mass += target.block(class, b);
                if let Some(dy) = &mut dy {
                    e.store(&mut dy[class * blocks + b]);
                }
            }

            let (log_total, share) = (total.map(F::ln), mass / total);
            for (class, z) in logits.iter().step_by(blocks).enumerate() {
                let t = target.block(class, b);
                // A select, not a product alone: what is not a target's class (or is padding) must not matter.
                let surprise = t * ((max - Lanes(*z)) + log_total);
                value += t.zip(surprise, |t, surprise| if t == F::ZERO { F::ZERO } else { surprise });
                if let Some(dy) = &mut dy {
                    let dy = &mut dy[class * blocks + b];
                    ((Lanes(*dy) * share - t) * Lanes::splat(scale)).store(dy);
                }
            }
        }
        value.sum()
    }
}
