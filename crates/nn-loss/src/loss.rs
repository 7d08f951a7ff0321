//! The trait of all losses.

use std::fmt::Display;

use nn_core::lanes::Block;
use nn_core::{Scalar, Tensor};

use crate::{LossError, Reduction};

/// A function of a network's output `y` and a target of type `T`: [`Tensor<F>`] for values or probabilities,
/// `Vec<usize>` or `[usize]` for class indices. That a loss fits its kind of target is checked by the compiler.
///
/// A loss is not a module: it takes two arguments and ends the chain rule.
pub trait Loss<F: Scalar, T: ?Sized>: Display + Send + Sync {
    /// Whether an output of this shape can be compared with this target.
    ///
    /// # Errors
    /// [`LossError`] says what was expected and what came. With a checked pair, [`evaluate`](Loss::evaluate) cannot fail.
    fn check(&self, output: &[usize], target: &T) -> Result<(), LossError>;

    /// How the terms of a batch become one number.
    fn reduction(&self) -> Reduction;

    /// The loss and, if wanted, its gradient: overwrites `dy` with ∂L/∂y. Allocates nothing.
    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>) -> F;

    /// The losses of the sixteen networks of a [`Stack`](nn_core::Stack): block b of `y` and of `target` is their sample b,
    /// one network a lane. Overwrites `dy`; loss and gradient of each network are the same bits that
    /// [`evaluate`](Loss::evaluate) gives for it alone. Allocates nothing.
    ///
    /// None if this loss cannot: then nothing was done, and the networks are trained one after another.
    fn evaluate_stack(&self, y: &Tensor<F>, target: &T, dy: &mut Tensor<F>) -> Option<Block<F>> {
        let _ = (y, target, dy);
        None
    }

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
