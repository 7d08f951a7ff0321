//! The trait of all losses, and how a batch becomes one number.

use std::fmt::Display;

use nn_core::{Scalar, Tensor};

use crate::LossError;

/// How the terms of a batch become one number. It scales the value and the gradient alike: they always belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduction {
    /// Divide by the number of terms, which each loss defines as PyTorch does: all elements for [`MseLoss`](crate::MseLoss),
    /// samples for the cross-entropies.
    #[default]
    Mean,
    /// Only add up.
    Sum,
}

impl Reduction {
    /// What each of `terms` terms is multiplied by.
    pub fn scale<F: Scalar>(self, terms: usize) -> F {
        match self {
            Reduction::Mean => F::ONE / F::from_f64(terms as f64),
            Reduction::Sum => F::ONE,
        }
    }
}

/// A function of a network's output `y` and a target of type `T`: [`Tensor<F>`] for values or probabilities,
/// `Vec<usize>` for class indices. That a loss fits its kind of target is checked by the compiler.
///
/// A loss is not a module: it takes two arguments and ends the chain rule.
pub trait Loss<F: Scalar, T: ?Sized>: Display + Send + Sync {
    /// Whether an output of this shape can be compared with this target.
    ///
    /// # Errors
    /// [`LossError`] says what was expected and what came. With a checked pair, [`evaluate`](Loss::evaluate) cannot fail.
    fn check(&self, output: &[usize], target: &T) -> Result<(), LossError>;

    /// The loss and, if wanted, its gradient: overwrites `dy` with ∂L/∂y. Allocates nothing.
    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>) -> F;

    /// The loss alone, checked.
    ///
    /// # Errors
    /// As [`check`](Loss::check).
    fn value(&self, y: &Tensor<F>, target: &T) -> Result<F, LossError> {
        self.check(y.shape(), target)?;
        Ok(self.evaluate(y, target, None))
    }

    /// The loss and its gradient ∂L/∂y, checked, in fresh memory.
    ///
    /// # Errors
    /// As [`check`](Loss::check).
    fn value_and_gradient(&self, y: &Tensor<F>, target: &T) -> Result<(F, Tensor<F>), LossError> {
        self.check(y.shape(), target)?;
        let mut dy = Tensor::zeros(y.shape());
        let value = self.evaluate(y, target, Some(&mut dy));
        Ok((value, dy))
    }
}
