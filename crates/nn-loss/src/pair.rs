//! Two losses, of the two parts of an output.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nn_core::lanes::LANES;
use nn_core::{Scalar, Setting, SettingError, Tensor};

use crate::fit::expect;
use crate::target::shape;
use crate::{Loss, LossError, Reduction};

/// The weighted sum of two losses, of the two parts of an output, each with targets of its own: for a network that has two
/// outputs, such as a [`Graph`](nn_core::Graph).
///
/// L = w₁ L₁(y₁, t₁) + w₂ L₂(y₂, t₂), with the gradient w₁ ∂L₁/∂y₁ in the features of the first part and w₂ ∂L₂/∂y₂ in those of the second.
///
/// The output is `[n, f]`, the two parts flattened and side by side. Each loss sees its part in the shape that it is told, and the
/// target is a pair `(t₁, t₂)`. Both losses have one [`Reduction`]. For more than two, one of them is a pair itself.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{CrossEntropyLoss, Loss, MseLoss, PairLoss};
/// // Logits of two classes, and a value.
/// let y = Tensor::from_rows(&[[0.0, 0.0, 1.0], [0.0, 0.0, 3.0]]);
/// let target = (vec![0, 1], Tensor::from_column(&[1.0, 1.0]));
/// let both = PairLoss::new(CrossEntropyLoss::mean(), [2], MseLoss::mean(), [1]);
/// let value = both.weights(1.0, 0.5).value(&y, &target)?;
/// assert!((value - (2.0_f64.ln() + 0.5 * 2.0)).abs() < 1e-15);
/// # Ok::<(), nn_loss::LossError>(())
/// ```
#[doc(alias = "multi-task")]
pub struct PairLoss<F, A, B> {
    first: Part<A>,
    second: Part<B>,
    /// What evaluations have used: the next one of the same size allocates nothing.
    memory: Mutex<Vec<Memory<F>>>,
}

/// A loss, the shape of its part in a sample, and its weight.
struct Part<L> {
    loss: L,
    sample: Vec<usize>,
    weight: f64,
}

/// The maximum number of evaluations whose memory is kept: of as many threads, or of batches of as many sizes.
const MOST: usize = 8;

/// The two parts of an output, and of its gradient.
struct Memory<F> {
    y: [Tensor<F>; 2],
    dy: [Tensor<F>; 2],
}

impl<F: Scalar, A, B> PairLoss<F, A, B> {
    /// Makes the sum of two losses with weights of 1, each with the shape of its part in one sample of the output: `[3]` for the
    /// logits of three classes.
    pub fn new(first: A, sample: impl Into<Vec<usize>>, second: B, other: impl Into<Vec<usize>>) -> Self {
        PairLoss {
            first: Part { loss: first, sample: sample.into(), weight: 1.0 },
            second: Part { loss: second, sample: other.into(), weight: 1.0 },
            memory: Mutex::default(),
        }
    }

    /// Sets the weights of the two losses.
    #[must_use]
    pub fn weights(mut self, first: f64, second: f64) -> Self {
        (self.first.weight, self.second.weight) = (first, second);
        self
    }

    /// Checks that an output has this shape: both parts, flattened and side by side.
    fn check_shape(&self, output: &[usize]) -> Result<(), LossError>
    where
        Self: fmt::Display,
    {
        let [first, second] = [self.first.features(), self.second.features()];
        let all = first.and_then(|first| first.checked_add(second?));
        if output.len() == 2 && Some(output[1]) == all {
            return Ok(());
        }
        let (first, second) = (&self.first.sample, &self.second.sample);
        let expected = format!("an output [n, f] with {first:?} and {second:?} side by side");
        Err(shape(self, &expected, format!("{output:?}")))
    }

    /// Returns memory for an output of this shape, which is checked: some that was used before, if there is any.
    fn memory(&self, output: &[usize]) -> Result<Memory<F>, LossError>
    where
        Self: fmt::Display,
    {
        self.check_shape(output)?;
        let mut all = self.lock();
        if let Some(index) = all.iter().position(|memory| memory.y[0].samples() == output[0]) {
            return Ok(all.swap_remove(index));
        }
        drop(all);
        let too_large = |_| shape(self, "an output that fits into memory", format!("{output:?}"));
        let part = |sample: &[usize]| Tensor::try_zeros(&[&output[..1], sample].concat()).map_err(too_large);
        let (first, second) = (part(&self.first.sample)?, part(&self.second.sample)?);
        Ok(Memory { y: [first.clone(), second.clone()], dy: [first, second] })
    }

    /// Keeps memory for the next evaluation, in place of the oldest if there is much.
    fn keep(&self, memory: Memory<F>) {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.remove(0);
        }
        all.push(memory);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Memory<F>>> {
        // A list of memory has no wrong state.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Scalar> Memory<F> {
    /// Copies both parts of an output.
    fn split(&mut self, y: &Tensor<F>) {
        let [first, second] = &mut self.y;
        let (of_first, of_second) = y.blocks().split_at(first.blocks().len());
        first.blocks_mut().copy_from_slice(of_first);
        second.blocks_mut().copy_from_slice(of_second);
    }
}

impl<L> Part<L> {
    /// The number of its features, unless they are more than can be counted.
    fn features(&self) -> Option<usize> {
        self.sample.iter().try_fold(1_usize, |product, &size| product.checked_mul(size))
    }
}

impl<F, T, U, A, B> Loss<F, (T, U)> for PairLoss<F, A, B>
where
    F: Scalar,
    A: Loss<F, T>,
    B: Loss<F, U>,
{
    fn check(&self, output: &[usize], target: &(T, U)) -> Result<(), LossError> {
        for (of, weight) in [("first weight", self.first.weight), ("second weight", self.second.weight)] {
            Setting::of::<F>("PairLoss", of, weight).finite()?;
        }
        let memory = self.memory(output)?;
        let [first, second] = &memory.y;
        self.first.loss.check(first.shape(), &target.0)?;
        self.second.loss.check(second.shape(), &target.1)?;
        self.keep(memory);
        let (first, second) = (self.first.loss.reduction(), self.second.loss.reduction());
        if first != second {
            let (expected, found) = (format_args!("{first:?}, as of the first"), format_args!("{second:?}"));
            let name = "reduction of the second loss";
            return Err(SettingError::new("PairLoss", name, expected, found).into());
        }
        Ok(())
    }

    fn reduction(&self) -> Reduction {
        self.first.loss.reduction()
    }

    fn evaluate(&self, y: &Tensor<F>, target: &(T, U), dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        expect(self, self.check_shape(y.shape()), y, dy.as_deref(), losses.len(), self.stacks());
        let mut memory = self.memory(y.shape()).unwrap_or_else(|error| panic!("{error}"));
        memory.split(y);
        let [mut of_first, mut of_second] = [[F::ZERO; LANES]; 2];
        let (of_first, of_second) = (&mut of_first[..losses.len()], &mut of_second[..losses.len()]);
        let [dy_first, dy_second] = memory.dy.each_mut().map(|part| dy.is_some().then_some(part));
        self.first.loss.evaluate(&memory.y[0], &target.0, dy_first, of_first);
        self.second.loss.evaluate(&memory.y[1], &target.1, dy_second, of_second);
        let weights = [self.first.weight, self.second.weight].map(F::from_f64);
        for (loss, (first, second)) in losses.iter_mut().zip(of_first.iter().zip(&*of_second)) {
            *loss = weights[0] * *first + weights[1] * *second;
        }
        if let Some(dy) = dy {
            let (first, second) = dy.blocks_mut().split_at_mut(memory.dy[0].blocks().len());
            for ((to, from), weight) in [first, second].into_iter().zip(&memory.dy).zip(weights) {
                let from = from.blocks().as_flattened();
                for (to, from) in to.as_flattened_mut().iter_mut().zip(from) {
                    *to = weight * *from;
                }
            }
        }
        self.keep(memory);
    }

    /// The terms of the first loss and then those of the second, times its weight, in one row for each sample.
    fn terms(&self, y: &Tensor<F>, target: &(T, U)) -> Result<Tensor<F>, LossError> {
        self.check(y.shape(), target)?;
        let mut memory = self.memory(y.shape())?;
        memory.split(y);
        let [first, second] = &memory.y;
        let terms = [self.first.loss.terms(first, &target.0)?, self.second.loss.terms(second, &target.1)?];
        let mut rows = Tensor::zeros(&[y.samples(), terms.iter().map(Tensor::features).sum()]);
        let mut start = 0;
        for (terms, weight) in terms.iter().zip([self.first.weight, self.second.weight]) {
            for feature in 0..terms.features() {
                let row = rows.feature_mut(start + feature);
                for (to, &term) in row.iter_mut().zip(terms.feature(feature)) {
                    *to = F::from_f64(weight) * term;
                }
            }
            start += terms.features();
        }
        Ok(rows)
    }

    fn stacks(&self) -> bool {
        self.first.loss.stacks() && self.second.loss.stacks()
    }
}

impl<F, A: fmt::Display, B: fmt::Display> fmt::Display for PairLoss<F, A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Part { loss: first, weight, .. }, second) = (&self.first, &self.second);
        write!(f, "PairLoss({weight} {first} + {} {})", second.weight, second.loss)
    }
}
