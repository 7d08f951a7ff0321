//! The two kinds of target that a classifier learns from, seen alike by the kernels: a probability for every class.

use std::fmt::Display;

use nn_core::lanes::{LANES, load};
use nn_core::{Scalar, Tensor};

use crate::LossError;

/// A target as columns: for each class, the probability that a sample belongs to it. Public only so that the losses'
/// implementations can be bounded by it.
pub trait Probabilities<F>: Sync {
    /// The probabilities of `class` for the samples `from..to`, at most sixteen; zeros behind them.
    fn block(&self, class: usize, from: usize, to: usize) -> [F; LANES];

    /// Whether they fit an output of this shape.
    fn check(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError>;
}

/// Class indices: probability 1 for the class, 0 for the others.
impl<F: Scalar> Probabilities<F> for Vec<usize> {
    #[inline(always)]
    fn block(&self, class: usize, from: usize, to: usize) -> [F; LANES] {
        let mut labels = [usize::MAX; LANES];
        labels[..to - from].copy_from_slice(&self[from..to]);
        let mut block = [F::ZERO; LANES];
        for lane in 0..LANES {
            block[lane] = if labels[lane] == class { F::ONE } else { F::ZERO };
        }
        block
    }

    fn check(&self, loss: &dyn Display, output: &[usize]) -> Result<(), LossError> {
        let &[samples, classes] = output else {
            return Err(shape(loss, "an output [n, classes]", format!("{output:?}")));
        };
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

/// One-hot rows or any other probabilities, of the output's shape.
impl<F: Scalar> Probabilities<F> for Tensor<F> {
    #[inline(always)]
    fn block(&self, class: usize, from: usize, to: usize) -> [F; LANES] {
        load(&self.feature(class)[from..to])
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
    if target.shape() != output {
        return Err(shape(
            loss,
            &format!("a target of the output's shape {output:?}"),
            format!("{:?}", target.shape()),
        ));
    }
    match target.as_slice().iter().position(|value| !value.is_finite()) {
        Some(at) => Err(LossError::NotFinite {
            loss: loss.to_string(),
            sample: at % target.samples(),
            value: target.as_slice()[at].to_string(),
        }),
        None => Ok(()),
    }
}

fn shape(loss: &dyn Display, expected: &str, found: String) -> LossError {
    LossError::Shape { loss: loss.to_string(), expected: expected.into(), found }
}
