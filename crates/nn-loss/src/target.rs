//! The two kinds of target that a classifier learns from, seen alike by the kernels: a probability for every class.

use std::fmt::Display;

use nn_core::lanes::{LANES, Lanes};
use nn_core::{Scalar, Tensor};

use crate::LossError;

/// A target as columns: for each class, the probability that a sample belongs to it, or another weight.
pub trait Columns<F> {
    /// Those of `class` for the sixteen samples of a block; zeros for padding.
    fn block(&self, class: usize, block: usize) -> Lanes<F>;

    /// The labels, if each sample has one class, with probability 1.
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

/// What a classifier can learn from. Public only so that the losses' implementations can be bounded by it.
pub trait Probabilities<F>: Columns<F> + Sync {
    /// What the mean divides by, under these weights of the classes (1 for those that have none): the weights of the
    /// samples' classes for class indices, the number of samples for probabilities, both as PyTorch.
    fn terms(&self, weight: &[f64]) -> f64;

    /// Whether they fit an output of this shape.
    fn check(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError>;
}

/// Class indices: probability 1 for the class, 0 for the others.
impl<F: Scalar> Columns<F> for [usize] {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        sixteen(&self[block * LANES..], |labels| ones(labels, |label| label == class))
    }

    #[inline(always)]
    fn labels(&self) -> Option<&[usize]> {
        Some(self)
    }

    /// One comparison: a label is one class, or none.
    #[inline(always)]
    fn mass(&self, classes: usize, block: usize) -> Lanes<F> {
        sixteen(&self[block * LANES..], |labels| ones(labels, |label| label < classes))
    }
}

/// What `of` says of the first sixteen labels, or of fewer and then some that are none.
#[inline(always)]
pub(crate) fn sixteen<R>(labels: &[usize], of: impl Fn(&[usize; LANES]) -> R) -> R {
    match labels.first_chunk() {
        Some(labels) => of(labels),
        None => of(&pad(labels)),
    }
}

/// 1 for each label that is meant, 0 for the others.
#[inline(always)]
fn ones<F: Scalar>(labels: &[usize; LANES], meant: impl Fn(usize) -> bool) -> Lanes<F> {
    let mut ones = [F::ZERO; LANES];
    for lane in 0..LANES {
        ones[lane] = if meant(labels[lane]) { F::ONE } else { F::ZERO };
    }
    Lanes(ones)
}

/// Fewer than sixteen labels, and then one that is none. Apart, as it comes once in a batch.
#[cold]
#[inline(never)]
fn pad(labels: &[usize]) -> [usize; LANES] {
    let mut padded = [usize::MAX; LANES];
    padded[..labels.len()].copy_from_slice(labels);
    padded
}

impl<F: Scalar> Probabilities<F> for [usize] {
    fn terms(&self, weight: &[f64]) -> f64 {
        if weight.is_empty() {
            return self.len() as f64;
        }
        self.iter().map(|&label| weight.get(label).copied().unwrap_or(1.0)).sum()
    }

    fn check(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        let &[samples, classes] = output else {
            return Err(shape(loss, "an output [n, classes]", format!("{output:?}")));
        };
        check_output(loss, output)?;
        if self.len() != samples {
            return Err(shape(
                loss,
                &format!("{samples} labels, one for each sample"),
                self.len().to_string(),
            ));
        }
        match self.iter().position(|&label| label >= classes) {
            Some(sample) => {
                Err(LossError::Label { loss: loss.to_string(), sample, label: self[sample], classes })
            }
            None => Ok(()),
        }
    }
}

impl<F: Scalar> Columns<F> for Vec<usize> {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        self.as_slice().block(class, block)
    }

    #[inline(always)]
    fn labels(&self) -> Option<&[usize]> {
        Some(self)
    }

    #[inline(always)]
    fn mass(&self, classes: usize, block: usize) -> Lanes<F> {
        self.as_slice().mass(classes, block)
    }
}

impl<F: Scalar> Probabilities<F> for Vec<usize> {
    fn terms(&self, weight: &[f64]) -> f64 {
        Probabilities::<F>::terms(self.as_slice(), weight)
    }

    fn check(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        Probabilities::<F>::check(self.as_slice(), loss, output)
    }
}

/// One-hot rows or any other probabilities, of the output's shape.
impl<F: Scalar> Columns<F> for Tensor<F> {
    #[inline(always)]
    fn block(&self, class: usize, block: usize) -> Lanes<F> {
        let samples = self.samples() - block * LANES;
        Lanes(self.blocks()[class * self.blocks_per_feature() + block]).keep(samples)
    }
}

impl<F: Scalar> Probabilities<F> for Tensor<F> {
    fn terms(&self, _weight: &[f64]) -> f64 {
        self.samples() as f64
    }

    fn check(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        if output.len() != 2 {
            return Err(shape(loss, "an output [n, classes]", format!("{output:?}")));
        }
        check_values(loss, output, self)
    }
}

/// A target tensor must have the output's shape and finite values.
pub(crate) fn check_values<F: Scalar>(
    loss: &dyn Display,
    output: &[usize],
    target: &Tensor<F>,
) -> Result<(), LossError> {
    check_output(loss, output)?;
    if target.shape() != output {
        return Err(shape(
            loss,
            &format!("a target of the output's shape {output:?}"),
            format!("{:?}", target.shape()),
        ));
    }
    for feature in 0..target.features() {
        let values = target.feature(feature);
        if let Some(sample) = values.iter().position(|value| !value.is_finite()) {
            return Err(LossError::NotFinite {
                loss: loss.to_string(),
                sample,
                value: values[sample].to_string(),
            });
        }
    }
    Ok(())
}

/// A mean over nothing has no value.
fn check_output(loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
    if output.contains(&0) {
        return Err(shape(loss, "an output with at least one number", format!("{output:?}")));
    }
    Ok(())
}

pub(crate) fn shape(loss: &dyn Display, expected: &str, found: String) -> LossError {
    LossError::Shape { loss: loss.to_string(), expected: expected.into(), found }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `mass` is for a kind of target of its own must be what it is for every other.
    #[test]
    fn the_mass_is_the_sum_over_the_classes() {
        fn check(target: &(impl Columns<f32> + ?Sized), blocks: usize) {
            for block in 0..blocks {
                let mut sum = Lanes::zero();
                for class in 0..3 {
                    sum += target.block(class, block);
                }
                assert_eq!(target.mass(3, block), sum, "{block}");
            }
        }
        // Two full blocks and a rest; label 3 is none of three classes.
        let labels: Vec<usize> = (0..37).map(|sample| sample * 7 % 4).collect();
        check(&labels[..], 3);
        check(&labels, 3);
        check(&Tensor::from_fn(37, 3, |sample, class| (sample * 3 + class) as f32), 3);
    }
}
