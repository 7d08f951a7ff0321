//! The two kinds of target that a classifier learns from, class indices and probabilities. Kernels see both alike: as a share of
//! each class in each sample.

use std::fmt::Display;

use nn_core::lanes::{LANES, Lanes};
use nn_core::{Scalar, Tensor};

use crate::LossError;
use crate::scan::{first_beyond, first_refused};

/// What every target of numbers must be.
pub(crate) const FINITE: &str = "a finite number";

/// What a classifier learns from: class indices (`[usize]`, `Vec<usize>`), or a [`Tensor`] of probabilities with the shape
/// of the network's output.
///
/// This trait is a bound for code that works with both kinds. It is sealed, because what a kernel needs of a target is no
/// concern of other crates: they cannot implement it.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{ClassTarget, CrossEntropyLoss, Loss, LossError};
/// fn perplexity<T: ClassTarget<f64>>(
///     logits: &Tensor<f64>,
///     target: &T,
/// ) -> Result<f64, LossError> {
///     Ok(CrossEntropyLoss::mean().value(logits, target)?.exp())
/// }
/// let logits = Tensor::from_rows(&[[0.0, 0.0], [0.0, 0.0]]);
/// assert_eq!(perplexity(&logits, &vec![0, 1])?, 2.0);
/// assert_eq!(
///     perplexity(&logits, &Tensor::from_rows(&[[0.5, 0.5], [1.0, 0.0]]))?,
///     2.0
/// );
/// # Ok::<(), LossError>(())
/// ```
pub trait ClassTarget<F: Scalar>: OfKind<F> + Sync {}

/// Which of the two kinds a target is. The module is private, which seals [`ClassTarget`].
pub trait OfKind<F> {
    fn kind(&self) -> Kind<'_, F>;
}

/// The two kinds of target.
pub enum Kind<'a, F> {
    Indices(&'a [usize]),
    Probabilities(&'a Tensor<F>),
}

impl<F: Scalar> ClassTarget<F> for [usize] {}

impl<F> OfKind<F> for [usize] {
    fn kind(&self) -> Kind<'_, F> {
        Kind::Indices(self)
    }
}

impl<F: Scalar> ClassTarget<F> for Vec<usize> {}

impl<F> OfKind<F> for Vec<usize> {
    fn kind(&self) -> Kind<'_, F> {
        Kind::Indices(self)
    }
}

impl<F: Scalar> ClassTarget<F> for Tensor<F> {}

impl<F> OfKind<F> for Tensor<F> {
    fn kind(&self) -> Kind<'_, F> {
        Kind::Probabilities(self)
    }
}

/// A target that can be checked.
pub(crate) trait Checked<F: Scalar>: Shares<F> {
    /// Returns what the mean divides by, as in PyTorch: for class indices the sum of `weight` over the samples' classes, where
    /// classes without a weight count 1; for probabilities the number of samples.
    fn terms(&self, weight: &[f64]) -> f64;

    /// Checks that this target has the shape that fits an output of this shape, and that the output has values.
    ///
    /// # Errors
    /// [`LossError::Shape`], in the name of `loss`.
    fn check_shape(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError>;

    /// Checks the values of a target whose shape fits.
    ///
    /// # Errors
    /// [`LossError`], in the name of `loss`, for the first that the loss cannot take.
    fn check_values(&self, loss: &dyn Display, classes: usize) -> Result<(), LossError>;
}

/// A target as kernels read it.
pub(crate) trait Shares<F> {
    /// The share of `class` in each of the sixteen samples of a block: the probability that the sample belongs to it, or another
    /// weight. Padding has 0.
    fn block(&self, class: usize, block: usize) -> Lanes<F>;

    /// The labels, if each sample belongs to one class with probability 1.
    #[inline(always)]
    fn labels(&self) -> Option<&[usize]> {
        None
    }

    /// The sum over all classes.
    #[inline(always)]
    fn mass(&self, classes: usize, block: usize) -> Lanes<F>
    where
        F: Scalar,
    {
        let mut mass = Lanes::zero();
        for class in 0..classes {
            mass += self.block(class, block);
        }
        mass
    }
}

/// Class indices: probability 1 for the class, 0 for the others.
impl<F: Scalar> Shares<F> for [usize] {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        sixteen(&self[block * LANES..], |labels| ones(labels, |label| label == class))
    }

    #[inline(always)]
    fn labels(&self) -> Option<&[usize]> {
        Some(self)
    }

    /// One comparison is enough: a label is one class, or none.
    #[inline(always)]
    fn mass(&self, classes: usize, block: usize) -> Lanes<F> {
        sixteen(&self[block * LANES..], |labels| ones(labels, |label| label < classes))
    }
}

/// Calls `of` with the first sixteen labels; if there are fewer, with those and then `usize::MAX`, which is no class.
#[inline(always)]
pub(crate) fn sixteen<R>(labels: &[usize], of: impl Fn(&[usize; LANES]) -> R) -> R {
    match labels.first_chunk() {
        Some(labels) => of(labels),
        None => of(&pad(labels)),
    }
}

/// 1 for each label that is `meant`, 0 for the others.
#[inline(always)]
fn ones<F: Scalar>(labels: &[usize; LANES], meant: impl Fn(usize) -> bool) -> Lanes<F> {
    let mut ones = [F::ZERO; LANES];
    for lane in 0..LANES {
        ones[lane] = if meant(labels[lane]) { F::ONE } else { F::ZERO };
    }
    Lanes(ones)
}

/// Extends fewer than sixteen labels to sixteen. A function of its own, because a batch needs it at most once.
#[cold]
#[inline(never)]
fn pad(labels: &[usize]) -> [usize; LANES] {
    let mut padded = [usize::MAX; LANES];
    padded[..labels.len()].copy_from_slice(labels);
    padded
}

impl<F: Scalar> Checked<F> for [usize] {
    fn terms(&self, weight: &[f64]) -> f64 {
        if weight.is_empty() {
            return self.len() as f64;
        }
        self.iter().map(|&label| weight.get(label).copied().unwrap_or(1.0)).sum()
    }

    fn check_shape(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        let samples = check_classes(loss, output)?;
        if self.len() != samples {
            let expected = format!("{samples} labels, one for each sample");
            return Err(shape(loss, &expected, self.len().to_string()));
        }
        Ok(())
    }

    fn check_values(&self, loss: &dyn Display, classes: usize) -> Result<(), LossError> {
        match first_beyond(self, classes) {
            Some(sample) => {
                Err(LossError::Label { loss: loss.to_string(), sample, label: self[sample], classes })
            }
            None => Ok(()),
        }
    }
}

/// One-hot rows or any other probabilities.
impl<F: Scalar> Shares<F> for Tensor<F> {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        let samples = self.samples() - block * LANES;
        Lanes(self.blocks()[class * self.blocks_per_feature() + block]).keep(samples)
    }
}

impl<F: Scalar> Checked<F> for Tensor<F> {
    fn terms(&self, _weight: &[f64]) -> f64 {
        self.samples() as f64
    }

    fn check_shape(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        check_classes(loss, output)?;
        check_shape(loss, output, self)
    }

    fn check_values(&self, loss: &dyn Display, _classes: usize) -> Result<(), LossError> {
        check_values(loss, self, FINITE, |_| true)
    }
}

/// Checks that a tensor of targets has the output's shape, and that there are values: a mean over nothing has no value.
pub(crate) fn check_shape<F: Scalar>(
    loss: &dyn Display,
    output: &[usize],
    target: &Tensor<F>,
) -> Result<(), LossError> {
    if output.contains(&0) {
        return Err(shape(loss, "an output with at least one value", format!("{output:?}")));
    }
    if target.shape() != output {
        let expected = format!("a target of the output's shape {output:?}");
        return Err(shape(loss, &expected, format!("{:?}", target.shape())));
    }
    Ok(())
}

/// Checks that all targets are finite and accepted by the loss.
pub(crate) fn check_values<F: Scalar>(
    loss: &dyn Display,
    target: &Tensor<F>,
    expected: &'static str,
    accepts: impl Fn(F) -> bool,
) -> Result<(), LossError> {
    for feature in 0..target.features() {
        let values = target.feature(feature);
        if let Some(sample) = first_refused(values, |t| t.is_finite() & accepts(t)) {
            let (loss, found) = (loss.to_string(), values[sample].to_string());
            return Err(LossError::Target { loss, sample, expected, found });
        }
    }
    Ok(())
}

/// Checks that an output has one value for each class, and returns the number of samples.
fn check_classes(loss: &dyn Display, output: &[usize]) -> Result<usize, LossError> {
    match *output {
        [0, _] | [_, 0] => Err(shape(loss, "an output with at least one value", format!("{output:?}"))),
        [samples, _] => Ok(samples),
        _ => Err(shape(loss, "an output [n, classes]", format!("{output:?}"))),
    }
}

pub(crate) fn shape(loss: &dyn Display, expected: &str, found: String) -> LossError {
    LossError::Shape { loss: loss.to_string(), expected: expected.into(), found }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Class indices have a `mass` of their own, which must be equal to the general one.
    #[test]
    fn the_mass_is_the_sum_over_the_classes() {
        fn check(target: &(impl Shares<f32> + ?Sized), blocks: usize) {
            for block in 0..blocks {
                let mut sum = Lanes::zero();
                for class in 0..3 {
                    sum += target.block(class, block);
                }
                assert_eq!(target.mass(3, block), sum, "{block}");
            }
        }
        // Two full blocks and a part of one; label 3 is none of the three classes.
        let labels: Vec<usize> = (0..37).map(|sample| sample * 7 % 4).collect();
        check(&labels[..], 3);
        check(&Tensor::from_fn(37, 3, |sample, class| (sample * 3 + class) as f32), 3);
    }
}
