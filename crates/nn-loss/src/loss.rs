//! The trait of all losses.

use std::fmt::Display;

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

    /// Writes the loss to `losses` and, if wanted, its gradient ∂L/∂y over `dy`. Allocates nothing.
    ///
    /// `losses` has one place. If this loss [`stacks`](Loss::stacks) it may have sixteen, for the networks of a
    /// [`Stack`](nn_core::Stack): then block b of `y` and of `target` is their sample b, one network a lane, and loss and gradient
    /// of each network are the same bits as for it alone.
    ///
    /// # Panics
    /// If `losses` has another number of places.
    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>, losses: &mut [F]);

    /// Whether [`evaluate`](Loss::evaluate) can give the losses of sixteen networks at once. If not, networks are trained one
    /// after another.
    fn stacks(&self) -> bool {
        false
    }

    /// The loss alone, checked.
    ///
    /// # Errors
    /// As [`check`](Loss::check).
    fn value(&self, y: &Tensor<F>, target: &T) -> Result<F, LossError> {
        self.check(y.shape(), target)?;
        let mut loss = [F::ZERO];
        self.evaluate(y, target, None, &mut loss);
        Ok(loss[0])
    }

    /// The loss and its gradient ∂L/∂y, checked, in fresh memory.
    ///
    /// # Errors
    /// As [`check`](Loss::check).
    fn value_and_gradient(&self, y: &Tensor<F>, target: &T) -> Result<(F, Tensor<F>), LossError> {
        self.check(y.shape(), target)?;
        let (mut dy, mut loss) = (Tensor::zeros(y.shape()), [F::ZERO]);
        self.evaluate(y, target, Some(&mut dy), &mut loss);
        Ok((loss[0], dy))
    }
}

/// A boxed loss is that loss: the result of a function that chooses between losses.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{L1Loss, Loss, MseLoss};
/// type Error = Box<dyn Loss<f64, Tensor<f64>>>;
/// let error = |robust| -> Error { if robust { Box::new(L1Loss::sum()) } else { Box::new(MseLoss::sum()) } };
/// let (y, t) = (Tensor::from_column(&[3.0]), Tensor::from_column(&[1.0]));
/// assert_eq!((error(true).value(&y, &t)?, error(false).value(&y, &t)?), (2.0, 4.0));
/// # Ok::<(), nn_loss::LossError>(())
/// ```
impl<F: Scalar, T: ?Sized> Loss<F, T> for Box<dyn Loss<F, T>> {
    fn check(&self, output: &[usize], target: &T) -> Result<(), LossError> {
        (**self).check(output, target)
    }

    fn reduction(&self) -> Reduction {
        (**self).reduction()
    }

    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>, losses: &mut [F]) {
        (**self).evaluate(y, target, dy, losses);
    }

    fn stacks(&self) -> bool {
        (**self).stacks()
    }
}
