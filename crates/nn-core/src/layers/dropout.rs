//! Dropout: in training, a random part of the values is set to 0.

use std::fmt;

use super::described::described;
use super::layer::{Layer, compiled_here};
use crate::kernels::{dropout, elementwise};
use crate::{
    Accumulate, Mode, Module, ModuleError, Parameters, Plan, Purpose, Scalar, Setting, ShapeError, Tensor,
    Workspace, slots,
};

/// Sets each value to 0 with probability p in training, so that no unit can rely on another. It does nothing at inference.
///
/// Forward in [`Mode::Train`]: y = m ⊙ x, where each m is 0 with probability p and 1 / (1 − p) otherwise. The expectation of
/// y is x, so nothing has to be scaled later. In [`Mode::Eval`]: y = x.
///
/// What is dropped is multiplied by 0, so NaN and infinities become NaN and not 0.
///
/// Backward: ∂L/∂x = m ⊙ ∂L/∂y with the m of the forward pass; ∂L/∂x = ∂L/∂y after [`Mode::Eval`].
///
/// Shapes: any, unchanged. It has no parameters. It remembers m in [`Workspace::buffers`].
///
/// Errors: planning fails unless p is from 0 to 1.
///
/// Random numbers: a value is dropped if a random number from 0 to 1 is below p. A random byte gives the first eight binary
/// digits of that number. Only if they are those of p, once in 256, a `u32` gives the next 32. Bytes are drawn feature by
/// feature, sixteen for each block of samples, even if the last block of a feature has fewer. One call of
/// [`Rng::fill_bytes`](rand::Rng::fill_bytes) serves up to 32 blocks; the `u32`s that they need are drawn after it, in the order of the
/// values. So two trainings with one seed and different p do not see the same numbers.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Dropout, Mode, Module, Plan, Purpose, Tensor};
/// let dropout = Dropout::new(0.75);
/// let x = Tensor::from_column(&[1.0_f32; 1000]);
/// let Plan { output, mut workspace } = dropout.plan(x.shape(), Purpose::Train)?;
/// let mut y = Tensor::zeros(&output);
/// dropout.forward(
///     &x,
///     &mut y,
///     &mut workspace,
///     &mut Mode::Train(&mut ChaCha8Rng::seed_from_u64(0)),
/// );
/// assert!(y.feature(0).iter().all(|&y| y == 0.0 || y == 4.0));
/// assert_eq!(dropout.predict(&x)?, x);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever and R. Salakhutdinov, "Dropout: a simple way to prevent
/// neural networks from overfitting", 2014; scaled in training rather than at inference, as in PyTorch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    p: f64,
}

impl Dropout {
    /// Makes a layer that drops each value with probability `p`. Must be from 0 to 1; with 1 everything is 0.
    pub fn new(p: f64) -> Self {
        Dropout { p }
    }

    /// Returns the probability that a value is dropped.
    pub fn p(self) -> f64 {
        self.p
    }
}

impl<F: Scalar> Parameters<F> for Dropout {}

described! {
    Dropout as "Dropout";
    settings |layer| { p: f64 = layer.p }
    made => Dropout::new(p)
}

/// The workspace of a training plan has one buffer, m. A plan to predict has none; there, m is drawn into y.
impl<F: Scalar> Module<F> for Dropout {
    compiled_here!(Dropout);
}

impl<F: Scalar> Layer<F> for Dropout {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        Setting::of::<f64>("Dropout", "p", self.p).up_to_1()?;
        ShapeError::check_samples(self, input)?;
        let mut workspace = Workspace::of(self, input, input, purpose)?;
        if purpose == Purpose::Train {
            workspace.buffers.push(Tensor::try_zeros(input)?);
        }
        Ok(Plan { output: input.to_vec(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.trained = mode.is_train();
        match mode {
            Mode::Train(rng) => {
                if let Some(mask) = workspace.buffers.first_mut() {
                    dropout::draw(mask, self.p, &mut **rng);
                    dropout::apply(x, mask, y, Accumulate::Replace);
                } else {
                    dropout::draw(y, self.p, &mut **rng);
                    elementwise::multiply(y, x);
                }
            }
            Mode::Eval => elementwise::copy(y, x),
        }
    }

    fn backward(
        &self,
        x: &Tensor<F>,
        y: &Tensor<F>,
        dy: &Tensor<F>,
        dx: Option<&mut Tensor<F>>,
        accumulate: Accumulate,
        workspace: &mut Workspace<F>,
    ) {
        workspace.check_backward(self, x, y, dy, dx.as_deref());
        let [mask] = slots(&workspace.buffers);
        let Some(dx) = dx else { return };
        if workspace.trained {
            dropout::apply(dy, mask, dx, accumulate);
        } else {
            elementwise::pass(dy, dx, accumulate);
        }
    }
}

impl fmt::Display for Dropout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dropout(p={})", self.p)
    }
}
