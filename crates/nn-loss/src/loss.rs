//! The trait of all losses.

use std::fmt::Display;

use nn_core::{Scalar, Tensor};

use crate::{LossError, Reduction};

/// A function of a network's output `y` and a target of type `T`: [`Tensor<F>`] for values or probabilities, `Vec<usize>` or
/// `[usize]` for class indices of samples, [`ClassMap`](nn_core::ClassMap) for class indices of the positions of samples,
/// [`Weighted`](nn_core::Weighted) for one of them with weights of the samples, and [`Masked`](nn_core::Masked) for values of which
/// some do not count. The compiler checks that a loss fits its kind of target.
///
/// A loss is not a module: it takes two arguments and ends the chain rule.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not compare outputs with targets of type `{T}`",
    note = "losses of classes, such as `CrossEntropyLoss`, take a `Vec<usize>` of their indices; losses of values, such as \
            `MseLoss`, take a `Tensor<F>`, which `Tensor::from_column(&values)` makes of one value for each sample"
)]
pub trait Loss<F: Scalar, T: ?Sized>: Display + Send + Sync {
    /// Checks the settings of this loss, as the precision `F` sees them, and whether an output of this shape can be compared
    /// with this target. After that, [`evaluate`](Loss::evaluate) cannot fail.
    ///
    /// # Errors
    /// [`LossError`] says what was expected and what was found.
    fn check(&self, output: &[usize], target: &T) -> Result<(), LossError>;

    /// How the terms of a batch become one number.
    fn reduction(&self) -> Reduction;

    /// Writes the loss to `losses` and, where `dy` is given, its gradient ∂L/∂y over `dy`. Allocates nothing.
    ///
    /// `losses` has room for one loss. If this loss [`stacks`](Loss::stacks) it may have room for sixteen, those of the networks
    /// of a [`Stack`](nn_core::Stack): then block b of `y` and of `target` holds sample b of each network, one network a lane.
    /// The loss and the gradient of each network have the same bits as when it is evaluated alone.
    ///
    /// # Panics
    /// If `losses` has any other length, or if output, target and gradient do not fit each other. The message names the loss, what
    /// was expected and what was found. Only shapes are looked at here: [`check`](Loss::check) also looks at the values of the
    /// target, and a label without an output gives a loss without meaning.
    fn evaluate(&self, y: &Tensor<F>, target: &T, dy: Option<&mut Tensor<F>>, losses: &mut [F]);

    /// Checks and returns the terms that [`evaluate`](Loss::evaluate) adds up, before they become one number, in newly allocated
    /// memory: PyTorch's `reduction="none"`. It is for inspection, such as to find the samples that a network gets most wrong;
    /// the [`Reduction`] has no effect.
    ///
    /// A loss that compares each output with its own target has one term for each, in the shape of `y`. A loss of classes has
    /// one for each sample and position: `[n]` for an output `[n, classes]`, `[n, d1, …]` for `[n, classes, d1, …]`. Weights of
    /// classes and samples are in the terms, and what is ignored or masked has the term 0.
    ///
    /// ```
    /// use nn_core::Tensor;
    /// use nn_loss::{CrossEntropyLoss, Loss};
    /// let logits = Tensor::from_rows(&[[0.0, 0.0], [1000.0, -1000.0]]);
    /// let terms = CrossEntropyLoss::mean().terms(&logits, &vec![0, 1])?;
    /// assert_eq!(terms.shape(), [2]);
    /// assert_eq!(terms.feature(0), [2.0_f64.ln(), 2000.0]);
    /// # Ok::<(), nn_loss::LossError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`check`](Loss::check).
    #[doc(alias = "none")]
    #[doc(alias = "unreduced")]
    fn terms(&self, y: &Tensor<F>, target: &T) -> Result<Tensor<F>, LossError>;

    /// Whether [`evaluate`](Loss::evaluate) can compute the losses of sixteen networks at once. If it cannot, networks are
    /// trained one after another.
    fn stacks(&self) -> bool {
        false
    }

    /// Checks and returns the loss, without its gradient.
    ///
    /// # Errors
    /// Those of [`check`](Loss::check).
    fn value(&self, y: &Tensor<F>, target: &T) -> Result<F, LossError> {
        self.check(y.shape(), target)?;
        let mut loss = [F::ZERO];
        self.evaluate(y, target, None, &mut loss);
        Ok(loss[0])
    }

    /// Checks and returns the loss and its gradient ∂L/∂y, in newly allocated memory.
    ///
    /// # Errors
    /// Those of [`check`](Loss::check).
    fn value_and_gradient(&self, y: &Tensor<F>, target: &T) -> Result<(F, Tensor<F>), LossError> {
        self.check(y.shape(), target)?;
        let (mut dy, mut loss) = (Tensor::zeros(y.shape()), [F::ZERO]);
        self.evaluate(y, target, Some(&mut dy), &mut loss);
        Ok((loss[0], dy))
    }
}

/// A boxed loss is a loss, so that a function can choose between losses and return one.
///
/// ```
/// use nn_core::Tensor;
/// use nn_loss::{L1Loss, Loss, MseLoss};
/// type Error = Box<dyn Loss<f64, Tensor<f64>>>;
/// let error = |robust| -> Error {
///     if robust { Box::new(L1Loss::sum()) } else { Box::new(MseLoss::sum()) }
/// };
/// let (y, t) = (Tensor::from_column(&[3.0]), Tensor::from_column(&[1.0]));
/// assert_eq!(
///     (error(true).value(&y, &t)?, error(false).value(&y, &t)?),
///     (2.0, 4.0)
/// );
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

    fn terms(&self, y: &Tensor<F>, target: &T) -> Result<Tensor<F>, LossError> {
        (**self).terms(y, target)
    }

    fn stacks(&self) -> bool {
        (**self).stacks()
    }
}
