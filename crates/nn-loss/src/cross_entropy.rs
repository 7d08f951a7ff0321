//! Cross-entropy on logits: softmax and the logarithm in one.

use nn_core::lanes::{LANES, Lanes};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Scalar, Tensor};

use crate::class_weights::{Weighted, check_classes, checked};
use crate::error::check_setting;
use crate::reduction::loss;
use crate::target::{Columns, Probabilities};
use crate::{Loss, LossError, Reduction};

/// The cross-entropy of logits z (a network's raw outputs, `[n, classes]`) against class indices or probabilities t,
/// with the softmax inside, as PyTorch's `CrossEntropyLoss`.
///
/// With p = softmax(z), and the terms of the n samples added up (`Sum`) or averaged over samples (`Mean`):
/// - value: −Σ_k t_k ln p_k = Σ_k t_k (ln Σ_j exp(z_j) − z_k)
/// - gradient: ∂L/∂z_k = p_k Σ_j t_j − t_k, which is p − t where t adds up to 1; times 1/n for `Mean`.
///
/// # Weights and smoothing
/// With [`weight`](CrossEntropyLoss::weight) w and [`label_smoothing`](CrossEntropyLoss::label_smoothing) ε, t_k in both lines
/// becomes w_k ((1 − ε) t_k + ε / classes). Then the reductions divide by:
///
/// | reduction | class indices c | probabilities |
/// |---|---|---|
/// | `Mean` | Σ w_c, the weights of the n samples' classes | n |
/// | `Sum` | 1 | 1 |
/// | `BatchMean` | n | n |
///
/// A batch whose classes all weigh 0 has the mean 0 and no gradient; PyTorch has NaN there. Weights make rare classes
/// count; smoothing (Szegedy et al. 2016, "Rethinking the Inception architecture") keeps logits from growing for ever.
///
/// # Stability
/// It never takes the logarithm of a probability, and subtracts each row's own maximum, so logits of ±1000 and rows 100
/// apart are exact.
///
/// # The report's loss and gradient
/// The report prints the loss with 1/n in front, and the gradient ŷ − y without it. The first is `Mean`, the second is
/// the gradient of `Sum`. Here value and gradient always belong together, so its experiments descend the `Sum` and plot
/// value / n. The learning rate η with `Sum` is the learning rate n η with `Mean`.
///
/// # Errors
/// Of its checks: an output that is not `[n, classes]`, no numbers, a label that is no class, another number of labels or
/// shape of probabilities, a probability that is not finite, another number of weights than classes.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{CrossEntropyLoss, Loss};
/// let logits = Tensor::from_rows(&[[0.0, 0.0], [1000.0, -1000.0]]);
/// let (value, gradient) = CrossEntropyLoss::sum().value_and_gradient(&logits, &vec![0, 1])?;
/// assert_eq!(value, 2.0_f64.ln() + 2000.0);
/// assert_eq!(gradient, Tensor::from_rows(&[[-0.5, 0.5], [1.0, -1.0]]));
/// // A sample of class 1 counts three times, and nobody is asked to be quite sure.
/// let loss = CrossEntropyLoss::mean().weight([1.0, 3.0])?.label_smoothing(0.1)?;
/// let (value, _) = loss.value_and_gradient(&Tensor::from_rows(&[[0.0, 0.0]; 2]), &vec![0, 1])?;
/// assert!((value - (0.95 + 0.05 * 3.0 + 0.05 + 0.95 * 3.0) / (1.0 + 3.0) * 2.0_f64.ln()).abs() < 1e-15);
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CrossEntropyLoss {
    /// Mean or sum, and of what.
    pub reduction: Reduction,
    /// One for each class; empty if all are 1.
    weight: Vec<f64>,
    label_smoothing: f64,
}

loss!(CrossEntropyLoss);

impl CrossEntropyLoss {
    /// Sets the weights w, one for each class: how much a sample of that class counts.
    ///
    /// # Errors
    /// [`LossError::Setting`] unless there are some, all are finite and at least 0, and one is above 0.
    pub fn weight(self, weight: impl Into<Vec<f64>>) -> Result<Self, LossError> {
        Ok(CrossEntropyLoss { weight: checked(&self, weight.into())?, ..self })
    }

    /// Sets ε, the part of each target that is spread over all classes alike.
    ///
    /// # Errors
    /// [`LossError::Setting`] unless ε is from 0 to 1.
    pub fn label_smoothing(self, epsilon: f64) -> Result<Self, LossError> {
        let fits = (0.0..=1.0).contains(&epsilon);
        check_setting(&self, "label_smoothing", "a number from 0 to 1", epsilon, fits)?;
        Ok(CrossEntropyLoss { label_smoothing: epsilon, ..self })
    }
}

impl<F: Scalar, T: Probabilities<F> + ?Sized> Loss<F, T> for CrossEntropyLoss {
    fn check(&self, output: &[usize], target: &T) -> Result<(), LossError> {
        target.check(self, output)?;
        check_classes(self, &self.weight, output)
    }

    fn reduction(&self) -> Reduction {
        self.reduction
    }

    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>) -> F {
        let CrossEntropyLoss { reduction, weight, label_smoothing } = self;
        let scale = reduction.scale(target.terms(weight), y.samples());
        // Most have neither: for them the kernel is compiled without.
        if weight.is_empty() && *label_smoothing == 0.0 {
            scale * dispatch(Fused { logits: y, target, dy, scale })
        } else {
            let target = &Weighted::new(target, weight, *label_smoothing, y);
            scale * dispatch(Fused { logits: y, target, dy, scale })
        }
    }
}

/// Blocks of samples that go through the passes together: what a pass leaves for the next stays in the
/// nearest cache, if there are not more than some twenty classes.
const CHUNK: usize = 16;

/// A few hundred samples at a time, in passes over their classes: the maximum, the sum of exponentials, its logarithm, then
/// value and gradient. No block of a pass waits for another, so the CPU computes several at once. Between the second and
/// the last, `dy` holds the exponentials.
struct Fused<'a, F, T: ?Sized> {
    logits: &'a Tensor<F>,
    target: &'a T,
    dy: Option<&'a mut Tensor<F>>,
    scale: F,
}

impl<F: Scalar, T: Columns<F> + ?Sized> Kernel for Fused<'_, F, T> {
    type Output = F;

    #[inline(always)]
    fn run(self) -> F {
        let Fused { logits, target, dy, scale } = self;
        let (blocks, classes) = (logits.blocks_per_feature(), logits.features());
        let mut dy = dy.map(Tensor::blocks_mut);
        let mut value = Lanes::zero();
        for first in (0..blocks).step_by(CHUNK) {
            let count = CHUNK.min(blocks - first);
            let mut max = [[F::ZERO; LANES]; CHUNK];
            let mut total = [[F::ZERO; LANES]; CHUNK];
            let mut share = [[F::ZERO; LANES]; CHUNK];
            for b in 0..count {
                let mut largest = Lanes::splat(F::NEG_INFINITY);
                for z in logits.blocks()[first + b..].iter().step_by(blocks) {
                    largest = largest.zip(Lanes(*z), F::larger);
                }
                largest.store(&mut max[b]);
            }
            for (class, z) in logits.blocks().chunks_exact(blocks).enumerate() {
                let z = &z[first..][..count];
                let mut dy = dy.as_mut().map(|dy| &mut dy[class * blocks + first..][..count]);
                for b in 0..count {
                    let e = (Lanes(z[b]) - Lanes(max[b])).map(F::exp);
                    (Lanes(total[b]) + e).store(&mut total[b]);
                    if let Some(dy) = &mut dy {
                        e.store(&mut dy[b]);
                    }
                }
            }
            for b in 0..count {
                let sum = Lanes(total[b]);
                (target.mass(classes, first + b) / sum).store(&mut share[b]);
                sum.map(F::ln).store(&mut total[b]);
            }
            for (class, z) in logits.blocks().chunks_exact(blocks).enumerate() {
                let z = &z[first..][..count];
                let mut dy = dy.as_mut().map(|dy| &mut dy[class * blocks + first..][..count]);
                for b in 0..count {
                    let t = target.block(class, first + b);
                    // A select, not a product alone: what is not a target's class (or is padding) must not matter.
                    let surprise = t * ((Lanes(max[b]) - Lanes(z[b])) + Lanes(total[b]));
                    value += t.zip(surprise, |t, surprise| if t == F::ZERO { F::ZERO } else { surprise });
                    if let Some(dy) = &mut dy {
                        ((Lanes(dy[b]) * Lanes(share[b]) - t) * Lanes::splat(scale)).store(&mut dy[b]);
                    }
                }
            }
        }
        value.sum()
    }
}
