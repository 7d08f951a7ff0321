//! Dropout of whole channels.

use std::fmt;

use super::described::described;
use super::layer::{Layer, compiled_here};
use crate::kernels::{dropout, elementwise};
use crate::{
    Accumulate, Mode, Module, ModuleError, Parameters, Plan, Purpose, Scalar, Setting, ShapeError, Tensor,
    Workspace, slots, slots_mut,
};

/// Sets each channel of a sample to 0 with probability p in training, with all its positions. It does nothing at inference.
///
/// Neighbouring pixels are alike, so after [`Dropout`](crate::Dropout) of single values the next convolution still sees what was
/// dropped. Of a channel that is dropped, nothing is left.
///
/// Forward in [`Mode::Train`]: y = m x, where m is the same at all positions of a channel of a sample: 0 with probability p, and
/// 1 / (1 − p) otherwise. In [`Mode::Eval`]: y = x.
///
/// What is dropped is multiplied by 0, so NaN and infinities become NaN and not 0.
///
/// Backward: ∂L/∂x = m ∂L/∂y with the m of the forward pass; ∂L/∂x = ∂L/∂y after [`Mode::Eval`].
///
/// Shapes: `[n, c, h, w]` or `[n, c, l]`, unchanged. It has no parameters. It remembers m in [`Workspace::buffers`].
///
/// Errors: planning fails unless p is from 0 to 1.
///
/// Random numbers: those of [`Dropout`](crate::Dropout) with one value for each channel of a sample.
///
/// ```
/// use nn_core::rand::{SeedableRng, rngs::ChaCha8Rng};
/// use nn_core::{Dropout2d, Mode, Module, Plan, Purpose, Tensor};
/// let dropout = Dropout2d::new(0.5);
/// let mut x = Tensor::<f32>::zeros(&[100, 8, 2, 2]);
/// (0..32).for_each(|feature| x.feature_mut(feature).fill(1.0));
/// let Plan { output, mut workspace } = dropout.plan(x.shape(), Purpose::Train)?;
/// let mut y = Tensor::zeros(&output);
/// dropout.forward(
///     &x,
///     &mut y,
///     &mut workspace,
///     &mut Mode::Train(&mut ChaCha8Rng::seed_from_u64(0)),
/// );
/// for sample in 0..100 {
///     let values: Vec<_> = y.sample(sample).collect();
///     for channel in values.chunks(4) {
///         assert!(channel == [0.0; 4] || channel == [2.0; 4]);
///     }
/// }
/// assert_eq!(dropout.predict(&x)?, x);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Source: J. Tompson, R. Goroshin, A. Jain, Y. LeCun and C. Bregler, "Efficient object localization using convolutional
/// networks", 2015; scaled in training rather than at inference, as in PyTorch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout2d {
    p: f64,
}

impl Dropout2d {
    /// Makes a layer that drops each channel of a sample with probability `p`. Must be from 0 to 1; with 1 everything is 0.
    pub fn new(p: f64) -> Self {
        Dropout2d { p }
    }

    /// Returns the probability that a channel is dropped.
    pub fn p(self) -> f64 {
        self.p
    }
}

impl<F: Scalar> Parameters<F> for Dropout2d {}

described! {
    Dropout2d as "Dropout2d";
    settings |layer| { p: f64 = layer.p }
    made => Dropout2d::new(p)
}

/// The workspace has one buffer, m, with a feature for each channel.
impl<F: Scalar> Module<F> for Dropout2d {
    compiled_here!(Dropout2d);
}

impl<F: Scalar> Layer<F> for Dropout2d {
    fn plan(&self, input: &[usize], purpose: Purpose) -> Result<Plan<F>, ModuleError> {
        Setting::of::<f64>("Dropout2d", "p", self.p).up_to_1()?;
        ShapeError::check_samples(self, input)?;
        let (&[n, c, _] | &[n, c, _, _]) = input else {
            return Err(ShapeError::new(self, "input [n, c, h, w] or [n, c, l]", input).into());
        };
        let mut workspace = Workspace::of(self, input, input, purpose)?;
        workspace.buffers.push(Tensor::try_zeros(&[n, c])?);
        Ok(Plan { output: input.to_vec(), workspace })
    }

    fn forward(&self, x: &Tensor<F>, y: &mut Tensor<F>, workspace: &mut Workspace<F>, mode: &mut Mode<'_>) {
        workspace.check_forward(self, x, y);
        workspace.trained = mode.is_train();
        let [mask] = slots_mut(&mut workspace.buffers);
        match mode {
            Mode::Train(rng) => {
                dropout::draw(mask, self.p, &mut **rng);
                dropout::apply(x, mask, y, Accumulate::Replace);
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

impl fmt::Display for Dropout2d {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dropout2d(p={})", self.p)
    }
}
