//! Cross-entropy on logits: softmax and the logarithm in one.

mod classes;
mod two_classes;

use std::marker::PhantomData;

use nn_core::lanes::{Lanes, StackTotal, Total};
use nn_core::simd::dispatch;
use nn_core::{Scalar, Tensor};

use classes::Classes;
use two_classes::TwoClasses;

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

    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        if losses.len() == 1 {
            self.run::<F, T, Lanes<F>>(y, target, dy, losses);
        } else {
            self.run::<F, T, StackTotal<F>>(y, target, dy, losses);
        }
    }

    /// With weights, the mean of each network would have a divisor of its own.
    fn stacks(&self) -> bool {
        self.weight.is_empty() || self.reduction != Reduction::Mean
    }
}

impl CrossEntropyLoss {
    fn run<F: Scalar, T: Probabilities<F> + ?Sized, S: Total<F>>(
        &self,
        y: &Tensor<F>,
        target: &T,
        dy: Option<&mut Tensor<F>>,
        losses: &mut [F],
    ) {
        let CrossEntropyLoss { reduction, weight, label_smoothing } = self;
        let terms = target.terms(weight) / S::NETWORKS as f64;
        let scale = reduction.scale(terms, y.samples() / S::NETWORKS);
        // Most have neither: for them the kernels are compiled without.
        if weight.is_empty() && *label_smoothing == 0.0 {
            add_up::<F, T, S>(Batch { logits: y, target, dy, scale }, losses);
        } else {
            let target = &Weighted::new(target, weight, *label_smoothing, y);
            add_up::<F, _, S>(Batch { logits: y, target, dy, scale }, losses);
        }
    }
}

/// Logits and their target; where the gradient goes, if wanted, and what it is multiplied by.
struct Batch<'a, F, T: ?Sized> {
    logits: &'a Tensor<F>,
    target: &'a T,
    dy: Option<&'a mut Tensor<F>>,
    scale: F,
}

fn add_up<F: Scalar, T: Columns<F> + ?Sized, S: Total<F>>(batch: Batch<'_, F, T>, losses: &mut [F]) {
    let scale = batch.scale;
    let total: S = match batch.target.labels() {
        Some(target) if batch.logits.features() == 2 => {
            let Batch { logits, dy, scale, .. } = batch;
            dispatch(TwoClasses(Batch { logits, target, dy, scale }, PhantomData))
        }
        _ => dispatch(Classes(batch, PhantomData)),
    };
    total.finish(scale, losses);
}

/// Blocks of samples that go through the passes of a kernel together: what a pass leaves for the next stays in the
/// nearest cache, if there are not more than some twenty classes.
const CHUNK: usize = 16;
